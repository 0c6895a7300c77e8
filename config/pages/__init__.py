"""Pages of the rooms below the desk: staff and audit know no site and no desk, so their pages are made here."""
