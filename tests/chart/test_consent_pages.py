"""Consents in a chart: begun with what is usual, checked as they are filled in, signed on a locked tablet, revoked, printed."""

import json
from datetime import datetime

import pytest
from django.test import Client as Browser
from django.utils import timezone

from live.access import HANDED_OVER
from privacy.models import Consent, ConsentEvent, Recipient
from privacy.queries.consents import held
from privacy.rules.consents import ConsentType, valid_at
from programs.models import Client
from staff.rules.capabilities import Role
from tests.factories import PIN, World, admit, assign, client, person, signs, world
from tests.factories.consents import consent, recipient, sketch
from tests.factories.plans import SIGNATURE
from tests.signing import signed_in

TABLET = "/clients/hand-over/"
DRAWN = {"strokes": json.dumps(SIGNATURE)}
TPO = {
    "type": "tpo_single", "recipients": "class", "purposes": ["TREAT", "HPAYMT", "HOPERAT"], "expiry": "end_of_treatment",
    "signers": "client", "everywhere": "on", "classes": ["identity", "plan"],
}  # fmt: skip


@pytest.fixture
def now() -> datetime:
    """The pages read the clock."""
    return timezone.now()


@pytest.fixture
def here(db: None, now: datetime) -> World:
    return world(now)


@pytest.fixture
def elin(here: World) -> Client:
    who = client(here, "Elin", "Novak")
    admit(here, who, here.residential, here.beds[0])
    return who


@pytest.fixture
def browser(here: World) -> Browser:
    return signed_in(here.intake)


def taken_back(browser: Browser, here: World) -> str:
    """Where the page leads when the tablet is back."""
    signs(here.intake, here.site, at=here.now)
    answer = browser.post(f"{TABLET}back/", {"pin": PIN})
    assert HANDED_OVER not in browser.session
    return str(answer["Location"])


def test_a_tpo_consent_is_one_tap_and_a_signature(here: World, elin: Client, browser: Browser) -> None:
    begun = browser.get(f"/clients/{elin.pk}/consents/new/").content.decode()
    assert "Nothing is missing. It can be signed." in begun and "Hand over to sign" in begun
    answer = browser.post(f"/clients/{elin.pk}/consents/new/", {**TPO, "act": "hand"})
    assert (answer.status_code, answer["Location"]) == (302, TABLET)
    page = browser.get(TABLET).content.decode()
    assert "<canvas" in page and "You may change your mind" in page and "I have read this" in page
    assert browser.get(f"/clients/{elin.pk}/consents/")["Location"] == TABLET
    assert held([elin.pk], timezone.now()) == ()
    assert browser.post(TABLET, {"strokes": ""}).status_code == 422
    assert browser.post(TABLET, DRAWN).status_code == 302
    assert taken_back(browser, here) == f"/clients/{elin.pk}/consents/"
    (one,) = held([elin.pk], timezone.now())
    assert valid_at(one, timezone.now())
    page = browser.get(f"/clients/{elin.pk}/consents/").content.decode()
    assert "Counts now" in page and "No consent for treatment" not in page


def test_what_is_missing_is_said_before_anything_is_signed(here: World, elin: Client, browser: Browser) -> None:
    clinic = recipient(here)
    sent = {"type": "specific", "act": "check", "expiry": "date", "signers": "client", "purposes": "TREAT"}
    page = browser.post(f"/clients/{elin.pk}/consents/new/", sent).content.decode()
    assert "<html" not in page
    for sentence in ("Name who may get it.", "Tick what may be given.", "Write the day on which it ends."):
        assert sentence in page
    whole = {**sent, "recipients": str(clinic.pk), "classes": "medications", "expires_on": "2099-01-01"}
    assert "Nothing is missing" in browser.post(f"/clients/{elin.pk}/consents/new/", whole).content.decode()
    refused = browser.post(f"/clients/{elin.pk}/consents/new/", {**sent, "act": "write"})
    assert refused.status_code == 422 and not Consent.objects.exists()


@pytest.mark.parametrize("type", list(ConsentType))
def test_every_kind_has_its_page(here: World, elin: Client, browser: Browser, type: ConsentType) -> None:
    answer = browser.get(f"/clients/{elin.pk}/consents/new/?type={type.value}")
    assert answer.status_code == 200 and type.label in answer.content.decode()


def test_somebody_of_theirs_is_added_and_may_be_told(here: World, elin: Client, browser: Browser) -> None:
    sent = {
        "type": "presence_ack",
        "act": "add",
        "new_name": "Ida Novak",
        "new_relation": "Mother",
        "expiry": "end_of_treatment",
    }
    page = browser.post(f"/clients/{elin.pk}/consents/new/", sent).content.decode()
    mother = Recipient.objects.get()
    assert (mother.client, mother.kind) == (elin, "person") and "Ida Novak (Mother)" in page
    again = browser.post(f"/clients/{elin.pk}/consents/new/", sent).content.decode()
    assert "of that name already" in again and Recipient.objects.count() == 1
    consent(here, elin, sketch(ConsentType.PRESENCE_ACK, mother), at=here.now)
    assert "Ida Novak" in browser.get(f"/clients/{elin.pk}/consents/").content.decode()


def test_a_revocation_is_signed_on_the_tablet(here: World, elin: Client, browser: Browser) -> None:
    row = consent(here, elin)
    sheet = f"/clients/{elin.pk}/consents/{row.pk}/revoke/"
    assert browser.get(sheet).status_code == 200
    nothing = browser.post(sheet, {"what": "whole", "words": "", "paper": ""})
    assert nothing.status_code == 422 and "in writing" in nothing.content.decode()
    answer = browser.post(sheet, {"what": "kind:health_plan", "words": "Not the insurer", "hand": "1"})
    assert answer["Location"] == TABLET
    assert "I revoke my consent" in browser.get(TABLET).content.decode()
    browser.post(TABLET, DRAWN)
    event = ConsentEvent.objects.get()
    assert (event.kind, event.scope, event.recipient_kind, event.words) == (
        "revoked",
        "kind",
        "health_plan",
        "Not the insurer",
    )
    assert bool(event.strokes)
    taken_back(browser, here)
    assert "Revoked in part" in browser.get(f"/clients/{elin.pk}/consents/").content.decode()


def test_an_oral_revocation_is_held_and_said_so(here: World, elin: Client, browser: Browser) -> None:
    row = consent(here, elin)
    page = f"/clients/{elin.pk}/consents/{row.pk}/"
    assert browser.post(f"{page}hold/", {"words": ""}).status_code == 422
    assert browser.post(f"{page}hold/", {"words": "Stop it"}).status_code == 302
    shown = browser.get(page).content.decode()
    assert "it is held until they sign" in shown and "They take it back" in shown
    assert "Held: nothing is sent" in browser.get(f"/clients/{elin.pk}/consents/").content.decode()
    assert browser.post(f"{page}lift/", {"words": "Keeps it"}).status_code == 302
    assert valid_at(held([elin.pk], timezone.now())[0], timezone.now())


def test_it_is_printed_with_its_words_and_how_it_stands(here: World, elin: Client, browser: Browser) -> None:
    row = consent(here, elin)
    answer = browser.get(f"/clients/{elin.pk}/consents/{row.pk}/paper/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.getvalue().startswith(b"%PDF") if hasattr(answer, "getvalue") else answer.content.startswith(b"%PDF")


def test_who_may_not_see_a_chart_here_finds_no_consent(here: World, elin: Client) -> None:
    row = consent(here, elin)
    for who, status in ((here.elsewhere, 404), (here.housekeeper, 403)):
        for address in ("", "new/", f"{row.pk}/", f"{row.pk}/paper/", f"{row.pk}/revoke/"):
            assert signed_in(who).get(f"/clients/{elin.pk}/consents/{address}").status_code == status
    assert signed_in(here.prescriber).get(f"/clients/{elin.pk}/consents/").status_code == 200
    assert signed_in(here.prescriber).get(f"/clients/{elin.pk}/consents/new/").status_code == 403
    officer = assign(person("privacy", "Thea Wren"), here.site, Role.PRIVACY, at=here.now)
    assert signed_in(officer).get(f"/clients/{elin.pk}/consents/{row.pk}/").status_code == 200
    assert signed_in(officer).get(f"/clients/{elin.pk}/").status_code == 403


def test_a_consent_of_another_client_is_not_in_this_chart(here: World, elin: Client, browser: Browser) -> None:
    other = client(here, "Sara", "Amari")
    admit(here, other, here.residential, here.beds[1])
    row = consent(here, other)
    assert browser.get(f"/clients/{elin.pk}/consents/{row.pk}/").status_code == 404
    assert browser.post(f"/clients/{elin.pk}/consents/{row.pk}/hand/").status_code == 404
