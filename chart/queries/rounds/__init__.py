"""Rounds as a page or a paper needs them."""
