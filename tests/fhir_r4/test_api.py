"""Another system reads: what a consent in force lets out, each time through the gate, and the same nothing for all else."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Session

from audit.models import Event
from fhir_r4.models import Interface
from fhir_r4.rules.labels import ALWAYS
from privacy.models import Disclosure
from privacy.rules.classes import InfoClass
from programs.models import Client
from staff.models import ServiceToken
from staff.rules.services import Scope
from tests.factories import World, admit, client, world
from tests.fhir_r4.asking import Asks
from tests.fhir_r4.care import cared_for, merged
from tests.fhir_r4.valid import loose_ends, wrong_with
from tests.privacy.gate_rows import consent, revoke

DAY = timedelta(days=1)


@pytest.fixture
def today(db: None) -> World:
    """The interface reads the clock itself."""
    return world(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def ines(today: World) -> Client:
    return cared_for(today)


@pytest.fixture
def clinic(today: World) -> Asks:
    return Asks(today)


def resources(answer: Any) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in json.loads(answer.content)["entry"]]


def test_a_chart_goes_out_on_a_consent_with_notice_labels_and_one_disclosure(
    today: World, ines: Client, clinic: Asks
) -> None:
    signed = consent(today, ines)
    answer = clinic.get(f"Patient/{ines.pk}/$everything")
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
        200,
        "application/fhir+json",
        "no-store",
    )
    made, found = json.loads(answer.content), resources(answer)
    assert wrong_with([made]) == []
    assert loose_ends(found) == set()
    assert all(
        {each["code"] for each in ALWAYS} <= {code["code"] for code in part["meta"]["security"]}
        for part in [made, *found]
    )
    assert "42 CFR part 2" in found[0]["issue"][0]["details"]["text"]
    assert "Scope of the consent" in found[0]["issue"][1]["details"]["text"]
    assert "total" not in made
    row = Disclosure.objects.get()
    assert (row.client, row.consent, row.channel, row.recipient_name) == (ines, signed, "api", "Harbour Clinic")
    assert (row.size > 0, row.notice_version, row.by_id) == (True, "2.32-long-2024", clinic.account.person_id)
    assert InfoClass.BILLING not in row.classes


def test_only_what_the_consent_names_goes(today: World, ines: Client, clinic: Asks) -> None:
    consent(today, ines, clinic.to, classes=[InfoClass.IDENTITY, InfoClass.ALLERGIES])
    kinds = {each["resourceType"] for each in resources(clinic.get(f"Patient/{ines.pk}/$everything"))}
    assert kinds == {"OperationOutcome", "Patient", "AllergyIntolerance", "Provenance", "Practitioner", "Organization"}
    assert clinic.get(f"Observation?patient={ines.pk}").status_code == 404


def test_search_and_read_are_each_a_disclosure(today: World, ines: Client, clinic: Asks) -> None:
    consent(today, ines)
    found = resources(clinic.get(f"AllergyIntolerance?patient=Patient/{ines.pk}"))
    assert [each["resourceType"] for each in found] == ["OperationOutcome", *["AllergyIntolerance"] * 3]
    one = clinic.get(f"AllergyIntolerance/{found[1]['id']}")
    assert json.loads(one.content) == found[1]
    assert [row.summary for row in Disclosure.objects.order_by("pk")] == ["FHIR: AllergyIntolerance"] * 2
    assert sorted(Disclosure.objects.latest("pk").classes) == ["allergies", "identity"]


@pytest.mark.parametrize("address", [
    "Patient/{}/$everything", "Patient/{}", "Observation?patient={}", "Encounter?patient=Patient/{}", "Consent?patient={}",
])  # fmt: skip
def test_hidden_unknown_and_elsewhere_answer_alike(today: World, ines: Client, clinic: Asks, address: str) -> None:
    elsewhere = client(today, "Zoe", "Far")
    without = clinic.get(address.format(ines.pk))
    nobody, far, odd = (clinic.get(address.format(who)) for who in (987654321, elsewhere.pk, "x'--"))
    answers = [(each.status_code, each.content) for each in (without, nobody, far, odd)]
    assert len(set(answers)) == 1
    assert answers[0][0] == 404
    assert Disclosure.objects.count() == 0


def test_a_refused_read_stands_on_the_trail(today: World, ines: Client, clinic: Asks) -> None:
    clinic.get(f"Patient/{ines.pk}/$everything")
    refused = Event.objects.get(verb="privacy.refused")
    assert (refused.client_id, refused.detail["codes"]) == (ines.pk, ["disclosure.no_consent"])


def test_a_revoked_consent_ends_it_at_once(today: World, ines: Client, clinic: Asks) -> None:
    signed = consent(today, ines)
    assert clinic.get(f"Patient/{ines.pk}").status_code == 200
    revoke(today, signed, today.now - timedelta(seconds=1))
    assert clinic.get(f"Patient/{ines.pk}").status_code == 404


def test_an_interface_that_ended_or_a_token_that_did_reads_nothing(today: World, ines: Client, clinic: Asks) -> None:
    consent(today, ines)
    Interface.objects.update(ended_at=today.now)
    assert clinic.get(f"Patient/{ines.pk}").status_code == 404
    ServiceToken.objects.update(revoked_at=today.now, revoked_by=today.director)
    assert clinic.get(f"Patient/{ines.pk}").status_code == 401
    assert Session().get(f"/fhir/Patient/{ines.pk}").status_code == 401


def test_another_scope_is_told_what_it_lacks(today: World, ines: Client) -> None:
    answer = Asks(today, Scope.FHIR_EXPORT).get(f"Patient/{ines.pk}")
    assert answer.status_code == 403
    assert "fhir.read" in json.loads(answer.content)["issue"][0]["details"]["text"]


def test_an_account_of_one_site_reads_that_sites_clients_alone(today: World, ines: Client) -> None:
    consent(today, ines)
    assert Asks(today, site=today.other_site).get(f"Patient/{ines.pk}").status_code == 404


def test_what_was_merged_is_read_under_the_record_that_stays(today: World, ines: Client, clinic: Asks) -> None:
    old = merged(today, ines)
    consent(today, ines)
    found = resources(clinic.get(f"Patient/{old.pk}/$everything"))
    assert {each["id"] for each in found if each["resourceType"] == "Patient"} == {str(ines.pk), str(old.pk)}
    assert Disclosure.objects.get().client == ines


def test_places_people_and_medications_are_read_by_their_id(today: World, ines: Client, clinic: Asks) -> None:
    for name in (
        f"Location/bed-{today.beds[0].pk}",
        f"Practitioner/{today.on_unit.pk}",
        f"Location/site-{today.site.pk}",
    ):
        answer = clinic.get(name)
        assert (answer.status_code, wrong_with([json.loads(answer.content)])) == (200, [])
    assert clinic.get("Practitioner/987654321").status_code == 404
    assert clinic.get("Location/attic-1").status_code == 404
    assert Disclosure.objects.count() == 0


def test_it_says_what_it_can_without_a_token(db: None) -> None:
    made = json.loads(Session().get("/fhir/metadata").content)
    assert wrong_with([made | {"id": "one"}]) == []
    assert "CarePlan" in {each["type"] for each in made["rest"][0]["resource"]}


def test_nothing_is_written_by_it(today: World, ines: Client, clinic: Asks) -> None:
    answer = Session().post("/fhir/Patient/1", headers={"Authorization": f"Bearer {clinic.token}"})
    assert answer.status_code == 405


def test_an_interface_has_an_ordinary_purpose_and_one_recipient_at_a_time(today: World, clinic: Asks) -> None:
    for purpose, name in (("HLEGAL", "fhir_interface_ordinary_purpose"), ("TREAT", "fhir_interface_once")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            started = today.now if purpose == "TREAT" else today.now + 99 * DAY
            Interface.objects.create(
                account=clinic.account, recipient=clinic.to, purpose=purpose, started_at=started, by=today.director
            )


def test_who_never_was_anywhere_is_nobody(today: World, clinic: Asks) -> None:
    who = client(today, "Only", "Listed")
    consent(today, who)
    assert clinic.get(f"Patient/{who.pk}").status_code == 404
    admit(today, who, today.iop)
    assert clinic.get(f"Patient/{who.pk}").status_code == 200
