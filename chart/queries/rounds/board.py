"""The rounds of one unit now: who is due next, who is late, in walking order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from django.utils.crypto import salted_hmac

from chart.models import ObservationCheck
from chart.queries.rounds.day import DAY_PROGRAM, day_place
from chart.queries.rounds.load import Watched, recent, watched
from chart.rules.rounds.states import State
from chart.rules.rounds.walked import SLACK, Outcome, Slot
from programs.contributions import Ward, places, room_tags, wards
from programs.models import Leave, Site

TICK = timedelta(microseconds=1)
LENGTH = 16  # hex digits of what a code comes to


@dataclass(frozen=True)
class Row:
    """One client of the unit. ``state``: late, due, next, away or none (nothing asks for looks now); ``until`` is when that changes by
    the clock alone. ``sure`` is False where the newest look did not find them."""

    client_id: int
    episode_id: int
    name: str
    initials: str
    room: str
    bed: str
    order: tuple[int, int, str]
    state: str
    words: str
    minutes: int
    due_at: datetime | None
    until: datetime | None
    away: str
    last: ObservationCheck | None
    missed: int

    @property
    def place(self) -> str:
        """'Rm 4-A'; the name of the group where there is no room."""
        return f"Rm {self.room}-{self.bed}" if self.room else DAY_PROGRAM.name

    @property
    def last_state(self) -> State | None:
        """What the newest look found."""
        return None if self.last is None else State(self.last.state)

    @property
    def lost(self) -> bool:
        """The newest look did not find them."""
        return self.last_state is State.NOT_FOUND


@dataclass(frozen=True)
class RoundsBoard:
    """A unit's rounds at an instant."""

    site: Site
    ward: Ward
    at: datetime
    rows: tuple[Row, ...]

    @property
    def late(self) -> int:
        """How many are late now."""
        return sum(row.state == "late" for row in self.rows)

    @property
    def due(self) -> int:
        """How many may be looked in on now."""
        return sum(row.state == "due" for row in self.rows)

    @property
    def lost(self) -> tuple[Row, ...]:
        """Who was not found at the newest look."""
        return tuple(row for row in self.rows if row.lost)

    @property
    def next(self) -> Row | None:
        """Whose look is due first."""
        waiting = [row for row in self.rows if row.due_at is not None]
        return min(waiting, key=lambda row: (row.due_at, row.order)) if waiting else None


def rounds_board(site: Site, unit_id: int, at: datetime) -> RoundsBoard | None:
    """The rounds of a unit, or of the day program (``DAY_PROGRAM``); None where the site has no such unit. Seventeen queries."""
    ward = next((each for each in (*wards(site.pk), DAY_PROGRAM) if each.pk == unit_id), None)
    if ward is None:
        return None
    everybody = watched(site, recent(at), at + TICK, at)
    if ward == DAY_PROGRAM:
        here = {one.episode_id: day_place(one.client.short_name) for one in everybody if _by_day(one, at)}
    else:
        here = {episode: place for episode, place in places(site.pk, at).items() if place.unit_id == unit_id}
    leaves = {row.episode_id: row for row in Leave.objects.current(at).filter(episode__in=here)}
    rows = []
    for one in everybody:
        place = here.get(one.episode_id)
        if place is not None:
            rows.append(_row(one, place.room, place.bed, place.order, leaves.get(one.episode_id), at))
    return RoundsBoard(site, ward, at, tuple(sorted(rows, key=lambda row: row.order)))


def _by_day(one: Watched, at: datetime) -> bool:
    """Whether they are looked in on in the day program at an instant."""
    stay = one.stay_at(at)
    return stay.unit_id == DAY_PROGRAM.pk and (stay.ended_at is None or stay.ended_at > at)


def _row(one: Watched, room: str, bed: str, order: tuple[int, int, str], leave: Leave | None, at: datetime) -> Row:
    checks = sorted(one.checks.values(), key=lambda each: (each.at, each.pk))
    slot = next((each for each in reversed(one.slots) if each.outcome is Outcome.OPEN), None)
    missed = _missed_in_a_row(one.slots)
    row = Row(
        one.client.pk, one.episode_id, one.client.short_name, one.client.initials, room, bed, order, "none", "", 0, None,
        _begins(one, at), "" if leave is None else Leave.Kind(leave.kind).label, checks[-1] if checks else None, 0,
    )  # fmt: skip
    if leave is not None:
        return replace(row, state="away")
    if slot is None:
        return row
    late = slot.due_at + SLACK
    state, until = (
        ("next", slot.opens_at) if at < slot.opens_at else ("due", late) if at <= late else ("late", slot.missed_at)
    )
    ends = slot.stretch.until
    return replace(
        row, state="late" if missed and state != "next" else state, words=slot.stretch.asked.words, minutes=slot.stretch.asked.minutes,
        due_at=slot.due_at, until=until if ends is None or ends <= at else min(until, ends), missed=missed,
    )  # fmt: skip


def _missed_in_a_row(slots: Sequence[Slot]) -> int:
    """How many were missed since the last look that answered one."""
    count = 0
    for slot in reversed(slots):
        if slot.outcome is Outcome.MISSED:
            count += 1
        elif slot.outcome is not Outcome.OPEN:
            break
    return count


def _begins(one: Watched, at: datetime) -> datetime | None:
    return next((each.since for each in one.stretches if each.since > at), None)


def tag_codes(site: Site, unit_id: int, at: datetime) -> dict[str, object]:
    """What a tablet knows of the tags of a unit to tell a scan by: ``rooms`` maps what a code comes to (salted, cut) to the room's
    name. No code stands on the page. One query."""
    salt = salted_hmac("chart.rounds", str(site.pk)).hexdigest()[:LENGTH]
    rooms = {
        sha256(f"{salt}:{tag.code}".encode()).hexdigest()[:LENGTH]: tag.room
        for tag in room_tags(site.pk, at)
        if tag.unit_id == unit_id
    }
    return {"salt": salt, "rooms": rooms}
