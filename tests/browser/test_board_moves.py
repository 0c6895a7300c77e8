"""Moving and swapping by mouse, by touch and by keyboard; a second open board sees each without a reload."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from beds.models import Bed
from staff.rules.capabilities import Role
from tests.browser.conftest import Open
from tests.browser.hands import Finger, drag_by_mouse, drag_by_touch, middle
from tests.factories import World, admit, assign, client, person, world

pytestmark = pytest.mark.browser


@pytest.fixture
def today(transactional_db: None) -> World:
    """The small program, now: L. Harmon in 1-A, D. Petrov in 2-A; M. Delgado asks for a bed."""
    here = world(datetime.now(UTC))
    admit(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])
    admit(here, client(here, "Dana", "Petrov"), here.residential, here.beds[2])
    client(here, "Marisol", "Delgado", asks_for="3.5")
    return here


def bed(page: Page, which: Bed) -> Locator:
    """The card of a bed."""
    return page.locator(f"#bed-{which.pk}")


def watching(open_as: Open, today: World) -> Page:
    """A second open board, live."""
    page = open_as(today.on_unit, "/beds/")
    expect(page.locator("[data-live-state]")).to_have_attribute("data-live", "live")
    page.evaluate("window.untouched = true")
    return page


def confirm(page: Page, words: str) -> None:
    """The sheet that opened asks; nothing moved until now."""
    page.get_by_role("button", name=re.compile(words)).click()


def scrolled(page: Page) -> None:
    """The page is no longer at its top."""
    for _ in range(50):
        if page.evaluate("scrollY") > 0:
            return
        page.wait_for_timeout(100)
    pytest.fail("the page did not scroll")


def moved(page: Page, other: Page, old: Bed, new: Bed) -> None:
    """Both boards show L. Harmon in the new bed and the old one to clean, and nobody moves any more."""
    for each in (page, other):
        expect(bed(each, new)).to_contain_text("L. Harmon")
        expect(bed(each, old)).to_contain_text("To clean")
    expect(page.locator("#main")).not_to_have_attribute("data-choosing", "")
    expect(page.locator(".placing")).to_have_count(0)
    expect(other.locator(".activity")).to_contain_text("L. Harmon moved from Alder 1-A to Alder 2-B")
    assert other.evaluate("window.untouched") is True


def test_a_move_by_mouse(open_as: Open, today: World) -> None:
    page, other = open_as(today.intake, "/beds/"), watching(open_as, today)
    drag_by_mouse(page, bed(page, today.beds[0]), bed(page, today.beds[3]), let_go=False)
    expect(page.locator(".placing")).to_contain_text("Moving L. Harmon from Alder 1-A: choose a bed.")
    expect(bed(page, today.beds[3])).to_have_attribute("data-fit", "fits")
    expect(page.locator(".ghost")).to_contain_text("Fits")
    page.mouse.up()
    expect(page.locator(".ghost")).to_have_count(0)
    expect(bed(other, today.beds[0])).to_contain_text("L. Harmon")  # not before it is confirmed
    confirm(page, "Move .* here")
    moved(page, other, today.beds[0], today.beds[3])


def test_a_move_by_tapping_twice(open_as: Open, today: World) -> None:
    page = open_as(today.intake, "/beds/", size=(768, 1024), has_touch=True)
    other = watching(open_as, today)
    bed(page, today.beds[0]).tap()
    page.get_by_role("link", name=re.compile("Move")).tap()
    expect(page.locator(".placing")).to_be_visible()
    bed(page, today.beds[3]).tap()
    confirm(page, "Move .* here")
    moved(page, other, today.beds[0], today.beds[3])


def test_a_move_by_a_long_press_and_a_drag(open_as: Open, today: World) -> None:
    page = open_as(today.intake, "/beds/", size=(768, 1024), has_touch=True)
    other = watching(open_as, today)
    drag_by_touch(page, bed(page, today.beds[0]), bed(page, today.beds[3]))
    confirm(page, "Move .* here")
    moved(page, other, today.beds[0], today.beds[3])


def test_a_finger_that_sets_off_at_once_scrolls(open_as: Open, today: World) -> None:
    page = open_as(today.intake, "/beds/", size=(768, 480), has_touch=True)
    finger, (x, y) = Finger(page), middle(bed(page, today.beds[0]))
    page.evaluate("scrollTo(0, 0)")
    finger.down(x, min(y, 300))
    finger.move(*[(x, min(y, 300) - 15 * step) for step in range(1, 12)])
    finger.up()
    scrolled(page)
    expect(page.locator(".ghost")).to_have_count(0)
    expect(page.locator(".placing")).to_have_count(0)


def test_a_move_by_keyboard_only(open_as: Open, today: World) -> None:
    page, other = open_as(today.intake, "/beds/"), watching(open_as, today)
    bed(page, today.beds[0]).focus()
    page.keyboard.press("m")
    expect(page.locator(".placing")).to_be_visible()
    expect(bed(page, today.beds[0])).to_be_focused()
    for key, lands in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("ArrowRight", 3)):
        page.keyboard.press(key)
        expect(bed(page, today.beds[lands])).to_be_focused()
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name=re.compile("Move .* here"))
    button.focus()
    page.keyboard.press("Enter")
    moved(page, other, today.beds[0], today.beds[3])


def test_arrows_up_and_down_follow_the_rows(open_as: Open, today: World) -> None:
    page = open_as(today.intake, "/beds/", size=(500, 900))  # one room a row
    bed(page, today.beds[1]).focus()
    page.keyboard.press("ArrowDown")
    expect(bed(page, today.beds[3])).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(bed(page, today.beds[1])).to_be_focused()
    expect(page.locator(".board__keys")).to_be_visible()


def test_two_people_swap(open_as: Open, today: World) -> None:
    page, other = open_as(today.intake, "/beds/"), watching(open_as, today)
    drag_by_mouse(page, bed(page, today.beds[0]), bed(page, today.beds[2]), let_go=False)
    expect(bed(page, today.beds[2])).to_have_attribute("data-fit", "swap")
    expect(bed(page, today.beds[2])).to_contain_text("Swap with D. P.")
    page.mouse.up()
    confirm(page, "Swap .* and .*")
    for each in (page, other):
        expect(bed(each, today.beds[0])).to_contain_text("D. Petrov")
        expect(bed(each, today.beds[2])).to_contain_text("L. Harmon")
    expect(other.locator(".activity")).to_contain_text("changed beds with")


def test_dropped_elsewhere_or_escaped_nothing_moves(open_as: Open, today: World) -> None:
    page = open_as(today.intake, "/beds/?level=3.5")
    drag_by_mouse(page, bed(page, today.beds[0]), page.locator(".placement__head"))
    expect(page.locator(".placing")).to_have_count(0)
    drag_by_mouse(page, bed(page, today.beds[0]), bed(page, today.beds[3]), let_go=False)
    page.keyboard.press("Escape")
    expect(page.locator(".ghost")).to_have_count(0)
    expect(page.locator(".placing")).to_have_count(0)
    page.mouse.up()
    expect(page.locator("dialog[open]")).to_have_count(0)
    bed(page, today.beds[0]).focus()
    page.keyboard.press("m")
    expect(page.locator(".placing")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".placing")).to_have_count(0)
    expect(bed(page, today.beds[0])).to_be_focused()
    expect(page).to_have_url(re.compile(r"/beds/\?level=3\.5$"))
    expect(bed(page, today.beds[0])).to_contain_text("L. Harmon")


def test_who_waits_is_dragged_to_a_bed(open_as: Open, today: World) -> None:
    page, other = open_as(today.intake, "/beds/"), watching(open_as, today)
    drag_by_mouse(page, page.get_by_role("link", name="M. Delgado"), bed(page, today.beds[1]))
    confirm(page, "Admit M. Delgado")
    for each in (page, other):
        expect(bed(each, today.beds[1])).to_contain_text("M. Delgado")


def test_who_is_moved_by_someone_else_meanwhile_is_said_so(open_as: Open, today: World) -> None:
    first, second = open_as(today.intake, "/beds/"), open_as(today.director, "/beds/")
    for page in (first, second):
        bed(page, today.beds[0]).focus()
        page.keyboard.press("m")
        expect(page.locator("[data-live-state]")).to_have_attribute("data-live", "live")
        expect(bed(page, today.beds[1])).to_have_attribute("data-fit", "fits")
    bed(first, today.beds[3]).click()
    confirm(first, "Move .* here")
    expect(second.locator(".placing")).to_contain_text("They are not in that bed any more.")
    second.get_by_role("link", name="Back to the board").click()
    expect(second.locator(".placing")).to_have_count(0)
    expect(bed(second, today.beds[3])).to_contain_text("L. Harmon")


def test_who_may_not_assign_beds_can_move_nobody(open_as: Open, today: World) -> None:
    technician = assign(person("low", "Terry Low"), today.site, Role.TECHNICIAN, at=today.now)
    page = open_as(technician, "/beds/")
    bed(page, today.beds[0]).focus()
    page.keyboard.press("m")
    x, y = middle(bed(page, today.beds[0]))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 40, steps=4)
    expect(page.locator(".ghost")).to_have_count(0)
    page.mouse.up()
    expect(page.locator(".placing")).to_have_count(0)
