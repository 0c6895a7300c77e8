"""What the fuzzers found once, so that it stays mended."""

import pytest

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
