"""PDF building blocks: letterhead, tables, notices."""
