"""Words that templates of the group rooms use."""
