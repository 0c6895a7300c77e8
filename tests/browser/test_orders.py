"""A prescriber writes an order on one window, and the nurse's tablet has its doses; a stop takes them away again."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from emar.keys import minute_of
from emar.models import Medication, Order
from emar.rules.schedule import Once
from tests.browser.conftest import Open
from tests.browser.faults import faults
from tests.emar.conftest import Morning, make_morning
from tests.factories.meds import medication, order

pytestmark = pytest.mark.browser


@pytest.fixture
def morning(transactional_db: None) -> Morning:
    made = make_morning(datetime.now(UTC))
    medication("Lisinopril", "10 mg", brands="Zestril", drug_class="ACE inhibitor")
    return made


def nurses_tablet(open_as: Open, morning: Morning, at: datetime) -> Page:
    """Elin's doses on the pass around an instant."""
    page = open_as(morning.here.on_unit, f"/pass/{morning.here.unit.pk}/{minute_of(at)}/?client={morning.elin.pk}")
    expect(page.locator("[data-live-state]").first).to_have_attribute("data-live", "live")
    return page


def test_an_order_reaches_the_pass_at_once_and_a_stop_takes_it_away(open_as: Open, morning: Morning) -> None:
    here = morning.here
    soon = (datetime.now(UTC) + timedelta(minutes=20)).replace(second=0, microsecond=0)
    local = soon.astimezone(here.site.tz)
    other = (local + timedelta(hours=11)).strftime("%H:%M")
    order(
        morning.episode, morning.thiamine.medication, Once(), by=here.prescriber, started_at=soon
    )  # there is a pass then
    nurse = nurses_tablet(open_as, morning, soon)
    expect(nurse.get_by_role("heading", name=re.compile("Lisinopril"))).to_have_count(0)

    page = open_as(here.prescriber, f"/pass/orders/{morning.elin.pk}/new/", size=(1440, 900))
    page.get_by_role("searchbox").press_sequentially("zest")
    page.get_by_role("link", name=re.compile("Lisinopril")).click()
    page.get_by_role("textbox", name="Dose", exact=True).fill("10")
    page.get_by_role("textbox", name="Other times").fill(f"{local:%H:%M}, {other}")
    preview = page.get_by_role("complementary", name="Preview")
    expect(preview).to_contain_text("10 mg (1 tablet) by mouth")
    expect(preview).to_contain_text(f"{local:%a} {local.day} {local:%b %H:%M}")
    assert Order.objects.filter(medication__name="Lisinopril").count() == 0
    page.get_by_role("button", name="Write the order").click()

    expect(nurse.get_by_role("heading", name=re.compile("Lisinopril"))).to_be_visible(timeout=1500)
    page.wait_for_url("**/pass/orders/*/?done=*")
    page.get_by_role("link", name=re.compile("^Stop Lisinopril")).click()
    page.get_by_role("textbox", name="Why").fill("Cough")
    page.get_by_role("button", name="Stop the order").click()
    expect(nurse.get_by_role("heading", name=re.compile("Lisinopril"))).to_have_count(0)
    expect(page.get_by_text("Cough")).to_be_visible()


def test_a_taper_by_keyboard_keeps_its_steps_through_a_refusal(open_as: Open, morning: Morning) -> None:
    drug = medication("Prednisone", "5 mg")
    page = open_as(
        morning.here.prescriber, f"/pass/orders/{morning.elin.pk}/new/?medication={drug.pk}", size=(768, 1024), bypass_csp=True
    )  # fmt: skip
    page.get_by_role("radio", name="Taper").check()
    for number, (amount, times, days) in enumerate(
        [("10", "08:00, 20:00", "2"), ("5", "08:00", "2"), ("2.5", "08:00", "1")]
    ):
        if number == 2:
            page.get_by_role("button", name="Add a step").press("Enter")
        step = page.get_by_role("group", name=f"Step {number + 1}")
        step.get_by_role("textbox", name="Amount").fill(amount)
        step.get_by_role("textbox", name="Times").fill(times)
        step.get_by_role("textbox", name="Days").fill(days)
    expect(page.locator("[data-total]")).to_have_text("52.5 mg")
    page.get_by_role("textbox", name="All steps add up to").fill("60")
    expect(page.get_by_text("The steps add up to 52.5 mg, not 60 mg.")).to_be_visible()
    page.get_by_role("button", name="Write the order").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was written")
    expect(page.get_by_role("group", name="Step 3").get_by_role("textbox", name="Amount")).to_have_value("2.5")
    assert faults(page) == []
    assert not Order.objects.filter(medication=drug).exists()


def test_a_reason_is_not_lost_while_the_preview_is_drawn_anew(open_as: Open, morning: Morning) -> None:
    drug = medication("Naproxen", "250 mg")
    page = open_as(morning.here.prescriber, f"/pass/orders/{morning.elin.pk}/new/?medication={drug.pk}")
    page.get_by_role("textbox", name="Dose", exact=True).fill("5000")
    reason = page.get_by_role("textbox", name="Reason")
    reason.fill("As the surgeon asked")
    page.get_by_role("textbox", name="Other times").fill("07:30")
    expect(page.locator(".draft__doses")).to_contain_text("07:30")
    expect(reason).to_have_value("As the surgeon asked")


def test_what_is_typed_before_the_scripts_come_is_in_the_preview(open_as: Open, morning: Morning) -> None:
    page = open_as(morning.here.prescriber, "/", size=(1440, 900))
    late: list[Route] = []
    page.route("**/htmx-2.min.js", lambda route: late.append(route))
    lisinopril = Medication.objects.get(name="Lisinopril")
    page.goto(f"/pass/orders/{morning.elin.pk}/new/?medication={lisinopril.pk}", wait_until="commit")
    page.get_by_role("textbox", name="Dose", exact=True).fill("10")
    late[0].continue_()
    expect(page.get_by_role("complementary", name="Preview")).to_contain_text("10 mg (1 tablet) by mouth")
