"""Groups, notes and vitals of the years, as lines for COPY."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from random import Random

from bench.copying import Into
from bench.lived import HOUR, Lived, Period
from bench.notes import WORDS
from bench.stayed import Table
from bench.today import DAY, Ground, Group
from chart.models import Note, Vitals
from groups.models import Attendance, Facilitator, Presence, Session

LENGTH = timedelta(hours=3)
ABSENT = 9  # one of so many stays away
AHEAD = 8  # days that are planned
NOTES = timedelta(days=7), timedelta(days=14)  # between two notes of somebody in a bed, and outside
VITALS = timedelta(days=2)  # of those in a bed


class Groups:
    """The sessions of every group: three a week, and one today; who was there."""

    def __init__(self, lived: Lived, grounds: list[Ground], dates: list[date], at: datetime) -> None:
        """``dates`` are those of the history, today the last."""
        self.lived, self.grounds, self.at = lived, grounds, at
        self.dates = [*dates, *(dates[-1] + number * DAY for number in range(1, AHEAD))]
        self.today = dates[-1]
        self.meetings = list(self._meetings())
        self.session = Into(
            Session, "id", "series_id", "site_id", "started_at", "ended_at", "occurs_on", "completed_at", room="A",
            kind="group", planned=True,
        )  # fmt: skip
        self.lead = Into(Facilitator, "id", "session_id", "person_id")
        self.mark = Into(Attendance, "id", "session_id", "client_id", "status", "at", "by_id", version=1)
        self.there = Into(Presence, "id", "session_id", "client_id", "mark_id", "started_at", "ended_at")

    def _meetings(self) -> Iterator[tuple[Ground, Group, date, datetime]]:
        for day in self.dates:
            for ground in self.grounds:
                start = datetime.combine(day, time(9), ground.site.tz).astimezone(self.at.tzinfo)
                for group in ground.groups:
                    if day == self.today or day.weekday() < 3:
                        yield ground, group, day, start

    def tables(self) -> list[Table]:
        """Sessions, who leads them, attendance, minutes."""
        return [
            (self.session, self._sessions()), (self.lead, self._leads()), (self.mark, self._marks(self.mark)),
            (self.there, self._marks(self.there)),
        ]  # fmt: skip

    def _sessions(self) -> Iterator[str]:
        for number, (ground, group, day, start) in enumerate(self.meetings, 1):
            done = start + LENGTH + HOUR if start + LENGTH + HOUR <= self.at else None
            yield self.session.line(number, group.series.pk, ground.site.pk, start, start + LENGTH, day, done)

    def _leads(self) -> Iterator[str]:
        for number, (ground, *_) in enumerate(self.meetings, 1):
            yield self.lead.line(number, number, ground.people["facilitator"].pk)

    def _marks(self, into: Into) -> Iterator[str]:
        """The attendance of every past session, or the minutes of those who were there."""
        here: dict[int, list[Period]] = {}
        left = {pk: iter(periods) for pk, periods in self.lived.by_group.items()}
        coming = {pk: next(periods, None) for pk, periods in left.items()}
        mark, minutes = 0, 0
        for number, (ground, group, _, start) in enumerate(self.meetings, 1):
            end, pk = start + LENGTH, group.series.pk
            if end > self.at:
                continue
            members = [each for each in here.get(pk, []) if each.end is None or each.end > end]
            while (new := coming.get(pk)) is not None and new.start <= start:
                members.append(new)
                coming[pk] = next(left[pk], None)
            here[pk] = members
            times, times_more = f"{start.isoformat()}\t", f"{start.isoformat()}\t{end.isoformat()}"
            by = ground.people["facilitator"].pk
            for each in members:
                if each.end is not None and each.end <= end:
                    continue
                mark += 1
                absent = (each.client + number) % ABSENT == 0
                if into is self.mark:
                    yield f"{mark}\t{number}\t{each.client}\t{'absent' if absent else 'here'}\t{times}{by}{into.tail}"
                elif not absent:
                    minutes += 1
                    yield f"{minutes}\t{number}\t{each.client}\t{mark}\t{times_more}{into.tail}"


def notes(lived: Lived, at: datetime) -> Table:
    """Progress notes of sixty words or so."""
    into = Into(
        Note, "id", "episode_id", "site_id", "by_id", "about_at", "written_at", "text", "sha256", kind="progress"
    )
    dice = Random(7)
    texts = [" ".join(dice.choices(WORDS, k=dice.randrange(40, 80))).capitalize() + "." for _ in range(500)]
    sealed = [(each, sha256(each.encode()).hexdigest()) for each in texts]

    def lines() -> Iterator[str]:
        written = sorted(
            (when, p.number, p)
            for p in lived.periods
            for when in _every(p, NOTES[p.bed is None], at, since=DAY)
        )  # fmt: skip
        for number, (when, episode, p) in enumerate(written, 1):
            by = p.ground.people["facilitator" if p.bed is None else "nurse"].pk
            yield into.line(number, episode, p.ground.site.pk, by, when, when, *sealed[number % 500])

    return into, lines()


def vitals(lived: Lived, at: datetime) -> Table:
    """Pressure and pulse of those in a bed."""
    into = Into(Vitals, "id", "episode_id", "client_id", "by_id", "at", "written_at", "systolic", "pulse", diastolic=76)

    def lines() -> Iterator[str]:
        taken = sorted(
            (when, p.number, p)
            for p in lived.periods
            if p.bed is not None
            for when in _every(p, VITALS, at, since=HOUR)
        )
        for number, (when, episode, p) in enumerate(taken, 1):
            written, nurse = when.isoformat(), p.ground.people["nurse"].pk
            beats = f"{118 + number % 60}\t{70 + number % 50}"
            yield f"{number}\t{episode}\t{p.client}\t{nurse}\t{written}\t{written}\t{beats}{into.tail}"

    return into, lines()


def _every(period: Period, gap: timedelta, at: datetime, since: timedelta) -> Iterator[datetime]:
    when, end = period.start + since, period.end or at
    while when < end:
        yield when
        when += gap
