"""Restrictions of 42 CFR 2.26: asked, decided, ended; the gate refuses what meets one; what was paid in full stays back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.rules.findings import Refused
from privacy.actions.restrictions import ask_restriction, step_restriction
from privacy.models import Disclosure, RestrictionRequest, RestrictionStep
from privacy.queries.gate import look
from privacy.queries.restrictions import in_force, waiting
from privacy.rules.classes import InfoClass, Purpose, RecipientKind
from programs.models import Client
from staff.access import NotAllowed
from tests.factories import World, admit, client, signs
from tests.privacy.gate_rows import DAY, consent, going, recipient
from tests.privacy.test_release import refused, send
from tests.signing import signed_in

C = InfoClass


@pytest.fixture
def sara(here: World) -> Client:
    signs(here.director, here.site, at=here.now)
    who = client(here, "Sara", "Amari")
    admit(here, who, here.residential, here.beds[0])
    return who


def asks(here: World, who: Client, **more: object) -> RestrictionRequest:
    fields: dict[str, object] = {
        "how": "oral", "words": "Not my medications to that clinic", "purposes": ["TREAT"], "classes": ["medications"],
    } | more  # fmt: skip
    return ask_restriction(by=here.director, at=here.now - 9 * DAY, site=here.site, client_id=who.pk, **fields)  # type: ignore[arg-type]


def step(here: World, row: RestrictionRequest, kind: str, before: int = 8, **more: Any) -> RestrictionStep:
    return step_restriction(by=here.director, at=here.now - before * DAY, request_id=row.pk, kind=kind, **more)


def codes(call: object) -> list[str]:
    with pytest.raises(Refused) as error:
        call()  # type: ignore[operator]
    return [each.code for each in error.value.findings]


def test_a_release_that_meets_an_agreed_restriction_is_refused_with_its_sentence(here: World, sara: Client) -> None:
    clinic = recipient(here)
    consent(here, sara)
    row = asks(here, sara, recipient_id=clinic.pk)
    assert [each.row for each in waiting({here.site.pk}, here.now)] == [row] and in_force([sara.pk], here.now) == ()
    assert look(going(here, sara, clinic), here.now).decision.allowed, "asked is not agreed"
    step(here, row, "agreed")
    assert waiting({here.site.pk}, here.now) == ()
    assert refused(here, going(here, sara, clinic)) == ["disclosure.restricted"]
    [finding] = look(going(here, sara, clinic), here.now).decision.findings
    assert finding.message.startswith("The client asked that Medications: orders and doses not go to Harbour Clinic")
    assert send(here, going(here, sara, clinic, classes=frozenset({C.IDENTITY, C.ALLERGIES}))).basis == "CONSENT_TPO"
    other = recipient(here, "Other Clinic")
    assert look(going(here, sara, other), here.now).decision.allowed


def test_a_declined_one_says_why_and_keeps_nothing_back(here: World, sara: Client) -> None:
    row = asks(here, sara)
    assert codes(lambda: step(here, row, "declined")) == ["restriction.reason"]
    step(here, row, "declined", reason="The clinic treats them and needs it")
    assert in_force([sara.pk], here.now) == ()
    assert codes(lambda: step(here, row, "agreed")) == ["restriction.decided"]
    assert codes(lambda: step(here, row, "ended_oral", reason="x")) == ["restriction.not_agreed"]


def test_what_was_paid_in_full_must_be_agreed_and_only_the_client_ends_it(here: World, sara: Client) -> None:
    paid = {"recipient_kind": "health_plan", "purposes": ["HPAYMT", "HOPERAT"], "classes": [], "paid_in_full": True}
    assert codes(lambda: asks(here, sara, **paid)) == ["restriction.evidence"]
    assert codes(lambda: asks(here, sara, paid_in_full=True, evidence="Receipt 4")) == ["restriction.paid_from_plans"]
    row = asks(here, sara, evidence="Receipt 4", **paid)
    assert codes(lambda: step(here, row, "declined", reason="Not now")) == ["restriction.must_agree"]
    step(here, row, "agreed")
    plan = recipient(here, "Lakes Plan", RecipientKind.HEALTH_PLAN)
    consent(here, sara)
    billed = going(here, sara, plan, purpose=Purpose.HPAYMT, classes=frozenset({C.IDENTITY, C.BILLING}))
    assert refused(here, billed) == ["disclosure.restricted"]
    assert codes(lambda: step(here, row, "ended_program", 7, reason="Told")) == ["restriction.only_the_client"]
    assert codes(lambda: step(here, row, "ended_written", 7)) == ["restriction.paper"]
    step(here, row, "ended_written", 7, paper="Binder 4")
    assert look(billed, here.now).decision.allowed


def test_what_the_program_ends_stays_back_for_what_was_recorded_before(here: World, sara: Client) -> None:
    clinic = recipient(here)
    consent(here, sara)
    row = asks(here, sara, classes=["notes", "medications"])
    step(here, row, "agreed")
    step(here, row, "ended_program", 3, reason="Cannot be kept apart any more; the client was told")
    today = here.now.astimezone(here.site.tz).date()
    notes = going(here, sara, clinic, classes=frozenset({C.IDENTITY, C.NOTES}))
    assert refused(here, notes) == ["disclosure.restricted"], "a release without a first day may hold anything"
    assert refused(here, replace(notes, first=today - timedelta(4))) == ["disclosure.restricted"]
    assert look(replace(notes, first=today - timedelta(3)), here.now).decision.allowed
    standing = replace(going(here, sara, clinic), first=today)
    assert refused(here, standing) == ["disclosure.restricted"], (
        "medications are told as they stand, with what was before"
    )
    step(here, row, "ended_oral", 1, reason="They do not want it any more")
    assert look(notes, here.now).decision.allowed


def test_a_technician_neither_writes_nor_decides_and_a_nurse_does_not_decide(here: World, sara: Client) -> None:
    row = asks(here, sara)
    with pytest.raises(NotAllowed):
        step_restriction(by=here.intake, at=here.now, request_id=row.pk, kind="agreed")


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "declined", "mandatory": True, "reason": "No"},
        {"kind": "ended_program", "mandatory": True, "reason": "No"},
        {"kind": "declined", "mandatory": False, "reason": " "},
        {"kind": "ended_written", "mandatory": False, "paper": ""},
        {"kind": "thrown away", "mandatory": False, "reason": "x"},
    ],
)
def test_the_database_refuses_a_step_that_the_rule_would(here: World, sara: Client, fields: dict[str, object]) -> None:
    row = asks(here, sara)
    with pytest.raises(IntegrityError), transaction.atomic():
        RestrictionStep.objects.create(request=row, at=here.now, by=here.director, **fields)


def test_nothing_of_it_is_changed_or_deleted(here: World, sara: Client) -> None:
    row = asks(here, sara)
    made = step(here, row, "agreed")
    for each in (RestrictionRequest.objects.filter(pk=row.pk), RestrictionStep.objects.filter(pk=made.pk)):
        with pytest.raises(IntegrityError), transaction.atomic():
            each.update(at=here.now)
        with pytest.raises(IntegrityError), transaction.atomic():
            each.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        RestrictionRequest.objects.create(
            client=sara, site=here.site, how="oral", words="x", purposes=["TREAT"], paid_in_full=True, at=here.now, by=here.director
        )  # fmt: skip
    assert not Disclosure.objects.exists()


def test_it_is_asked_decided_and_ended_on_pages(here: World, sara: Client) -> None:
    browser, at = signed_in(here.director), f"/clients/{sara.pk}/consents/restrictions/"
    typed = {"words": "Nothing to my employer", "how": "written", "purposes": ["HOPERAT"], "kind": "employer"}
    assert "Choose at least one" in browser.post(f"{at}ask/", typed | {"purposes": []}).content.decode()
    assert browser.post(f"{at}ask/", typed).status_code == 302
    row = RestrictionRequest.objects.get()
    assert "Not decided" in browser.get(at).content.decode()
    assert sara.record_number in browser.get("/privacy/duties/").content.decode()
    assert "the client is told" in browser.post(f"{at}{row.pk}/decide/", {"decision": "declined"}).content.decode()
    assert browser.post(f"{at}{row.pk}/decide/", {"decision": "agreed"}).status_code == 302
    assert "Kept back" in browser.get(at).content.decode()
    assert browser.post(f"{at}{row.pk}/end/", {"how": "ended_oral", "reason": "They said so"}).status_code == 302
    assert "Does not count" in browser.get(at).content.decode()
