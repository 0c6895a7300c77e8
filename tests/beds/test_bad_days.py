"""Bad input and bad days of the beds: periods that overlap or end too early, clocks that jump, two people at one bed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Model, ProtectedError
from django.test import Client as Session
from django.utils import timezone

from admissions.actions import expected
from admissions.actions.admit import admit as admit_person
from audit.rules.findings import Refused
from beds.actions import cleaning, holds, stays
from beds.models import Bed, BedStay, CleaningJob, Closure, Hold, Room, Staffing, Unit
from beds.queries import cards
from beds.rules.states import BedState
from programs.models import Client, Episode, Program
from tests.beds.racing import everything, said
from tests.factories import World, admit, client, world

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRST = datetime(2025, 11, 2, 5, 30, tzinfo=UTC)  # 01:30 in New York, which comes again an hour later


@pytest.fixture
def lena(here: World) -> Episode:
    """Has Alder 1-A."""
    return admit(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])


def refused_by(constraint: str, row: Model) -> None:
    """The database itself refuses the row, and nothing of it stays."""
    before = everything()
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        row.save(force_insert=True)
    assert everything() == before


def test_periods_that_overlap_are_refused_by_the_act_in_words_and_by_the_database(here: World, lena: Episode) -> None:
    kay, bed = admit(here, client(here, "Kay", "Osei"), here.residential), here.beds[0]
    assert said(lambda: stays.assign(by=here.intake, at=here.now, bed_id=bed.pk, episode_id=kay.pk)) == (
        "L. H. has Alder 1-A. Choose another bed."
    )
    refused_by("beds_one_stay_a_bed", BedStay(bed=bed, episode=kay, client=kay.client, started_at=here.now))
    whole_past = {"started_at": here.now - 9 * DAY, "ended_at": here.now - MINUTE}
    refused_by("beds_one_stay_a_bed", BedStay(bed=bed, episode=kay, client=kay.client, **whole_past))
    refused_by("is occupied", Closure(bed=bed, why="paint", started_at=here.now))
    Staffing.objects.create(unit=here.unit, places=3, started_at=here.now - DAY, by=here.director)
    refused_by("beds_one_staffing", Staffing(unit=here.unit, places=2, started_at=here.now - HOUR, by=here.director))


@pytest.mark.parametrize("earlier", [timedelta(0), SECOND, 9 * DAY])
def test_an_end_that_is_not_after_its_start_is_refused(here: World, earlier: timedelta) -> None:
    kay, bed = admit(here, client(here, "Kay", "Osei"), here.residential), here.beds[1]
    period = {"started_at": here.now, "ended_at": here.now - earlier}
    early = "ends_after_start|lower bound must be less"  # a constraint, or the range that cannot be made
    refused_by(early, BedStay(bed=bed, episode=kay, client=kay.client, **period))
    refused_by(early, CleaningJob(bed=bed, **period))
    refused_by(early, Closure(bed=bed, why="paint", **period))


def test_an_act_before_what_it_ends_is_told_to_wait(here: World, lena: Episode) -> None:
    """Servers' clocks differ, and a clock that was wrong is put right."""
    stay = lena.stays.get()
    stays.move(by=here.intake, at=here.now, stay_id=stay.pk, bed_id=here.beds[1].pk)
    fresh = BedStay.objects.get(ended_at=None)
    for behind in (timedelta(0), SECOND, HOUR):
        assert "Wait a moment and try again" in said(
            lambda at=here.now - behind: stays.vacate(by=here.intake, at=at, stay_id=fresh.pk)  # type: ignore[misc]
        )


def test_a_stay_in_the_future_is_refused_by_the_act_in_words_and_by_the_database(here: World) -> None:
    rafa, bed = client(here, "Rafa", "Whitfield", asks_for="3.5"), here.beds[1]
    ahead = timezone.now() + DAY
    assert (
        said(
            lambda: admit_person(by=here.intake, at=ahead, request_id=rafa.requests.get().pk, bed_id=bed.pk, reasons={})
        )
        == "That time has not come yet. A stay begins now: check the clock of this machine."
    )
    kay = admit(here, client(here, "Kay", "Osei"), here.residential)
    refused_by("future", BedStay(bed=bed, episode=kay, client=kay.client, started_at=ahead))


def test_an_expired_hold_keeps_nobody_out_and_cannot_be_kept_longer(here: World, lena: Episode) -> None:
    rafa, bed, over = client(here, "Rafa", "Whitfield", asks_for="3.5"), here.beds[1], here.now + 2 * HOUR
    held = holds.hold(by=here.intake, at=here.now, bed_id=bed.pk, client_id=rafa.pk, until=here.now + HOUR)
    for act in (
        lambda: holds.extend(by=here.intake, at=over, hold_id=held.pk, until=over + DAY),
        lambda: holds.release(by=here.intake, at=over, hold_id=held.pk),
    ):
        assert said(act) == "The hold on Alder 1-B is already over: it ended at Tue 18 Nov 11:42. Reload the board."
    stays.move(by=here.intake, at=over, stay_id=lena.stays.get().pk, bed_id=bed.pk)
    assert Hold.objects.get().ended_at == here.now + HOUR, "the hold is on record as it ran"


def test_who_was_held_for_and_comes_too_late_is_told_who_has_the_bed(here: World, lena: Episode) -> None:
    rafa, bed, over = client(here, "Rafa", "Whitfield", asks_for="3.5"), here.beds[1], here.now + 2 * HOUR
    holds.hold(by=here.intake, at=here.now, bed_id=bed.pk, client_id=rafa.pk, until=here.now + HOUR)
    stays.move(by=here.intake, at=over, stay_id=lena.stays.get().pk, bed_id=bed.pk)
    request = rafa.requests.get().pk
    assert (
        said(lambda: admit_person(by=here.intake, at=over + MINUTE, request_id=request, bed_id=bed.pk, reasons={}))
        == "L. H. has Alder 1-B. Choose another bed."
    )


def test_a_unit_with_people_in_it_is_not_deleted_nor_its_rooms_beds_or_program(here: World, lena: Episode) -> None:
    for row in (here.unit, here.beds[0].room, here.beds[0], here.residential, here.site, lena, lena.client):
        before = everything()
        with pytest.raises(ProtectedError), transaction.atomic():
            row.delete()
        assert everything() == before
    stays.vacate(by=here.intake, at=here.now, stay_id=lena.stays.get().pk)
    with pytest.raises(ProtectedError):
        here.unit.delete()  # who slept there years ago is still on record
    [card] = cards(here.site, here.now - HOUR, [here.beds[0].pk])
    assert card.who == "L. Harmon"


def test_administration_offers_no_way_to_delete_a_unit_or_a_bed(here: World, lena: Episode) -> None:
    here.director.is_staff = here.director.is_superuser = True
    here.director.save()
    session = Session()
    session.force_login(here.director)
    for kind, row in (("unit", here.unit), ("room", here.beds[0].room), ("bed", here.beds[0])):
        answer = session.post(f"/admin/beds/{kind}/{row.pk}/delete/", {"post": "yes"})
        assert answer.status_code in {302, 403, 404}
    assert (Unit.objects.count(), Room.objects.count(), Bed.objects.count()) == (1, 2, 4)


def test_two_coordinators_who_move_one_person_are_told_where_the_first_moved_them(here: World, lena: Episode) -> None:
    stay = lena.stays.get()
    stays.move(by=here.intake, at=here.now, stay_id=stay.pk, bed_id=here.beds[2].pk)
    sentence = said(lambda: stays.move(by=here.director, at=here.now + MINUTE, stay_id=stay.pk, bed_id=here.beds[1].pk))
    assert "already left Alder 1-A at Tue 18 Nov 10:42" in sentence
    assert lena.stays.get(ended_at=None).bed == here.beds[2]


@pytest.mark.parametrize("act", ["extend", "release", "accept", "finish", "hand-back", "not-needed"])
def test_a_sheet_of_what_is_over_says_so_each_time_it_is_sent_and_offers_it_no_more(here: World, act: str) -> None:
    """The first refusal brings the sheet back as the bed is now; sent again, it is refused in the same words."""
    session = Session()
    session.force_login(here.intake)
    for of in ("4711", ""):
        answer = session.post(f"/beds/{here.beds[1].pk}/{act}/", {"of": of, "until": "2199-01-01T10:00"})
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "Alder 1-B changed meanwhile: " in text
        assert "Nothing was done. Look again." in text
        assert "button--main" not in text
        assert "See Alder 1-B" in text


@pytest.mark.parametrize("act", ["leave", "back", "later", "expect", "expect-nothing", "take-back", "resume"])
def test_a_sheet_of_somebody_who_left_meanwhile_does_nothing(here: World, act: str) -> None:
    session = Session()
    session.force_login(here.director)
    before = everything()
    for of in ("4711", ""):
        asked = {"of": of, "expected_at": "2199-01-01T10:00", "kind": "pass"}
        answer = session.post(f"/admissions/beds/{here.beds[1].pk}/{act}/", asked)
        assert answer.status_code == 422
        assert "Alder 1-B changed meanwhile: now it is free. Nothing was done." in answer.content.decode()
    assert everything() == before


def test_a_client_admitted_at_another_site_is_not_given_a_bed_here(here: World) -> None:
    rafa = client(here, "Rafa", "Whitfield", asks_for="3.5")
    far = Program.objects.create(site=here.other_site, name="Hill 3.5", level="3.5")
    admit(here, rafa, far, days=0)
    request = rafa.requests.get().pk
    sentence = said(
        lambda: admit_person(by=here.intake, at=here.now, request_id=request, bed_id=here.beds[1].pk, reasons={})
    )
    assert sentence.startswith("R. Whitfield is in care already at Hillcrest, in Hill 3.5")
    assert sentence.endswith("Open the chart to see more.")


class TestTheNightTheClocksGoBack:
    """2 November 2025 in New York: 01:30 comes twice."""

    @pytest.fixture
    def here(self, db: None) -> World:
        return world(FIRST - HOUR)

    @pytest.fixture
    def lena(self, here: World) -> Client:
        who = client(here, "Lena", "Harmon")
        admit(here, who, here.residential, here.beds[0])
        return who

    def test_an_hour_between_the_two_is_an_hour(self, here: World, lena: Client) -> None:
        """A move at the first 01:30 and one at the second: two stays one after the other, each in its bed."""
        once = stays.move(by=here.intake, at=FIRST, stay_id=lena.stays.get().pk, bed_id=here.beds[1].pk)
        twice = stays.move(by=here.intake, at=FIRST + HOUR, stay_id=once.pk, bed_id=here.beds[2].pk)
        once.refresh_from_db()
        assert (once.ended_at, twice.started_at) == (FIRST + HOUR, FIRST + HOUR)
        for at, index in ((FIRST, 1), (FIRST + 59 * MINUTE, 1), (FIRST + HOUR, 2)):
            taken = [card.pk for card in cards(here.site, at) if card.client_id]
            assert taken == [here.beds[index].pk]

    def test_a_hold_until_an_hour_that_comes_twice_ends_at_one_of_them(self, here: World) -> None:
        rafa = client(here, "Rafa", "Whitfield", asks_for="3.5")
        holds.hold(by=here.intake, at=FIRST, bed_id=here.beds[1].pk, client_id=rafa.pk, until=FIRST + HOUR)

        def state(at: datetime) -> BedState:
            return cards(here.site, at, [here.beds[1].pk])[0].state

        assert (state(FIRST + 59 * MINUTE), state(FIRST + HOUR)) == (BedState.HELD, BedState.AVAILABLE)

    def test_cleaning_across_it_takes_its_minutes(self, here: World) -> None:
        job = cleaning.ask(by=here.on_unit, at=FIRST, bed_id=here.beds[1].pk)
        cleaning.accept(by=here.housekeeper, at=FIRST + 30 * MINUTE, job_id=job.pk)  # 01:00 again, on the wall
        done = cleaning.finish(by=here.housekeeper, at=FIRST + 50 * MINUTE, job_id=job.pk)
        assert done.ended_at is not None
        assert done.ended_at - done.started_at == 50 * MINUTE

    def test_who_is_expected_to_leave_at_the_second_is_not_late_at_the_first(self, here: World, lena: Client) -> None:
        episode = lena.episodes.get()
        expected.expect(by=here.intake, at=here.now, episode_id=episode.pk, expected_at=FIRST + HOUR)
        with pytest.raises(Refused, match="has passed"):
            expected.expect(by=here.intake, at=FIRST + HOUR, episode_id=episode.pk, expected_at=FIRST)
