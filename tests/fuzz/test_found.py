"""What the fuzzers found once, so that it stays mended."""

import pytest

from emar.models import Medication
from staff.models import Person
from staff.rules.capabilities import Role
from tests.factories import World
from tests.signing import signed_in


@pytest.mark.parametrize("until", ["9999-12-31T23:59", "0001-01-01T00:00"])
def test_an_hour_at_the_end_of_the_calendar_is_refused_in_words(house: World, until: str) -> None:
    asked = {"request": house.clients[1].requests.get().pk, "until": until}
    session = signed_in(Person.objects.get(username=f"as-{Role.INTAKE}"))
    assert session.post(f"/beds/{house.beds[3].pk}/hold/", asked).status_code in (400, 422)


def test_a_search_for_nul_finds_nothing_and_breaks_nothing(house: World) -> None:
    session = signed_in(Person.objects.get(username=f"as-{Role.FACILITATOR}"))
    assert session.post("/clients/", {"q": "\x00O'Hara\x00"}).status_code == 200


def test_a_nul_in_a_round_of_vitals_is_refused_in_words(house: World) -> None:
    session = signed_in(Person.objects.get(username=f"as-{Role.NURSE}"))
    episode = house.clients[0].episodes.get()
    asked = {"unit-temperature": "F", f"{episode.pk}-pulse": "\x00", f"{episode.pk}-pain": "a\x00b"}
    assert session.post(f"/clients/vitals/{house.unit.pk}/", asked).status_code in (200, 422)


def test_a_nul_that_nobody_looked_for_is_refused_before_the_database_sees_it(house: World) -> None:
    medication = Medication.objects.order_by("pk")[0]
    prescriber, intake = (
        signed_in(Person.objects.get(username=f"as-{role}")) for role in (Role.PRESCRIBER, Role.INTAKE)
    )
    for answer in (
        prescriber.post(f"/pass/formulary/{medication.pk}/labels/", {"code": "a\x00b"}),
        intake.get("/pass/labels/", {"q": "/etc/passwd\x00.png"}),
    ):
        assert answer.status_code == 422
        assert "cannot be kept" in answer.content.decode()
