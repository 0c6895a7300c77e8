"""A consent on a tablet: the coordinator sees what is missing, hands the tablet over, the client signs with a finger."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from privacy.models import Consent
from privacy.queries.consents import held
from privacy.rules.consents import valid_at
from tests.browser.conftest import Open
from tests.browser.hands import NAME, draw
from tests.factories import admit, client, world

pytestmark = pytest.mark.browser


def test_a_tpo_consent_is_signed_on_an_upright_tablet(open_as: Open, transactional_db: None) -> None:
    here = world(datetime.now(UTC))
    who = client(here, "Elin", "Novak")
    admit(here, who, here.residential, here.beds[0])
    page = open_as(here.intake, f"/clients/{who.pk}/consents/", size=(768, 1024))
    page.get_by_role("link", name="New consent").click()
    expect(page.get_by_text("Nothing is missing. It can be signed.")).to_be_visible()
    purposes = page.locator("#id_purposes label")
    for each in purposes.all():
        each.click()
    expect(page.get_by_text("Say what it is for.")).to_be_visible()
    purposes.first.click()
    expect(page.get_by_text("Nothing is missing. It can be signed.")).to_be_visible()

    page.get_by_role("button", name="Hand over to sign").click()
    expect(page.get_by_role("heading", name="Consent to share for treatment, payment and operations")).to_be_visible()
    page.goto(f"{page.url.split('/clients/')[0]}/clients/{who.pk}/")
    expect(
        page.get_by_role("heading", name="You may change your mind")
    ).to_be_visible()  # every address leads back to it
    draw(page, *NAME)
    page.get_by_role("button", name="I agree and sign").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    (one,) = held([who.pk], datetime.now(UTC))
    assert valid_at(one, datetime.now(UTC)) and Consent.objects.count() == 1
