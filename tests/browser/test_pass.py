"""Job 2: two nurses, two tablets, one unit. Each dose once, and the other one is told."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from chart.models import Allergy
from emar import actions
from emar.models import Administration, Order, PassRun, ReassessmentResult
from emar.rules.administration import Outcome
from emar.rules.schedule import Once
from tests.factories import World, admit, client, world
from tests.factories.meds import as_needed, medication, order

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
DRUGS = {"Thiamine": "100 mg", "Gabapentin": "300 mg", "Clonidine": "0.1 mg", "Multivitamin": "1 tablet"}


def alder() -> World:
    """Elin and Wale on Alder, with four and one dose due five minutes ago."""
    here = world(timezone.now())
    due = here.now - timedelta(minutes=5)
    for number, (first, last) in enumerate([("Elin", "Novak"), ("Wale", "Tunde")]):
        episode = admit(here, client(here, first, last), here.residential, here.beds[number])
        for name, strength in list(DRUGS.items())[: 1 if number else 4]:
            order(episode, medication(name, strength), Once(), by=here.prescriber, started_at=due)
        order(episode, medication("Ibuprofen", "400 mg"), as_needed(), by=here.prescriber, indication="Pain")
    Allergy.objects.create(client=here.clients[0], substance="penicillin", reaction="hives", noted_at=here.now)
    return here


def begin(page: Page) -> None:
    """From the list of passes to Elin, and say who she is; where a colleague is with her, the pass begins elsewhere."""
    page.get_by_role("link", name=re.compile("(Begin|Continue) the .* pass, Alder")).click()
    page.locator(".strip__client", has_text="E. N.").click()
    expect(page.get_by_role("heading", name="Elin Novak")).to_be_visible()
    page.get_by_text("Says the name").click()
    page.get_by_text("Says the birth date").click()
    page.get_by_role("button", name="It is Elin Novak").click()
    expect(page.get_by_text("Birth date and name checked")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-live", "live")


def row(page: Page, name: str) -> Locator:
    return page.locator("li.dose", has=page.get_by_role("heading", name=name))


def strip(page: Page, initials: str) -> Locator:
    return page.locator(".strip__client", has_text=initials)


def chart_as(page: Page, name: str, outcome: str, reason: str) -> None:
    """Through the sheet."""
    page.get_by_role("button", name=f"Other outcomes for {name}").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("radio", name=outcome).check()
    sheet.get_by_text(reason, exact=True).click()
    sheet.get_by_role("button", name="Chart it").click()
    expect(sheet).to_have_count(0)


def test_two_nurses_walk_one_pass_and_no_dose_is_charted_twice(open_as: Open) -> None:
    here = alder()
    cole = open_as(here.on_unit, "/pass/", size=(768, 1024))
    ames = open_as(here.second_nurse, "/pass/", size=(768, 1024))
    begin(cole)
    begin(ames)
    expect(cole.get_by_text("Allergies: penicillin (hives)")).to_be_visible()
    expect(ames.locator(".passhead__count")).to_have_text("0 of 5")

    # given: one tap; the other tablet shows who and when, without a reload
    ames.evaluate("window.notReloaded = true")
    cole.get_by_role("button", name="Give Thiamine").click()
    expect(row(cole, "Thiamine")).to_have_attribute("data-state", "given")
    expect(row(ames, "Thiamine")).to_contain_text(re.compile(r"Given \d\d:\d\d by RN Cole"))
    expect(ames.locator(".passhead__count")).to_have_text("1 of 5")

    # refused and held, each with its reason
    chart_as(cole, "Gabapentin", "Refused", "Nausea or cannot swallow")
    chart_as(cole, "Clonidine", "Held", "Sedated")
    expect(row(ames, "Gabapentin")).to_contain_text(re.compile(r"Refused \d\d:\d\d by RN Cole · Nausea"))
    expect(row(ames, "Clonidine")).to_contain_text(re.compile(r"Held \d\d:\d\d by RN Cole · Sedated"))

    # a page that missed it: told who was first, and when
    ames.locator("li.dose", has_text="Multivitamin").evaluate("row => { row.dataset.busy = '' }")
    cole.get_by_role("button", name="Give Multivitamin").click()
    expect(row(cole, "Multivitamin")).to_have_attribute("data-state", "given")
    ames.get_by_role("button", name="Give Multivitamin").click()
    expect(ames.get_by_role("alert")).to_contain_text(
        re.compile(r"Multivitamin \d\d:\d\d was already charted given at \d\d:\d\d by RN Cole\.")
    )
    expect(row(ames, "Multivitamin")).to_contain_text("by RN Cole")
    assert ames.evaluate("window.notReloaded")
    assert Administration.objects.count() == 4

    # the strip says where it stands, and the thumb goes on to the next client
    expect(strip(ames, "E. N.")).to_contain_text("2, 1 held, 1 refused")
    ames.get_by_role("link", name="Next client: W. T.").click()
    expect(ames.get_by_role("heading", name="Wale Tunde")).to_be_visible()
    expect(ames.get_by_role("button", name="Give Thiamine")).to_be_disabled()


def test_a_refusal_without_its_reason_keeps_what_was_typed(open_as: Open) -> None:
    here = alder()
    cole = open_as(here.on_unit, "/pass/", size=(768, 1024))
    begin(cole)
    cole.get_by_role("button", name="Other outcomes for Gabapentin").click()
    sheet = cole.get_by_role("dialog")
    sheet.get_by_label("In their words").fill("Not today")
    sheet.get_by_role("button", name="Chart it").click()
    expect(sheet.get_by_role("alert")).to_contain_text("Choose the reason this dose is charted as refused.")
    expect(sheet.get_by_label("In their words")).to_have_value("Not today")
    assert not Administration.objects.exists()


def test_an_as_needed_dose_has_a_reason_and_then_waits(open_as: Open) -> None:
    here = alder()
    cole = open_as(here.on_unit, "/pass/", size=(768, 1024))
    begin(cole)
    cole.get_by_role("button", name="Give Ibuprofen 400 mg as needed").click()
    sheet = cole.get_by_role("dialog")
    sheet.get_by_label("What is it for?").fill("Headache")
    sheet.get_by_role("group", name=re.compile("Pain score before")).get_by_label("7", exact=True).check()
    sheet.get_by_role("button", name="Chart it").click()
    expect(row(cole, "Ibuprofen")).to_contain_text(re.compile(r"Next at (\w{3} )?\d\d:\d\d"))
    given = Administration.objects.get()
    assert (given.prn_reason, given.score) == ("Headache", Decimal(7))


def test_an_effect_that_is_due_is_recorded_in_two_taps(open_as: Open) -> None:
    here = alder()
    ibuprofen = Order.objects.get(client=here.clients[0], medication__name="Ibuprofen")
    actions.administer(
        by=here.second_nurse, at=here.now, order_id=ibuprofen.pk, due_at=None, outcome=Outcome.GIVEN,
        client_id=here.clients[0].pk, identifiers=("wristband",), given_at=here.now - timedelta(minutes=70),
        amount=Decimal(400), unit="mg", prn_reason="Headache", scale="pain", score=Decimal(7),
        overrides={"dose.late_entry": "Power cut"},
    )  # fmt: skip
    cole = open_as(here.on_unit, "/pass/", size=(768, 1024))
    ames = open_as(here.second_nurse, "/pass/", size=(768, 1024))
    begin(cole)
    begin(ames)
    expect(strip(ames, "E. N.").locator(".strip__effect")).to_have_attribute("data-overdue", "yes")
    cole.locator(".effects").get_by_role("button", name="Record the effect of Ibuprofen").click()
    cole.get_by_role("dialog").get_by_role("button", name="Worked", exact=True).click()
    expect(cole.locator(".effects .dose")).to_have_count(0)
    expect(ames.locator(".effects .dose")).to_have_count(0)
    expect(strip(ames, "E. N.").locator(".strip__effect")).to_have_count(0)
    assert ReassessmentResult.objects.get().by == here.on_unit


def test_an_entry_undone_is_due_again_on_the_other_tablet(open_as: Open) -> None:
    here = alder()
    cole = open_as(here.on_unit, "/pass/", size=(768, 1024))
    ames = open_as(here.second_nurse, "/pass/", size=(768, 1024))
    begin(cole)
    begin(ames)
    cole.get_by_role("button", name="Give Thiamine").click()
    expect(row(ames, "Thiamine")).to_have_attribute("data-state", "given")
    expect(ames.get_by_role("button", name="Undo Thiamine")).to_have_count(0)
    cole.get_by_role("button", name="Undo Thiamine").click()
    cole.get_by_role("dialog").get_by_role("button", name="Wrong tap").click()
    expect(row(cole, "Thiamine")).to_have_attribute("data-state", re.compile("due|late"))
    expect(row(ames, "Thiamine")).to_have_attribute("data-state", re.compile("due|late"))
    expect(ames.locator(".passhead__count")).to_have_text("0 of 5")
    ames.get_by_role("button", name="Give Thiamine").click()
    expect(row(cole, "Thiamine")).to_contain_text("by RN Ames")
    assert [each.outcome for each in Administration.objects.order_by("pk")] == ["given", "undone", "given"]


def test_the_others_see_who_has_a_client_open(open_as: Open) -> None:
    here = alder()
    cole = open_as(here.on_unit, "/pass/", size=(768, 1024))
    ames = open_as(here.second_nurse, "/pass/", size=(768, 1024))
    begin(cole)
    begin(ames)
    expect(strip(ames, "E. N.")).to_contain_text("RN Cole is here")
    expect(strip(ames, "E. N.")).to_have_attribute("data-state", "taken")
    expect(ames.locator(".here")).to_have_text("RN Cole has this client open")
    expect(strip(cole, "E. N.")).to_contain_text("RN Ames is here")
    cole.get_by_role("link", name="Next client: W. T.").click()
    expect(ames.locator(".here")).to_have_text("")
    expect(strip(ames, "W. T.")).to_contain_text("RN Cole is here")
    expect(strip(ames, "E. N.")).to_contain_text("4 due")
    cole.goto("/pass/")
    expect(strip(ames, "W. T.")).to_contain_text("1 due")


def test_a_pass_is_finished_only_with_every_dose_accounted_for(open_as: Open) -> None:
    here = alder()
    cole = open_as(here.on_unit, "/pass/", size=(768, 1024))
    ames = open_as(here.second_nurse, "/pass/", size=(768, 1024))
    begin(cole)
    begin(ames)
    for name in DRUGS:
        cole.get_by_role("button", name=f"Give {name}").click()
        expect(row(cole, name)).to_have_attribute("data-state", "given")
    cole.get_by_role("button", name="1 still waiting").click()
    sheet = cole.get_by_role("dialog")
    expect(sheet.get_by_role("link", name=re.compile("Wale Tunde"))).to_contain_text("Thiamine 100 mg")
    sheet.get_by_role("button", name="Finish the pass").click()
    expect(sheet.get_by_role("alert")).to_contain_text("Wale Tunde, Rm 1-B: Thiamine 100 mg")
    assert not PassRun.objects.exclude(ended_at=None).exists()

    # an interrupted pass goes on at the next who waits, on any tablet
    ames.goto("/pass/")
    ames.get_by_role("link", name=re.compile("Continue the .* pass, Alder")).click()
    expect(ames.get_by_role("heading", name="Wale Tunde")).to_be_visible()
    ames.get_by_text("Wristband read").click()
    ames.get_by_role("button", name="It is Wale Tunde").click()
    ames.get_by_role("button", name="Give Thiamine").click()
    expect(row(ames, "Thiamine")).to_have_attribute("data-state", "given")
    ames.get_by_role("button", name="Finish the pass").click()
    sheet = ames.get_by_role("dialog")
    expect(sheet).to_contain_text("5 doses: 5 given.")
    sheet.get_by_role("button", name="Finish the pass").click()
    expect(sheet.get_by_role("heading")).to_contain_text("The pass is finished")
    expect(cole.locator(".passhead")).to_contain_text(re.compile(r"Finished \d\d:\d\d by RN Ames"))


def test_what_was_charted_is_corrected_with_a_reason(open_as: Open) -> None:
    here = alder()
    cole = open_as(here.on_unit, "/pass/", size=(768, 1024))
    begin(cole)
    cole.get_by_role("button", name="Give Thiamine").click()
    cole.get_by_role("button", name="Correct Thiamine").click()
    sheet = cole.get_by_role("dialog")
    sheet.get_by_role("radio", name="Refused").check()
    sheet.get_by_text("Gave no reason").click()
    sheet.get_by_label("Why is it corrected?").fill("Spat it out")
    sheet.get_by_role("button", name="Chart it").click()
    expect(row(cole, "Thiamine")).to_contain_text("“Spat it out” · corrected")
    assert Administration.objects.count() == 2
