"""How do the deadlines of an episode stand? Derived from what happened: open, soon, overdue, met (by whom, late or not), paused.

Nothing here is stored: what was done is a note, a plan or an assessment, and the deadline it meets follows from its time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from chart.rules.deadline_rules import Book, Population, Rule, Start, What
from chart.rules.deadlines import Away, Calendar, Clock, Served, Unit, days_served, due_at

GROWN_UP = 18  # years
NOTHING: Mapping[What, Sequence["Happened"]] = {}


class Stand(StrEnum):
    """How a deadline stands. ``NEVER``: the episode ended before it was done; ``WAITING``: too few days of service are known."""

    MET = "met"
    MET_LATE = "met_late"
    OPEN = "open"
    SOON = "soon"
    GRACE = "grace"
    OVERDUE = "overdue"
    PAUSED = "paused"
    WAITING = "waiting"
    NEVER = "never"


DONE = frozenset({Stand.MET, Stand.MET_LATE})
OPEN = frozenset({Stand.OPEN, Stand.SOON, Stand.GRACE, Stand.OVERDUE, Stand.PAUSED, Stand.WAITING})
LATE = frozenset({Stand.OVERDUE, Stand.NEVER})


@dataclass(frozen=True)
class Happened:
    """A thing was done for an episode: when (the instant it was signed), by whom, with which credentials."""

    at: datetime
    by: str
    credentials: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Stretch:
    """The episode was in a program at a level, from an instant to an instant (None: still). ``lives``: it has beds there."""

    program_id: int
    level: str
    started_at: datetime
    ended_at: datetime | None
    lives: bool = True


@dataclass(frozen=True)
class Followed:
    """A program follows a pack, from an instant to an instant (None: still)."""

    program_id: int
    pack: str
    started_at: datetime
    ended_at: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether it was followed at an instant."""
        return self.started_at <= at and (self.ended_at is None or at < self.ended_at)


@dataclass(frozen=True)
class History:
    """What is known of an episode at the moment asked about; its ``stretches`` in order, at least one. Leaves that last end, for the
    clock, at that moment (``away`` is their kind). ``named`` are dates that a document itself set, as (what, due, started, source)."""

    started_at: datetime
    ended_at: datetime | None
    age: int
    stretches: Sequence[Stretch]
    aways: Sequence[Away] = field(default_factory=tuple)
    away: str = ""
    expected_at: datetime | None = None
    done: Mapping[What, Sequence[Happened]] = field(default_factory=lambda: NOTHING)
    served: Served = field(default_factory=Served)
    named: Sequence["Named"] = field(default_factory=tuple)


@dataclass(frozen=True)
class Named:
    """A date that was set by hand or by another room: it counts beside the rules, and the first due counts."""

    what: What
    started_at: datetime
    due_at: datetime
    source: str


@dataclass(frozen=True)
class Deadline:
    """One deadline. ``rule`` is None where a date was ``named``; ``beaten`` are the rules that are due later for the same thing.

    ``served`` of ``amount`` days of service are known where it waits for them.
    """

    what: What
    rule: Rule | None
    started_at: datetime
    due_at: datetime | None
    stand: Stand
    met: Happened | None = None
    source: str = ""
    served: int | None = None
    beaten: tuple[Rule, ...] = ()

    @property
    def late(self) -> bool:
        """Overdue, or never done in time."""
        return self.stand in LATE

    def late_by(self, at: datetime) -> timedelta:
        """How long it is overdue at an instant, or was when it was met; nothing where it is not."""
        if self.due_at is None or self.stand not in {Stand.OVERDUE, Stand.MET_LATE, Stand.NEVER}:
            return timedelta(0)
        return max((self.met.at if self.met else at) - self.due_at, timedelta(0))

    def escalated(self, at: datetime) -> bool:
        """Whether it has been late for so long that it is also somebody else's."""
        rule = self.rule
        if rule is None or rule.escalate_after is None or self.stand is not Stand.OVERDUE:
            return False
        return self.late_by(at) >= rule.grace + rule.escalate_after


def deadlines(
    history: History, book: Book, followed: Iterable[Followed], calendar: Calendar, at: datetime
) -> tuple[Deadline, ...]:
    """Every deadline of an episode at an instant: what is open (one for each thing, the first due), and what was met.

    A clock that repeats is shown as it stands now; a rule that was met by an earlier one of its kind is shown as met.
    """
    packs = tuple(followed)
    found: list[Deadline] = []
    for what in What:
        asked = [*_by_rules(what, history, book, packs, calendar, at), *_named(what, history, at)]
        found += _tightest([each for each in asked if each is not None])
    return tuple(found)


def _by_rules(
    what: What, history: History, book: Book, packs: Sequence[Followed], calendar: Calendar, at: datetime
) -> Iterator[Deadline | None]:
    """Whatever the rules ask, one for each clock that started: those that run once, then those that repeat, by where the client is."""

    def counting(what: What, since: datetime, where: Stretch, population: Population) -> Sequence[Rule]:
        codes = {each.pack for each in packs if each.program_id == where.program_id and each.holds(since)}
        return book.rules(what, codes, calendar.date_of(since), where.level, population)

    population = Population.ADULT if history.age >= GROWN_UP else Population.ADOLESCENT
    for start, stretch in _events(history):
        asked = counting(what, start.at, stretch, population)
        yield from (_judged(rule, start.at, history, calendar, at) for rule in asked if rule.starts is start.kind)
    if history.ended_at is not None:
        return
    here = history.stretches[-1]
    for rule in (rule for pack in book.packs for rule in pack.rules if rule.starts is Start.LAST and rule.what is what):
        since = _last_start(rule, history)
        if since is not None and rule in counting(what, since, here, population):
            yield _judged(rule, since, history, calendar, at)


@dataclass(frozen=True)
class _Began:
    kind: Start
    at: datetime


def _events(history: History) -> Iterator[tuple[_Began, Stretch]]:
    """What started a clock that runs once."""
    first, last = history.stretches[0], history.stretches[-1]
    yield _Began(Start.ADMISSION, history.started_at), first
    for stretch in history.stretches:
        yield _Began(Start.PLACEMENT, stretch.started_at), stretch
    for before, after in pairwise(history.stretches):
        if before.level != after.level:
            yield _Began(Start.LEVEL_CHANGE, after.started_at), after
    if history.ended_at is not None:
        yield _Began(Start.DISCHARGE, history.ended_at), last
    elif history.expected_at is not None:
        yield _Began(Start.EXPECTED_DISCHARGE, history.expected_at), last


def _last_start(rule: Rule, history: History) -> datetime | None:
    """Since when a repeating clock runs: the last time it was done, not before the client came to the rule's levels; None where it
    does not run."""
    spell = None
    for stretch in reversed(history.stretches):
        if not rule.covers(stretch.level):
            break
        spell = stretch.started_at
    if spell is None:
        return None
    known = [each.at for each in history.done.get(rule.what, ()) if satisfies(each, rule)]
    if rule.after is not None:
        known += [each.at for each in history.done.get(rule.after, ())]
        if not known:
            return None
    start = max([spell, *known])
    if rule.lasts is not None and start > spell + rule.lasts:
        return None
    return start


def satisfies(happened: Happened, rule: Rule) -> bool:
    """Whether it was done by somebody who may satisfy the rule."""
    return not rule.credentials or bool(rule.credentials & happened.credentials)


def _judged(rule: Rule, start: datetime, history: History, calendar: Calendar, at: datetime) -> Deadline | None:
    """How it stands; None where the episode ended before it was due."""
    pausing = [away for away in history.aways if away.kind in rule.pauses]
    clock = Clock(calendar, pausing, history.served)
    due = due_at(start, rule.amount, rule.unit, clock) if rule.amount else start
    met = None if rule.starts is Start.LAST else _met(rule, start, history)
    served = days_served(start, clock) if rule.unit is Unit.SERVICE_DAYS and not history.served.every_day else None
    made = Deadline(rule.what, rule, start, due, Stand.OPEN, met, rule.source, served)
    if met is not None:
        late = due is not None and met.at > due + rule.grace
        return replace(made, stand=Stand.MET_LATE if late else Stand.MET)
    if history.ended_at is not None and rule.starts is not Start.DISCHARGE:
        return replace(made, stand=Stand.NEVER) if due is not None and due <= history.ended_at else None
    if due is None:
        return replace(made, stand=Stand.WAITING)
    if history.away in rule.pauses and at < due:
        return replace(made, stand=Stand.PAUSED)
    return replace(made, stand=_timed(at, due, rule.warn, rule.grace))


def _met(rule: Rule, start: datetime, history: History) -> Happened | None:
    """The first that satisfies it. What is asked of the whole episode may have been done before the clock started."""
    once = rule.starts in {Start.ADMISSION, Start.DISCHARGE, Start.EXPECTED_DISCHARGE}
    known = [
        each
        for each in history.done.get(rule.what, ())
        if satisfies(each, rule) and (once or each.at >= start)
    ]  # fmt: skip
    return min(known, key=lambda each: each.at, default=None)


def _timed(at: datetime, due: datetime, warn: timedelta, grace: timedelta) -> Stand:
    if at > due + grace:
        return Stand.OVERDUE
    if at > due:
        return Stand.GRACE
    return Stand.SOON if at >= due - warn else Stand.OPEN


def _named(what: What, history: History, at: datetime) -> Iterator[Deadline]:
    """Dates that were set by hand, while the episode lasts; the thing done since then meets them."""
    if history.ended_at is not None:
        return
    for each in history.named:
        if each.what is what and not any(done.at > each.started_at for done in history.done.get(what, ())):
            stand = _timed(at, each.due_at, timedelta(days=2), timedelta(0))
            yield Deadline(what, None, each.started_at, each.due_at, stand, None, each.source)


def _tightest(found: Sequence[Deadline]) -> list[Deadline]:
    """Of several clocks for one thing the one that is due first: among those that started together, and among all that are open."""
    kept: list[Deadline] = []
    for start in dict.fromkeys(each.started_at for each in found if each.stand not in OPEN):
        same = [each for each in found if each.started_at == start and each.stand not in OPEN]
        kept.append(_first(same))
    still = [each for each in found if each.stand in OPEN]
    if still:
        kept.append(_first(still))
    return kept


def _first(found: Sequence[Deadline]) -> Deadline:
    """The first due; one that waits for days of service comes after all that have a date."""
    ordered = sorted(found, key=lambda each: (each.due_at is None, each.due_at or each.started_at))
    first = ordered[0]
    return replace(
        first, beaten=tuple(each.rule for each in ordered[1:] if each.rule is not None and each.rule != first.rule)
    )
