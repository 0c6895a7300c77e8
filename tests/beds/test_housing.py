"""A bed for someone in care who has none: stepped to a day program, they live in the recovery residence beside it."""

from datetime import timedelta

import pytest
from django.test import Client as Session
from django.utils import timezone

from beds.actions import stays
from beds.board import BOARD, Look, look_of
from beds.models import Bed, BedStay, Room, Unit
from beds.queries import board_page
from programs.models import Client, Placement, Program
from tests.factories import World, admit, client, world


@pytest.fixture
def here(db: None) -> World:
    return world(timezone.now())


@pytest.fixture
def linden(here: World) -> Bed:
    """One bed in a recovery residence."""
    house = Program.objects.create(
        site=here.site, name="Linden house", kind="residence", licensed_capacity=2, position=9
    )
    unit = Unit.objects.create(site=here.site, program=house, name="Linden", position=9)
    return Bed.objects.create(room=Room.objects.create(unit=unit, name="31"), label="A")


@pytest.fixture
def in_php(here: World) -> Client:
    who = client(here, "Farah", "Karim")
    admit(here, who, here.php)
    return who


def test_the_board_says_which_beds_fit_who_is_at_a_day_level(here: World, linden: Bed, in_php: Client) -> None:
    page = board_page(here.site, here.now, housing=in_php.episodes.get().pk)
    fits = {one.card.pk: one.fit for unit in page.units for room in unit.rooms for one in room.beds}
    assert fits[linden.pk] == "fits"
    assert fits[here.beds[0].pk] == "no"


def test_living_in_the_residence_begins_and_ends_with_the_bed(here: World, linden: Bed, in_php: Client) -> None:
    episode, at = in_php.episodes.get(), here.now
    stay = stays.assign(by=here.intake, at=at, bed_id=linden.pk, episode_id=episode.pk)
    lives = Placement.objects.get(episode=episode, kind="residence")
    assert (lives.program, lives.started_at, lives.ended_at) == (linden.room.unit.program, at, None)
    stays.vacate(by=here.intake, at=at + timedelta(hours=1), stay_id=stay.pk)
    lives.refresh_from_db()
    assert lives.ended_at == at + timedelta(hours=1)
    assert Placement.objects.current(at + timedelta(hours=2)).get(episode=episode).program == here.php


def test_the_bed_is_given_from_its_sheet(here: World, linden: Bed, in_php: Client) -> None:
    session, episode = Session(), in_php.episodes.get()
    session.force_login(here.intake)
    assert "Give a bed" in session.get(f"/clients/{in_php.pk}/").content.decode()
    assert "Give F. Karim Linden 31-A" in session.get(f"/beds/{linden.pk}/?house={episode.pk}").content.decode()
    answer = session.post(f"/beds/{linden.pk}/give/", {"house": episode.pk})
    assert answer["HX-Redirect"] == "/beds/"
    assert BedStay.objects.get().client == in_php
    assert session.post(f"/beds/{here.beds[0].pk}/give/", {"house": episode.pk}).status_code == 404


def test_the_key_of_the_board_names_the_episode(here: World, linden: Bed, in_php: Client) -> None:
    look = Look("riverbend", housing=in_php.episodes.get().pk)
    assert look_of(look.key) == look
    assert not BOARD.may_watch(here.on_unit, look.key)
    assert BOARD.may_watch(here.intake, look.key)
    whole = "".join(html for _, html in BOARD.snapshot(look, look.key).regions)
    assert "A bed for F. Karim" in whole
    [piece] = BOARD.fragments(look, look.key, [("bed", str(linden.pk))])
    assert piece is not None
    assert piece.strip() in whole
