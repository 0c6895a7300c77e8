"""What can people do in a chart? Open it (which is recorded) and write in it (which is never changed)."""

from chart.actions.notes import open_chart, write_note
from chart.actions.scores import score

__all__ = ["open_chart", "score", "write_note"]
