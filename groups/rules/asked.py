"""Which week, which dates? What was typed, judged on the site's calendar, with a sentence for each wrong value."""

from dataclasses import dataclass
from datetime import date, timedelta

from programs.rules.dates import EARLIEST, Asked, Calendar

MOST = 92  # dates on one paper: three months
USUAL = 28
AHEAD = 28  # how many days ahead a week may begin: so far sessions are written out


@dataclass(frozen=True)
class AskedWeek:
    """The Monday of the week that was asked for; ``wrong`` is '' or the sentence for it, and then it is this week."""

    monday: date
    typed: str
    wrong: str


def ask_week(typed: str, today: date) -> AskedWeek:
    """The week of a date that was typed ('' = today)."""
    this = _monday(today)
    if not typed:
        return AskedWeek(this, "", "")
    found, sentence = Calendar(
        this + timedelta(days=AHEAD + 6), MOST, "lies too far ahead: sessions are planned for four weeks", "counted", ""
    ).read(typed)
    if sentence or found is None:
        return AskedWeek(this, typed, sentence)
    return AskedWeek(_monday(found), typed, "")


def ask_weeks(start: str, end: str, today: date) -> Asked:
    """Read two dates ('' = nothing typed); nothing typed means the last four weeks. Today counts as far as it has come."""
    calendar = Calendar(today, MOST, "has not come yet", "recorded", f"one paper covers at most {MOST}")
    return calendar.ask(start, end, USUAL)


def _monday(on: date) -> date:
    return max(on - timedelta(days=on.weekday()), EARLIEST)
