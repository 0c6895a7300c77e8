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
    return holds.hold(
        by=doing.desk.person, at=doing.desk.now, key=doing.key, bed_id=doing.card.pk,
        client_id=doing.data["request"].client_id,  # type: ignore[attr-defined]
        until=doing.instant("until"),
    )  # fmt: skip


def _extend(doing: Doing) -> object:
    assert doing.card.hold_id is not None
    return holds.extend(
        by=doing.desk.person, at=doing.desk.now, key=doing.key, hold_id=doing.card.hold_id,
        until=doing.instant("until"),
    )  # fmt: skip


def _release(doing: Doing) -> object:
    assert doing.card.hold_id is not None
    return holds.release(by=doing.desk.person, at=doing.desk.now, key=doing.key, hold_id=doing.card.hold_id)


def _ask(doing: Doing) -> object:
    return cleaning.ask(by=doing.desk.person, at=doing.desk.now, key=doing.key, bed_id=doing.card.pk)


def _job(action: Callable[..., object]) -> Callable[[Doing], object]:
    """One of the acts on a cleaning job."""

    def run(doing: Doing) -> object:
        return action(by=doing.desk.person, at=doing.desk.now, key=doing.key, job_id=doing.card.job_id)

    return run


def _close(doing: Doing) -> object:
    return closures.close(
        by=doing.desk.person, at=doing.desk.now, key=doing.key, bed_id=doing.card.pk, **doing.data,  # type: ignore[arg-type]
    )  # fmt: skip


def _reopen(doing: Doing) -> object:
    return closures.reopen(by=doing.desk.person, at=doing.desk.now, key=doing.key, bed_id=doing.card.pk)


HOLD = Act(
    "hold", "Hold this bed", "bookmark", Capability.ASSIGN_BEDS, _may_be_held, _hold, "stay", HoldForm, "Hold {bed}"
)
ACTS = (
    HOLD,
    Act(
        "extend", "Keep it for longer", "calendar-clock", Capability.ASSIGN_BEDS,
        lambda card: card.hold_id is not None, _extend, "hold", ExtendForm, "Keep {bed} for {held_for}",
    ),
    Act(
        "release", "Let the hold go", "bookmark-x", Capability.ASSIGN_BEDS,
        lambda card: card.hold_id is not None, _release, "hold",
    ),
    Act(
        "ask", "Ask for cleaning", "spray-can", Capability.CLEAN_BEDS,
        lambda card: card.state in {BedState.AVAILABLE, BedState.HELD}, _ask,
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
        lambda card: card.state in EMPTY and card.hold_id is None, _close, "", CloseForm, "Take {bed} out of service",
        "stop",
    ),
    Act(
        "reopen", "Back in service", "rotate-ccw", Capability.ASSIGN_BEDS,
        lambda card: card.state is BedState.OUT_OF_SERVICE, _reopen, tone="accent",
    ),
)  # fmt: skip
