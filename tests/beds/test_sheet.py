"""The sheet of a bed: what was typed comes back, a missing reason is asked for at its field, and nobody is held by default."""

from datetime import timedelta

import pytest
from django.test import Client as Session

from beds.models import BedStay, Hold
from programs.models import Client, Leave, Precaution
from tests.factories import World, admit, client, world


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
    Precaution.objects.create(client=who, kind="lower_bunk", started_at=here.now - timedelta(days=1))
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


def test_a_move_that_is_refused_gives_the_reason_back(here: World, coordinator: Session) -> None:
    who = client(here, "Lena", "Harmon")
    admit(here, who, here.residential, here.beds[0])
    admit(here, client(here, "Kay", "Osei"), here.residential, here.beds[2])
    asked = {"move": who.stays.get().pk, "reason-bed.upper_bunk": "Wants the window."}
    answer = coordinator.post(f"/beds/{here.beds[2].pk}/move/", asked)
    assert answer.status_code == 422
    assert "Wants the window." in answer.content.decode()
    assert who.stays.get().ended_at is None


def test_two_people_change_beds_from_the_sheet(here: World, coordinator: Session) -> None:
    lena, kay = client(here, "Lena", "Harmon"), client(here, "Kay", "Osei")
    admit(here, lena, here.residential, here.beds[0])
    admit(here, kay, here.residential, here.beds[2])
    stay, other = lena.stays.get(), kay.stays.get()
    sheet = coordinator.get(f"/beds/{here.beds[2].pk}/?move={stay.pk}").content.decode()
    assert "Swap L. Harmon and K. Osei" in sheet
    answer = coordinator.post(f"/beds/{here.beds[2].pk}/swap/", {"move": stay.pk, "of": other.pk})
    assert answer["HX-Redirect"] == "/beds/"
    assert (lena.stays.get(ended_at=None).bed, kay.stays.get(ended_at=None).bed) == (here.beds[2], here.beds[0])


def test_an_act_after_the_bed_changed_hands_does_nothing_and_says_who_is_there(
    here: World, coordinator: Session
) -> None:
    """The sheet was opened on Lena; by the time it is sent, Kay has the bed. Nobody sends Kay on leave."""
    lena, kay = client(here, "Lena", "Harmon"), client(here, "Kay", "Osei")
    admit(here, lena, here.residential, here.beds[0])
    opened_on = lena.stays.get()
    BedStay.objects.filter(pk=opened_on.pk).update(ended_at=here.now - timedelta(minutes=2))
    admit(here, kay, here.residential)
    BedStay.objects.create(
        bed=here.beds[0], client=kay, episode=kay.episodes.get(), started_at=here.now - timedelta(minutes=1)
    )
    back = f"{(here.now + timedelta(hours=3)).astimezone(here.site.tz):%Y-%m-%dT%H:%M}"
    asked = {"of": opened_on.pk, "kind": "pass", "expected_at": back}
    answer = coordinator.post(f"/admissions/beds/{here.beds[0].pk}/leave/", asked)
    assert answer.status_code == 422
    assert "changed meanwhile: now K. Osei has it" in answer.content.decode()
    assert not Leave.objects.exists()


def test_someone_goes_on_leave_and_is_back_from_the_sheet(here: World, coordinator: Session) -> None:
    lena = client(here, "Lena", "Harmon")
    admit(here, lena, here.residential, here.beds[0])
    address, stay = f"/admissions/beds/{here.beds[0].pk}", lena.stays.get().pk
    back = f"{(here.now + timedelta(hours=3)).astimezone(here.site.tz):%Y-%m-%dT%H:%M}"
    assert coordinator.post(f"{address}/leave/", {"of": stay, "kind": "pass", "expected_at": back}).status_code == 200
    leave = Leave.objects.get(ended_at=None)
    assert "Is back" in coordinator.get(f"/beds/{here.beds[0].pk}/").content.decode()
    assert coordinator.post(f"{address}/back/", {"of": leave.pk}).status_code == 200
    assert not Leave.objects.filter(ended_at=None).exists()


def test_a_nurse_is_offered_what_a_nurse_may(here: World) -> None:
    lena = client(here, "Lena", "Harmon")
    admit(here, lena, here.residential, here.beds[0])
    nurse = Session()
    nurse.force_login(here.on_unit)
    sheet = nurse.get(f"/beds/{here.beds[0].pk}/").content.decode()
    assert "Goes on leave" in sheet
    assert "Discharge" in sheet
    assert "Move or swap" not in sheet
    assert "Take out of service" not in sheet


def test_a_hold_names_its_person_and_is_refused_where_they_could_not_come(here: World, coordinator: Session) -> None:
    waits = client(here, "Tara", "Okaforde", asks_for="3.7")
    address = f"/beds/{here.beds[0].pk}/hold/"
    assert "Choose for whom" in coordinator.post(address, {"until": "2099-01-01T10:00"}).content.decode()
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
