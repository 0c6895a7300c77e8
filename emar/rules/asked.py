"""Which month, which dates? What was typed, read and judged on the site's calendar, with a sentence for each wrong value."""

import re
from datetime import date

from programs.rules.dates import EARLIEST, Asked, Calendar, said

__all__ = ["Asked", "ask_month", "ask_range"]

MOST = 92  # dates of a report: three months
USUAL = 7
AHEAD = 366  # how many days ahead a month may begin: orders reach no further
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)


def ask_month(typed: str, today: date) -> tuple[date, str]:
    """The first day of the month that was typed ('' = this month), and a sentence where it is none: then it is this month."""
    this = today.replace(day=1)
    if not typed:
        return this, ""
    like = f"Write year and month, like {this:%Y-%m}."
    if not _MONTH.fullmatch(typed):
        return this, f"'{typed[:20]}' is not a month. {like}"
    try:
        first = date(int(typed[:4]), int(typed[5:]), 1)
    except ValueError:
        return this, f"'{typed}' is not a month. {like}"
    if first < EARLIEST:
        return this, f"Nothing is recorded before {said(EARLIEST)}. Choose a later month."
    if (first - today).days > AHEAD:
        return this, f"{first:%B %Y} is more than a year ahead. Choose an earlier month."
    return first, ""


def ask_range(start: str, end: str, today: date) -> Asked:
    """Read two dates ('' = nothing typed) on a day of the site's calendar; nothing typed means the last seven days.

    Today counts: what has not closed yet is told as open.
    """
    calendar = Calendar(today, MOST, "has not come yet", "recorded", f"a report covers at most {MOST}")
    return calendar.ask(start, end, USUAL)
