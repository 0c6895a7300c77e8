"""Assigning, moving and freeing beds, cleaning and closing them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit.models import Event, Override
from audit.rules.findings import Refused
from beds.actions import cleaning, closures, holds, staffing, stays
from beds.models import BedStay, CleaningJob, Hold, Room, Staffing, Unit
from beds.queries import cards
from beds.rules.states import BedState
from live.queries import current_seq
from programs.models import Client, Placement
from programs.rules.precautions import Precaution
from staff.access import NotAllowed
from staff.rules.capabilities import Role
from tests.beds.racing import everything, minded, said
from tests.factories import World, admit, assign, client

MINUTE = timedelta(minutes=1)


def state(here: World, index: int, minutes: int = 0) -> BedState:
    [card] = cards(here.site, here.now + minutes * MINUTE, [here.beds[index].pk])
    return card.state


@pytest.fixture
def lena(here: World) -> Client:
    who = client(here, "Lena", "Harmon")
    admit(here, who, here.residential, here.beds[0])
    return who


def test_a_bed_that_someone_leaves_asks_for_cleaning_by_itself(here: World, lena: Client) -> None:
    stay = BedStay.objects.get()
    stays.vacate(by=here.intake, at=here.now, stay_id=stay.pk)
    assert state(here, 0, 1) is BedState.CLEANING
    assert CleaningJob.objects.get().after == stay
    assert "already left Alder 1-A at Tue 18 Nov 10:42" in said(
        lambda: stays.vacate(by=here.director, at=here.now + MINUTE, stay_id=stay.pk)
    )


def test_a_move_frees_the_old_bed_and_takes_the_new_one_in_one_act(here: World, lena: Client) -> None:
    moved = stays.move(by=here.intake, at=here.now, stay_id=BedStay.objects.get().pk, bed_id=here.beds[2].pk)
    assert (moved.bed, moved.client) == (here.beds[2], lena)
    assert (state(here, 0, 1), state(here, 2, 1)) == (BedState.CLEANING, BedState.OCCUPIED)
    assert Event.objects.get().summary == "L. Harmon moved from Alder 1-A to Alder 2-A"


def test_nobody_is_moved_into_a_taken_bed(here: World, lena: Client) -> None:
    admit(here, client(here, "Kay", "Osei"), here.residential, here.beds[1])
    stay = lena.stays.get()
    sentence = said(lambda: stays.move(by=here.intake, at=here.now, stay_id=stay.pk, bed_id=here.beds[1].pk))
    assert sentence == "K. O. has Alder 1-B. Choose another bed."


def test_a_move_is_judged_at_the_level_of_the_placement(here: World, lena: Client) -> None:
    Placement.objects.update(ended_at=here.now - MINUTE)
    Placement.objects.create(episode=lena.episodes.get(), program=here.php, level="2.5", started_at=here.now - MINUTE)
    sentence = said(
        lambda: stays.move(by=here.intake, at=here.now, stay_id=lena.stays.get().pk, bed_id=here.beds[2].pk)
    )
    assert sentence == "Does not offer 2.5"


def test_what_was_overridden_stays_on_the_stay_and_in_the_trail(here: World, lena: Client) -> None:
    minded(lena, Precaution.LOWER_BUNK, since=here.now - timedelta(days=9))
    stay, upper = lena.stays.get(), here.beds[3]
    with pytest.raises(Refused, match="Upper bunk"):
        stays.move(by=here.intake, at=here.now, stay_id=stay.pk, bed_id=upper.pk, reasons={"bed.upper_bunk": "  "})
    reasons = {"bed.upper_bunk": " Asked for it. ", "bed.nothing": "not needed"}
    moved = stays.move(by=here.intake, at=here.now, stay_id=stay.pk, bed_id=upper.pk, reasons=reasons)
    assert moved.overrides == [
        {"code": "bed.upper_bunk", "message": "Upper bunk, needs a lower", "reason": "Asked for it."}
    ]
    assert Override.objects.values_list("code", flat=True).get() == "bed.upper_bunk"


def test_a_hold_of_theirs_on_any_bed_is_used_up_when_they_come_into_one(here: World, lena: Client) -> None:
    until = here.now + timedelta(days=1)
    holds.hold(by=here.intake, at=here.now, bed_id=here.beds[2].pk, client_id=lena.pk, until=until)
    before = current_seq("beds.board.riverbend")
    stays.move(by=here.intake, at=here.now + MINUTE, stay_id=lena.stays.get().pk, bed_id=here.beds[3].pk)
    assert Hold.objects.values_list("ended_at", "until").get() == (here.now + MINUTE, until)
    assert state(here, 2, 1) is BedState.AVAILABLE
    assert current_seq("beds.board.riverbend") == before + 1


def test_who_just_left_a_bed_moves_back_while_nobody_cleans_it(here: World, lena: Client) -> None:
    first = lena.stays.get()
    second = stays.move(by=here.intake, at=here.now, stay_id=first.pk, bed_id=here.beds[2].pk)
    stays.move(by=here.intake, at=here.now + MINUTE, stay_id=second.pk, bed_id=here.beds[0].pk)
    job = CleaningJob.objects.get(bed=here.beds[0])
    assert (job.ended_at, job.handed_back) == (here.now + MINUTE, True)
    assert (state(here, 0, 1), state(here, 2, 1)) == (BedState.OCCUPIED, BedState.CLEANING)


def test_nobody_moves_back_once_the_bed_is_being_cleaned_and_nobody_else_moves_in(here: World, lena: Client) -> None:
    kay = admit(here, client(here, "Kay", "Osei"), here.residential, here.beds[1])
    second = stays.move(by=here.intake, at=here.now, stay_id=lena.stays.get().pk, bed_id=here.beds[2].pk)
    assert "Needs cleaning" in said(
        lambda: stays.move(by=here.intake, at=here.now + MINUTE, stay_id=kay.stays.get().pk, bed_id=here.beds[0].pk)
    )
    cleaning.accept(by=here.housekeeper, at=here.now + MINUTE, job_id=CleaningJob.objects.get().pk)
    assert "Being cleaned" in said(
        lambda: stays.move(by=here.intake, at=here.now + 2 * MINUTE, stay_id=second.pk, bed_id=here.beds[0].pk)
    )


def test_someone_who_has_a_bed_is_moved_and_not_assigned_a_second(here: World, lena: Client) -> None:
    episode = lena.episodes.get()
    sentence = said(lambda: stays.assign(by=here.intake, at=here.now, bed_id=here.beds[1].pk, episode_id=episode.pk))
    assert sentence == "L. Harmon has Alder 1-A already. Move them instead."


def test_an_act_that_is_not_later_than_what_it_ends_is_refused(here: World, lena: Client) -> None:
    """Two servers' clocks differ by some seconds."""
    stay = lena.stays.get()
    BedStay.objects.update(started_at=here.now)
    behind = here.now - timedelta(seconds=3)
    for at in (here.now, behind):
        for sentence in (
            said(lambda at=at: stays.vacate(by=here.intake, at=at, stay_id=stay.pk)),  # type: ignore[misc]
            said(lambda at=at: stays.move(by=here.intake, at=at, stay_id=stay.pk, bed_id=here.beds[1].pk)),  # type: ignore[misc]
        ):
            assert sentence == "This began at 10:42:00, just now by the clock. Wait a moment and try again."
    other = admit(here, client(here, "Kay", "Osei"), here.residential)
    assert "changed by someone else just now" in said(
        lambda: stays.assign(by=here.intake, at=behind, bed_id=here.beds[0].pk, episode_id=other.pk)
    )


def test_a_stay_does_not_begin_in_the_future(here: World, lena: Client) -> None:
    ahead = timezone.now() + timedelta(days=1)
    sentence = said(lambda: stays.move(by=here.intake, at=ahead, stay_id=lena.stays.get().pk, bed_id=here.beds[1].pk))
    assert sentence == "That time has not come yet. A stay begins now: check the clock of this machine."


def test_a_bed_of_another_site_or_of_none_is_refused(here: World, lena: Client) -> None:
    unit = Unit.objects.create(site=here.other_site, program=here.residential, name="Elm")
    there = Room.objects.create(unit=unit, name="1").beds.create(label="A")
    stay = lena.stays.get().pk
    with pytest.raises(NotAllowed):
        stays.move(by=here.intake, at=here.now, stay_id=stay, bed_id=there.pk)
    assign(here.intake, here.other_site, Role.INTAKE, at=here.now)
    assert said(lambda: stays.move(by=here.intake, at=here.now, stay_id=stay, bed_id=there.pk)) == (
        "Elm 1-A is at Hillcrest, and Alder 1-A at Riverbend campus. Choose a bed of one site."
    )
    assert "no such bed" in said(lambda: stays.move(by=here.intake, at=here.now, stay_id=stay, bed_id=999_999))


def test_cleaning_is_asked_for_taken_and_finished(here: World) -> None:
    job = cleaning.ask(by=here.on_unit, at=here.now, bed_id=here.beds[0].pk)
    assert state(here, 0, 1) is BedState.CLEANING
    cleaning.accept(by=here.housekeeper, at=here.now + MINUTE, job_id=job.pk)
    assert state(here, 0, 2) is BedState.BEING_CLEANED
    assert "Pia Lund took Alder 1-A at 10:43" in said(
        lambda: cleaning.accept(by=here.on_unit, at=here.now + 2 * MINUTE, job_id=job.pk)
    )
    cleaning.finish(by=here.housekeeper, at=here.now + 9 * MINUTE, job_id=job.pk)
    assert state(here, 0, 10) is BedState.AVAILABLE
    assert "Pia Lund already finished Alder 1-A" in said(
        lambda: cleaning.finish(by=here.on_unit, at=here.now + 10 * MINUTE, job_id=job.pk)
    )


def test_a_job_is_handed_back_and_waits_again_for_the_same_stay(here: World, lena: Client) -> None:
    stay = stays.vacate(by=here.intake, at=here.now, stay_id=lena.stays.get().pk)
    job = CleaningJob.objects.get()
    assert "Nobody has taken Alder 1-A" in said(
        lambda: cleaning.hand_back(by=here.housekeeper, at=here.now + MINUTE, job_id=job.pk)
    )
    cleaning.accept(by=here.housekeeper, at=here.now + MINUTE, job_id=job.pk)
    waits = cleaning.hand_back(by=here.on_unit, at=here.now + 2 * MINUTE, job_id=job.pk)
    job.refresh_from_db()
    assert (job.ended_at, job.handed_back) == (here.now + 2 * MINUTE, True)
    assert (waits.after, waits.accepted_by, waits.started_at) == (stay, None, here.now + 2 * MINUTE)
    assert (state(here, 0, 1), state(here, 0, 2)) == (BedState.BEING_CLEANED, BedState.CLEANING)
    assert "ended unfinished" in said(
        lambda: cleaning.finish(by=here.housekeeper, at=here.now + 3 * MINUTE, job_id=job.pk)
    )


def test_cleaning_that_is_not_needed_ends_while_nobody_has_taken_it(here: World) -> None:
    job = cleaning.ask(by=here.on_unit, at=here.now, bed_id=here.beds[0].pk)
    ended = cleaning.not_needed(by=here.on_unit, at=here.now + MINUTE, job_id=job.pk)
    assert (ended.handed_back, ended.accepted_by, state(here, 0, 1)) == (True, None, BedState.AVAILABLE)
    taken = cleaning.ask(by=here.on_unit, at=here.now + MINUTE, bed_id=here.beds[0].pk)
    cleaning.accept(by=here.housekeeper, at=here.now + 2 * MINUTE, job_id=taken.pk)
    assert "They finish it or give it back" in said(
        lambda: cleaning.not_needed(by=here.on_unit, at=here.now + 3 * MINUTE, job_id=taken.pk)
    )


def test_a_job_of_this_very_moment_is_not_ended_yet(here: World) -> None:
    job = cleaning.ask(by=here.on_unit, at=here.now, bed_id=here.beds[0].pk)
    assert "Wait a moment" in said(lambda: cleaning.finish(by=here.on_unit, at=here.now, job_id=job.pk))
    assert "Wait a moment" in said(lambda: cleaning.not_needed(by=here.on_unit, at=here.now, job_id=job.pk))
    assert "just now" in said(lambda: cleaning.ask(by=here.on_unit, at=here.now - MINUTE, bed_id=here.beds[0].pk))


def test_a_taken_bed_is_not_cleaned_under_its_sleeper(here: World, lena: Client) -> None:
    with pytest.raises(Refused, match="Ask again when it is empty"):
        cleaning.ask(by=here.on_unit, at=here.now, bed_id=here.beds[0].pk)
    assert not CleaningJob.objects.exists()


def test_a_bed_is_closed_with_a_reason_and_reopened(here: World) -> None:
    bed = here.beds[0].pk
    assert "Say why" in said(lambda: closures.close(by=here.intake, at=here.now, bed_id=bed, why="  "))
    assert "Say why" in said(lambda: closures.close(by=here.intake, at=here.now, bed_id=bed, why="x" * 121))
    closures.close(by=here.intake, at=here.now, bed_id=bed, why="plumbing")
    assert state(here, 0, 1) is BedState.OUT_OF_SERVICE
    assert "out of service already: plumbing" in said(
        lambda: closures.close(by=here.intake, at=here.now + MINUTE, bed_id=bed, why="paint")
    )
    closures.reopen(by=here.intake, at=here.now + MINUTE, bed_id=bed)
    assert state(here, 0, 2) is BedState.AVAILABLE
    assert "in service already" in said(lambda: closures.reopen(by=here.intake, at=here.now + 3 * MINUTE, bed_id=bed))


def test_a_bed_comes_back_today_or_later(here: World) -> None:
    bed, today = here.beds[0].pk, here.now.astimezone(here.site.tz).date()
    sentence = said(
        lambda: closures.close(by=here.intake, at=here.now, bed_id=bed, why="paint", back_on=today - timedelta(days=1))
    )
    assert sentence == "17 November 2025 has passed. Say a later day, or leave it open."
    closures.close(by=here.intake, at=here.now, bed_id=bed, why="paint", back_on=today)


def test_a_taken_bed_is_not_closed_and_the_database_agrees(here: World, lena: Client) -> None:
    with pytest.raises(Refused, match=r"taken by L\. H\."):
        closures.close(by=here.intake, at=here.now, bed_id=here.beds[0].pk, why="plumbing")
    with pytest.raises(IntegrityError, match="is occupied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO beds_closure (bed_id, why, started_at) VALUES (%s, 'x', %s)", [here.beds[0].pk, here.now]
        )


def test_a_unit_is_staffed_for_some_of_its_beds_and_fuller_needs_a_reason(here: World, lena: Client) -> None:
    assert "Alder has 4 beds: say a number from 0 to 4" in said(
        lambda: staffing.staff(by=here.director, at=here.now, unit_id=here.unit.pk, places=5)
    )
    staffing.staff(by=here.director, at=here.now, unit_id=here.unit.pk, places=1)
    kay = admit(here, client(here, "Kay", "Osei"), here.residential)
    assert "full for its staffing" in said(
        lambda: stays.assign(by=here.intake, at=here.now + MINUTE, bed_id=here.beds[1].pk, episode_id=kay.pk)
    )
    assert "staffed for 1 already" in said(
        lambda: staffing.staff(by=here.director, at=here.now + MINUTE, unit_id=here.unit.pk, places=1)
    )
    assert "Wait a moment" in said(
        lambda: staffing.staff(by=here.director, at=here.now, unit_id=here.unit.pk, places=2)
    )
    staffing.staff(by=here.director, at=here.now + MINUTE, unit_id=here.unit.pk, places=4)
    stays.assign(by=here.intake, at=here.now + 2 * MINUTE, bed_id=here.beds[1].pk, episode_id=kay.pk)
    assert list(Staffing.objects.order_by("pk").values_list("places", "ended_at")) == [
        (1, here.now + MINUTE), (4, None)
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        staffing.staff(by=here.on_unit, at=here.now + 3 * MINUTE, unit_id=here.unit.pk, places=3)
    assert "no such unit" in said(lambda: staffing.staff(by=here.director, at=here.now, unit_id=999_999, places=3))


def test_every_act_is_announced_once_to_the_board(here: World) -> None:
    before = current_seq("beds.board.riverbend")
    cleaning.ask(by=here.on_unit, at=here.now, bed_id=here.beds[0].pk)
    assert current_seq("beds.board.riverbend") == before + 1


def test_an_act_that_dies_before_its_end_leaves_nothing(
    here: World, lena: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*args: object) -> None:
        raise RuntimeError("killed")

    before = everything()
    monkeypatch.setattr("beds.actions.common.publish", die)
    with pytest.raises(RuntimeError, match="killed"):
        stays.move(by=here.intake, at=here.now, stay_id=lena.stays.get().pk, bed_id=here.beds[2].pk)
    assert everything() == before


def test_a_housekeeper_cleans_and_assigns_nothing(here: World, lena: Client) -> None:
    with pytest.raises(NotAllowed, match="Ask an intake coordinator"):
        stays.vacate(by=here.housekeeper, at=here.now, stay_id=lena.stays.get().pk)


def test_nobody_acts_on_a_bed_of_another_site(here: World) -> None:
    with pytest.raises(NotAllowed):
        cleaning.ask(by=here.elsewhere, at=here.now, bed_id=here.beds[0].pk)
