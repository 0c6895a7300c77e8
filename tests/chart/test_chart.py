"""The chart: who may open it, that opening is recorded, notes that never change, and the band of levels."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from audit.rules.findings import Refused
from chart.actions import write_note
from chart.models import Allergy
from chart.queries import clients, page
from chart.queries.clients import listed
from chart.queries.page import Asked
from programs.models import Client, Leave, Organisation, Placement
from programs.rules.band import Stretch, band, level_class
from tests.asam.care import in_residential, rated
from tests.factories import World, admit, client, world
from tests.signing import signed_in

NOW = datetime(2025, 11, 24, 15, 41, tzinfo=UTC)


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def code(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.findings[0].code


# The band


def stretch(level: str, since: int, until: int | None) -> Stretch:
    ended = NOW - timedelta(days=until) if until is not None else None
    return Stretch(level, "Program", NOW - timedelta(days=since), ended)


def test_the_band_says_each_level_and_how_long() -> None:
    made = band(
        [stretch("3.7", 26, 21), stretch("3.5", 21, None)], at=NOW, tz=ZoneInfo("America/New_York"), ask_next=True
    )
    assert made.label == "3.7 for 5 days, 3.5 for 21 days, next not decided"
    assert [part.text for part in made.parts] == ["3.7 · 5 days", "3.5 · 21 days", "next?"]
    assert [part.x for part in made.parts] == ["0.00%", "16.15%", "84.00%"]
    assert made.parts[1].title == "3.5, Program, since 3 Nov, 21 days"


def test_a_gap_is_shown_and_a_short_stay_does_not_vanish() -> None:
    made = band([stretch("3.7", 400, 399), stretch("2.1", 300, None)], at=NOW, tz=ZoneInfo("UTC"), ask_next=False)
    assert [part.level for part in made.parts] == ["3.7", "", "2.1"]
    assert made.parts[0].width == "5.00%"
    assert sum(float(part.width.rstrip("%")) for part in made.parts) == pytest.approx(100, abs=0.05)


def test_a_level_has_the_class_of_its_family() -> None:
    assert [level_class(level) for level in ("3.7 COE", "4 Psychiatric", "")] == ["level-3-7", "level-4", "level-none"]


# The pages


def test_opening_a_chart_is_on_the_trail(here: World) -> None:
    episode = in_residential(here)
    Allergy.objects.create(client=episode.client, substance="penicillin", reaction="hives", noted_at=NOW)
    Leave.objects.create(
        episode=episode, kind="pass", started_at=NOW - timedelta(hours=1), expected_at=datetime(2100, 1, 1, tzinfo=UTC)
    )
    answer = signed_in(here.on_unit).get(f"/clients/{episode.client_id}/")
    words = answer.content.decode()
    assert answer.status_code == 200
    for expected in ("Sara Amari", "penicillin (hives)", "Alder, room 1, bed A", "On pass", "Residential 3.5"):
        assert expected in words
    event = Event.objects.get(verb="chart.opened")
    assert (event.client_id, event.by_name, event.as_role) == (episode.client_id, "RN Cole", "Nurse")


def test_a_client_of_another_site_or_organisation_does_not_exist(here: World) -> None:
    episode = in_residential(here)
    stranger = Client.objects.create(
        organisation=Organisation.objects.create(name="Elsewhere"), record_number="X1", first_name="Sam",
        last_name="Else", born_on=NOW.date(),
    )  # fmt: skip
    assert signed_in(here.elsewhere).get(f"/clients/{episode.client_id}/").status_code == 404
    nurse = signed_in(here.on_unit)
    assert nurse.get(f"/clients/{stranger.pk}/").status_code == 404
    assert nurse.get("/clients/999999/").status_code == 404
    assert nurse.post(f"/clients/{stranger.pk}/", {"text": "Hello"}).status_code == 405
    assert not Event.objects.filter(verb="chart.opened").exists()
    assert signed_in(here.housekeeper).get(f"/clients/{episode.client_id}/").status_code == 403
    assert Browser().get(f"/clients/{episode.client_id}/").status_code == 302


def test_the_list_is_searched_by_name_and_number(here: World) -> None:
    episode = in_residential(here)
    waits = client(here, "Ben", "Tran", asks_for="2.1")
    nurse = signed_in(here.on_unit)
    assert "Amari" in nurse.get("/clients/").content.decode()
    assert "Tran" not in nurse.get("/clients/").content.decode()
    assert "Tran" in nurse.get("/clients/?all=1").content.decode()
    for text in ("ben", "tran ben", waits.record_number):
        found = nurse.get("/clients/", {"q": text}).content.decode()
        assert "Tran" in found and "Amari" not in found
    assert "Nobody here is called" in nurse.get("/clients/", {"q": "<zz>"}).content.decode()
    assert nurse.get("/clients/?page=abc").status_code == 200
    assert nurse.get(f"/clients/{episode.client_id}/?kind=nonsense&page=99").status_code == 200


def test_the_list_and_the_chart_take_as_many_queries_for_three_as_for_one(
    here: World, django_assert_num_queries: Any
) -> None:
    episode = in_residential(here)

    def write() -> None:
        write_note(by=here.on_unit, at=NOW, episode_id=episode.pk, kind="nursing", text="Slept well.")

    write()
    rated(here, episode)
    with CaptureQueriesContext(connection) as one:
        page(episode.client, here.site, NOW)
    with django_assert_num_queries(2):
        clients(here.site, NOW, list(listed(here.site, NOW)))
    for number in (1, 2):
        write()
        rated(here, episode)
        admit(here, client(here, "Ben", f"Tran{number}"), here.php)
    with CaptureQueriesContext(connection) as three:
        page(episode.client, here.site, NOW)
    with django_assert_num_queries(2):
        assert len(clients(here.site, NOW, list(listed(here.site, NOW)))) == 3
    assert len(one) == len(three) <= 20


def test_placements_and_leaves_are_on_the_timeline(here: World) -> None:
    episode = in_residential(here)
    Leave.objects.create(
        episode=episode, kind="hospital", started_at=NOW - timedelta(days=2), ended_at=NOW - timedelta(days=1),
        expected_at=NOW,
    )  # fmt: skip
    Placement.objects.filter(episode=episode).update(ended_at=NOW)
    episode.ended_at = NOW
    episode.save()
    shown = page(episode.client, here.site, NOW, Asked(kind="move"))
    titles = {entry.title for day in shown.days for entry in day.entries}
    assert {
        "Placed in Residential 3.5, Riverbend campus", "Discharged from Residential 3.5, Riverbend campus", "In hospital",
        "Back, no longer in hospital",
    } <= titles  # fmt: skip
    assert not shown.head.open and shown.head.placement is None
