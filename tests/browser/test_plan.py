"""A plan is drafted on a tablet, signed, and the client draws their name in the frame."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from chart.models import Plan, PlanAgreement
from tests.browser.conftest import Open
from tests.browser.hands import draw
from tests.factories import PIN, World, admit, client, signs, world
from tests.factories.plans import filled, signed

pytestmark = pytest.mark.browser
TABLET = (768, 1024)


def elin() -> tuple[World, int]:
    here = world(timezone.now())
    who = client(here, "Elin", "Novak")
    admit(here, who, here.residential, here.beds[0])
    return here, who.pk


def test_the_client_draws_their_name_and_it_stands_under_the_plan(open_as: Open) -> None:
    here, who = elin()
    plan = signed(here.clients[0].episodes.get(), here.facilitator, here.now)
    page = open_as(here.facilitator, f"/clients/{who}/plan/", size=TABLET)
    page.get_by_role("link", name="Ask the client").click()
    page.get_by_role("button", name="Hand the tablet over").click()
    confirm = page.get_by_role("button", name="I agree and sign")
    confirm.scroll_into_view_if_needed()
    confirm.click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is drawn in the frame.")

    draw(page, (0.1, 0.5), (0.9, 0.5))
    page.get_by_role("button", name="Clear").click()
    draw(page, (0.1, 0.4), (0.3, 0.7), (0.5, 0.3))
    draw(page, (0.6, 0.4), (0.9, 0.6))

    page.context.set_offline(True)
    confirm.click()
    expect(page.get_by_role("alert")).to_contain_text("The signature stays in the frame")
    page.context.set_offline(False)
    confirm.click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    signs(here.facilitator, here.site, at=here.now)
    page.get_by_text("For staff").click()
    page.get_by_label("PIN of").fill(PIN)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("img", name="Signature of the client")).to_be_visible()

    row = PlanAgreement.objects.get()
    assert (row.kind, row.plan_id, len(row.strokes)) == ("drawn", plan.pk, 2)
    first, last = row.strokes[0][0], row.strokes[1][-1]
    assert abs(first[0] - 100) < 8 and abs(last[0] - 900) < 8
    assert first[2] <= row.strokes[0][-1][2] < last[2]


def test_a_draft_is_written_by_two_people_and_signing_waits_for_the_last_word(open_as: Open) -> None:
    here, who = elin()
    filled(here.clients[0].episodes.get(), here.facilitator, here.now)
    one = open_as(here.facilitator, f"/clients/{who}/plan/draft/", size=TABLET)
    other = open_as(here.cofacilitator, f"/clients/{who}/plan/draft/", size=TABLET)

    one.get_by_role("textbox", name="Problem", exact=True).fill("Drinks to sleep")
    one.get_by_role("textbox", name="Goal", exact=True).focus()
    expect(one.get_by_text(re.compile(r"Saved \d\d:\d\d")).first).to_be_visible()
    other.get_by_role("textbox", name="Problem", exact=True).fill("Cannot sleep")
    other.get_by_role("textbox", name="Goal", exact=True).focus()
    expect(other.get_by_text("Nothing of yours was kept here")).to_contain_text("Drinks to sleep")

    one.get_by_role("button", name="Objective", exact=True).click()
    fresh = one.get_by_role("article", name="Objective 1.3").get_by_role("textbox", name="Objective")
    expect(fresh).to_be_focused()
    expect(one.locator("#gaps")).to_contain_text("Objective 1.3 has no words.")
    one.get_by_role("article", name="Objective 1.3").get_by_label("Move, close or remove").click()
    one.get_by_role("button", name="Remove this objective").click()
    expect(one.locator("#gaps")).to_contain_text("Nothing is missing")

    one.get_by_role("textbox", name="Goal", exact=True).fill("Sleeps without a drink")
    one.get_by_role("button", name="Sign the plan").click()  # not left the field yet: it is saved first
    expect(one.get_by_role("button", name="Hand the tablet over")).to_be_visible()
    plan = Plan.objects.get()
    assert plan.signed_by == here.facilitator
    assert plan.goals.get().text == "Sleeps without a drink"
