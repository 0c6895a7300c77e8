"""A medical emergency: the paper at once, what was told by telephone afterwards, and a task until its facts are whole (2.51)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from audit.rules.findings import Refused
from chart.actions.emergency import emergency_paper, keep_call
from chart.actions.tasks import finish_task
from chart.models import Task
from privacy.actions.breaches import keep_incident
from privacy.actions.release import PURPOSE
from privacy.actions.restrictions import ask_restriction, step_restriction
from privacy.models import Disclosure, EmergencyCall, Recipient
from programs.models import Client
from tests.documents.reading import words
from tests.factories import World, admit, client, signs
from tests.factories.people import PIN, proof_of
from tests.privacy.gate_rows import DAY, recipient
from tests.signing import signed_in

WHOLE = {
    "facility": "City Hospital", "personnel": "Dr. Wu", "medical": True, "nature": "Unconscious", "discloser": "RN Cole",
    "classes": ["medications", "allergies"],
}  # fmt: skip


@pytest.fixture
def sara(here: World) -> Client:
    signs(here.director, here.site, at=here.now)
    who = client(here, "Sara", "Amari")
    admit(here, who, here.residential, here.beds[0])
    return who


def tells(here: World, who: Client, after: timedelta = timedelta(), **more: object) -> EmergencyCall:
    fields: dict[str, object] = WHOLE | {"told_at": here.now - timedelta(minutes=5)} | more
    return keep_call(by=here.director, at=here.now + after, client_id=who.pk, site=here.site, **fields)  # type: ignore[arg-type]


def prints(here: World, who: Client, **more: object) -> Disclosure:
    fields = {name: value for name, value in WHOLE.items() if name != "discloser"} | more
    proof = proof_of(here.director, here.site, at=here.now, purpose=PURPOSE)
    return emergency_paper(by=here.director, at=here.now, client=who, site=here.site, proof_id=proof.pk, **fields)  # type: ignore[arg-type]


def fields_of(error: pytest.ExceptionInfo[Refused]) -> list[object]:
    return [each.detail.get("field") for each in error.value.findings]


def test_the_paper_goes_to_medical_personnel_with_its_four_facts(here: World, sara: Client) -> None:
    row = prints(here, sara)
    assert (row.basis, row.purpose, row.recipient_name) == ("EMERGENCY_2_51A", "ETREAT", "City Hospital")
    assert row.ground["personnel"] == "Dr. Wu" and row.ground["facility"] == "City Hospital"
    assert (
        row.ground["discloser"] == here.director.signature
        and row.ground["nature"] == "Unconscious"
        and row.ground["when"]
    )
    assert Recipient.objects.get(name="City Hospital").medical
    assert prints(here, sara, facility="city hospital").recipient == row.recipient


def test_nobody_else_is_told_and_no_fact_may_be_missing(here: World, sara: Client) -> None:
    recipient(here, "City Police")
    for more, field in (
        ({"facility": "City Police"}, "facility"),
        ({"medical": False}, "medical"),
        ({"facility": " "}, "facility"),
    ):
        with pytest.raises(Refused) as error:
            prints(here, sara, **more)
        assert fields_of(error) == [field]
    with pytest.raises(Refused) as error:
        prints(here, sara, personnel="")
    assert [each.code for each in error.value.findings] == ["ground.emergency_incomplete"]
    for beyond in ("counseling_notes", "notes"):
        with pytest.raises(Refused) as error:
            prints(here, sara, classes=[beyond])
        assert [each.code for each in error.value.findings] == ["emergency.beyond"]
    assert not Disclosure.objects.exists()


def test_what_is_restricted_goes_along_and_the_hospital_is_asked_to_leave_it_there(here: World, sara: Client) -> None:
    row = ask_restriction(
        by=here.director, at=here.now - DAY, site=here.site, client_id=sara.pk, how="oral", words="Nobody", purposes=["TREAT"],
    )  # fmt: skip
    step_restriction(by=here.director, at=here.now - DAY, request_id=row.pk, kind="agreed")
    made = prints(here, sara)
    assert made.file is not None
    said = " ".join(words(bytes(made.file.content)).split())
    assert "City Hospital is asked not to use or disclose it further" in said
    assert "say so too" in signed_in(here.director).get(f"/clients/{sara.pk}/emergency/").content.decode()


def test_what_was_told_by_telephone_is_a_disclosure_of_that_instant(here: World, sara: Client) -> None:
    call = tells(here, sara)
    row = call.disclosure
    assert row is not None and (row.channel, row.size, row.at) == ("oral", 0, call.told_at)
    assert (
        row.classes == ["identity", "medications", "allergies"] and not Task.objects.filter(kind="emergency").exists()
    )


def test_a_task_stays_open_until_its_facts_are_whole(here: World, sara: Client) -> None:
    call = tells(here, sara, personnel="", nature="")
    task = Task.objects.get(kind="emergency")
    assert call.disclosure is None and task.done_at is None and task.line == "Missing: personnel, nature"
    assert task.due_at == here.now + timedelta(hours=1) and not Disclosure.objects.exists()
    with pytest.raises(Refused) as error:
        tells(here, sara, timedelta(minutes=1), call_id=call.pk, personnel="")
    assert fields_of(error) == ["personnel"]
    with pytest.raises(Refused) as error:
        finish_task(by=here.director, at=here.now + timedelta(minutes=1), task_id=task.pk, outcome="Never mind")
    assert [each.code for each in error.value.findings] == ["task.emergency"]
    tells(here, sara, timedelta(minutes=2), call_id=call.pk)
    task.refresh_from_db()
    assert task.done_at == here.now + timedelta(minutes=2) and Disclosure.objects.count() == 1
    with pytest.raises(Refused) as error:
        tells(here, sara, timedelta(minutes=3), call_id=call.pk)
    assert [each.code for each in error.value.findings] == ["emergency.whole"]


def test_what_went_to_somebody_else_is_an_incident_and_then_the_task_can_end(here: World, sara: Client) -> None:
    call = tells(here, sara, facility="City Police", medical=False)
    task = Task.objects.get(kind="emergency")
    row = keep_incident(
        by=here.director, at=here.now, site=here.site, what="Told to the police", discovered_at=here.now, people=1, call_id=call.pk
    )  # fmt: skip
    assert row.concerned.get().client == sara
    finish_task(by=here.director, at=here.now, task_id=task.pk, outcome=f"Incident {row.pk}")
    with pytest.raises(Refused):
        keep_incident(
            by=here.director, at=here.now, site=here.site, what="Again", discovered_at=here.now, people=1, call_id=call.pk
        )  # fmt: skip


def test_the_same_key_writes_it_once(here: World, sara: Client) -> None:
    key = uuid4()
    assert tells(here, sara, key=key) == tells(here, sara, timedelta(seconds=3), key=key)
    assert EmergencyCall.objects.count() == Disclosure.objects.count() == 1


def test_the_database_keeps_what_was_first_written(here: World, sara: Client) -> None:
    call = tells(here, sara, nature="")
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyCall.objects.filter(pk=call.pk).update(nature="x")
    for classes in ([], ["counseling_notes"]):
        with pytest.raises(IntegrityError), transaction.atomic():
            EmergencyCall.objects.create(client=sara, site=here.site, classes=classes, at=here.now, by=here.director)


def test_both_are_done_on_pages(here: World, sara: Client) -> None:
    browser, at = signed_in(here.director), f"/clients/{sara.pk}/emergency/"
    typed = {
        "facility": "City Hospital",
        "personnel": "Dr. Wu",
        "medical": "on",
        "nature": "Fell",
        "classes": ["allergies"],
    }
    assert browser.post(at, typed | {"pin": "000000", "key": str(uuid4())}).status_code == 422
    sent = browser.post(at, typed | {"pin": PIN, "key": str(uuid4())})
    assert sent.status_code == 302 and "Rests on" in browser.get(sent["Location"]).content.decode()
    told = browser.post(f"{at}call/", typed | {"nature": "", "discloser": "RN Cole"})
    assert told["Location"] == at
    call = EmergencyCall.objects.get()
    assert "its facts are not whole" in browser.get(at).content.decode()
    assert "Complete" in browser.get("/privacy/duties/").content.decode()
    hour = f"{here.now.astimezone(here.site.tz) - timedelta(minutes=9):%Y-%m-%dT%H:%M}"
    whole = browser.post(f"{at}{call.pk}/", typed | {"discloser": "RN Cole", "told_at": hour})
    assert whole.status_code == 302 and "told by word" in browser.get(whole["Location"]).content.decode()
