"""The sheet of a bed: what was typed comes back, a missing reason is asked for at its field, and nobody is held by default."""

import pytest
from django.test import Client as Session

from beds.models import BedStay, Hold
from programs.models import Client
from tests.factories import World, client, world


@pytest.fixture
def here(db: None) -> World:
    from django.utils import timezone

    return world(timezone.now())


@pytest.fixture
def coordinator(here: World) -> Session:
    session = Session()
    session.force_login(here.intake)
    return session


def lower_bunk(here: World) -> Client:
    who = client(here, "Rui", "Alves", asks_for="3.5")
    who.needs_lower_bunk = True
    who.save()
    return who


def test_a_missing_reason_is_asked_for_at_its_field(here: World, coordinator: Session) -> None:
    who, bed = lower_bunk(here), here.beds[1]
    answer = coordinator.post(f"/admissions/{who.requests.get().pk}/into/{bed.pk}/", {"choose": who.requests.get().pk})
    assert answer.status_code == 422
    assert "Write the reason" in answer.content.decode()
    assert not BedStay.objects.exists()


def test_a_written_reason_goes_past_what_it_may(here: World, coordinator: Session) -> None:
    who, bed = lower_bunk(here), here.beds[1]
    asked = {"choose": who.requests.get().pk, "reason-bed.upper_bunk": "Asked for it herself."}
    address = f"/admissions/{who.requests.get().pk}/into/{bed.pk}/"
    assert coordinator.post(address, asked)["HX-Redirect"] == "/beds/"
    assert BedStay.objects.get().bed == bed


def test_a_move_keeps_the_reason_while_something_else_stands(here: World, coordinator: Session) -> None:
    from tests.factories import admit

    who = client(here, "Lena", "Harmon")
    admit(here, who, here.residential, here.beds[0])
    admit(here, client(here, "Kay", "Osei"), here.residential, here.beds[2])
    answer = coordinator.post(
        f"/beds/{here.beds[0].pk}/move/", {"bed": here.beds[2].pk, "reason-bed.upper_bunk": "Wants the window."}
    )
    assert answer.status_code == 422
    assert "Wants the window." in answer.content.decode()
    assert who.stays.get().ended_at is None


def test_a_hold_names_its_person_and_is_refused_where_they_could_not_come(here: World, coordinator: Session) -> None:
    waits = client(here, "Tara", "Okaforde", asks_for="3.7")
    address = f"/beds/{here.beds[0].pk}/hold/"
    assert "Choose for whom" in coordinator.post(address, {"until": "2099-01-01T10:00"}).content.decode()
    from datetime import timedelta

    until = f"{(here.now + timedelta(hours=3)).astimezone(here.site.tz):%Y-%m-%dT%H:%M}"
    answer = coordinator.post(address, {"request": waits.requests.get().pk, "until": until})
    assert answer.status_code == 422
    assert "Does not offer 3.7" in answer.content.decode()
    assert not Hold.objects.exists()


def test_a_past_hour_is_refused_beside_the_field_and_the_rest_is_kept(here: World, coordinator: Session) -> None:
    waits = client(here, "Tara", "Okaforde", asks_for="3.5").requests.get()
    answer = coordinator.post(f"/beds/{here.beds[0].pk}/hold/", {"request": waits.pk, "until": "2020-01-01T10:00"})
    page = answer.content.decode()
    assert "That hour has passed" in page
    assert f'value="{waits.pk}" selected' in page
