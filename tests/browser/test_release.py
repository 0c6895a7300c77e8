"""A record is released: refused with its reason while there is no consent, then let go with the notice of the law."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from chart.models import Allergy
from privacy.models import Disclosure
from privacy.rules.notices import notice_named
from tests.browser.conftest import Open
from tests.documents.reading import words
from tests.factories import PIN, World, admit, client, signs, world
from tests.privacy.gate_rows import DAY, consent, recipient

pytestmark = pytest.mark.browser


@pytest.fixture
def here(transactional_db: None) -> World:
    return world(datetime.now(UTC))


def test_refused_without_consent_and_released_after_it(here: World, open_as: Open) -> None:
    signs(here.director, here.site, at=here.now)
    who = client(here, "Sara", "Amari")
    admit(here, who, here.residential, here.beds[0])
    Allergy.objects.create(client=who, substance="penicillin", reaction="hives", noted_at=here.now - DAY)
    clinic = recipient(here)
    page = open_as(here.director, f"/clients/{who.pk}/papers/", size=(1024, 768))
    page.get_by_role("link", name="Release").click()
    page.get_by_label("To", exact=True).select_option(str(clinic.pk))
    page.get_by_label("Purpose").select_option("TREAT")
    page.locator("label.check", has_text="Allergies").click()
    gate = page.locator("#gate")
    expect(gate).to_contain_text("No consent in force lets this go to Harbour Clinic for treatment.")
    page.get_by_label("Your PIN").fill(PIN)
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was released")
    assert not Disclosure.objects.exists()

    consent(here, who)
    page.locator("label.check", has_text="Medications: orders and doses").click()
    expect(gate).to_contain_text("May go")
    expect(gate).to_contain_text("The long notice of 42 CFR 2.32.")
    page.get_by_label("Your PIN").fill(PIN)
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_role("heading", name="Released")).to_be_visible()
    address = page.get_by_role("link", name="The file").get_attribute("href")
    file = page.request.get(f"{page.url.split('/clients/')[0]}{address}").body()
    text = words(file)
    assert " ".join(notice_named("2.32-long-2024").text.split()) in text and "penicillin" in text
    assert Disclosure.objects.get().recipient == clinic
