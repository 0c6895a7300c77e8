"""A chart as FHIR: valid, whole in itself, and no more than the classes of information allow."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fhir_r4.kinds import KINDS, TYPES
from fhir_r4.queries.chart import chart, everything
from fhir_r4.rules.bundle import bundle
from fhir_r4.rules.elements import Resource
from privacy.rules.classes import ORDINARY, InfoClass
from programs.models import Client
from programs.people import ids_of
from tests.factories import World, client
from tests.fhir_r4.care import cared_for, medicated, merged
from tests.fhir_r4.valid import loose_ends, twice, wrong_with


@pytest.fixture
def ines(here: World) -> Client:
    return cared_for(here)


def of(found: list[Resource], kind: str) -> list[Resource]:
    return [each for each in found if each["resourceType"] == kind]


def one(found: list[Resource], name: str) -> Resource:
    (only,) = [each for each in found if f"{each['resourceType']}/{each['id']}" == name]
    return only


def test_every_resource_is_valid_and_every_reference_leads_somewhere(here: World, ines: Client) -> None:
    merged(here, ines)
    found = chart(ids_of(ines), here.now, ORDINARY)
    assert wrong_with(found) == []
    assert loose_ends(found) == set()
    assert twice(found) == set()
    assert {each["resourceType"] for each in found} == {
        *TYPES,
        "Organization",
        "Practitioner",
        "Location",
        "Medication",
    }


def test_so_is_the_bundle(here: World, ines: Client) -> None:
    found = chart([ines.pk], here.now, ORDINARY)
    made = bundle(
        found, at=here.now, name="one", base="https://stepwell.example/fhir", notice="Protected.", scope="All of it."
    )
    assert wrong_with([made]) == []
    assert made["entry"][0]["resource"]["issue"][0]["details"]["text"] == "Protected."
    assert "total" not in made


@pytest.mark.parametrize("held_back", sorted(ORDINARY))
def test_what_is_held_back_leaves_no_trace(here: World, ines: Client, held_back: InfoClass) -> None:
    found = chart([ines.pk], here.now, ORDINARY - {held_back})
    assert loose_ends(found) == set()
    assert wrong_with(found) == []
    only_there = {name for kind in KINDS if kind.info is held_back for name in kind.types}
    elsewhere = {name for kind in KINDS if kind.info is not held_back for name in kind.types}
    assert not (only_there - elsewhere - {"Patient"}) & {each["resourceType"] for each in found}


def test_without_identity_the_client_is_a_stub(here: World, ines: Client) -> None:
    (who,) = of(chart([ines.pk], here.now, ORDINARY - {InfoClass.IDENTITY}), "Patient")
    assert set(who) == {"resourceType", "id", "meta"}


def test_bed_history_and_leaves_stand_in_the_encounter(here: World, ines: Client) -> None:
    episode = ines.episodes.get()
    (stay,) = [each for each in of(chart([ines.pk], here.now, ORDINARY), "Encounter") if each["class"]["code"] == "IMP"]
    assert [(each["location"]["reference"], each["status"]) for each in stay["location"]] == [
        (f"Location/bed-{here.beds[0].pk}", "completed"),
        (f"Location/bed-{here.beds[1].pk}", "active"),
    ]
    assert [each["status"] for each in stay["statusHistory"]] == ["in-progress", "onleave", "in-progress", "onleave"]
    assert stay["status"] == "onleave"
    assert stay["period"] == {"start": episode.started_at.isoformat().replace("+00:00", "Z")}


def test_a_corrected_dose_is_entered_in_error_and_the_newer_names_it(here: World, ines: Client) -> None:
    found = chart([ines.pk], here.now, ORDINARY)
    doses = {each["id"]: each for each in of(found, "MedicationAdministration")}
    states = [each["status"] for each in doses.values()]
    assert sorted(states) == ["completed", "completed", "entered-in-error", "entered-in-error"]
    (refused,) = [each for each in doses.values() if each.get("statusReason")]
    assert refused["statusReason"][0]["text"] == "Asleep, did not want to be woken"
    newer = [each for each in of(found, "Provenance") if each["id"].startswith("dose-") and each.get("entity")]
    assert [each["entity"][0]["what"]["reference"] for each in newer] == [f"MedicationAdministration/{refused['id']}"]
    undone = [each for each in of(found, "Provenance") if each["activity"]["coding"][0]["code"] == "NULLIFY"]
    assert [each["reason"][0]["text"] for each in undone] == ["Wrong person"]


def test_notes_say_what_became_of_them(here: World, ines: Client) -> None:
    notes = of(chart([ines.pk], here.now, ORDINARY), "DocumentReference")
    by_text = {base64.b64decode(each["content"][0]["attachment"]["data"]).decode(): each for each in notes}
    assert by_text['Slept "well" & <ate>.']["status"] == "superseded"
    assert by_text["Slept badly."]["status"] == "entered-in-error"
    assert by_text["And drank."]["relatesTo"][0]["code"] == "appends"
    assert by_text["Topic and interventions\nOf topic.\n\nOwn part\nOf member."]["docStatus"] == "final"


def test_no_known_allergies_is_said_and_ends(here: World, ines: Client) -> None:
    none = [
        each
        for each in of(chart([ines.pk], here.now, ORDINARY), "AllergyIntolerance")
        if each["id"].startswith("none-")
    ]
    assert [each["clinicalStatus"]["coding"][0]["code"] for each in none] == ["inactive"]


def test_a_scale_says_numbers_by_code_and_no_words_of_its_items(here: World, ines: Client) -> None:
    scored = [
        each for each in of(chart([ines.pk], here.now, ORDINARY), "Observation") if each["id"].startswith("score-")
    ]
    assert [(each["status"], each["valueInteger"]) for each in scored] == [("entered-in-error", 3), ("corrected", 4)]
    assert all(
        "display" not in code for each in scored for part in each["component"] for code in part["code"]["coding"]
    )


def test_a_merged_record_points_to_the_one_that_stays(here: World, ines: Client) -> None:
    old = merged(here, ines)
    found = chart(ids_of(ines), here.now, ORDINARY)
    assert one(found, f"Patient/{old.pk}")["link"][0] == {
        "other": {"reference": f"Patient/{ines.pk}"},
        "type": "replaced-by",
    }
    assert one(found, f"Patient/{ines.pk}")["link"][0]["type"] == "replaces"


def asked(*about: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        list(everything(*about))
    return len(captured)


def test_three_clients_with_a_long_history_cost_as_many_queries_as_one(here: World, ines: Client) -> None:
    alone = asked([ines.pk], here.now)
    long = cared_for(here, "Lena", "Long", bed=2)
    medicated(here, long.episodes.get(), long.episodes.get().started_at + timedelta(minutes=7), doses=40)
    quiet = client(here, "Quiet", "One")
    assert asked([ines.pk, long.pk, quiet.pk], here.now) == alone
    assert asked([quiet.pk], here.now) <= alone


def test_who_was_never_here_has_a_patient_and_nothing_else(here: World) -> None:
    who = client(here, "Nobody", "Yet")
    assert {each["resourceType"] for each in chart([who.pk], here.now, ORDINARY)} == {"Patient", "Organization"}


def test_counseling_notes_are_no_kind() -> None:
    assert InfoClass.COUNSELING_NOTES not in {kind.info for kind in KINDS}
