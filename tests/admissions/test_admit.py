"""Admitting a person from the placement list into a bed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from admissions.actions.admit import admit
from audit.models import Event, Override
from audit.rules.findings import Refused
from beds.actions import holds
from beds.models import BedStay, Hold
from live.queries import current_seq
from programs.models import Episode, Placement, PlacementRequest, Program
from programs.rules.precautions import Precaution
from programs.topics import session_topic
from staff.access import NotAllowed
from tests.beds.racing import minded, said
from tests.factories import World, client
from tests.factories import admit as place
from tests.factories.sessions import series, session


def ask(here: World, first: str = "Marisol", last: str = "Delgado", level: str = "3.5") -> int:
    return client(here, first, last, asks_for=level).requests.get().pk


def test_admission_opens_episode_placement_and_stay_and_settles_the_request(here: World) -> None:
    request = ask(here)
    episode = admit(by=here.intake, at=here.now, request_id=request, bed_id=here.beds[0].pk, reasons={})

    stay = BedStay.objects.get()
    assert (stay.bed, stay.episode, stay.started_at) == (here.beds[0], episode, here.now)
    placement = Placement.objects.get()
    assert (placement.program, placement.level) == (here.residential, "3.5")
    asked = episode.client.requests.get()
    assert (asked.state, asked.settled_at) == ("admitted", here.now)
    assert list(Event.objects.values_list("verb", flat=True)) == ["admissions.admit", "beds.assign"]


def test_the_same_key_admits_once_and_answers_the_same_episode(here: World) -> None:
    request, key = ask(here), uuid4()
    first = admit(by=here.intake, at=here.now, request_id=request, bed_id=here.beds[0].pk, reasons={}, key=key)
    again = admit(by=here.intake, at=here.now, request_id=request, bed_id=here.beds[0].pk, reasons={}, key=key)
    assert first == again
    assert Episode.objects.count() == 1


def test_a_key_used_for_another_bed_is_refused(here: World) -> None:
    request, key = ask(here), uuid4()
    admit(by=here.intake, at=here.now, request_id=request, bed_id=here.beds[0].pk, reasons={}, key=key)
    with pytest.raises(Refused) as refused:
        admit(by=here.intake, at=here.now, request_id=request, bed_id=here.beds[1].pk, reasons={}, key=key)
    assert refused.value.findings[0].code == "request.key_reused"


def test_a_second_coordinator_is_told_when_the_person_was_admitted(here: World) -> None:
    request = ask(here)
    admit(by=here.intake, at=here.now, request_id=request, bed_id=here.beds[0].pk, reasons={})
    assert said(
        lambda: admit(by=here.director, at=here.now, request_id=request, bed_id=here.beds[1].pk, reasons={})
    ) == (
        "M. Delgado was admitted to Residential 3.5 at 10:42 on 18 Nov already, by Imani Clarke. "
        "Reload the placement list."
    )


def test_who_was_referred_out_is_not_admitted_and_it_is_said_where_to_and_by_whom(here: World) -> None:
    request = ask(here)
    PlacementRequest.objects.update(
        state="referred", settled_at=here.now, referred_to="Hill House", why="no bed for two weeks"
    )
    Event.objects.create(
        at=here.now, verb="x", by_name="Imani Clarke", client_id=PlacementRequest.objects.get().client_id
    )
    later = here.now + timedelta(hours=1)
    assert said(
        lambda: admit(by=here.director, at=later, request_id=request, bed_id=here.beds[1].pk, reasons={})
    ).startswith("M. Delgado was referred out to Hill House at 10:42 on 18 Nov already, by Imani Clarke.")


def test_the_payer_of_the_request_pays_for_the_episode(here: World) -> None:
    request = ask(here)
    PlacementRequest.objects.update(payer="Medicaid")
    admit(by=here.intake, at=here.now, request_id=request, bed_id=here.beds[0].pk, reasons={})
    assert Episode.objects.get().payer == "Medicaid"


def test_an_admission_is_announced_to_the_groups_of_the_program(here: World) -> None:
    running = session(series(here, here.residential), here.now - timedelta(minutes=5))
    before = current_seq(session_topic(running.pk))
    admit(by=here.intake, at=here.now, request_id=ask(here), bed_id=here.beds[0].pk, reasons={})
    assert current_seq(session_topic(running.pk)) == before + 1


def test_a_taken_bed_is_refused_and_nothing_is_written(here: World) -> None:
    place(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])
    request = ask(here)
    with pytest.raises(Refused) as refused:
        admit(by=here.intake, at=here.now, request_id=request, bed_id=here.beds[0].pk, reasons={})
    assert refused.value.findings[0].code == "bed.occupied"
    assert Episode.objects.count() == 1
    assert not Event.objects.exists()


def test_an_upper_bunk_for_who_needs_a_lower_one_goes_with_a_reason_on_record(here: World) -> None:
    who = client(here, "Rui", "Alves", asks_for="3.5")
    minded(who, Precaution.LOWER_BUNK, since=here.now - timedelta(days=1))
    upper, request = here.beds[1], who.requests.get().pk
    with pytest.raises(Refused):
        admit(by=here.intake, at=here.now, request_id=request, bed_id=upper.pk, reasons={"bed.upper_bunk": " "})
    admit(by=here.intake, at=here.now, request_id=request, bed_id=upper.pk, reasons={"bed.upper_bunk": "Asked for it."})
    assert Override.objects.values_list("code", "reason").get() == ("bed.upper_bunk", "Asked for it.")


def test_a_hold_for_the_person_is_used_up_by_admitting_them(here: World) -> None:
    who = client(here, "Marisol", "Delgado", asks_for="3.5")
    until = here.now + timedelta(hours=4)
    holds.hold(by=here.intake, at=here.now, bed_id=here.beds[0].pk, client_id=who.pk, until=until)
    later = here.now + timedelta(minutes=5)
    admit(by=here.intake, at=later, request_id=who.requests.get().pk, bed_id=here.beds[0].pk, reasons={})
    assert Hold.objects.get().ended_at == later


def test_a_bed_held_for_someone_else_is_refused_by_rule_and_by_database(here: World) -> None:
    other = client(here, "Rafa", "Whitfield")
    holds.hold(
        by=here.intake, at=here.now, bed_id=here.beds[0].pk, client_id=other.pk, until=here.now + timedelta(hours=4)
    )
    request = ask(here)
    with pytest.raises(Refused) as refused:
        admit(by=here.intake, at=here.now, request_id=request, bed_id=here.beds[0].pk, reasons={})
    assert refused.value.findings[0].code == "bed.held_for_other"
    with pytest.raises(IntegrityError, match="held for someone else"), transaction.atomic():
        place(here, client(here, "Kay", "Osei"), here.residential, here.beds[0], days=0)


def test_the_database_refuses_one_person_in_two_beds(here: World) -> None:
    episode = place(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])
    with pytest.raises(IntegrityError, match="beds_one_bed_a_person"), transaction.atomic():
        BedStay.objects.create(bed=here.beds[1], episode=episode, client=episode.client, started_at=here.now)


def test_someone_in_care_already_is_not_admitted_twice_and_it_is_said_where(here: World) -> None:
    who = client(here, "Lena", "Harmon", asks_for="3.5")
    far = Program.objects.create(site=here.other_site, name="Hill 3.5", level="3.5")
    place(here, who, far, days=0)
    request = who.requests.get().pk
    assert said(lambda: admit(by=here.intake, at=here.now, request_id=request, bed_id=here.beds[0].pk, reasons={})) == (
        "L. Harmon is in care already at Hillcrest, in Hill 3.5, since 07:42 on 18 Nov. Open the chart to see more."
    )
    behind = here.now - timedelta(seconds=5)  # the clock of another server
    assert "in care already at Hillcrest" in said(
        lambda: admit(by=here.intake, at=behind, request_id=request, bed_id=here.beds[0].pk, reasons={})
    )


def test_a_bed_that_is_not_there_is_refused(here: World) -> None:
    request = ask(here)
    assert "no such bed" in said(
        lambda: admit(by=here.intake, at=here.now, request_id=request, bed_id=999_999, reasons={})
    )


@pytest.mark.parametrize("name", ["on_unit", "elsewhere", "without_role", "housekeeper"])
def test_who_may_not_admit_is_told_who_may(here: World, name: str) -> None:
    with pytest.raises(NotAllowed, match="Ask an intake coordinator or clinical director"):
        admit(by=getattr(here, name), at=here.now, request_id=ask(here), bed_id=here.beds[0].pk, reasons={})
