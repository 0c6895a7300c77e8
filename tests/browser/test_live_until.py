"""What the clock alone changes shows on an open board: nobody acts when a hold runs out, and nobody announces it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from playwright.sync_api import expect

from beds.actions import holds
from beds.models import Bed
from programs.models import Client
from tests.browser.conftest import Open
from tests.factories import World, client, world

pytestmark = pytest.mark.browser


@pytest.fixture
def today(transactional_db: None) -> World:
    """The small program, now."""
    return world(datetime.now(UTC))


def hold(here: World, bed: Bed, who: Client, *, seconds: int) -> None:
    """A hold that runs out within the test, made where no event loop runs: Playwright's is in the test's own thread."""
    now = datetime.now(UTC)
    try:
        holds.hold(by=here.intake, at=now, bed_id=bed.pk, client_id=who.pk, until=now + timedelta(seconds=seconds))
    finally:
        connection.close()


def test_a_hold_that_runs_out_frees_the_bed_on_an_open_board(open_as: Open, today: World) -> None:
    bed, kay = today.beds[0], client(today, "Kay", "Osei", asks_for="3.5")
    nurse = open_as(today.on_unit, "/beds/")
    expect(nurse.locator("[data-live-state]")).to_have_attribute("data-live", "live")
    card, free = nurse.locator(f"#bed-{bed.pk}"), nurse.locator(f"#counts-{today.site.pk} .count--free dd")
    expect(free).to_have_text("4")
    nurse.evaluate("window.untouched = true")

    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(hold, today, bed, kay, seconds=8).result()
    expect(card).to_have_attribute("data-state", "held")
    expect(free).to_have_text("3")

    expect(card).to_have_attribute("data-state", "free", timeout=30_000)
    expect(free).to_have_text("4")
    assert nurse.evaluate("window.untouched") is True
