"""Words that templates of every room use for care."""
