"""Who falls short this week? Every client of a site against their week, with what is still planned and what could be made up.

The number of queries does not depend on how many clients, sessions or years there are.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from groups.findings import day_and_clock
from groups.models import Attendance, Guest, Session
from groups.packs import services
from groups.queries.expected import expected
from groups.queries.packs import pack_book
from groups.queries.roster import away_words, names
from groups.queries.week import Counted, Week, counted, days_with, stands, week_of
from groups.rules.minutes import NOT_THERE, AttendanceStatus, Interval, WeekProgress, say_minutes, union_minutes
from programs.models import Leave, Placement, Program, Site

MOST_OFFERS = 3
NOT_THERE_VALUES = [status.value for status in NOT_THERE]


@dataclass(frozen=True)
class Repair:
    """The session that makes up for a missed one; ``came``: they were there, so the minutes count."""

    session_id: int
    when: str
    came: bool

    def __str__(self) -> str:
        """'made up Thu 10:00' or 'make-up Thu 10:00'."""
        return f"{'made up' if self.came else 'make-up'} {self.when}"


@dataclass(frozen=True)
class Missed:
    """A session of this week that someone missed; ``made_up`` says when it is or was made up ('' = not yet), ``make_up_id`` is the
    session in which it will be, from which they can still be let off."""

    session_id: int
    name: str
    when: str
    excused: bool
    made_up: str
    make_up_id: int | None = None


@dataclass(frozen=True)
class Offered:
    """A session still to come that could make up for one that was missed."""

    session_id: int
    name: str
    when: str
    minutes: int


@dataclass(frozen=True)
class ShortDay:
    """A local day of the week: minutes credited, and minutes of what they are still expected in."""

    on: date
    done: int
    ahead: int


@dataclass(frozen=True)
class Short:
    """One client's week. ``state``: met, course (what is planned suffices), risk (it does not) or short (the week is over).

    ``since`` is the day on which the placement began, where that was in this week: the minimum is the whole week's all the same.
    ``ahead`` are minutes still planned for them, on ``days_left`` days; ``short_by`` is missing even if they come to all of it.
    """

    client_id: int
    name: str
    program_id: int
    program: str
    level: str
    week: WeekProgress
    days: tuple[ShortDay, ...]
    ahead: int
    days_left: int
    short_by: int
    state: str
    away: str
    missed: tuple[Missed, ...]
    offers: tuple[Offered, ...]
    since: str = ""

    @property
    def words(self) -> str:
        """'6 h 40 of 9 h, 2 days left'."""
        left = "" if not self.days_left else ", 1 day left" if self.days_left == 1 else f", {self.days_left} days left"
        return f"{self.week}{left}"

    @property
    def short_words(self) -> str:
        """'short by 2 h 20'; '' where nothing will be missing."""
        parts = [f"short by {say_minutes(self.short_by)}"] if self.short_by else []
        if self.state in {"risk", "short"} and self.week.days_short > self.days_left:
            days = self.week.days_short - self.days_left
            parts.append("a day too few" if days == 1 else f"{days} days too few")
        return " · ".join(parts)

    @property
    def tone(self) -> str:
        """One of the look's words for the bar."""
        return {"met": "free", "course": "accent", "short": "stop"}.get(self.state, "late")

    @property
    def to_repair(self) -> Missed | None:
        """The first session they missed that nothing makes up for yet."""
        return next((row for row in self.missed if not row.made_up), None)

    @property
    def full(self) -> int:
        """How many minutes the whole bar is long: the minimum, or what they will have where that is more."""
        return max(self.week.minimum or 0, self.week.done + self.ahead, 1)

    @property
    def made_up(self) -> bool:
        """Whether something they missed is made up for, or will be."""
        return any(row.made_up for row in self.missed)


ORDER = {"short": 0, "risk": 1, "course": 2, "met": 3}


def shortfall(site: Site, at: datetime, week: Week | None = None) -> tuple[Short, ...]:
    """Every client in a program of the site whose level asks for a weekly minimum, the shortest first."""
    tz = site.tz
    week = week or week_of(at, tz)
    asked_at = min(max(at, week.since), week.until)
    placements = {
        row.episode.client_id: row
        for row in Placement.objects.current(asked_at)
        .filter(program__site=site, kind=Program.Kind.TREATMENT)
        .select_related("program", "episode__client")
    }
    book, done = pack_book(site.pk), counted(placements.keys(), week)
    rows = {
        client_id: progress
        for client_id, row in placements.items()
        if (
            progress := stands(done.get(client_id), row.program, row.level, book, _within(week, at), row.episode.payer)
        ).minimum
        is not None
    }
    called = names(placements[client_id].episode.client for client_id in rows)
    ahead = list(
        Session.objects.filter(site=site, ended_at__gt=at, started_at__gte=week.since, started_at__lt=week.until)
        .filter(cancelled_at=None)
        .select_related("series")
        .order_by("started_at", "pk")
    )
    coming = _coming(ahead, rows)
    leaves = {
        leave.episode.client_id: leave
        for leave in Leave.objects.current(at).filter(episode__client__in=rows).select_related("episode")
    }
    missed = _missed(rows, week, at, site)
    found = []
    for client_id, progress in rows.items():
        leave = leaves.get(client_id)
        theirs = [s for s in coming.sessions[client_id] if leave is None or s.started_at >= leave.expected_at]
        intervals = [(each.started_at, each.ended_at) for each in theirs]
        minutes, days = union_minutes(intervals), len(days_with(intervals, tz))
        short_by = max(0, progress.short_by - minutes)
        lacks = bool(short_by) or progress.days_short > days
        state = "met" if progress.met else ("short" if week.until <= at else "risk") if lacks else "course"
        open_ones = [row for row in missed.get(client_id, ()) if not row.made_up]
        row = placements[client_id]
        found.append(
            Short(
                client_id=client_id,
                name=called[client_id],
                program_id=row.program_id,
                program=row.program.name,
                level=row.level,
                week=progress,
                days=_days(week, done.get(client_id), intervals),
                ahead=minutes,
                days_left=days,
                short_by=short_by,
                state=state,
                away=away_words(leave, tz, at.astimezone(tz).date()) if leave else "",
                since=f"{row.started_at.astimezone(tz):%a %-d %b}" if row.started_at > week.since else "",
                missed=tuple(missed.get(client_id, ())),
                offers=_offers(client_id, intervals, ahead, coming, at, site) if lacks and open_ones else (),
            )
        )
    return tuple(sorted(found, key=lambda row: (ORDER[row.state], -row.short_by, row.name, row.client_id)))


def _days(week: Week, done: Counted | None, coming: Sequence[Interval]) -> tuple[ShortDay, ...]:
    """The seven days of the week; what is still to come counts on the day it begins."""
    credited = done.by_day if done else {}
    ahead: defaultdict[date, list[Interval]] = defaultdict(list)
    for interval in coming:
        ahead[interval[0].astimezone(week.tz).date()].append(interval)
    dates = [week.monday + timedelta(days=number) for number in range(7)]
    return tuple(ShortDay(on, credited.get(on, 0), union_minutes(ahead[on])) for on in dates)


def _within(week: Week, at: datetime) -> date:
    """The date whose rules count: today, or the nearest day of the week."""
    return min(max(at.astimezone(week.tz).date(), week.monday), week.last_day)


@dataclass(frozen=True)
class _Coming:
    """Sessions still to come: by client, those they are expected in and not marked; and how many are expected in each."""

    sessions: Mapping[int, list[Session]]
    asked: Mapping[int, set[int]]


def _coming(ahead: Sequence[Session], clients: Collection[int]) -> _Coming:
    asked = expected(ahead)
    marked = set(Attendance.objects.filter(session__in=ahead).values_list("session_id", "client_id"))
    by: defaultdict[int, list[Session]] = defaultdict(list)
    for session in ahead:
        for client_id in asked[session.pk]:
            if client_id in clients and (session.pk, client_id) not in marked:
                by[client_id].append(session)
    return _Coming(by, asked)


def _missed(clients: Collection[int], week: Week, at: datetime, site: Site) -> dict[int, list[Missed]]:
    """Sessions of the week in which clients were marked absent or excused, and where they are made up. Two queries."""
    newest = (
        Attendance.objects.filter(
            client__in=clients, session__started_at__gte=week.since, session__started_at__lt=week.until
        )
        .order_by("client_id", "session_id", "-version")
        .distinct("client_id", "session_id")
    )
    marks = [mark for mark in newest.select_related("session__series") if mark.status in NOT_THERE_VALUES]
    marks.sort(key=lambda mark: mark.session.started_at)
    repairs = made_up(clients, [mark.session_id for mark in marks], at, site)
    found: defaultdict[int, list[Missed]] = defaultdict(list)
    for mark in marks:
        when = day_and_clock(mark.session.started_at, site.tz)
        excused = mark.status == AttendanceStatus.EXCUSED.value
        made = repairs.get((mark.client_id, mark.session_id))
        ahead = made.session_id if made and not made.came else None
        words = str(made) if made else ""
        found[mark.client_id].append(Missed(mark.session_id, mark.session.name, when, excused, words, ahead))
    return found


def made_up(
    clients: Collection[int], missed: Collection[int], at: datetime, site: Site
) -> dict[tuple[int, int], Repair]:
    """Where each client makes up for each session they missed, by client and missed session. One query.

    A make-up that was cancelled, or to which they did not come, says nothing.
    """
    rows = (
        Guest.objects.filter(client__in=clients, repairs__in=missed, withdrawn_at=None, session__cancelled_at=None)
        .select_related("session", "repairs")
        .prefetch_related("session__presences")
    )
    found: dict[tuple[int, int], Repair] = {}
    for row in rows:
        assert row.repairs is not None
        came = any(presence.client_id == row.client_id for presence in row.session.presences.all())
        starts, lost = (each.started_at.astimezone(site.tz) for each in (row.session, row.repairs))
        same = starts.isocalendar()[:2] == lost.isocalendar()[:2]
        when = f"{starts:%a %H:%M}" if same else f"{starts:%a %-d %b %H:%M}"
        repair = Repair(row.session_id, when, came)
        if came:
            found[row.client_id, row.repairs.pk] = repair
        elif row.session.ended_at > at:
            found.setdefault((row.client_id, row.repairs.pk), repair)
    return found


def _offers(
    client_id: int, busy: Sequence[Interval], ahead: Sequence[Session], coming: _Coming, at: datetime, site: Site
) -> tuple[Offered, ...]:  # fmt: skip
    """Counseling groups still to begin with a free place, at hours at which the client is not expected elsewhere."""
    found = []
    for session in ahead:
        service, series = services().get(session.service), session.series
        if series is None or service is None or service.cls != "counseling" or session.started_at <= at:
            continue
        asked = coming.asked[session.pk]
        if client_id in asked or len(asked) >= series.size_limit:
            continue
        if any(begins < session.ended_at and session.started_at < ends for begins, ends in busy):
            continue
        when = day_and_clock(session.started_at, site.tz)
        minutes = union_minutes([(session.started_at, session.ended_at)])
        found.append(Offered(session.pk, series.name, when, minutes))
        if len(found) == MOST_OFFERS:
            break
    return tuple(found)
