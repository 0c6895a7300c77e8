"""Job 4: a clinical director rates, sees the recommendation and why, decides a step, and the chart and the bed follow."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from beds.models import CleaningJob
from chart.actions import write_note
from emar.models import Administration, Medication, Order
from emar.rules.schedule import to_json
from groups.models import Attendance, Series, Session
from programs.models import Episode
from programs.placed import current
from tests.asam.care import FOR_2_5, FOR_3_5, in_residential, rated, supervisor
from tests.browser.conftest import Open
from tests.browser.stepping import hand_on, sign
from tests.factories import PIN, World, signs, world
from tests.factories.meds import at_times

pytestmark = pytest.mark.browser


@pytest.fixture
def today(transactional_db: None) -> World:
    """The small program, now."""
    return world(datetime.now(UTC))


def with_history(here: World) -> Episode:
    """Sara Amari in Alder 1-A, with a note, a dose and a group of yesterday."""
    episode, yesterday = in_residential(here), here.now - timedelta(days=1)
    write_note(by=here.on_unit, at=yesterday, episode_id=episode.pk, kind="nursing", text="Slept all night.")
    medication = Medication.objects.create(
        name="Thiamine", ingredient="thiamine", strength="100 mg", form="tablet", route="oral"
    )
    order = Order.objects.create(
        episode=episode, client=episode.client, medication=medication, dose=Decimal(100), unit="mg", route="oral",
        schedule=to_json(at_times("08:00")), started_at=episode.started_at, by=here.prescriber,
    )  # fmt: skip
    Administration.objects.create(
        order=order, due_at=yesterday, outcome="given", amount=Decimal(100), unit="mg", given_at=yesterday,
        recorded_at=yesterday, wall_clock="08:00 -0500", by=here.on_unit,
    )  # fmt: skip
    series = Series.objects.create(site=here.site, name="House meeting")
    series.programs.add(here.residential)
    session = Session.objects.create(
        series=series, site=here.site, room="B", started_at=yesterday - timedelta(hours=1), ended_at=yesterday
    )
    Attendance.objects.create(
        session=session, client=episode.client, version=1, status="here", arrived_at=session.started_at,
        left_at=session.ended_at, at=yesterday, by=here.facilitator,
    )  # fmt: skip
    return episode


def test_a_director_rates_decides_and_the_chart_and_the_bed_follow(open_as: Open, today: World) -> None:
    episode = with_history(today)
    signs(today.prescriber, today.site, at=today.now)
    director, intake = open_as(today.director, "/levels/"), open_as(today.intake, "/beds/")
    bed = intake.locator(f"#bed-{today.beds[0].pk}")
    expect(bed).to_contain_text("S. Amari")
    intake.evaluate("window.untouched = true")

    director.get_by_role("link", name="Sara Amari").click()
    director.get_by_role("link", name="Rate", exact=True).click()
    director.get_by_text("No immediate danger").click()
    director.get_by_role("button", name="Go on").click()
    director.get_by_role("button", name="Attach: Nursing note").click()
    expect(director.get_by_role("button", name="Take off: Nursing note")).to_have_attribute("aria-pressed", "true")
    director.locator("#steps").get_by_role("button", name="4 Risks").click()
    director.locator("#rating-d4_use input[value='C']").check()
    expect(director.locator("#recommendation")).to_contain_text("at least 2.5")
    director.get_by_label("4 Risky use: why").fill("Needs daily structure; nights are supported at home.")
    expect(director.locator("#kept")).to_contain_text("kept")
    expect(director.locator("#version")).to_have_value("2")
    director.goto(f"/levels/{episode.pk}/")  # the tablet is put down
    director.get_by_role("link", name="Go on rating").click()
    for number in range(1, 6):
        for key, codes in FOR_2_5.items():
            if key.startswith(f"d{number}_"):
                director.locator(f"#rating-{key} input[value='{codes[0]}']").check()
        director.get_by_role("button", name=f"Next: dimension {number + 1}").click()
        expect(director.locator("#dim")).to_contain_text(str(number + 1))
    director.get_by_label("What the person prefers").fill("Home by Christmas")
    director.get_by_role("button", name="Look over").last.click()
    expect(director.locator(".recommendation__level")).to_have_text("2.5")
    expect(director.locator("#main")).to_contain_text("Needs daily structure")
    director.get_by_role("button", name="Save assessment").click()

    expect(director.locator("#standing")).to_contain_text("not decided")
    expect(director.locator("#main")).to_contain_text("lower")
    director.get_by_role("link", name="Decide", exact=True).click()
    director.get_by_role("button", name="Decide and plan the step").click()
    expect(director.locator("#step")).to_contain_text("Residential 3.5 (3.5) ends, PHP (2.5) begins")
    expect(director.locator("#step")).to_contain_text("Thiamine 100 mg")
    expect(director.get_by_role("radio", name="Free it")).to_be_checked()
    hand_on(director)
    sign(director, today.prescriber)
    director.get_by_role("button", name="Step to PHP").click()

    expect(director.locator("#where")).to_contain_text("PHP")
    expect(director.locator("#where")).not_to_contain_text("Alder")
    expect(director.get_by_role("img", name="3.5 for 10 days, 2.5 today")).to_be_visible()
    timeline = director.locator(".timeline")
    for old in ("Slept all night.", "Thiamine", "House meeting", "Decided 2.5", "Stepped from Residential 3.5"):
        expect(timeline).to_contain_text(old)
    director.locator(".filters").get_by_role("link", name="Notes").click()
    expect(timeline).to_contain_text("Slept all night.")
    expect(timeline.locator("[data-kind='dose']")).to_have_count(0)

    expect(bed).not_to_contain_text("S. Amari")
    expect(bed).to_have_attribute("data-state", "cleaning")
    assert intake.evaluate("window.untouched") is True
    placement = current(episode.pk, datetime.now(UTC))
    assert placement is not None and placement.program == today.php
    assert CleaningJob.objects.get().bed == today.beds[0]


def test_a_choice_below_the_recommendation_asks_for_four_things_and_a_second_pin(open_as: Open, today: World) -> None:
    supervisor(today)
    episode = in_residential(today)
    assessment = rated(today, episode, FOR_3_5)
    page = open_as(today.director, f"/levels/assessments/{assessment.pk}/decide/", size=(768, 1024))
    expect(page.get_by_role("button", name="Decide to continue at 3.5")).to_be_visible()
    page.get_by_label("Level you choose").select_option("2.5")
    expect(page.locator("#choice")).to_contain_text("Selected does not cover recommended")
    page.get_by_label("How the person is kept safe").fill("Calls home every evening")
    page.get_by_role("button", name="Decide and plan the step").click()
    expect(page.locator("#decision")).to_contain_text("add at least one reason")
    expect(page.get_by_label("How the person is kept safe")).to_have_value("Calls home every evening")
    page.get_by_text("The person prefers another level").click()
    page.get_by_text("Leaves without taking up care").click()
    page.get_by_role("button", name="Decide and plan the step").click()
    page.get_by_label("Supervisor").select_option(label="Lena Ortiz, MD")
    page.get_by_label("Their PIN").fill(PIN)
    page.get_by_role("button", name="Record it and settle the step").click()
    hand_on(page)
    page.get_by_role("button", name="Step to PHP").click()
    expect(page.locator("#where")).to_contain_text("PHP")
