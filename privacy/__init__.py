"""42 CFR Part 2: consents, the one disclosure gate, the accounting. Framed, so that imports know its place; nothing in it yet."""
