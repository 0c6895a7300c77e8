"""The page that releases a chart as FHIR."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from fhir_r4.forms import PARTS
from privacy.models import Disclosure
from programs.models import Client
from tests.factories import PIN, World, signs, world
from tests.fhir_r4.care import cared_for
from tests.fhir_r4.valid import wrong_with
from tests.privacy.gate_rows import consent, recipient
from tests.signing import signed_in


@pytest.fixture
def today(db: None) -> World:
    here = world(datetime.now(UTC).replace(microsecond=0))
    signs(here.director, here.site, at=here.now)
    return here


@pytest.fixture
def ines(today: World) -> Client:
    return cared_for(today)


def fields(**more: object) -> dict[str, object]:
    return {"purpose": "TREAT", "classes": [each.value for each in PARTS], "pin": PIN, "key": str(uuid4())} | more


def test_the_button_gives_the_file_and_writes_the_disclosure(today: World, ines: Client) -> None:
    clinic = recipient(today)
    consent(today, ines)
    answer = signed_in(today.director).post(f"/clients/{ines.pk}/fhir/", fields(to=clinic.pk))
    assert answer.status_code == 200, answer.content
    made = json.loads(answer.content)
    assert wrong_with([made]) == []
    assert made["type"] == "collection"
    assert answer["Content-Disposition"].endswith('.json"')
    row = Disclosure.objects.get()
    assert row.file is not None
    assert (row.client, row.basis, bytes(row.file.content)) == (ines, "CONSENT_TPO", answer.content)


def test_the_client_gets_their_own_copy_on_their_request(today: World, ines: Client) -> None:
    answer = signed_in(today.director).post(
        f"/clients/{ines.pk}/fhir/", fields(to="client", purpose="PATRQT", request="Asked today at the desk")
    )
    assert answer.status_code == 200, answer.content
    assert Disclosure.objects.get().basis == "PATIENT_2_23"


def test_without_a_consent_nothing_leaves_and_the_page_says_why(today: World, ines: Client) -> None:
    answer = signed_in(today.director).post(f"/clients/{ines.pk}/fhir/", fields(to=recipient(today).pk))
    assert answer.status_code == 422
    assert "No consent in force" in answer.content.decode()
    assert Disclosure.objects.count() == 0


@pytest.mark.parametrize(
    "changes", [{"to": "999"}, {"purpose": "x"}, {"classes": []}, {"classes": ["counseling_notes"]}, {"pin": ""}]
)
def test_what_cannot_be_read_is_said_beside_the_field(today: World, ines: Client, changes: dict[str, object]) -> None:
    consent(today, ines)
    asked = fields(to=recipient(today).pk) | changes
    assert signed_in(today.director).post(f"/clients/{ines.pk}/fhir/", asked).status_code == 422
    assert Disclosure.objects.count() == 0


def test_who_may_not_release_does_not_open_it(today: World, ines: Client) -> None:
    assert signed_in(today.facilitator).get(f"/clients/{ines.pk}/fhir/").status_code == 403
    assert signed_in(today.director).get(f"/clients/{ines.pk}/fhir/").status_code == 200
