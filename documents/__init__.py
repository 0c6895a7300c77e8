"""PDF building blocks: letterhead, tables, notices. Framed, so that imports know its place; nothing in it yet."""
