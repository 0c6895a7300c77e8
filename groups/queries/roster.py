"""Who belongs in a session, who came, and how their week stands. Nobody keeps a roster: it follows the placements."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from groups.findings import DASH, clock, day_and_clock
from groups.models import Attendance, Guest, Presence, Session
from groups.queries.expected import expected
from groups.queries.packs import PackBook, pack_book
from groups.queries.week import Counted, counted, minutes_ahead, stands, week_of
from groups.rules.minutes import (
    NOT_THERE,
    AttendanceFacts,
    AttendanceStatus,
    Interval,
    SessionFacts,
    WeekProgress,
    counted_interval,
    credited_minutes,
    say_minutes,
)
from groups.rules.room import Elsewhere
from programs.models import Client, Leave, Placement

S = AttendanceStatus


@dataclass(frozen=True)
class Row:
    """One line of the roster. ``status`` None = not marked; ``version`` is the mark seen (0 = none); ``short_by`` the minutes
    that will be missing at the end of the week even if every group still to come is attended. ``elsewhere``: where they are counted
    while this session runs; ``make_up``: what they make up for here, or when they will.
    ``counts``: the part of the session that counts for them."""

    session_id: int
    client_id: int
    name: str
    expected: bool
    status: AttendanceStatus | None
    version: int
    minutes: int
    came: str
    left: str
    away: str
    begun: bool
    week: WeekProgress
    short_by: int
    elsewhere: str = ""
    make_up: str = ""
    makes_up: bool = False
    counts: Interval | None = None

    @property
    def shown(self) -> str:
        """The choice that stands: the mark's, or excused by a leave."""
        return self.status.value if self.status else (S.EXCUSED.value if self.away else "")

    @property
    def there(self) -> bool:
        """Whether they were marked as having been in the room or on video."""
        return self.status is not None and self.status not in NOT_THERE

    @property
    def settled(self) -> bool:
        """Whether nothing has to be marked any more."""
        return bool(self.shown)

    @property
    def fact(self) -> str:
        """The words beside the name."""
        minutes = f"{self.minutes} min"
        if self.came and self.left:
            return f"{self.came}{DASH}{self.left} · {minutes}"
        if self.came:
            return f"came {self.came} · {minutes}"
        if self.left:
            return f"left {self.left} · {minutes}"
        if self.there:
            return f"{minutes}, video" if self.status is S.VIDEO else minutes
        if self.status in NOT_THERE:
            return self.away or ("excused" if self.status is S.EXCUSED else "absent")
        return self.away or self.elsewhere or ("not here yet" if self.begun else "not marked")

    @property
    def tone(self) -> str:
        """One of the look's words, or ''."""
        if self.status is S.ABSENT or (not self.settled and self.begun):
            return "stop"
        return "late" if self.came or self.left else ""

    @property
    def late_word(self) -> str:
        """What stands on the third button: when they came or went, else 'Late'."""
        return self.came or (f"to {self.left}" if self.left else "Late")

    @property
    def week_words(self) -> str:
        """'6 h 40 of 9 h', what will be missing, and when it is made up."""
        short = f"short by {say_minutes(self.short_by)}" if self.short_by else ""
        coming = "" if self.makes_up else self.make_up
        return " · ".join(part for part in (str(self.week), short, coming) if part)


def names(clients: Iterable[Client]) -> dict[int, str]:
    """'Amira S.', and the whole last name where two are called the same."""
    called = {client.pk: client for client in clients}
    short = {
        pk: f"{client.preferred_name or client.first_name} {client.last_name[0]}." for pk, client in called.items()
    }
    twice = {name for name, count in Counter(short.values()).items() if count > 1}
    return {pk: called[pk].called if name in twice else name for pk, name in short.items()}


def newest_marks(session: Session) -> dict[int, Attendance]:
    """The mark that counts for each client of a session. One query."""
    marks = session.attendance.select_related("client", "by").order_by("client_id", "-version").distinct("client_id")
    return {mark.client_id: mark for mark in marks}


def elsewhere(clients: Collection[int], session: Session) -> dict[int, list[Elsewhere]]:
    """Minutes of these clients that count in other sessions while this one runs. One query."""
    rows = (
        Presence.objects.filter(client__in=clients, started_at__lt=session.ended_at, ended_at__gt=session.started_at)
        .exclude(session=session)
        .select_related("session__series", "mark__by")
        .order_by("started_at", "pk")
    )
    found: dict[int, list[Elsewhere]] = {}
    for row in rows:
        there = Elsewhere(row.session.name, row.started_at, row.ended_at, row.mark.by.signature)
        found.setdefault(row.client_id, []).append(there)
    return found


def roster(session: Session, at: datetime) -> list[Row]:
    """Who is expected in a session, and whoever else was marked; by name. A constant number of queries."""
    tz, starts = session.site.tz, session.started_at
    asked = expected([session])[session.pk]
    marks = newest_marks(session)
    ids = asked | set(marks)
    placements = {
        placement.episode.client_id: placement
        for placement in Placement.objects.current(starts)
        .filter(episode__client__in=ids)
        .select_related("episode__client", "program")
        .order_by("kind")  # residence before treatment: the level of treatment stays
    }
    clients = {placement.episode.client for placement in placements.values()} | {mark.client for mark in marks.values()}
    unknown = ids - {client.pk for client in clients}
    if unknown:  # asked to come, but in no program any more
        clients |= set(Client.objects.filter(pk__in=unknown))
    leaves = {
        leave.episode.client_id: leave
        for leave in Leave.objects.current(starts).filter(episode__client__in=ids).select_related("episode")
    }
    week = week_of(starts, tz)
    facts = _Facts(
        session=session,
        at=at,
        tz=tz,
        asked=asked,
        names=names(clients),
        marks=marks,
        placements=placements,
        leaves=leaves,
        done=counted(ids, week),
        ahead=minutes_ahead({placement.program_id for placement in placements.values()}, session, at, week.until),
        guests=_guests(ids, session, at),
        elsewhere=elsewhere(ids, session),
        book=pack_book(session.site_id),
    )
    return sorted((facts.row(client) for client in clients), key=lambda row: (row.name, row.client_id))


def _guests(clients: Collection[int], session: Session, at: datetime) -> dict[int, list[Guest]]:
    """Where these clients were asked to come: to this session, and to make-ups still to come. One query."""
    rows = Guest.objects.filter(client__in=clients, withdrawn_at=None).select_related("session", "repairs")
    found: dict[int, list[Guest]] = {}
    for row in rows:
        ahead = row.repairs_id is not None and row.session.ended_at > at and row.session.cancelled_at is None
        if row.session_id == session.pk or ahead:
            found.setdefault(row.client_id, []).append(row)
    return found


@dataclass(frozen=True)
class _Facts:
    """Everything a row is made of, by client (``ahead`` by program)."""

    session: Session
    at: datetime
    tz: tzinfo
    asked: set[int]
    names: dict[int, str]
    marks: dict[int, Attendance]
    placements: dict[int, Placement]
    leaves: dict[int, Leave]
    done: Mapping[int, Counted]
    ahead: dict[int, int]
    guests: dict[int, list[Guest]]
    elsewhere: dict[int, list[Elsewhere]]
    book: PackBook

    def row(self, client: Client) -> Row:
        """This client's line."""
        mark, placement, leave = self.marks.get(client.pk), self.placements.get(client.pk), self.leaves.get(client.pk)
        status = S(mark.status) if mark else None
        program, level = (placement.program, placement.level) if placement else (None, "")
        on = self.session.started_at.astimezone(self.tz).date()
        payer = placement.episode.payer if placement else ""
        week = stands(self.done.get(client.pk), program, level, self.book, on, payer)
        coming = self.ahead.get(placement.program_id, 0) if placement else 0
        length = SessionFacts(self.session.started_at, self.session.ended_at)
        if status is None and leave is None and self.session.ended_at > self.at:
            coming += credited_minutes(AttendanceFacts(S.HERE), length)
        asked = self.guests.get(client.pk, [])
        here = next((row for row in asked if row.session_id == self.session.pk), None)
        return Row(
            session_id=self.session.pk,
            client_id=client.pk,
            name=self.names[client.pk],
            expected=client.pk in self.asked and here is None,
            status=status,
            version=mark.version if mark else 0,
            minutes=credited_minutes(AttendanceFacts(status, mark.arrived_at, mark.left_at), length)
            if mark and status
            else 0,
            came=clock(mark.arrived_at, self.tz) if mark and mark.arrived_at else "",
            left=clock(mark.left_at, self.tz) if mark and mark.left_at else "",
            away=away_words(leave, self.tz, on) if leave else "",
            begun=self.session.started_at <= self.at,
            week=week,
            short_by=max(0, week.short_by - coming),
            elsewhere=self._elsewhere(client.pk) if status is None else "",
            make_up=self._make_up(asked, here),
            makes_up=here is not None and here.repairs_id is not None,
            counts=counted_interval(AttendanceFacts(status, mark.arrived_at, mark.left_at), length)
            if mark and status
            else None,
        )

    def _elsewhere(self, client_id: int) -> str:
        return " · ".join(
            f"in {there.session} until {clock(there.ended_at, self.tz)}" for there in self.elsewhere.get(client_id, ())
        )

    def _make_up(self, asked: Iterable[Guest], here: Guest | None) -> str:
        """'makes up Mon 17:30' where that is why they are here; 'make-up Thu 10:00' where one is still to come."""
        if here is not None and here.repairs is not None:
            return f"makes up {day_and_clock(here.repairs.started_at, self.tz)}"
        ahead = [row.session.started_at for row in asked if row.session_id != self.session.pk]
        return f"make-up {day_and_clock(min(ahead), self.tz)}" if ahead else ""


def away_words(leave: Leave, tz: tzinfo, on: date) -> str:
    """'on pass until 21:00'; with the day where that is another one than ``on``: 'in hospital until Mon 02:34'."""
    back = leave.expected_at.astimezone(tz)
    said = clock if back.date() == on else day_and_clock
    return f"{Leave.Kind(leave.kind).label.lower()} until {said(leave.expected_at, tz)}"
