"""A tap that gets no answer says so, where the person looks; what was sent is there or not, and the next answer takes the words away."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.factories import World, world
from tests.factories.sessions import group

pytestmark = pytest.mark.browser


@pytest.fixture
def here(transactional_db: None) -> World:
    return world(datetime.now(UTC))


def test_a_tap_without_an_answer_is_told(here: World, open_as: Open) -> None:
    where, people = group(here)
    page = open_as(here.facilitator, f"/groups/{where.pk}/")
    words, marks = page.locator("#trouble"), re.compile(r"/attendance/")
    tap = page.locator(f"#attendance-{people[0].pk}").get_by_role("radio", name="Here", exact=True)
    page.route(marks, lambda route: route.abort())
    tap.check(force=True)
    expect(words).to_contain_text("What you sent may not be recorded")
    page.unroute(marks)
    away = "<section class='findings' data-severity='stop'>The server cannot reach its database just now.</section>"
    page.route(marks, lambda route: route.fulfill(status=503, headers={"HX-Retarget": "#refusal"}, body=away))
    page.locator(f"#attendance-{people[1].pk}").get_by_role("radio", name="Here", exact=True).check(force=True)
    expect(words).to_contain_text("cannot reach its database")
    page.unroute(marks)
    page.locator(f"#attendance-{people[2].pk}").get_by_role("radio", name="Here", exact=True).check(force=True)
    expect(words).to_have_count(0)
