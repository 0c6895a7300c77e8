"""What the bed room's live topics are called."""

from programs.topics import board_topic

__all__ = ["board_topic"]
