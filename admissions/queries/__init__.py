"""What do the pages that cross rooms need? The placement list and, before a step, what it would move."""

from datetime import timedelta

SAME_DAY = timedelta(hours=12)
"""A session that begins this soon is told when who is expected in it changes."""
