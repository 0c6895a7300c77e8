"""Job 1: an intake coordinator admits a person; a second open board shows it without a reload."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.factories import World, admit, client, world

pytestmark = pytest.mark.browser


@pytest.fixture
def today(transactional_db: None) -> World:
    """The small program, now."""
    return world(datetime.now(UTC))


def test_an_admission_shows_on_a_second_board_without_a_reload(open_as: Open, today: World) -> None:
    client(today, "Marisol", "Delgado", asks_for="3.5")
    bed = today.beds[0]
    coordinator, nurse = open_as(today.intake, "/beds/"), open_as(today.on_unit, "/beds/")
    expect(nurse.locator("[data-live-state]")).to_have_attribute("data-live", "live")
    expect(nurse.locator(f"#bed-{bed.pk}")).to_contain_text("Free")
    nurse.evaluate("window.untouched = true")

    coordinator.get_by_role("link", name="M. Delgado").click()
    expect(coordinator.locator(f"#bed-{bed.pk}")).to_have_attribute("data-fit", "fits")
    coordinator.locator(f"#bed-{bed.pk}").click()
    coordinator.get_by_role("button", name=re.compile("Admit M. Delgado")).click()

    card = nurse.locator(f"#bed-{bed.pk}")
    expect(card).to_contain_text("M. Delgado")
    expect(nurse.locator(f"#counts-{today.site.pk}")).to_contain_text("1")
    expect(nurse.locator(f"#activity-{today.site.pk}")).to_contain_text("M. Delgado came to Alder 1-A")
    assert nurse.evaluate("window.untouched") is True
    expect(coordinator.locator(f"#bed-{bed.pk}")).to_contain_text("M. Delgado")


def test_the_second_coordinator_is_told_who_has_the_bed(open_as: Open, today: World) -> None:
    client(today, "Marisol", "Delgado", asks_for="3.5")
    client(today, "Rafa", "Whitfield", asks_for="3.5")
    bed = today.beds[0]
    first, second = open_as(today.intake, "/beds/"), open_as(today.director, "/beds/")
    for page, who in ((first, "M. Delgado"), (second, "R. Whitfield")):
        page.get_by_role("link", name=who).click()
        expect(page.locator(f"#bed-{bed.pk}")).to_have_attribute("data-fit", "fits")
        page.locator(f"#bed-{bed.pk}").click()
        expect(page.get_by_role("button", name=re.compile("Admit"))).to_be_visible()
    first.get_by_role("button", name=re.compile("Admit")).click()
    expect(first.locator(f"#bed-{bed.pk}")).to_contain_text("M. Delgado")

    second.get_by_role("button", name=re.compile("Admit")).click()
    expect(second.locator("dialog .findings").first).to_contain_text("M. D. has Alder 1-A. Choose another bed.")


def test_a_dropped_socket_catches_up_when_it_comes_back(open_as: Open, today: World) -> None:
    admit(today, client(today, "Lena", "Harmon"), today.residential, today.beds[1])
    client(today, "Marisol", "Delgado", asks_for="3.5")
    nurse = open_as(today.on_unit, "/beds/")
    expect(nurse.locator("[data-live-state]")).to_have_attribute("data-live", "live")
    nurse.context.set_offline(True)
    nurse.evaluate("window.dispatchEvent(new Event('offline'))")

    coordinator = open_as(today.intake, "/beds/")
    coordinator.get_by_role("link", name="M. Delgado").click()
    expect(coordinator.locator(f"#bed-{today.beds[0].pk}")).to_have_attribute("data-fit", "fits")
    coordinator.locator(f"#bed-{today.beds[0].pk}").click()
    coordinator.get_by_role("button", name=re.compile("Admit")).click()
    expect(coordinator.locator(f"#bed-{today.beds[0].pk}")).to_contain_text("M. Delgado")

    nurse.context.set_offline(False)
    nurse.evaluate("window.dispatchEvent(new Event('online'))")
    expect(nurse.locator(f"#bed-{today.beds[0].pk}")).to_contain_text("M. Delgado", timeout=15_000)


def test_a_session_that_ended_during_a_form_brings_the_text_back(open_as: Open, today: World) -> None:
    from staff.models import SignedIn

    page = open_as(today.intake, "/beds/")
    page.locator(f"#bed-{today.beds[0].pk}").click()
    page.get_by_text("Take out of service").first.click()
    page.get_by_label("Why").fill("The window does not close")
    SignedIn.objects.all().delete()
    page.locator("#close-form .button--main").click()
    page.wait_for_url("**/accounts/login/**")

    today.intake.set_password("a long pass phrase")
    today.intake.save()
    page.get_by_label("User name").fill("clarke")
    page.get_by_label("Password").fill("a long pass phrase")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/beds/")
    page.locator(f"#bed-{today.beds[0].pk}").click()
    page.get_by_text("Take out of service").first.click()
    expect(page.get_by_label("Why")).to_have_value("The window does not close")
