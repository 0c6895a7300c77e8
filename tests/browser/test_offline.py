"""The evacuation list opens without a network after a visit, says that it is a copy, and is gone after signing out."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from programs.models import Precaution
from staff.models import Person, RoleAssignment
from tests.browser.conftest import Open
from tests.factories import World, admit, client, world

pytestmark = pytest.mark.browser
LIST = "/beds/evacuation/"
COPY = "caches.match('/beds/evacuation/').then((copy) => copy ? copy.text() : '')"
ENTRIES = "caches.has('stepwell-evacuation').then(async (has) => !has ? [] : " \
    "(await (await caches.open('stepwell-evacuation')).keys()).map((each) => new URL(each.url).pathname))"  # fmt: skip


@pytest.fixture
def here(transactional_db: None) -> World:
    from django.utils import timezone

    made = world(timezone.now())
    for first, last, bed in (("Lena", "Harmon", 0), ("Kay", "Osei", 2)):
        admit(made, client(made, first, last), made.residential, made.beds[bed])
    Precaution.objects.create(client=made.clients[0], kind="wheelchair", started_at=made.now, by=made.on_unit)
    return made


def kept(page: Page) -> str:
    """The saved copy, '' where there is none."""
    found: str = page.evaluate(COPY)
    return found


def until(page: Page, wanted: bool) -> None:
    """Wait until there is a copy that the worker can show, or none."""
    for _ in range(300):
        ready = page.evaluate(
            "navigator.serviceWorker.getRegistration('/beds/evacuation/').then((found) => Boolean(found?.active))"
        )
        about = page.evaluate("caches.match('/stepwell-evacuation-about').then(Boolean)")
        if (about and ready) if wanted else not about:
            return
        page.wait_for_timeout(100)
    raise AssertionError("no copy was kept" if wanted else "the copy is still there")


def test_a_visit_of_the_board_keeps_the_list_for_when_the_network_is_down(open_as: Open, here: World) -> None:
    page = open_as(here.on_unit, "/beds/")
    until(page, True)
    page.context.set_offline(True)
    page.goto(LIST)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "2 in the building: 2 with a bed, 0 day clients; 0 on leave"
    )
    expect(page.get_by_text("the network is down")).to_be_visible()
    expect(page.locator(".evac__help")).to_have_text("Uses a wheelchair")
    background = "(line) => getComputedStyle(line).display"
    assert page.locator(".evac__line").first.evaluate(background) == "flex", "the style sheet came along"

    page.get_by_label("Lena Harmon").check()
    expect(page.locator("[data-found-line]")).to_contain_text("1 of 2 found")
    page.reload()
    expect(page.get_by_label("Lena Harmon")).to_be_checked()
    page.get_by_role("button", name="Untick all").click()
    expect(page.get_by_label("Lena Harmon")).not_to_be_checked()

    page.context.set_offline(False)
    page.goto(LIST)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("the network is down")).to_be_hidden()


def test_nothing_but_the_list_is_kept_and_no_key_of_the_session(open_as: Open, here: World) -> None:
    page = open_as(here.on_unit, "/beds/")
    until(page, True)
    entries = page.evaluate(ENTRIES)
    assert page.evaluate("caches.keys()") == ["stepwell-evacuation"]
    assert {LIST, "/static/css/evacuation.css", "/static/css/tokens.css", "/static/js/offline-list.js"} <= set(entries)
    assert all(each in {LIST, "/stepwell-evacuation-about"} or each.startswith("/static/") for each in entries)
    text = kept(page)
    assert "Lena Harmon" in text
    assert "csrf" not in text.lower()


def test_the_board_refreshes_the_copy_once_a_minute_at_most(open_as: Open, here: World) -> None:
    page = open_as(here.on_unit, "/beds/")
    until(page, True)
    admit(here, client(here, "Nora", "New"), here.residential, here.beds[1])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith(LIST) else None)
    page.goto("/beds/", wait_until="networkidle")
    assert asked == []
    assert "Nora New" not in kept(page)

    older = "new Response(JSON.stringify({ ...(await about.json()), at: Date.now() - 61_000 }))"
    page.evaluate(
        "caches.open('stepwell-evacuation').then(async (cache) => {"
        " const about = await cache.match('/stepwell-evacuation-about');"
        f" await cache.put('/stepwell-evacuation-about', {older}); }})"
    )
    page.goto("/beds/")
    for _ in range(300):
        if "Nora New" in kept(page):
            return
        page.wait_for_timeout(100)
    raise AssertionError("the copy was not refreshed")


def test_after_signing_out_the_copy_is_gone(open_as: Open, here: World) -> None:
    page = open_as(here.on_unit, "/beds/")
    until(page, True)
    page.get_by_label("RN Cole").or_(page.locator("summary.menu__button").last).first.click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    until(page, False)
    page.context.set_offline(True)
    page.goto(LIST)
    expect(page.get_by_text("no copy of the evacuation list is kept")).to_be_visible()
    expect(page.get_by_text("Lena")).to_have_count(0)


def sign_in(page: Page, who: Person, open_as: Open) -> None:
    """Give this window the session of someone else, as signing in on the same device would."""
    other = open_as(who, "/")
    page.context.clear_cookies()
    [session] = [each for each in other.context.cookies() if each["name"] == settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session["name"], "value": session["value"], "url": page.url}])


def test_another_person_on_the_same_device_does_not_find_the_copy(open_as: Open, here: World) -> None:
    page = open_as(here.on_unit, "/beds/")
    until(page, True)
    sign_in(page, here.housekeeper, open_as)
    page.goto("/beds/cleaning/")
    until(page, False)


def test_who_may_not_see_beds_any_more_keeps_no_copy(open_as: Open, here: World) -> None:
    page = open_as(here.on_unit, "/beds/")
    until(page, True)
    RoleAssignment.objects.filter(person=here.on_unit).update(ended_at=here.now)
    page.goto(LIST)
    until(page, False)


def test_a_copy_of_yesterday_is_not_shown(open_as: Open, here: World) -> None:
    page = open_as(here.on_unit, "/beds/")
    until(page, True)
    page.evaluate(
        "caches.open('stepwell-evacuation').then(async (cache) => {"
        " const copy = await cache.match('/beds/evacuation/'); const headers = new Headers(copy.headers);"
        " headers.set('X-Saved-At', String(Date.now() - 25 * 3600 * 1000));"
        " await cache.put('/beds/evacuation/', new Response(await copy.text(), { headers })); })"
    )
    page.context.set_offline(True)
    page.goto(LIST)
    expect(page.get_by_text("no copy of the evacuation list is kept")).to_be_visible()
    assert page.evaluate("caches.has('stepwell-evacuation')") is False
