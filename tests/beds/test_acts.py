"""Holding, moving, freeing, cleaning and closing beds."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import Event
from audit.rules.findings import Refused
from beds.actions import cleaning, closures, holds, stays
from beds.models import BedStay, CleaningJob, Hold
from beds.queries import cards
from beds.rules.states import BedState
from live.queries import current_seq
from programs.models import Client
from staff.access import NotAllowed
from tests.factories import World, admit, client


def state(here: World, index: int, minutes: int = 0) -> BedState:
    [card] = cards(here.site, here.now + timedelta(minutes=minutes), [here.beds[index].pk])
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
    with pytest.raises(Refused, match=r"already left Alder 1-A at 10:42"):
        stays.vacate(by=here.director, at=here.now, stay_id=stay.pk)


def test_a_move_frees_the_old_bed_and_takes_the_new_one_in_one_act(here: World, lena: Client) -> None:
    moved = stays.move(
        by=here.intake, at=here.now, stay_id=BedStay.objects.get().pk, bed_id=here.beds[2].pk, level="3.5"
    )
    assert (moved.bed, moved.client) == (here.beds[2], lena)
    assert (state(here, 0, 1), state(here, 2, 1)) == (BedState.CLEANING, BedState.OCCUPIED)
    assert Event.objects.get().summary == "L. Harmon moved from Alder 1-A to Alder 2-A"


def test_nobody_is_moved_into_a_taken_bed(here: World, lena: Client) -> None:
    admit(here, client(here, "Kay", "Osei"), here.residential, here.beds[1])
    with pytest.raises(Refused) as refused:
        stays.move(by=here.intake, at=here.now, stay_id=lena.stays.get().pk, bed_id=here.beds[1].pk, level="3.5")
    assert refused.value.findings[0].code == "bed.occupied"
    assert lena.stays.get().ended_at is None


def test_cleaning_is_asked_for_taken_and_finished(here: World) -> None:
    job = cleaning.ask(by=here.on_unit, at=here.now, bed_id=here.beds[0].pk)
    assert state(here, 0, 1) is BedState.CLEANING
    cleaning.accept(by=here.housekeeper, at=here.now + timedelta(minutes=1), job_id=job.pk)
    assert state(here, 0, 2) is BedState.BEING_CLEANED
    with pytest.raises(Refused, match=r"Pia Lund took Alder 1-A at 10:43"):
        cleaning.accept(by=here.on_unit, at=here.now + timedelta(minutes=2), job_id=job.pk)
    cleaning.finish(by=here.housekeeper, at=here.now + timedelta(minutes=9), job_id=job.pk)
    assert state(here, 0, 10) is BedState.AVAILABLE
    with pytest.raises(Refused, match="already finished"):
        cleaning.finish(by=here.on_unit, at=here.now + timedelta(minutes=10), job_id=job.pk)


def test_a_taken_bed_is_not_cleaned_under_its_sleeper(here: World, lena: Client) -> None:
    with pytest.raises(Refused, match="Ask again when it is empty"):
        cleaning.ask(by=here.on_unit, at=here.now, bed_id=here.beds[0].pk)
    assert not CleaningJob.objects.exists()


def test_a_hold_ends_by_itself_and_can_be_let_go_before(here: World, lena: Client) -> None:
    until = here.now + timedelta(hours=2)
    held = holds.hold(by=here.intake, at=here.now, bed_id=here.beds[1].pk, client_id=lena.pk, until=until)
    assert state(here, 1, 1) is BedState.HELD
    assert state(here, 1, 120) is BedState.AVAILABLE
    holds.release(by=here.intake, at=here.now + timedelta(minutes=5), hold_id=held.pk)
    assert state(here, 1, 6) is BedState.AVAILABLE
    with pytest.raises(Refused, match="already over"):
        holds.release(by=here.intake, at=here.now + timedelta(minutes=6), hold_id=held.pk)


@pytest.mark.parametrize("hours", [-1, 0, 24 * 15])
def test_a_hold_into_the_past_or_for_ever_is_refused(here: World, lena: Client, hours: int) -> None:
    with pytest.raises(Refused, match="at most 14 days"):
        holds.hold(
            by=here.intake,
            at=here.now,
            bed_id=here.beds[1].pk,
            client_id=lena.pk,
            until=here.now + timedelta(hours=hours),
        )


def test_the_second_hold_is_told_for_whom_the_bed_is_kept(here: World, lena: Client) -> None:
    until = here.now + timedelta(hours=2)
    holds.hold(by=here.intake, at=here.now, bed_id=here.beds[1].pk, client_id=lena.pk, until=until)
    other = client(here, "Kay", "Osei")
    with pytest.raises(Refused, match=r"held for L\. H\."):
        holds.hold(by=here.director, at=here.now, bed_id=here.beds[1].pk, client_id=other.pk, until=until)
    with pytest.raises(IntegrityError, match="beds_one_hold_a_bed"), transaction.atomic():
        Hold.objects.create(bed=here.beds[1], client=other, started_at=here.now, ended_at=until, by=here.intake)


def test_a_bed_is_closed_with_a_reason_and_reopened(here: World) -> None:
    with pytest.raises(Refused, match="Say why"):
        closures.close(by=here.intake, at=here.now, bed_id=here.beds[0].pk, why="  ")
    closures.close(by=here.intake, at=here.now, bed_id=here.beds[0].pk, why="plumbing")
    assert state(here, 0, 1) is BedState.OUT_OF_SERVICE
    closures.reopen(by=here.intake, at=here.now + timedelta(minutes=1), bed_id=here.beds[0].pk)
    assert state(here, 0, 2) is BedState.AVAILABLE
    with pytest.raises(Refused, match="in service already"):
        closures.reopen(by=here.intake, at=here.now + timedelta(minutes=3), bed_id=here.beds[0].pk)


def test_a_taken_bed_is_not_closed_and_the_database_agrees(here: World, lena: Client) -> None:
    with pytest.raises(Refused, match=r"taken by L\. H\."):
        closures.close(by=here.intake, at=here.now, bed_id=here.beds[0].pk, why="plumbing")
    with pytest.raises(IntegrityError, match="is occupied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO beds_closure (bed_id, why, started_at) VALUES (%s, 'x', %s)", [here.beds[0].pk, here.now]
        )


def test_every_act_is_announced_once_to_the_board(here: World) -> None:
    before = current_seq("beds.board.riverbend")
    cleaning.ask(by=here.on_unit, at=here.now, bed_id=here.beds[0].pk)
    assert current_seq("beds.board.riverbend") == before + 1


def test_a_housekeeper_cleans_and_assigns_nothing(here: World, lena: Client) -> None:
    with pytest.raises(NotAllowed, match="Ask an intake coordinator"):
        stays.vacate(by=here.housekeeper, at=here.now, stay_id=lena.stays.get().pk)


def test_nobody_acts_on_a_bed_of_another_site(here: World) -> None:
    with pytest.raises(NotAllowed):
        cleaning.ask(by=here.elsewhere, at=here.now, bed_id=here.beds[0].pk)
