"""A client signs on the screen: a safety plan with a finger, and for what they take back."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from chart.actions.belongings import INVENTORY, take_inventory
from chart.actions.safety import write_safety_plan
from chart.models import BelongingEnd, SafetySigning
from programs.models import Client
from tests.browser.conftest import Open
from tests.browser.hands import NAME, draw
from tests.factories import World, admit, client, signs, world
from tests.factories.people import proof_of

pytestmark = pytest.mark.browser
ITEM = {
    "kind": "phone",
    "description": "Phone, black",
    "count": "1",
    "value": "",
    "kept": "Locker 4",
    "bag": "A-118",
    "note": "",
}


@pytest.fixture
def here(transactional_db: None) -> World:
    """The small program, now."""
    return world(datetime.now(UTC))


@pytest.fixture
def elin(here: World) -> Client:
    """Someone in care."""
    who = client(here, "Elin", "Novak")
    admit(here, who, here.residential, here.beds[0])
    return who


def test_a_safety_plan_is_signed_with_a_finger_or_not_at_all(open_as: Open, here: World, elin: Client) -> None:
    words = {"signs": "I stop answering the phone.", "ask": "My sister, 555 0134"}
    plan = write_safety_plan(by=here.facilitator, at=here.now, client_id=elin.pk, sections=words, seen=0)
    page = open_as(here.facilitator, f"/clients/{elin.pk}/facts/safety/{plan.pk}/answer/")
    page.get_by_role("button", name="Keep the answer").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is drawn in the frame")
    page.get_by_role("button", name="Hand the tablet over to sign").click()
    draw(page, *NAME)
    page.get_by_role("button", name="I agree and sign").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert SafetySigning.objects.get().how == "drawn"


def test_who_takes_a_thing_back_signs_for_it_on_an_upright_tablet(open_as: Open, here: World, elin: Client) -> None:
    signs(here.second_nurse, here.site, at=here.now)
    proof = proof_of(here.second_nurse, here.site, at=here.now, purpose=INVENTORY)
    row = take_inventory(by=here.on_unit, at=here.now, client_id=elin.pk, items=[ITEM], proof_id=proof.pk)
    page = open_as(here.on_unit, f"/clients/{elin.pk}/facts/belongings/{row.items.get().pk}/end/", size=(768, 1024))
    page.get_by_label("Signed by").fill("Elin Novak")
    page.get_by_role("button", name="Hand the tablet over to sign").click()
    expect(page.get_by_text("Signed by Elin Novak")).to_be_visible()
    draw(page, *NAME)
    page.get_by_role("button", name="I agree and sign").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert BelongingEnd.objects.get().strokes
