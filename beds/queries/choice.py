"""Who is being placed: a line of the placement list, someone who moves, or someone in care who has no bed.

The board then says of every bed how it fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from audit.rules.findings import Finding, Severity
from beds.queries.cards import Card
from beds.queries.fit import Capacity, House, fit_in, house_of
from beds.rules.compatibility import ClientFacts, verdict
from beds.rules.states import BedState


@dataclass(frozen=True)
class Choice:
    """``pk`` is of the line of the placement list (``kind`` 'request'), of the stay of who moves ('stay'; ``bed`` is where they
    are now), or of the episode of someone in care who has no bed ('episode')."""

    pk: int
    kind: Literal["request", "stay", "episode"]
    client_id: int
    name: str
    person: ClientFacts
    bed: Card | None = None


@dataclass(frozen=True)
class Placed:
    """A card, with the fit of who is being placed: 'fits', 'override', 'no', 'swap' (both could change beds), 'swap-override'
    (with a reason), or '' where nobody is. ``findings`` are of the person in this bed, ``other`` of who has it in theirs."""

    card: Card
    fit: str = ""
    why: str = ""
    findings: tuple[Finding, ...] = ()
    other: tuple[Finding, ...] = ()


def mover(cards: Sequence[Card], stay_id: int) -> Choice | None:
    """Who moves, from the cards of the site; None where the stay is over."""
    card = next((card for card in cards if card.stay_id == stay_id), None)
    if card is None or card.client_id is None or card.person is None:
        return None
    return Choice(stay_id, "stay", card.client_id, card.who, card.person, card)


def placed(cards: Sequence[Card], choice: Choice | None, capacity: Capacity) -> list[Placed]:
    """Every card, with how it fits who is being placed."""
    if choice is None:
        return [Placed(card) for card in cards]
    house = house_of(cards)
    return [
        _swap(card, choice, house, capacity) or _judged(card, tuple(fit_in(card, choice.person, house, capacity)))
        for card in cards
    ]


def _swap(card: Card, choice: Choice, house: House, capacity: Capacity) -> Placed | None:
    """Who moves and who has this bed, each judged in the other's as if the other had left; None where there is no swap."""
    if choice.bed is None or card.person is None or card.client_id in (None, choice.client_id):
        return None
    findings, other = swap_findings(choice.bed, card, house, capacity)
    verdicts = {verdict(findings), verdict(other)}
    if "no" in verdicts:
        stops = [one for one in (*findings, *other) if one.severity is Severity.STOP]
        return Placed(card, "no", f"{_taken(card)} · {stops[0].message}", findings, other)
    if "override" in verdicts:
        return Placed(card, "swap-override", f"Swap with {card.initials} · needs a reason", findings, other)
    return Placed(card, "swap", f"Swap with {card.initials}", findings, other)


def swap_findings(
    one: Card, other: Card, house: House, capacity: Capacity
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """What stands against the person of ``one`` in the bed of ``other``, and the other way round; both cards are taken."""
    assert one.person is not None
    assert other.person is not None
    assert one.client_id is not None
    assert other.client_id is not None
    both = {one.client_id, other.client_id}
    first = fit_in(other, one.person, house, capacity, both)
    second = fit_in(one, other.person, house, capacity, both)
    return tuple(first), tuple(second)


def _taken(card: Card) -> str:
    return f"{'On leave' if card.state is BedState.ON_LEAVE else 'Taken by'} {card.initials}"


def _judged(card: Card, findings: tuple[Finding, ...]) -> Placed:
    fit = verdict(findings)
    if fit == "fits":
        good = [
            words
            for true, words in ((card.facts.near_nursing, "near nursing"), (card.facts.lower_bunk, "lower bunk"))
            if true
        ]
        return Placed(card, fit, " · ".join(["Fits", *good[:1]]), findings)
    return Placed(card, fit, findings[0].message + (" · needs a reason" if fit == "override" else ""), findings)
