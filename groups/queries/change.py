"""What a change of a series will do, session by session, before anyone presses the button. Reads only."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db.models import Exists, OuterRef

from groups.findings import DASH, clock
from groups.models import Attendance, Facilitator, Part, Pattern, Series, Session
from groups.rules.follow import Fate, Slot, WrittenOut, fates
from groups.rules.recurrence import Meets, dates, times
from staff.models import Person

AHEAD = timedelta(days=28)  # how far any act writes out
MOST_CLASHES = 5
DONE = {Fate.ADDED, Fate.CHANGED, Fate.AGAIN, Fate.CANCELLED}
KEPT = {Fate.ATTENDED, Fate.BY_HAND}


@dataclass(frozen=True)
class Turn:
    """One date of a change: what becomes of it, as it is and as it will be ('' where there is none)."""

    on: date
    fate: Fate
    session_id: int | None
    before: str
    after: str


@dataclass(frozen=True)
class Preview:
    """What a change does up to ``until`` (exclusive): ``turns`` that change something, ``kept`` that it leaves alone, how many
    are the same before and after, and rooms or people that are taken then."""

    turns: tuple[Turn, ...]
    kept: tuple[Turn, ...]
    same: int
    clashes: tuple[str, ...]
    leads: str
    until: date

    @property
    def mark(self) -> str:
        """Changes when any of it does: what was seen is what is done."""
        return sha256(repr((self.turns, self.kept, self.leads)).encode()).hexdigest()[:16]

    def count(self, name: str) -> int:
        """How many dates a fate falls on."""
        return sum(turn.fate.name == name for turn in self.turns)


def written_out(series: Series, since: date, until: date) -> dict[date, Session]:
    """The sessions of a series by their date, up to another date (exclusive), each with ``touched``. One query."""
    rows = series.sessions.filter(occurs_on__gte=since, occurs_on__lt=until).annotate(
        touched=Exists(Attendance.objects.filter(session=OuterRef("pk")))
        | Exists(Part.objects.filter(session=OuterRef("pk")).exclude(text=""))
    )
    return {session.occurs_on: session for session in rows if session.occurs_on is not None}


def facts_of(session: Session) -> WrittenOut:
    """A session of ``written_out`` as the rule sees it."""
    assert session.occurs_on is not None
    slot = Slot(session.started_at, session.ended_at, session.room, session.by_video, session.service)
    return WrittenOut(
        session.occurs_on,
        slot,
        session.planned,
        bool(getattr(session, "touched", False)),
        session.cancelled_at is not None,
    )


def meets_of(pattern: Pattern) -> Meets:
    """The pattern as the rule sees it."""
    return Meets(pattern.rule, pattern.begins_on, pattern.ends_on, pattern.starts, pattern.minutes)


def slot_of(series: Series, pattern: Pattern, on: date) -> Slot:
    """When and where a pattern puts the session of a date."""
    begins, ends = times(on, pattern.starts, pattern.minutes, series.site.tz)
    return Slot(begins, ends, pattern.room, pattern.by_video, series.service)


def preview(
    series: Series, pattern: Pattern | None, since: date, at: datetime, leads: Collection[int] | None = None
) -> Preview:
    """What would become of a series that meets by this (unsaved) pattern from a date on; None: that meets no more.

    The same dates and the same rule as ``actions.planning.write_out``. Eight queries at most.
    """
    today = at.astimezone(series.site.tz).date()
    since, until = max(since, today), max(series.planned_until or today, today + AHEAD)
    holidays = set() if series.meets_on_holidays else set(series.site.holidays.values_list("on", flat=True))
    wanted: dict[date, Slot] = {}
    if pattern is not None:
        wanted = {on: slot_of(series, pattern, on) for on in dates(meets_of(pattern), since, until, holidays)}
    stored = written_out(series, since, until)
    found = fates([facts_of(session) for session in stored.values()], wanted, at)
    turns = [_turn(series, on, what, stored.get(on), wanted.get(on)) for on, what in found.items()]
    kept = [
        turn for turn in turns if turn.fate in KEPT and not (turn.fate is Fate.BY_HAND and stored[turn.on].cancelled_at)
    ]
    new = [wanted[turn.on] for turn in turns if turn.fate in DONE and turn.on in wanted]
    return Preview(
        turns=tuple(turn for turn in turns if turn.fate in DONE),
        kept=tuple(kept),
        same=sum(what is Fate.SAME and on in wanted for on, what in found.items()),
        clashes=tuple(_clashes(series, new, leads or ())),
        leads=_leads(series, since, leads) if leads is not None else "",
        until=until,
    )


def leads_on(series: Series, on: date) -> set[int]:
    """Who leads by the pattern that holds a date. Two queries."""
    pattern = series.patterns.filter(begins_on__lte=on).order_by("begins_on").last() or series.patterns.first()
    return set(pattern.leads.values_list("pk", flat=True)) if pattern is not None else set()


def _leads(series: Series, since: date, leads: Collection[int]) -> str:
    """'Kofi Danso joins, Jo Marsh goes'; '' where nobody does."""
    before, after = leads_on(series, since), set(leads)
    called = dict(Person.objects.filter(pk__in=before ^ after).values_list("pk", "name"))
    said = [f"{called[pk]} joins" for pk in sorted(after - before)] + [
        f"{called[pk]} goes" for pk in sorted(before - after)
    ]
    return ", ".join(said)


def _turn(series: Series, on: date, what: Fate, session: Session | None, wish: Slot | None) -> Turn:
    before = _said(series, facts_of(session).slot) if session is not None else ""
    after = _said(series, wish) if wish is not None and what in DONE else ""
    return Turn(on, what, session.pk if session else None, before, after)


def _said(series: Series, slot: Slot) -> str:
    """'Mon 2 Mar 17:30 to 20:30, Room C'."""
    tz = series.site.tz
    where = "video" if slot.by_video else slot.room or "no room"
    return f"{slot.started_at.astimezone(tz):%a %-d %b %H:%M}{DASH}{clock(slot.ended_at, tz)}, {where}"


def _clashes(series: Series, slots: Collection[Slot], leads: Collection[int]) -> Iterable[str]:
    """Rooms and people that another session has at these times. Told, not refused. Two queries."""
    if not slots:
        return
    first, last, tz = min(s.started_at for s in slots), max(s.ended_at for s in slots), series.site.tz
    rows = Session.objects.filter(site=series.site, cancelled_at=None, started_at__lt=last, ended_at__gt=first)
    others = list(rows.exclude(series=series).select_related("series").order_by("started_at", "pk"))
    held = Facilitator.objects.filter(session__in=others, person__in=leads, removed_at=None).select_related("person")
    led = {(row.session_id, row.person.name) for row in held}
    said: list[str] = []
    for slot in sorted(slots, key=lambda each: each.started_at):
        for other in others:
            if not (other.started_at < slot.ended_at and slot.started_at < other.ended_at):
                continue
            when = f"{other.started_at.astimezone(tz):%a %-d %b %H:%M}"
            if not slot.by_video and not other.by_video and slot.room and slot.room == other.room:
                said.append(f"{slot.room} is taken by {other.name}, {when}.")
            said += [f"{name} leads {other.name}, {when}." for pk, name in sorted(led) if pk == other.pk]
    yield from said[:MOST_CLASHES]
    if len(said) > MOST_CLASHES:
        yield f"And {len(said) - MOST_CLASHES} more like these."
