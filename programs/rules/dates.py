"""Which dates were asked for? What was typed in a form of dates, judged on the site's calendar, a sentence for each wrong value."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

EARLIEST = date(2000, 1, 1)


def said(on: date) -> str:
    """'18 Nov 2025'."""
    return f"{on:%-d %b %Y}"


@dataclass(frozen=True)
class DateField:
    """One date of a form: what was typed, or what was meant where nothing was. ``wrong`` is '' or the sentence for it."""

    name: str
    label: str
    value: str
    wrong: str

    @property
    def kind(self) -> str:
        """'date'; 'text' where what was typed is no date, which a date field would hide."""
        try:
            date.fromisoformat(self.value)
        except ValueError:
            return "text"
        return "date"


@dataclass(frozen=True)
class Calendar:
    """What may be asked: dates from EARLIEST to ``latest``, ranges of at most ``most`` dates.

    ``not_yet`` is the end of 'X ...' for a later date, ``kept`` the word for what there is of a date (recorded, counted),
    ``covers`` the words for the longest range.
    """

    latest: date
    most: int
    not_yet: str
    kept: str
    covers: str

    def read(self, typed: str) -> tuple[date | None, str]:
        """The date (None where it is none), and what is wrong with it ('': nothing)."""
        try:
            found = datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007  # a date has no zone
        except ValueError:
            return None, f"'{typed[:20]}' is not a date. Write year, month and day, like {self.latest}."
        if found > self.latest:
            return found, f"{said(found)} {self.not_yet}. Choose {said(self.latest)} or earlier."
        if found < EARLIEST:
            return found, f"Nothing is {self.kept} before {said(EARLIEST)}. Choose a later date."
        return found, ""

    def judge(self, first: date, last: date) -> dict[str, str]:
        """What is wrong with a range (both ends included), under ``from`` or ``to``; empty where nothing is."""
        length = (last - first).days + 1
        if length < 1:
            begins = said(first)
            return {"to": f"The range begins on {begins} and would end before it. Choose an end from {begins} on."}
        if length > self.most:
            earliest = said(last - timedelta(days=self.most - 1))
            return {"from": f"That is {length:,} days; {self.covers}. Begin on {earliest} or later."}
        return {}
