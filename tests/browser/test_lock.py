"""A screen that nobody touches is covered and emptied, and after the PIN the page is as it was, with what was typed."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from chart.models import NoteDraft
from programs.models import Episode
from tests.browser.conftest import Open
from tests.factories import PIN, World, admit, client, signs, world

pytestmark = pytest.mark.browser
WORDS = "What happened"


@pytest.fixture
def here(transactional_db: None) -> World:
    return world(datetime.now(UTC))


@pytest.fixture
def where(here: World) -> str:
    signs(here.facilitator, here.site, at=here.now - timedelta(days=2))
    episode: Episode = admit(here, client(here, "Sara", "Amari"), here.residential, here.beds[0])
    return f"/clients/{episode.client_id}/write/narrative/"


def untouched(page: Page, minutes: int) -> None:
    """The browser's clock goes on, and nobody touches anything."""
    page.clock.fast_forward(minutes * 60_000)
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    expect(page.locator("#main")).to_have_count(0)


def test_a_draft_is_kept_and_no_client_is_behind_the_lock(here: World, where: str, open_as: Open) -> None:
    page = open_as(here.facilitator, "/staff/pin/", size=(768, 1024))
    page.clock.install()
    page.goto(where)
    page.get_by_label(WORDS).fill("Met at ten.")
    untouched(page, 16)
    for found in (page.content(), page.title()):
        assert "Amari" not in found
        assert "Met at ten" not in found
    assert NoteDraft.objects.get().fields == {"text": "Met at ten."}  # saved by itself, before the page went

    page.get_by_label("Your PIN").fill("0000")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("2 more tries")
    page.get_by_label("Your PIN").fill(PIN)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label(WORDS)).to_have_value("Met at ten.")
    assert "Amari" in page.content()


def test_lock_now_locks_every_tab_and_the_server(here: World, where: str, open_as: Open) -> None:
    page = open_as(here.facilitator, where)
    other = page.context.new_page()
    other.goto("/beds/")
    page.get_by_label(WORDS).fill("Not saved by leaving the field")
    page.locator("summary.menu__button").last.click()
    page.get_by_role("button", name="Lock now").click()
    expect(page.locator("#main")).to_have_count(0)
    expect(other.locator("#main")).to_have_count(0)
    page.wait_for_timeout(300)
    other.goto("/beds/")
    assert "/staff/locked/" in other.url
    other.get_by_label("Your PIN").fill(PIN)
    other.get_by_role("button", name="Go on").click()
    other.wait_for_url("**/beds/")
    page.get_by_label("Your PIN").fill(PIN)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label(WORDS)).to_have_value("Not saved by leaving the field")
