"""What do the group pages need? Frozen read models in a constant number of queries."""

from groups.queries.day import Day, DayLine, day_list, sessions_touched
from groups.queries.history import timeline
from groups.queries.note import Card, Signing, key_of, written_of
from groups.queries.page import SessionPage, session_page
from groups.queries.present import present
from groups.queries.roster import Row, names, newest_marks

__all__ = [
    "Card", "Day", "DayLine", "Row", "SessionPage", "Signing", "day_list", "key_of", "names", "newest_marks", "present",
    "session_page", "sessions_touched", "timeline", "written_of",
]  # fmt: skip
