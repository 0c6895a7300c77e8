"""A discharge ends everything at once, and within 72 hours treatment can go on."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from admissions.actions import leaves
from admissions.actions.admit import admit as admit_person
from admissions.actions.discharge import discharge, resume
from admissions.actions.expected import expect
from audit.models import Event
from beds.actions import cleaning, closures, holds
from beds.models import BedStay, CleaningJob, Hold
from beds.queries import cards
from beds.rules.states import BedState
from chart.models import Note
from emar.models import Order
from live.queries import current_seq
from programs.models import Episode, ExpectedDischarge, Leave, Placement, PlacementRequest, Program
from programs.topics import session_topic
from staff.access import NotAllowed
from tests.beds.racing import everything, said
from tests.factories import World, admit, client
from tests.factories.meds import at_times, medication, order
from tests.factories.sessions import series, session

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def lena(here: World) -> Episode:
    """Has Alder 1-A and one order."""
    episode = admit(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])
    order(episode, medication(), at_times("08:00"), by=here.prescriber)
    return episode


def leave_for_good(here: World, episode: Episode, at: datetime | None = None, note: str = "") -> Episode:
    return discharge(by=here.on_unit, at=at or here.now, episode_id=episode.pk, outcome="completed", note=note)


def state(here: World, at: datetime, index: int = 0) -> BedState:
    return cards(here.site, at, [here.beds[index].pk])[0].state


def test_everything_ends_at_one_instant(here: World, lena: Episode) -> None:
    running = session(series(here, here.residential), here.now - 5 * MINUTE)
    leaves.go(by=here.on_unit, at=here.now, episode_id=lena.pk, kind="absent", expected_at=here.now + HOUR)
    expect(by=here.on_unit, at=here.now, episode_id=lena.pk, expected_at=here.now + DAY)
    topics = ("beds.board.riverbend", f"emar.pass.{here.unit.pk}", session_topic(running.pk))
    before, at = [current_seq(topic) for topic in topics], here.now + MINUTE
    ended = discharge(by=here.on_unit, at=at, episode_id=lena.pk, outcome="against_advice")

    assert (ended.ended_at, ended.ended_as) == (at, "against_advice")
    for model in (Episode, Placement, Leave, ExpectedDischarge, BedStay, Order):
        assert model._default_manager.values_list("ended_at", flat=True).get() == at, model
    assert (state(here, here.now), state(here, at)) == (BedState.ON_LEAVE, BedState.CLEANING)
    assert CleaningJob.objects.get().after == BedStay.objects.get()
    assert Note.objects.get().text == (
        "Discharged from Residential 3.5 (3.5): left against advice. Bed Alder 1-A freed. 1 medication order stopped."
    )
    assert Event.objects.get(verb="admissions.discharge").summary == (
        "L. Harmon discharged from Residential 3.5: left against advice"
    )
    assert Event.objects.filter(verb="emar.stop_order").count() == 1
    assert [current_seq(topic) for topic in topics] == [seq + 1 for seq in before]


def test_who_has_no_bed_is_discharged_too_and_the_note_is_ones_own(here: World) -> None:
    episode = admit(here, client(here, "Ben", "Torres"), here.iop)
    leave_for_good(here, episode, note="Finished the program. ")
    assert Note.objects.get().text == "Finished the program."
    assert not CleaningJob.objects.exists()


def test_a_hold_that_waits_for_the_bed_stands_and_the_persons_own_is_let_go(here: World, lena: Episode) -> None:
    rafa = client(here, "Rafa", "Whitfield", asks_for="3.5")
    until = here.now + 2 * DAY
    expect(by=here.on_unit, at=here.now, episode_id=lena.pk, expected_at=here.now + DAY)
    waits = holds.hold(by=here.intake, at=here.now, bed_id=here.beds[0].pk, client_id=rafa.pk, until=until)
    own = holds.hold(by=here.intake, at=here.now, bed_id=here.beds[2].pk, client_id=lena.client_id, until=until)
    leave_for_good(here, lena, here.now + MINUTE)
    assert Hold.objects.get(pk=waits.pk).ended_at == until
    assert Hold.objects.get(pk=own.pk).ended_at == here.now + MINUTE


def test_what_cannot_be_discharged_says_why(here: World, lena: Episode) -> None:
    def try_to(outcome: str) -> str:
        return said(lambda: discharge(by=here.on_unit, at=here.now, episode_id=lena.pk, outcome=outcome))

    assert "Choose how the treatment ended" in try_to("mistake")
    assert "Choose how the treatment ended" in try_to("")
    with pytest.raises(NotAllowed, match="discharge a client"):
        discharge(by=here.intake, at=here.now, episode_id=lena.pk, outcome="completed")
    key = uuid4()
    first = discharge(by=here.on_unit, at=here.now, episode_id=lena.pk, outcome="completed", key=key)
    assert discharge(by=here.on_unit, at=here.now + MINUTE, episode_id=lena.pk, outcome="completed", key=key) == first
    assert try_to("completed") == "L. Harmon was discharged at 10:42 on 18 Nov already (completed treatment)."


def test_a_discharge_in_the_moment_of_the_admission_waits(here: World) -> None:
    episode = admit(here, client(here, "Ben", "Torres"), here.iop, days=0)
    assert "Wait a moment" in said(lambda: leave_for_good(here, episode))


def test_a_discharge_that_dies_before_its_end_leaves_nothing(
    here: World, lena: Episode, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*args: object) -> None:
        raise RuntimeError("killed")

    before = everything()
    monkeypatch.setattr("admissions.actions.common.publish", die)
    with pytest.raises(RuntimeError, match="killed"):
        leave_for_good(here, lena)
    assert everything() == before


def test_treatment_goes_on_in_the_bed_they_had(here: World, lena: Episode) -> None:
    leave_for_good(here, lena)
    at = here.now + 3 * HOUR
    again = resume(by=here.on_unit, at=at, episode_id=lena.pk)
    assert (again.pk, again.ended_at, again.ended_as) == (lena.pk, None, "")
    assert BedStay.objects.get(ended_at=None).bed == here.beds[0]
    placement = Placement.objects.get(ended_at=None)
    assert (placement.program, placement.level, placement.started_at) == (here.residential, "3.5", at)
    job = CleaningJob.objects.get()
    assert (job.ended_at, job.handed_back) == (at, True)
    assert [state(here, when) for when in (here.now, at)] == [BedState.CLEANING, BedState.OCCUPIED]
    assert not Order.objects.filter(ended_at=None).exists()
    assert "Medication orders are to be written anew" in Note.objects.latest("pk").text
    assert "there is nothing to resume" in said(lambda: resume(by=here.on_unit, at=at + HOUR, episode_id=lena.pk))
    discharge(by=here.on_unit, at=at + HOUR, episode_id=lena.pk, outcome="completed")


def test_treatment_goes_on_in_another_bed_or_without_one(here: World, lena: Episode) -> None:
    ben = admit(here, client(here, "Ben", "Torres"), here.iop)
    for episode in (lena, ben):
        leave_for_good(here, episode)
    resume(by=here.intake, at=here.now + HOUR, episode_id=lena.pk, bed_id=here.beds[2].pk)
    resume(by=here.intake, at=here.now + HOUR, episode_id=ben.pk)
    assert BedStay.objects.get(ended_at=None).bed == here.beds[2]
    assert state(here, here.now + HOUR) is BedState.CLEANING
    assert Note.objects.count() == 2, "who may write no notes resumes without one"


def test_a_bed_that_is_not_theirs_to_have_is_refused(here: World, lena: Episode) -> None:
    leave_for_good(here, lena)
    at, bed = here.now + HOUR, here.beds[0].pk

    def go_on(bed_id: int | None = None, at: datetime = at) -> str:
        return said(lambda: resume(by=here.on_unit, at=at, episode_id=lena.pk, bed_id=bed_id))

    job = CleaningJob.objects.get()
    cleaning.accept(by=here.housekeeper, at=at, job_id=job.pk)
    assert "Being cleaned" in go_on()
    cleaning.finish(by=here.housekeeper, at=at, job_id=job.pk)
    closures.close(by=here.intake, at=at, bed_id=bed, why="paint")
    assert "Out of service" in go_on()
    admit(here, client(here, "Kay", "Osei"), here.residential, here.beds[1], days=1)
    assert "K. O. has Alder 1-B" in go_on(here.beds[1].pk)
    assert "no such bed" in go_on(999_999)


def test_who_was_admitted_again_meanwhile_is_not_resumed(here: World, lena: Episode) -> None:
    leave_for_good(here, lena)
    far = Program.objects.create(site=here.other_site, name="Hill 3.5", level="3.5")
    later = Episode.objects.create(client=lena.client, started_at=here.now + HOUR)
    Placement.objects.create(episode=later, program=far, level="3.5", started_at=here.now + HOUR)
    sentence = said(lambda: resume(by=here.on_unit, at=here.now + DAY, episode_id=lena.pk))
    assert sentence == (
        "L. Harmon was admitted again to Hill 3.5 at Hillcrest at 11:42 on 18 Nov. Go on in that episode."
    )


def test_after_72_hours_one_is_admitted_from_the_list(here: World, lena: Episode) -> None:
    leave_for_good(here, lena)
    assert "more than 72 hours ago" in said(
        lambda: resume(by=here.on_unit, at=here.now + 72 * HOUR + MINUTE, episode_id=lena.pk)
    )
    with pytest.raises(NotAllowed):
        resume(by=here.facilitator, at=here.now + HOUR, episode_id=lena.pk)
    assert "Wait a moment" in said(lambda: resume(by=here.on_unit, at=here.now, episode_id=lena.pk))
    request = PlacementRequest.objects.create(
        client=lena.client, site=here.site, level_wanted="3.5", state="approved", asked_at=here.now
    )
    admit_person(by=here.intake, at=here.now + 4 * DAY, request_id=request.pk, bed_id=here.beds[2].pk, reasons={})
    assert Episode.objects.filter(client=lena.client).count() == 2
