"""An admission that was a mistake is taken back: everything ends now, and the request is open again."""

from datetime import timedelta
from decimal import Decimal

import pytest

from admissions.actions.admit import admit, take_back
from admissions.actions.discharge import resume
from beds.models import BedStay, CleaningJob
from beds.queries import cards
from beds.rules.states import BedState
from chart.actions import write_note
from emar.models import Administration, Order
from groups.models import Part
from live.queries import current_seq
from programs.models import Episode, Placement, PlacementRequest
from staff.access import NotAllowed
from tests.beds.racing import said
from tests.factories import World, client
from tests.factories.meds import at_times, medication, order
from tests.factories.sessions import part, series, session

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def marisol(here: World) -> Episode:
    request = client(here, "Marisol", "Delgado", asks_for="3.5").requests.get()
    return admit(by=here.intake, at=here.now, request_id=request.pk, bed_id=here.beds[0].pk, reasons={})


def test_a_mistaken_admission_ends_and_the_request_is_open_again(here: World, marisol: Episode) -> None:
    ordered = order(marisol, medication(), at_times("08:00"), by=here.prescriber)
    before, at = current_seq("beds.board.riverbend"), here.now + HOUR
    ended = take_back(by=here.intake, at=at, episode_id=marisol.pk)
    assert (ended.ended_at, ended.ended_as) == (at, "mistake")
    assert BedStay.objects.get().ended_at == Placement.objects.get().ended_at == at
    assert Order.objects.get(pk=ordered.pk).ended_at == at
    asked = PlacementRequest.objects.get()
    assert (asked.state, asked.settled_at) == ("approved", None)
    assert [row.state for row in asked.history.order_by("history_id")] == ["approved", "admitted", "approved"]
    assert CleaningJob.objects.get().ended_at is None
    [card] = cards(here.site, here.now, [here.beds[0].pk])
    assert card.state is BedState.OCCUPIED, "the past is what was seen then"
    assert current_seq("beds.board.riverbend") == before + 1

    again = admit(
        by=here.intake, at=at + HOUR, request_id=asked.pk, bed_id=here.beds[2].pk, reasons={}
    )  # fmt: skip
    assert again.pk != marisol.pk


def test_a_newer_request_is_left_alone(here: World, marisol: Episode) -> None:
    PlacementRequest.objects.create(
        client=marisol.client, site=here.site, level_wanted="3.5", asked_at=here.now + MINUTE
    )
    take_back(by=here.intake, at=here.now + HOUR, episode_id=marisol.pk)
    assert sorted(PlacementRequest.objects.values_list("state", flat=True)) == ["admitted", "inquiry"]


def test_a_taken_back_admission_is_not_resumed(here: World, marisol: Episode) -> None:
    take_back(by=here.intake, at=here.now + HOUR, episode_id=marisol.pk)
    assert "admitted by mistake" in said(lambda: resume(by=here.intake, at=here.now + 2 * HOUR, episode_id=marisol.pk))
    assert "This episode ended" in said(
        lambda: take_back(by=here.intake, at=here.now + 2 * HOUR, episode_id=marisol.pk)
    )


def test_after_a_dose_or_a_note_or_a_day_it_is_a_discharge(here: World, marisol: Episode) -> None:
    def sentence(hours: int = 1) -> str:
        return said(lambda: take_back(by=here.intake, at=here.now + hours * HOUR, episode_id=marisol.pk))

    assert "more than 24 hours ago" in sentence(25)
    assert "Wait a moment" in sentence(0)
    with pytest.raises(NotAllowed):
        take_back(by=here.on_unit, at=here.now + HOUR, episode_id=marisol.pk)
    ordered = order(marisol, medication(), at_times("08:00"), by=here.prescriber)
    Administration.objects.create(
        order=ordered, due_at=here.now, outcome="given", amount=Decimal(100), unit="mg", given_at=here.now,
        recorded_at=here.now, wall_clock="10:42 -0500", by=here.on_unit,
    )  # fmt: skip
    assert sentence() == "A dose was charted since M. Delgado was admitted. Discharge them instead."
    write_note(by=here.on_unit, at=here.now, episode_id=marisol.pk, kind="nursing", text="Settled in.")
    assert sentence().startswith("A dose was charted and a note was signed since")


def test_a_signed_part_of_a_group_note_is_a_note(here: World, marisol: Episode) -> None:
    met = session(series(here, here.residential), here.now - 5 * MINUTE, here.facilitator)
    written = part(met, Part.Section.MEMBER, here.facilitator, "Took part.", marisol.client)
    Part.objects.filter(pk=written.pk).update(signed_at=here.now + MINUTE, sha256="0" * 64)
    assert "A note was signed" in said(lambda: take_back(by=here.intake, at=here.now + HOUR, episode_id=marisol.pk))
