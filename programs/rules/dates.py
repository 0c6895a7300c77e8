"""Which dates were asked for? What was typed in a form of dates, judged on the site's calendar, a sentence for each wrong value."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from urllib.parse import urlencode

EARLIEST = date(2000, 1, 1)


def said(on: date) -> str:
    """'18 Nov 2025'."""
    return f"{on:%-d %b %Y}"


def said_at(moment: datetime, tz: tzinfo) -> str:
    """'18 Nov 2025, 10:42 EST': an instant on the clock of ``tz``, as papers say it."""
    return f"{moment.astimezone(tz):%-d %b %Y, %H:%M %Z}"


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
class Asked:
    """A range of dates, both included, with what was typed under ``from`` and ``to``. Where ``wrong`` is not empty the dates are not
    to be used."""

    first: date
    last: date
    typed: dict[str, str]
    wrong: dict[str, str]

    @property
    def fields(self) -> tuple[DateField, ...]:
        """The two dates as a form shows them (``components/dates.html``)."""
        return tuple(
            DateField(name, label, self.typed[name] or meant.isoformat(), self.wrong.get(name, ""))
            for name, label, meant in (("from", "From", self.first), ("to", "To", self.last))
        )

    @property
    def address(self) -> str:
        """The range as the end of an address."""
        return urlencode({"from": self.first.isoformat(), "to": self.last.isoformat()})


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

    def ask(self, start: str, end: str, usual: int) -> Asked:
        """Read what was typed of a range ('' = nothing): nothing typed means the ``usual`` dates that end with the latest."""
        wrong: dict[str, str] = {}

        def read(name: str, typed: str, otherwise: date) -> date:
            if not typed:
                return otherwise
            found, sentence = self.read(typed)
            if sentence:
                wrong[name] = sentence
            return found or otherwise

        last = read("to", end, self.latest)
        first = read("from", start, last if "to" in wrong else max(EARLIEST, last - timedelta(days=usual - 1)))
        return Asked(first, last, {"from": start, "to": end}, wrong or self.judge(first, last))
