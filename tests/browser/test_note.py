"""A note being written: saved by itself, through a dead network, in two windows, and signed once."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from chart.models import Note, NoteDraft
from programs.models import Episode
from tests.browser.conftest import Open
from tests.factories import World, admit, client, world

pytestmark = pytest.mark.browser
WORDS = "What happened"


@pytest.fixture
def here(transactional_db: None) -> World:
    return world(datetime.now(UTC))


@pytest.fixture
def where(here: World) -> str:
    episode: Episode = admit(here, client(here, "Sara", "Amari"), here.residential, here.beds[0])
    return f"/clients/{episode.client_id}/write/narrative/"


def write(page: Page, words: str) -> None:
    page.get_by_label(WORDS).fill(words)
    page.get_by_label("When it happened").focus()  # leaving the field saves


def saved(page: Page) -> None:
    expect(page.locator("#note-saved")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))


def test_two_windows_a_dead_network_and_one_signature(here: World, where: str, open_as: Open) -> None:
    desk = open_as(here.facilitator, where, size=(768, 1024))
    tablet = open_as(here.facilitator, where, size=(768, 1024))
    desk.get_by_label(WORDS).press_sequentially("Met at ten.")  # and waits: typing alone saves too
    saved(desk)
    assert NoteDraft.objects.get().fields == {"text": "Met at ten."}

    write(tablet, "From the tablet.")
    expect(tablet.get_by_role("alert")).to_contain_text("Nothing was overwritten")
    expect(tablet.get_by_label(f"{WORDS}, as saved there")).to_have_value("Met at ten.")
    tablet.get_by_role("button", name="Take the saved words").click()
    expect(tablet.get_by_label(WORDS, exact=True)).to_have_value("Met at ten.")
    expect(tablet.get_by_label(f"{WORDS}, your words, not saved")).to_have_value("From the tablet.")

    desk.context.set_offline(True)
    write(desk, "Met at ten. Calm.")
    expect(desk.locator("#note-saved")).to_have_text("Not saved yet: trying again.")
    desk.get_by_role("button", name="Sign", exact=True).click()
    expect(desk.locator("#note-saved")).to_contain_text("Your words are kept; press Sign again")
    assert not Note.objects.exists()
    desk.context.set_offline(False)
    saved(desk)
    desk.get_by_role("button", name="Sign", exact=True).click()
    desk.wait_for_url("**/notes/*/")
    expect(desk.get_by_role("article").first).to_contain_text("Met at ten. Calm.")
    assert Note.objects.get().text == "Met at ten. Calm."

    tablet.get_by_role("button", name="Sign", exact=True).click()
    expect(tablet.get_by_role("alert")).to_contain_text("You signed this note at")
    assert Note.objects.count() == 1


def test_words_that_were_not_saved_come_back_after_a_reload(here: World, where: str, open_as: Open) -> None:
    page = open_as(here.facilitator, where)
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/save/", lambda route: route.abort())
    write(page, "Written without a network.")
    expect(page.locator("#note-saved")).to_have_text("Not saved yet: trying again.")
    page.unroute("**/save/")
    page.reload()
    expect(page.get_by_label(WORDS)).to_have_value("Written without a network.")
    saved(page)
    assert NoteDraft.objects.get().fields == {"text": "Written without a network."}
