"""What can people do in a chart? Open it (which is recorded) and write in it (which is never changed)."""

from chart.actions.notes import write_note
from chart.actions.scores import score

__all__ = ["score", "write_note"]
