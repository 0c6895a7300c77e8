"""A decision to step down, and the step with everything signed that it asks for."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from admissions.actions.transition import reconciling, transition
from admissions.rules.transition import Choice
from admissions.rules.transition_check import Handoff
from asam.actions import decide
from asam.models import Decision, Transition
from programs.models import Episode
from staff.models import Duty
from tests.asam.care import rated
from tests.factories import World, signs
from tests.factories.people import proof_of

NOW = datetime(2025, 11, 24, 15, 41, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
HANDOFF = Handoff(
    receiving="PHP, Kofi Danso", accepted_on=NOW.date(), first_visit_at=NOW + timedelta(hours=22), bridge="None needed",
    next_dose="None", kit="given", triggers="Any use, or a night without sleep", caller="Imani Clarke, same day",
)  # fmt: skip


def decided(here: World, episode: Episode, selected: str = "2.5") -> Decision:
    """The director decides on ratings that lead to 2.5."""
    return decide(
        by=here.director, at=NOW, assessment_id=rated(here, episode).pk, selected=selected,
        reasons=[] if selected == "2.5" else ["DISTANCE"], texts={}, safety_strategy="",
    )  # fmt: skip


def stepped(
    here: World,
    episode: Episode,
    settled: Mapping[str, Choice] | None = None,
    *,
    decision: Decision | None = None,
    **more: Any,
) -> Transition:
    """The step to the day program at LATER; the prescriber signs the orders with their PIN."""
    decision = decision or decided(here, episode)
    if not Duty.objects.filter(person=here.prescriber).exists():
        signs(here.prescriber, here.site, at=NOW)
    asked: dict[str, Any] = {"at": LATER, "program_id": here.php.pk, "handoff": HANDOFF, "settled": settled or {}}
    if "reconciliation" not in more:
        proof = proof_of(here.prescriber, here.site, at=LATER, purpose=reconciling(decision.pk))
        asked["reconciliation"] = proof.pk
    return transition(by=here.director, decision_id=decision.pk, **asked | more)
