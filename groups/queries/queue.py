"""What waits for one person: notes to write, parts to sign, parts to co-sign, and what of it is overdue."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from groups.findings import day_and_clock
from groups.models import Attendance, Cosign, Part, Session
from groups.queries.packs import PackBook, pack_book
from groups.queries.signing import shared_sections, state_of
from groups.rules.minutes import NOT_THERE, AttendanceStatus
from groups.rules.notes import missing
from programs.models import Site
from staff.models import Person
from staff.rules.credentials import split_credentials

BACK = timedelta(days=45)  # how far back open notes are looked for


@dataclass(frozen=True)
class QueueLine:
    """A session in which ``count`` parts wait; ``due`` in words ('' without a rule), ``late`` where it has passed."""

    session_id: int
    name: str
    when: str
    count: int
    due: str
    late: bool
    due_at: datetime | None = None


@dataclass(frozen=True)
class Queue:
    """What waits for one person, the soonest due first in each list."""

    to_write: tuple[QueueLine, ...]
    to_sign: tuple[QueueLine, ...]
    to_cosign: tuple[QueueLine, ...]

    @property
    def overdue(self) -> int:
        """How many lines are late."""
        return sum(line.late for lines in (self.to_write, self.to_sign, self.to_cosign) for line in lines)

    @property
    def count(self) -> int:
        """How many lines wait."""
        return len(self.to_write) + len(self.to_sign) + len(self.to_cosign)


def queue(person: Person, site: Site, at: datetime) -> Queue:
    """What waits for a person at a site: sessions they run that are over and not complete, and co-signatures they may give.

    Five queries at most, flat in history: sessions of the last 45 days that are not complete.
    """
    mine = list(
        Session.objects.filter(
            site=site, completed_at=None, cancelled_at=None, ended_at__lte=at, started_at__gte=at - BACK,
            facilitator_rows__person=person, facilitator_rows__removed_at=None,
        )
        .select_related("series", "site")
        .order_by("ended_at", "pk")
    )  # fmt: skip
    parts: defaultdict[int, list[Part]] = defaultdict(list)
    for part in Part.objects.filter(session__in=mine).select_related("cosign"):
        parts[part.session_id].append(part)
    there = _there(mine)
    book = pack_book(site.pk)
    hours = book.packs(at.astimezone(site.tz).date()).note_hours(at.astimezone(site.tz).date())
    to_write, to_sign = [], []
    for session in mine:
        due = session.ended_at + timedelta(hours=hours) if hours is not None else None
        sections = [section.value for section in shared_sections(session)]
        state = missing(sections, there[session.pk], map(state_of, parts[session.pk]))
        if state.to_write:
            to_write.append(_line(session, len(state.to_write), due, at))
        unsigned = sum(1 for p in parts[session.pk] if p.author_id == person.pk and p.text and p.signed_at is None)
        if unsigned:
            to_sign.append(_line(session, unsigned, due, at))
    return Queue(tuple(to_write), tuple(to_sign), tuple(_cosigns(person, site, at, book)))


def _there(sessions: Iterable[Session]) -> dict[int, set[int]]:
    """Who was marked as there in each session. One query."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    newest = (
        Attendance.objects.filter(session__in=sessions)
        .order_by("session_id", "client_id", "-version")
        .distinct("session_id", "client_id")
    )
    for session_id, client_id, status in newest.values_list("session_id", "client_id", "status"):
        if AttendanceStatus(status) not in NOT_THERE:
            found[session_id].add(client_id)
    return found


def _cosigns(person: Person, site: Site, at: datetime, book: PackBook) -> list[QueueLine]:
    """Sessions with parts that wait for a supervisor's name, where this person's credential counts and the words are not
    their own."""
    today = at.astimezone(site.tz).date()
    if not book.packs(today).cosigners(today) & set(split_credentials(person.credentials)):
        return []
    rows = (
        Cosign.objects.filter(at=None, part__session__site=site)
        .exclude(part__author=person)
        .select_related("part__session__series", "part__session__site")
        .order_by("due_at", "pk")
    )
    by: dict[int, list[Cosign]] = {}
    for row in rows:
        by.setdefault(row.part.session_id, []).append(row)
    return [_line(found[0].part.session, len(found), found[0].due_at, at) for found in by.values()]


def _line(session: Session, count: int, due: datetime | None, at: datetime) -> QueueLine:
    tz = session.site.tz
    return QueueLine(
        session_id=session.pk,
        name=session.name,
        when=f"{session.started_at.astimezone(tz):%a %-d %b %H:%M}",
        count=count,
        due=f"due {day_and_clock(due, tz)}" if due else "",
        late=due is not None and due <= at,
        due_at=due,
    )
