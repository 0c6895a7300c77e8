"""What can be done with one bed, in the order of the sheet."""

from collections.abc import Callable

from beds.actions import cleaning, closures, holds
from beds.forms import CloseForm, ExtendForm, HoldForm
from beds.queries.cards import Card
from beds.rules.states import BedState
from beds.views.act import Act, Doing
from staff.rules.capabilities import Capability

EMPTY = {BedState.AVAILABLE, BedState.CLEANING, BedState.BEING_CLEANED}


def _may_be_held(card: Card) -> bool:
    """Free, soon clean, or left at a known time; and for nobody yet."""
    if card.hold_id is not None:
        return False
    return card.state in EMPTY or (card.stay_id is not None and card.expected_at is not None)


def _hold(doing: Doing) -> object:
    client_id = doing.data["request"].client_id  # type: ignore[attr-defined]
    return doing.call(holds.hold, bed_id=doing.card.pk, client_id=client_id, until=doing.instant("until"))


def _bed(action: Callable[..., object]) -> Callable[[Doing], object]:
    """One of the acts on the bed itself, with what its form asked."""
    return lambda doing: doing.call(action, bed_id=doing.card.pk, **doing.data)


def _held(action: Callable[..., object]) -> Callable[[Doing], object]:
    """One of the acts on a hold, with what its form asked."""
    return lambda doing: doing.call(action, hold_id=doing.card.hold_id, **doing.data)


def _job(action: Callable[..., object]) -> Callable[[Doing], object]:
    """One of the acts on a cleaning job."""
    return lambda doing: doing.call(action, job_id=doing.card.job_id)


HOLD = Act(
    "hold", "Hold this bed", "bookmark", Capability.ASSIGN_BEDS, _may_be_held, _hold, "stay", HoldForm, "Hold {bed}"
)
ACTS = (
    HOLD,
    Act(
        "extend", "Keep it for longer", "calendar-clock", Capability.ASSIGN_BEDS,
        lambda card: card.hold_id is not None, _held(holds.extend), "hold", ExtendForm, "Keep {bed} for {held_for}",
    ),
    Act(
        "release", "Let the hold go", "bookmark-x", Capability.ASSIGN_BEDS,
        lambda card: card.hold_id is not None, _held(holds.release), "hold",
    ),
    Act(
        "ask", "Ask for cleaning", "spray-can", Capability.CLEAN_BEDS,
        lambda card: card.state in {BedState.AVAILABLE, BedState.HELD}, _bed(cleaning.ask),
    ),
    Act(
        "accept", "I clean it", "hand", Capability.CLEAN_BEDS,
        lambda card: card.state is BedState.CLEANING, _job(cleaning.accept), "job",
    ),
    Act(
        "finish", "It is clean", "sparkles", Capability.CLEAN_BEDS,
        lambda card: card.state in {BedState.CLEANING, BedState.BEING_CLEANED}, _job(cleaning.finish), "job", tone="accent",
    ),
    Act(
        "hand-back", "Hand the cleaning back", "undo-2", Capability.CLEAN_BEDS,
        lambda card: card.state is BedState.BEING_CLEANED, _job(cleaning.hand_back), "job",
    ),
    Act(
        "not-needed", "Needs no cleaning", "circle-slash", Capability.ASSIGN_BEDS,
        lambda card: card.state is BedState.CLEANING, _job(cleaning.not_needed), "job",
    ),
    Act(
        "close", "Take out of service", "ban", Capability.ASSIGN_BEDS,
        lambda card: card.state in EMPTY and card.hold_id is None, _bed(closures.close), "", CloseForm, "Take {bed} out of service",
        "stop",
    ),
    Act(
        "reopen", "Back in service", "rotate-ccw", Capability.ASSIGN_BEDS,
        lambda card: card.state is BedState.OUT_OF_SERVICE, _bed(closures.reopen), tone="accent",
    ),
)  # fmt: skip
