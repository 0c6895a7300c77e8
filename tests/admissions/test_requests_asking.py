"""A new inquiry: nobody gets a second record by accident, and every refusal says what would make it right."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from audit.models import Event, Override
from audit.rules.findings import Refused
from live.queries import current_seq
from programs.models import Client, Episode, PlacementRequest
from staff.access import NotAllowed
from staff.rules.capabilities import Role
from tests.admissions.asks import BORN, asks
from tests.beds.racing import WON, race, said
from tests.factories import World, admit, assign, client, world


def test_an_inquiry_of_a_new_person_makes_the_record_and_its_number(here: World) -> None:
    client(here, "Lena", "Harmon")
    Client.objects.create(
        organisation=here.site.organisation, record_number="R1041", first_name="A", last_name="B", born_on=BORN
    )
    Client.objects.create(
        organisation=here.site.organisation, record_number="OLD-7", first_name="C", last_name="D", born_on=BORN
    )
    made = asks(here, first_name=" Sara ", preferred_name="Sal", level_wanted="3.5", payer="Medicaid", injects=True)
    assert (made.state, made.asked_at, made.priority) == ("inquiry", here.now, 3)
    assert (made.client.record_number, made.client.first_name, made.client.called) == ("R1042", "Sara", "Sal Amari")
    event = Event.objects.get()
    assert (event.verb, event.summary) == ("admissions.ask", "S. Amari asked for a place, with a new record")
    assert current_seq("beds.board.riverbend") == 1


def test_an_inquiry_of_someone_known_makes_no_second_record(here: World) -> None:
    lena = client(here, "Lena", "Harmon")
    assert asks(here, client_id=lena.pk).client == lena
    assert Client.objects.count() == 1


def test_the_same_name_and_birth_date_stop_a_second_record_until_a_reason_is_given(here: World) -> None:
    asks(here)
    sentence = said(lambda: asks(here, first_name="SARÁ", last_name="am-ari"))
    assert sentence == (
        "Record R0001 (S. Amari) has the same name and birth date. Choose that person, or say why this is somebody else."
    )
    assert "R0001" in said(lambda: asks(here, reasons={"request.same_person": "  "}))
    twin = asks(here, reasons={"request.same_person": "Twin with the same name, seen both."})
    assert twin.client.record_number == "R0002"
    assert Override.objects.values_list("code", "reason").get() == (
        "request.same_person",
        "Twin with the same name, seen both.",
    )


def test_likely_matches_do_not_stop_anybody(here: World) -> None:
    asks(here)
    assert asks(here, first_name="Sarah").client.record_number == "R0002"


def test_one_person_has_one_open_line_at_a_site(here: World) -> None:
    lena = client(here, "Lena", "Harmon", asks_for="3.5")
    assert said(lambda: asks(here, client_id=lena.pk)) == (
        "L. Harmon is on the placement list of Riverbend campus since 17 November, approved. Go on with that line."
    )
    assign(here.intake, here.other_site, Role.INTAKE, at=here.now)
    assert asks(here, client_id=lena.pk, site_id=here.other_site.pk).site == here.other_site


def test_who_is_in_care_does_not_ask_anew(here: World) -> None:
    lena = client(here, "Lena", "Harmon")
    admit(here, lena, here.residential)
    assert said(lambda: asks(here, client_id=lena.pk)).startswith("L. Harmon is in care already at Riverbend campus")


def test_a_client_who_is_not_there_is_refused(here: World) -> None:
    assert said(lambda: asks(here, client_id=987654)) == "There is no such person. Look for them again."


@pytest.mark.parametrize(
    ("known", "field"),
    [
        ({"first_name": ""}, "first_name"),
        ({"last_name": "x" * 80}, "last_name"),
        ({"preferred_name": "\U0001f600"}, "preferred_name"),
        ({"born_on": None}, "born_on"),
        ({"born_on": date(2088, 1, 1)}, "born_on"),
        ({"born_on": date(1870, 1, 1)}, "born_on"),
        ({"level_wanted": "9.9"}, "level_wanted"),
        ({"ready_on": date(9999, 1, 1)}, "ready_on"),
        ({"payer": "x" * 61}, "payer"),
        ({"contact": "a\x00b"}, "contact"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(here: World, known: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        asks(here, **known)
    assert [finding.detail["field"] for finding in refused.value.findings] == [field]
    assert not PlacementRequest.objects.exists()


def test_the_same_key_asks_once(here: World) -> None:
    key = uuid4()
    assert asks(here, key=key) == asks(here, key=key)
    assert PlacementRequest.objects.count() == 1


@pytest.mark.parametrize("name", ["on_unit", "facilitator", "elsewhere", "without_role", "housekeeper"])
def test_who_may_not_keep_the_list_is_told_who_may(here: World, name: str) -> None:
    with pytest.raises(NotAllowed, match="Ask an intake coordinator or clinical director"):
        asks(here, by=getattr(here, name))


def test_an_episode_that_ended_does_not_stand_in_the_way(here: World) -> None:
    lena = client(here, "Lena", "Harmon")
    admit(here, lena, here.residential)
    Episode.objects.update(ended_at=here.now - timedelta(days=1))
    assert asks(here, client_id=lena.pk).client == lena


@pytest.mark.django_db(transaction=True)
def test_of_two_who_write_the_same_person_at_once_one_is_told_of_the_record(now: datetime) -> None:
    here = world(now)
    answers = race(lambda: asks(here), lambda: asks(here, by=here.director))
    assert sorted(answers, key=lambda one: one != WON)[0] == WON
    assert "Record R0001 (S. Amari) has the same name" in next(one for one in answers if one != WON)
    assert (Client.objects.count(), PlacementRequest.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_four_new_people_at_once_get_four_numbers(now: datetime) -> None:
    here = world(now)
    names = ["Ana", "Bea", "Cleo", "Dora"]
    answers = race(*[lambda name=name: asks(here, first_name=name, last_name=f"{name}sen") for name in names])
    assert answers == [WON] * 4
    assert set(Client.objects.values_list("record_number", flat=True)) == {"R0001", "R0002", "R0003", "R0004"}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_put_one_client_on_the_list_at_once_one_is_told_of_the_line(now: datetime) -> None:
    here = world(now)
    lena = client(here, "Lena", "Harmon")
    answers = race(lambda: asks(here, client_id=lena.pk), lambda: asks(here, client_id=lena.pk, by=here.director))
    assert sum(one == WON for one in answers) == 1
    assert "Go on with that line" in next(one for one in answers if one != WON)
