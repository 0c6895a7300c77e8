"""Two people change beds at once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from admissions.actions import expected
from audit.models import Event, Override
from audit.rules.findings import Refused
from beds.actions import holds, stays
from beds.models import BedStay, CleaningJob, Room, Unit
from beds.queries import cards
from live.queries import current_seq
from programs.models import Client, KeepApart
from programs.rules.precautions import Precaution
from staff.rules.capabilities import Role
from tests.beds.racing import minded, said
from tests.factories import World, admit, assign, client

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ASKED = {"bed.upper_bunk": "Asked for it."}


def settled(here: World, first: str, last: str, index: int) -> BedStay:
    admit(here, client(here, first, last), here.residential, here.beds[index])
    return BedStay.objects.get(bed=here.beds[index])


@pytest.fixture
def lena(here: World) -> BedStay:
    return settled(here, "Lena", "Harmon", 0)


@pytest.fixture
def kay(here: World) -> BedStay:
    """In an upper bunk of the other room."""
    return settled(here, "Kay", "Osei", 3)


def who_has(here: World) -> list[str]:
    return [card.who for card in cards(here.site, here.now)]


def test_two_people_change_beds_in_one_act(here: World, lena: BedStay, kay: BedStay) -> None:
    board, passes = current_seq("beds.board.riverbend"), current_seq(f"emar.pass.{here.unit.pk}")
    key = uuid4()
    fresh = stays.swap(by=here.intake, at=here.now, stay_id=lena.pk, other_id=kay.pk, key=key)
    assert who_has(here) == ["K. Osei", "", "", "L. Harmon"]
    assert (fresh.bed, fresh.client, fresh.overrides) == (here.beds[3], lena.client, [])
    assert not CleaningJob.objects.exists()
    assert list(Event.objects.order_by("pk").values_list("summary", flat=True)) == [
        "L. Harmon changed beds with K. Osei: Alder 1-A to Alder 2-B",
        "K. Osei changed beds with L. Harmon: Alder 2-B to Alder 1-A",
    ]
    assert current_seq("beds.board.riverbend") == board + 1
    assert current_seq(f"emar.pass.{here.unit.pk}") == passes + 1
    again = stays.swap(by=here.intake, at=here.now + MINUTE, stay_id=lena.pk, other_id=kay.pk, key=key)
    assert again == fresh and BedStay.objects.count() == 4


def test_what_stands_against_either_is_told_for_each_by_name(here: World, lena: BedStay, kay: BedStay) -> None:
    minded(lena.client, Precaution.LOWER_BUNK, since=here.now - DAY)
    minded(kay.client, Precaution.WITHDRAWAL_WATCH, since=here.now - DAY)
    Room.objects.update(near_nursing=False)

    def change(reasons: dict[str, str], other: dict[str, str]) -> BedStay:
        return stays.swap(
            by=here.intake, at=here.now, stay_id=lena.pk, other_id=kay.pk, reasons=reasons, other_reasons=other
        )

    with pytest.raises(Refused) as refused:
        change({}, ASKED)
    assert [(one.code, one.message, one.detail["for"], one.detail["stay_id"]) for one in refused.value.findings] == [
        ("bed.upper_bunk", "L. Harmon in Alder 2-B: Upper bunk, needs a lower", "L. H.", lena.pk),
        ("bed.far_from_nursing", "K. Osei in Alder 1-A: Withdrawal watch, far from nursing", "K. O.", kay.pk),
    ]
    change(ASKED, {"bed.far_from_nursing": "Seen every hour."})
    written = {stay.client.last_name: stay.overrides[0]["reason"] for stay in BedStay.objects.filter(ended_at=None)}
    assert written == {"Harmon": "Asked for it.", "Osei": "Seen every hour."}
    assert Override.objects.count() == 2


def test_each_is_judged_as_if_the_other_had_left(here: World, lena: BedStay, kay: BedStay) -> None:
    """A full program has room for a swap, and who is kept apart from somebody may take their bed."""
    settled(here, "Ana", "Beck", 1)
    settled(here, "Omar", "Diaz", 2)
    pair = sorted([lena.client, kay.client], key=lambda who: who.pk)
    KeepApart.objects.create(first=pair[0], second=pair[1], why="x", started_at=here.now - DAY, by=here.director)
    stays.swap(by=here.intake, at=here.now, stay_id=lena.pk, other_id=kay.pk)
    assert who_has(here) == ["K. Osei", "A. Beck", "O. Diaz", "L. Harmon"]


def test_a_keep_apart_rule_with_a_room_mate_stops_a_swap(here: World, lena: BedStay, kay: BedStay) -> None:
    ana = settled(here, "Ana", "Beck", 1)
    pair = sorted([ana.client, kay.client], key=lambda who: who.pk)
    KeepApart.objects.create(first=pair[0], second=pair[1], why="x", started_at=here.now - DAY, by=here.director)
    assert said(lambda: stays.swap(by=here.intake, at=here.now, stay_id=lena.pk, other_id=kay.pk)) == (
        "K. Osei in Alder 1-A: Keep-apart rule in this room"
    )


def test_a_bed_that_waits_for_someone_else_is_not_swapped_away(here: World, lena: BedStay, kay: BedStay) -> None:
    rafa = client(here, "Rafa", "Whitfield", asks_for="3.5")
    expected.expect(by=here.intake, at=here.now, episode_id=kay.episode_id, expected_at=here.now + DAY)
    holds.hold(
        by=here.intake, at=here.now, bed_id=kay.bed_id, client_id=rafa.pk, until=here.now + 2 * DAY
    )  # fmt: skip
    sentence = said(lambda: stays.swap(by=here.intake, at=here.now + MINUTE, stay_id=lena.pk, other_id=kay.pk))
    assert "L. Harmon in Alder 2-B: Held for R. W." in sentence


def test_holds_of_the_two_are_used_up(here: World, lena: BedStay, kay: BedStay) -> None:
    held = holds.hold(
        by=here.intake, at=here.now, bed_id=here.beds[1].pk, client_id=kay.client_id, until=here.now + DAY
    )
    stays.swap(by=here.intake, at=here.now + MINUTE, stay_id=lena.pk, other_id=kay.pk)
    held.refresh_from_db()
    assert held.ended_at == here.now + MINUTE


def test_what_cannot_be_swapped_says_why(here: World, lena: BedStay, kay: BedStay) -> None:
    def change(one: int, other: int, minutes: int = 0) -> str:
        at = here.now + minutes * MINUTE
        return said(lambda: stays.swap(by=here.intake, at=at, stay_id=one, other_id=other))

    assert "with themselves" in change(lena.pk, lena.pk)
    assert "no such stay" in change(lena.pk, 999_999)
    stays.swap(by=here.intake, at=here.now, stay_id=lena.pk, other_id=kay.pk)
    assert "L. Harmon already left Alder 1-A at Tue 18 Nov 10:42" in change(lena.pk, kay.pk, 1)
    now = {stay.client.last_name: stay.pk for stay in BedStay.objects.filter(ended_at=None)}
    assert "Wait a moment" in change(now["Harmon"], now["Osei"])


def test_beds_of_two_sites_are_not_swapped(here: World, lena: BedStay) -> None:
    assign(here.intake, here.other_site, Role.INTAKE, at=here.now)
    unit = Unit.objects.create(site=here.other_site, program=here.residential, name="Elm")
    there = Room.objects.create(unit=unit, name="1").beds.create(label="A")
    far: Client = client(here, "Kay", "Osei")
    admit(here, far, here.residential, there)
    assert "Elm 1-A is at Hillcrest, and Alder 1-A at Riverbend campus" in said(
        lambda: stays.swap(by=here.intake, at=here.now, stay_id=lena.pk, other_id=far.stays.get().pk)
    )
