"""The pages of the groups room."""

from groups.views.calendar import day, week
from groups.views.documents import attendance_paper, hours_paper, note_paper, sign_in_paper
from groups.views.ledger import let_off, make_up, short, weeks
from groups.views.note import add, begin, cosign, name_objectives, sign, take_over, write
from groups.views.plan_sheet import plan, plan_act
from groups.views.planning import (
    all_series,
    choose,
    holiday,
    individual,
    new_series,
    series,
)
from groups.views.queue import notes, notes_line
from groups.views.series_change import amend_series, change_series, end_series
from groups.views.session import all_here, mark, session, times

__all__ = [
    "add", "all_here", "all_series", "amend_series", "attendance_paper", "begin", "change_series", "choose", "cosign", "day", "end_series",
    "holiday", "hours_paper", "individual", "let_off", "make_up", "mark",
    "name_objectives", "new_series", "note_paper", "notes", "notes_line", "plan",
    "plan_act", "series", "session", "short", "sign", "sign_in_paper", "take_over", "times", "week", "weeks", "write",
]  # fmt: skip
