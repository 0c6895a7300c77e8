"""What do the group pages need? Frozen read models in a constant number of queries."""

from groups.queries.day import Day, DayLine, day_list, lines_of, sessions_touched
from groups.queries.history import timeline
from groups.queries.ledger import Ledger, LedgerLine, ledger
from groups.queries.note import Card, Signing, key_of, written_of
from groups.queries.page import SessionFacts, SessionPage, page_for, session_facts, session_page
from groups.queries.present import present
from groups.queries.queue import Queue, QueueLine, queue
from groups.queries.roster import Row, names, newest_marks
from groups.queries.shortfall import Missed, Offered, Short, shortfall
from groups.queries.week import Week, week_from, week_of

__all__ = [
    "Card", "Day", "DayLine", "Ledger", "LedgerLine", "Missed", "Offered", "Queue", "QueueLine", "Row", "SessionFacts", "SessionPage",
    "Short", "Signing", "Week", "day_list", "key_of", "ledger", "lines_of", "names", "newest_marks", "page_for", "present", "queue",
    "session_facts", "session_page", "sessions_touched", "shortfall", "timeline", "week_from", "week_of", "written_of",
]  # fmt: skip
