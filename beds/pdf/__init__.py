"""What the bed room puts on paper: descriptions for ``documents``, made of read models. No queries here."""
