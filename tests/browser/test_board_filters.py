"""Narrowing the board: it survives a reload, follows every live change, and stays while a person is chosen."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from beds.models import Bed, CleaningJob, Closure, Room, Unit
from programs.models import ExpectedDischarge, Program
from tests.browser.conftest import Open
from tests.factories import World, admit, client, world

pytestmark = pytest.mark.browser


@pytest.fixture
def today(transactional_db: None) -> World:
    """Alder: two taken (one leaves in three days), one free, one to clean. Birch: 3.7, women, one free, one closed for five
    days."""
    here = world(datetime.now(UTC))
    admit(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])
    leaving = admit(here, client(here, "Dana", "Petrov"), here.residential, here.beds[2])
    hours = timedelta(hours=1)
    ExpectedDischarge.objects.create(
        episode=leaving, expected_at=here.now + 72 * hours, started_at=here.now - hours, by=here.director
    )
    CleaningJob.objects.create(bed=here.beds[3], started_at=here.now - hours)
    program = Program.objects.create(site=here.site, name="Birch", level="3.7", licensed_capacity=2)
    unit = Unit.objects.create(site=here.site, program=program, name="Birch", gender_policy="women", position=1)
    room = Room.objects.create(unit=unit, name="9")
    here.beds += [Bed.objects.create(room=room, label=label) for label in "AB"]
    back = (here.now + 120 * hours).astimezone(here.site.tz).date()
    Closure.objects.create(bed=here.beds[5], why="plumbing", started_at=here.now - hours, back_on=back)
    client(here, "Marisol", "Delgado", asks_for="3.5")
    return here


def chip(page: Page, name: str) -> Locator:
    """A chip by its word."""
    return page.get_by_role("group", name="Show only").get_by_role("button", name=name, exact=True)


def shown(page: Page, today: World, *numbers: int) -> None:
    """Exactly these beds are to be seen, and the line says how many."""
    for number, bed in enumerate(today.beds):
        card = page.locator(f"#bed-{bed.pk}")
        expect(card).to_be_visible() if number in numbers else expect(card).to_be_hidden()
    if len(numbers) < len(today.beds):
        expect(page.locator("[data-showing]")).to_contain_text(f"Showing {len(numbers)} of {len(today.beds)} beds")


def test_chips_narrow_the_board_and_a_reload_keeps_them(open_as: Open, today: World) -> None:
    page = open_as(today.intake, "/beds/")
    chip(page, "Free now").click()
    shown(page, today, 1, 4)
    expect(page.get_by_role("region", name="Room 2")).to_be_hidden()
    chip(page, "Level 3.5").click()
    shown(page, today, 1)
    expect(page.locator(".unit", has_text="Birch")).to_be_hidden()
    chip(page, "Needs cleaning").click()
    shown(page, today, 1, 3)
    page.reload()
    shown(page, today, 1, 3)
    for name in ("Free now", "Needs cleaning", "Level 3.5"):
        expect(chip(page, name)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-showing-words]")).to_have_attribute("role", "status")
    page.get_by_role("link", name="Show all").click()
    shown(page, today, *range(6))
    expect(page).to_have_url(re.compile(r"/beds/$"))


def test_levels_widen_each_other_and_a_policy_narrows(open_as: Open, today: World) -> None:
    page = open_as(today.intake, "/beds/?level=3.5&level=3.7")
    expect(chip(page, "Level 3.7")).to_have_attribute("aria-pressed", "true")
    shown(page, today, *range(6))
    chip(page, "Women").click()
    shown(page, today, 4, 5)


def test_free_by_a_day_counts_who_leaves_and_what_comes_back(open_as: Open, today: World) -> None:
    page = open_as(today.intake, "/beds/")
    local = today.now.astimezone(today.site.tz).date()
    page.get_by_label("Free by").select_option((local + timedelta(days=2)).isoformat())
    shown(page, today, 1, 3, 4)
    page.get_by_label("Free by").select_option((local + timedelta(days=4)).isoformat())
    shown(page, today, 1, 2, 3, 4)
    page.get_by_label("Free by").select_option((local + timedelta(days=6)).isoformat())
    shown(page, today, 1, 2, 3, 4, 5)
    page.get_by_label("Free by").select_option("")
    shown(page, today, *range(6))


def test_what_a_link_from_last_month_asks_for_is_left_out(open_as: Open, today: World) -> None:
    page = open_as(today.intake, "/beds/?by=2020-01-01&level=9.9")
    shown(page, today, *range(6))
    expect(page.locator("[data-showing]")).to_be_hidden()


def test_a_bed_that_becomes_free_joins_and_one_that_is_taken_goes(open_as: Open, today: World) -> None:
    page = open_as(today.on_unit, "/beds/?free=now")
    shown(page, today, 1, 4)
    expect(page.locator("[data-live-state]")).to_have_attribute("data-live", "live")
    other = open_as(today.intake, "/beds/?free=now")
    other.get_by_role("link", name="M. Delgado").click()
    expect(other).to_have_url(re.compile(r"choose=\d+&free=now"))
    expect(other.locator(f"#bed-{today.beds[1].pk}")).to_have_attribute("data-fit", "fits")
    other.locator(f"#bed-{today.beds[1].pk}").click()
    other.get_by_role("button", name=re.compile("Admit M. Delgado")).click()
    shown(page, today, 4)

    cleaning = open_as(today.housekeeper, "/beds/cleaning/")
    cleaning.get_by_role("button", name="It is clean", exact=True).click()
    shown(page, today, 3, 4)


def test_cancelling_a_move_keeps_the_filters(open_as: Open, today: World) -> None:
    page = open_as(today.intake, "/beds/?level=3.5")
    page.locator(f"#bed-{today.beds[0].pk}").focus()
    page.keyboard.press("m")
    expect(page.locator(".placing")).to_be_visible()
    shown(page, today, 0, 1, 2, 3)
    page.get_by_role("link", name="Cancel", exact=True).click()
    expect(page.locator(".placing")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/beds/\?level=3\.5$"))
    shown(page, today, 0, 1, 2, 3)
