"""Stepping down: one client from 3.7 to 3.5, to 2.5 with housing, to 2.1 and to 1.5, each line looked up on the far side."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from asam.actions import assess, decide
from asam.models import Decision, Transition
from beds.models import Bed, BedStay, Room, Unit
from chart.models import Task
from emar.models import Order
from groups.models import Series, Session
from programs.models import Episode, Placement, Program
from programs.placed import current
from tests.asam.care import ALL_LOW, FOR_2_5
from tests.browser.conftest import Open
from tests.browser.stepping import hand_on, sign
from tests.factories import World, admit, client, signs, world
from tests.factories.meds import at_times, medication, order
from tests.factories.plans import signed

pytestmark = pytest.mark.browser


@pytest.fixture
def today(transactional_db: None) -> World:
    """The small program, now, with a medical unit, a residence and an outpatient clinic besides."""
    return world(datetime.now(UTC))


def more(here: World) -> dict[str, Any]:
    """Medical 3.7 in Birch, Oak House, and Outpatient; a group in each day program."""
    made = {
        "medical": Program.objects.create(site=here.site, name="Medical 3.7", level="3.7", position=5),
        "house": Program.objects.create(site=here.site, name="Oak House", kind="residence", position=6),
        "clinic": Program.objects.create(site=here.site, name="Outpatient", level="1.5", position=7),
    }
    beds = {}
    for name, program in (("Birch", made["medical"]), ("Oak", made["house"])):
        room = Room.objects.create(unit=Unit.objects.create(site=here.site, program=program, name=name), name="1")
        beds[name] = Bed.objects.create(room=room, label="A")
    for name, program in (("Day group", here.php), ("Evening group", here.iop)):
        series = Series.objects.create(site=here.site, name=name)
        series.programs.add(program)
        start = here.now + timedelta(days=1)
        Session.objects.create(series=series, site=here.site, started_at=start, ended_at=start + timedelta(hours=1))
    return made | {"beds": beds}


def decided(here: World, episode: Episode, level: str, **ratings: list[str]) -> Decision:
    """Newest ratings and a decision for this level, now."""
    at = datetime.now(UTC)
    rated = assess(
        by=here.director, at=at, episode_id=episode.pk, kind="reassessment", ratings=FOR_2_5 | ratings, evidence={}
    )
    differs = rated.recommendation["level"] != level
    return decide(
        by=here.director, at=at, assessment_id=rated.pk, selected=level, reasons=["PREFERENCE"] if differs else [], texts={},
        safety_strategy="",
    )  # fmt: skip


def settle(page: Page, key: str, choice: str) -> None:
    page.locator(f"label:has(input[name='choice-{key}'][value='{choice}'])").click()


def step(page: Page, program: str) -> None:
    page.get_by_role("button", name=f"Step to {program}").click()
    expect(page.locator("#where")).to_contain_text(program)


def test_a_client_steps_down_all_the_way_and_every_room_follows(open_as: Open, today: World) -> None:
    here, rooms = today, more(today)
    signs(here.prescriber, here.site, at=here.now)
    episode = admit(here, client(here, "Sara", "Amari"), rooms["medical"], rooms["beds"]["Birch"])
    signed(episode, here.director, here.now - timedelta(days=3))
    kept = order(episode, medication(), at_times("08:00"), by=here.prescriber)
    ended = order(episode, medication("Folate"), at_times("08:00"), by=here.prescriber)
    page = open_as(here.director, "/levels/", size=(1024, 768))

    # 3.7 -> 3.5: another bed, one order stops
    decision = decided(here, episode, "3.5", d4_use=["E"])
    page.goto(f"/admissions/step/{decision.pk}/")
    settle(page, "bed", "move")
    page.get_by_label("Which bed").select_option(label="Alder 1-A")
    settle(page, f"order-{ended.pk}", "stop")
    page.locator(f"#reason-order-{ended.pk}").fill("Levels are normal")
    expect(page.locator("#settled")).to_be_visible()
    page.get_by_role("button", name="Rehearse").click()
    expect(page.locator("#rehearsed")).to_contain_text("Stepped from Medical 3.7 (3.7) to Residential 3.5 (3.5)")
    sign(page, here.prescriber)
    step(page, "Residential 3.5")
    assert BedStay.objects.get(ended_at=None).bed == here.beds[0]
    assert not Order.objects.current(datetime.now(UTC)).filter(pk=ended.pk).exists()
    page.goto("/beds/")
    expect(page.locator(f"#bed-{here.beds[0].pk}")).to_contain_text("S. Amari")
    expect(page.locator(f"#bed-{rooms['beds']['Birch'].pk}")).to_have_attribute("data-state", "cleaning")

    # 3.5 -> 2.5 with housing: the ratings ask for a residence again
    decision = decided(here, episode, "2.5", d5_safe=["A"])
    page.goto(f"/admissions/step/{decision.pk}/")
    expect(page.locator("#stands")).to_contain_text("The ratings ask for a recovery residence")
    settle(page, "bed", "move")
    page.get_by_label("Which bed").select_option(label="Oak 1-A")
    expect(page.locator("#section-residence")).to_contain_text("lives in the bed of our residence")
    settle(page, f"order-{kept.pk}", "self")
    hand_on(page)
    expect(page.locator("#settled")).to_be_visible()
    sign(page, here.prescriber)
    step(page, "PHP")
    expect(page.locator(".timeline")).to_contain_text("Stepped: 3.5 to 2.5")
    now = datetime.now(UTC)
    assert Placement.objects.current(now).get(kind="residence").program == rooms["house"]
    assert Order.objects.current(now).get().mode == "self_carry"
    assert Task.objects.filter(kind="plan_level_review", done_at=None).count() == 1
    made = Transition.objects.latest("pk")
    page.goto(f"/admissions/steps/{made.pk}/")
    expect(page.locator("#main")).to_contain_text("join: Day group")

    # 2.5 -> 2.1: nothing but the groups moves; the bed of the residence is kept by itself
    decision = decided(here, episode, "2.1", d4_use=["B"])
    page.goto(f"/admissions/step/{decision.pk}/")
    expect(page.locator("#line-groups")).to_contain_text("join: Evening group")
    expect(page.locator("#line-groups")).to_contain_text("9 h a week (before: 20 h a week)")
    sign(page, here.prescriber)
    step(page, "IOP")
    assert BedStay.objects.get(ended_at=None).bed == rooms["beds"]["Oak"]

    # 2.1 -> 1.5: out of the house, the last order goes to the clinic's day pass
    decision = decided(here, episode, "1.5", **ALL_LOW)
    page.goto(f"/admissions/step/{decision.pk}/")
    settle(page, "bed", "free")
    sign(page, here.prescriber)
    step(page, "Outpatient")
    now = datetime.now(UTC)
    assert not BedStay.objects.filter(ended_at=None).exists()
    assert [each.level for each in Placement.objects.filter(kind="treatment").order_by("started_at")] == [
        "3.7", "3.5", "2.5", "2.1", "1.5",
    ]  # fmt: skip
    assert current(episode.pk, now).program == rooms["clinic"]  # type: ignore[union-attr]
