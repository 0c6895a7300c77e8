"""The board as of a past minute, the wall screen, and what who sees no names is shown."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from beds.actions import stays
from beds.models import BedStay
from staff.rules.capabilities import Role
from tests.browser.conftest import Open
from tests.factories import World, admit, assign, client, person, world

pytestmark = pytest.mark.browser


@pytest.fixture
def today(transactional_db: None) -> World:
    """L. Harmon moved from 1-A to 2-B an hour ago."""
    here = world(datetime.now(UTC))
    admit(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])
    client(here, "Marisol", "Delgado", asks_for="3.5")
    at = here.now - timedelta(hours=1)
    stays.move(by=here.intake, at=at, stay_id=BedStay.objects.get().pk, bed_id=here.beds[3].pk)
    return here


def test_the_board_of_two_hours_ago_is_read_only(open_as: Open, today: World) -> None:
    page = open_as(today.intake, "/beds/")
    then = (today.now - timedelta(hours=2)).astimezone(today.site.tz)
    page.locator("summary", has_text="As of").click()
    page.get_by_label("The board as it was at").fill(f"{then:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".banner")).to_contain_text(f"As it was on {then:%a} {then.day} {then:%b %Y}, {then:%H:%M}.")
    expect(page.locator(f"#bed-{today.beds[0].pk}")).to_contain_text("L. Harmon")
    expect(page.locator(f"#bed-{today.beds[3].pk}")).to_contain_text("Free")
    expect(page.locator("a.bed, .placement, [data-live-state]")).to_have_count(0)
    page.get_by_role("link", name="Back to now").click()
    expect(page.locator(f"#bed-{today.beds[3].pk}")).to_contain_text("L. Harmon")


def test_a_time_that_is_none_is_said_so_and_stays(open_as: Open, today: World) -> None:
    page = open_as(today.intake, "/beds/?at=soon")
    expect(page.get_by_label("The board as it was at")).to_have_value("soon")
    expect(page.locator(".field__error")).to_have_text("Write a date and a time, as in 2026-11-03 02:14.")
    page.get_by_role("link", name="Back to now").click()
    expect(page.locator("a.bed")).to_have_count(4)


def test_a_technician_sees_initials_everywhere(open_as: Open, today: World) -> None:
    technician = assign(person("low", "Terry Low"), today.site, Role.TECHNICIAN, at=today.now)
    page = open_as(technician, "/beds/")
    expect(page.locator(f"#bed-{today.beds[3].pk}")).to_contain_text("L. H.")
    expect(page.locator(".activity")).to_contain_text("L. H. moved from Alder 1-A to Alder 2-B")
    expect(page.locator(".waiting")).to_contain_text("M. D.")
    for name in ("Harmon", "Delgado"):
        expect(page.locator("body")).not_to_contain_text(name)


def test_a_wall_screen_leads_nowhere_but_back(open_as: Open, today: World) -> None:
    page = open_as(today.intake, "/beds/wall/", size=(1440, 900))
    expect(page.locator(f"#bed-{today.beds[3].pk}")).to_contain_text("L. H.")
    expect(page.locator("#main a")).to_have_count(1)
    expect(page.locator(".placement, #main .pill")).to_have_count(0)
