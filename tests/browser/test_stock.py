"""A shift is handed over: two nurses count a cart on two tablets, a tablet is missing, a director and a third nurse resolve it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from emar.models import KeyHandover, Resolution, Variance
from staff.models import Person
from tests.browser.conftest import Open
from tests.browser.faults import faults
from tests.factories.people import PIN
from tests.factories.stock import Stocked, stocked

pytestmark = pytest.mark.browser


@pytest.fixture
def shelf(transactional_db: None) -> Stocked:
    made = stocked(datetime.now(UTC))
    made.receive(lot="B7")
    return made


def sign(page: Page, label: str, who: Person) -> None:
    page.get_by_label(label, exact=True).select_option(
        label=f"{who.name}, {who.credentials}" if who.credentials else who.name
    )
    page.get_by_label("Their PIN").fill(PIN)


def count(page: Page, *numbers: str) -> None:
    for field, number in zip(page.locator(".sheet-line input").all(), numbers, strict=True):
        field.fill(number)


def test_a_shift_is_handed_over_with_a_count_a_difference_and_its_resolution(open_as: Open, shelf: Stocked) -> None:
    evening = open_as(shelf.nurse, "/pass/", size=(768, 1024), bypass_csp=True)
    evening.get_by_role("link", name="Stock", exact=True).click()
    evening.get_by_role("link", name="Count Medication cart").click()
    evening.get_by_role("button", name="Begin the count").click()
    expect(evening.locator(".sheet-line")).to_have_count(2)
    expect(evening.locator("#main")).not_to_contain_text("20")
    count(evening, "20", "20")
    sign(evening, "Who counted first", shelf.nurse)
    evening.get_by_role("button", name="Sign the first count").click()
    expect(evening.locator(".pill--free")).to_contain_text("RN Cole counted")

    night = open_as(shelf.second, "/pass/stock/", size=(1024, 768), bypass_csp=True)
    expect(night.get_by_role("cell", name="being counted")).to_have_count(2)
    night.get_by_role("link", name="Go on with the count of Medication cart").click()
    count(night, "20", "")
    sign(night, "Who counted second", shelf.second)
    night.get_by_role("button", name="Sign the second count").click()
    expect(night.get_by_role("alert")).to_contain_text("1 line has no number yet")
    count(night, "20", "19")
    sign(night, "Who counted second", shelf.second)
    night.get_by_role("button", name="Sign the second count").click()
    expect(night.get_by_role("alert")).to_contain_text("1 of 2 lines does not agree")
    assert faults(night) == []
    variance = Variance.objects.get()
    assert (variance.expected - variance.counted, variance.ended_at) == (Decimal(1), None)

    evening.reload()
    sign(evening, "Who takes the keys", shelf.second)
    evening.get_by_role("button", name="Hand them over").click()
    expect(evening.locator("#main")).to_contain_text("Keys: RN Cole to RN Ames")
    assert KeyHandover.objects.get().to_person == shelf.second

    office = open_as(shelf.director, "/pass/tasks/", size=(1440, 900), bypass_csp=True)
    office.get_by_role("link", name=f"Resolve: {variance.line}").click()
    office.get_by_label("Cause").select_option(label="Lost, not explained")
    office.get_by_label("What was found out").fill("Both looked through the cart, the room and the bin.")
    office.get_by_label("Counted again, by both of you").fill("19")
    sign(office, "Second person", shelf.third)
    office.get_by_role("button", name="Resolve and unlock").click()
    expect(office.locator("#main")).to_contain_text("with RN Okafor")
    assert faults(office) == []
    assert Resolution.objects.get().by == shelf.director
    night.goto("/pass/stock/")
    expect(night.locator(".stock__locked")).to_have_count(0)
    assert shelf.left(variance.line) == 19
