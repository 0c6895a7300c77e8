"""What a card says of a bed: who, and one line of when. Instants in words on the clock of the zone that is active."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localdate, localtime

from beds.queries.cards import Card
from beds.rules.states import BedState


@dataclass(frozen=True)
class Part:
    """A piece of the line; ``tone`` is one of the look's words or ''."""

    words: str
    tone: str = ""


@dataclass(frozen=True)
class Said:
    """``who`` is a person or the state, ``icon`` a lucide name or ''."""

    who: str
    icon: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class View:
    """How much is said: names or initials; ``brief`` for a wall, where care is nobody's business."""

    names: bool
    brief: bool
    at: datetime


def said(card: Card, view: View) -> Said:
    """The words of one card."""
    who, icon = _TITLES.get(card.state, ("", ""))
    if card.client_id is not None:
        who, icon = card.who if view.names else card.initials, ""
    parts = _PARTS[card.state](card, view)
    if card.held_for and card.state is not BedState.HELD:
        parts = (*parts, Part(f"then held for {_held_for(card, view)}", "held"))
    return Said(who, icon, parts)


def _occupied(card: Card, view: View) -> tuple[Part, ...]:
    stay = f"Day {card.day}" + (f" · {card.level}" if card.level and not view.brief else "")
    out = card.expected_at
    if out is not None and out <= view.at:
        return Part(stay), Part(f"Expected out {when(out, view.at)}", "late")
    if out is not None and card.leaves_today:
        return Part(stay), Part(f"Leaving today {localtime(out):%H:%M}", "accent")
    if out is not None:
        return Part(stay), Part(f"Leaves {day(localdate(out), view.at)}")
    if card.review_on is None or view.brief:
        return (Part(stay),)
    today = localdate(view.at)
    if card.review_on < today:
        return Part(stay), Part("review overdue", "late")
    return Part(stay), Part("review today" if card.review_on == today else f"review {day(card.review_on, view.at)}")


def _on_leave(card: Card, view: View) -> tuple[Part, ...]:
    kind = "Away" if view.brief else card.by
    if card.until is None:
        return (Part(kind),)
    if card.late:
        return Part(kind), Part(f"late, expected {when(card.until, view.at)}", "late")
    return Part(kind), Part(f"back {when(card.until, view.at)}")


def _held(card: Card, view: View) -> tuple[Part, ...]:
    until = f"until {when(card.held_until, view.at)}" if card.held_until else ""
    return Part(_held_for(card, view)), Part(until)


def _cleaning(card: Card, view: View) -> tuple[Part, ...]:
    return (Part(f"asked {when(card.since, view.at)}" if card.since else "asked"),)


def _being_cleaned(card: Card, view: View) -> tuple[Part, ...]:
    since = f"since {when(card.since, view.at)}" if card.since else "under way"
    return (Part(since),) if view.brief or not card.by else (Part(card.by), Part(since))


def _closed(card: Card, view: View) -> tuple[Part, ...]:
    if not view.brief:
        return (Part(card.why),)
    return (Part(f"back {day(card.free_on, view.at)}"),) if card.free_on else ()


def _free(card: Card, view: View) -> tuple[Part, ...]:
    return (Part(f"since {when(card.since, view.at)}" if card.since else "not used yet"),)


def _held_for(card: Card, view: View) -> str:
    return card.held_for if view.names else card.held_for_initials


def when(instant: datetime, at: datetime) -> str:
    """'18:00' today, 'Sun 18:00' within six days, else 'Fri 27 Nov'."""
    there, today = localtime(instant), localdate(at)
    away = abs((there.date() - today).days)
    return f"{there:%H:%M}" if away == 0 else f"{there:%a %H:%M}" if away < 7 else f"{there:%a} {there.day} {there:%b}"


def day(on: date, at: datetime) -> str:
    """'Fri' within six days, else 'Fri 27 Nov'."""
    return f"{on:%a}" if abs((on - localdate(at)).days) < 7 else f"{on:%a} {on.day} {on:%b}"


_TITLES = {
    BedState.AVAILABLE: ("Free", ""),
    BedState.HELD: ("Held", "bookmark"),
    BedState.CLEANING: ("To clean", "spray-can"),
    BedState.BEING_CLEANED: ("Being cleaned", "spray-can"),
    BedState.OUT_OF_SERVICE: ("Out of service", "ban"),
}

_PARTS: dict[BedState, Callable[[Card, View], tuple[Part, ...]]] = {
    BedState.AVAILABLE: _free,
    BedState.HELD: _held,
    BedState.OCCUPIED: _occupied,
    BedState.ON_LEAVE: _on_leave,
    BedState.CLEANING: _cleaning,
    BedState.BEING_CLEANED: _being_cleaned,
    BedState.OUT_OF_SERVICE: _closed,
}
