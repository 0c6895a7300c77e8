"""What the group rooms put on paper: descriptions for ``documents``, made of read models. No queries here."""
