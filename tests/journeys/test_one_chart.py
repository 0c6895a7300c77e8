"""A whole way through: from the placement list into a bed, doses, a group, ratings, a step to PHP, and one chart at the end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Session

from admissions.actions.admit import admit
from admissions.actions.transition import reconciling, transition
from asam.actions import assess, decide
from audit import chain
from beds.models import BedStay
from beds.queries import cards
from beds.rules.states import BedState
from emar.actions import administer
from emar.rules.administration import Outcome
from groups import actions as groups
from groups.rules.minutes import AttendanceStatus
from programs.models import Placement
from tests.admissions.steps import HANDOFF
from tests.asam.care import FOR_2_5
from tests.factories import World, client, signs, world
from tests.factories.meds import at_times, medication, order
from tests.factories.people import proof_of
from tests.factories.sessions import series, session

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def here(db: None) -> World:
    """The small program in a November whose clock change is over."""
    return world(datetime(2025, 11, 10, 15, 42, tzinfo=UTC))


def test_one_chart_follows_the_person_from_the_list_to_php(here: World) -> None:
    start, bed = here.now, here.beds[0]
    request = client(here, "Marisol", "Delgado", asks_for="3.5").requests.get()
    episode = admit(by=here.intake, at=start, request_id=request.pk, bed_id=bed.pk, reasons={})
    who = episode.client

    due_at = (start + DAY).replace(second=0)
    clock = f"{due_at.astimezone(here.site.tz):%H:%M}"
    ordered = order(episode, medication(), at_times(clock), by=here.prescriber, started_at=start)
    for day, outcome in ((1, Outcome.GIVEN), (2, Outcome.REFUSED)):
        when = due_at + (day - 1) * DAY
        taken: dict[str, Any] = (
            {"amount": ordered.dose, "unit": ordered.unit} if outcome is Outcome.GIVEN else {"reason": "not_needed"}
        )
        administer(
            by=here.on_unit, at=when + 5 * MINUTE, order_id=ordered.pk, due_at=when, outcome=outcome, client_id=who.pk,
            identifiers=("name", "birth_date"), **taken,
        )  # fmt: skip

    meeting = session(series(here, here.residential), start + 3 * DAY, here.facilitator, minutes=90)
    here_now = meeting.started_at + 10 * MINUTE
    groups.mark(
        by=here.facilitator,
        at=here_now,
        session_id=meeting.pk,
        client_id=who.pk,
        status=AttendanceStatus.HERE,
        seen_version=0,
    )
    groups.write_part(
        by=here.facilitator, at=here_now, session_id=meeting.pk, section="member", client_id=who.pk,
        text="Named two people to call.", version=0,
    )  # fmt: skip
    groups.sign_parts(by=here.facilitator, at=meeting.ended_at, session_id=meeting.pk)

    later = start + 20 * DAY
    rated = assess(by=here.director, at=later, episode_id=episode.pk, kind="reassessment", ratings=FOR_2_5, evidence={})
    assert rated.recommendation["level"] == "2.5"
    decision = decide(
        by=here.director, at=later, assessment_id=rated.pk, selected="2.5", reasons=[], texts={}, safety_strategy=""
    )
    signs(here.prescriber, here.site, at=later)
    proof = proof_of(here.prescriber, here.site, at=later + MINUTE, purpose=reconciling(decision.pk))
    transition(
        by=here.director, at=later + MINUTE, decision_id=decision.pk, program_id=here.php.pk, reconciliation=proof.pk,
        handoff=replace(HANDOFF, accepted_on=later.date(), first_visit_at=later + DAY),
    )  # fmt: skip

    assert list(Placement.objects.order_by("started_at").values_list("level", flat=True)) == ["3.5", "2.5"]
    assert BedStay.objects.get().ended_at == later + MINUTE
    assert cards(here.site, later + 2 * MINUTE, [bed.pk])[0].state is BedState.CLEANING

    reader = Session()
    reader.force_login(here.director)
    pages = ("", "?q=Relapse", "?q=Thiamine", "?q=Alder")  # the last fortnight, and searches of the quarter
    chart = "".join(reader.get(f"/clients/{who.pk}/{page}").content.decode() for page in pages)
    for words in (
        "3.5 for 20 days",
        "2.5",
        "Relapse prevention",
        "Named two people to call.",
        "Thiamine",
        "refused",
        "Alder",
    ):
        assert words in chart, words

    while chain.seal_new():
        pass
    assert chain.verify(datetime.now(UTC)).faults == ()
