"""Stepping down: one client from 3.7 to 3.5, to 2.5 with housing, to 2.1 and to 1.5, each line looked up on the far side."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from asam.actions import assess, decide
from asam.models import Authorisation, Decision, Transition, WarmHandoff
from beds.models import Bed, BedStay, Room, Unit
from chart.models import Task
from emar.actions.stock import count_in
from emar.models import LedgerEntry, Order, StockLocation
from emar.queries.stock.balances import balances
from emar.rules.stock import Keeps, Kind
from groups.models import Series, Session
from groups.queries.expected import expected
from programs.models import Episode, Placement, Program
from programs.placed import current
from tests.asam.care import ALL_LOW, FOR_2_5
from tests.browser.conftest import Open
from tests.browser.stepping import hand_on, sign, watch
from tests.factories import World, admit, client, signs, world
from tests.factories.meds import at_times, medication, order
from tests.factories.people import proof_of
from tests.factories.plans import signed

pytestmark = pytest.mark.browser


@pytest.fixture
def today(transactional_db: None) -> World:
    """The small program, now, with a medical unit, a residence and an outpatient clinic besides."""
    return world(datetime.now(UTC))


def more(here: World) -> dict[str, Any]:
    """Medical 3.7 in Birch, Oak House, and Outpatient; a group in each day program."""
    made: dict[str, Any] = {
        "medical": Program.objects.create(site=here.site, name="Medical 3.7", level="3.7", position=5),
        "house": Program.objects.create(site=here.site, name="Oak House", kind="residence", position=6),
        "clinic": Program.objects.create(site=here.site, name="Outpatient", level="1.5", position=7),
    }
    beds = {}
    for name, program in (("Birch", made["medical"]), ("Oak", made["house"])):
        room = Room.objects.create(unit=Unit.objects.create(site=here.site, program=program, name=name), name="1")
        beds[name] = Bed.objects.create(room=room, label="A")
    for name, program, hours in (("Day group", here.php, 20), ("Evening group", here.iop, 6), ("Skills", here.iop, 3)):
        series = Series.objects.create(site=here.site, name=name, by_choice=name == "Skills")
        series.programs.add(program)
        start = here.now + timedelta(days=1 if name != "Skills" else 3)
        made[name] = Session.objects.create(
            series=series, site=here.site, started_at=start, ended_at=start + timedelta(hours=hours)
        )
    return made | {"beds": beds}


def brought(here: World, episode: Episode) -> int:
    """Ten tablets that the client brought, counted in; the line of them."""
    place = StockLocation.objects.create(site=here.site, name="Own medication", kind=Keeps.OWN.value)
    watcher = signs(here.second_nurse, here.site, at=here.now)
    entry = count_in(
        by=signs(here.on_unit, here.site, at=here.now), at=here.now, location_id=place.pk, client_id=episode.client_id,
        medication_id=medication("Zinc").pk, lot="7", expires_on=(here.now + timedelta(days=300)).date(), amount=Decimal(10),
        proof_id=proof_of(watcher, here.site, at=here.now, purpose=Kind.COUNT_IN.purpose).pk,
    )  # fmt: skip
    return entry.line_id


def paid_for(here: World, episode: Episode) -> None:
    """Twenty days of 3.5, from yesterday on."""
    today = here.now.astimezone(here.site.tz).date()
    Authorisation.objects.create(
        episode=episode, payer="Blue Valley", level="3.5", reads_as="3.5", unit="days", approved=20, at=here.now,
        first_on=today - timedelta(days=1), last_on=today + timedelta(days=18), by=here.director,
    )  # fmt: skip


def soon(here: World) -> str:
    """A time of day three hours from now, as the site's clock shows it."""
    return f"{here.now.astimezone(here.site.tz) + timedelta(hours=3):%H:%M}"


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
    own = brought(here, episode)
    paid_for(here, episode)
    kept = order(episode, medication(), at_times(soon(here)), by=here.prescriber)
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
    expect(page.locator("#section-doses")).to_contain_text("handed over with the order")
    settle(page, f"stock-{own}", "hand")
    page.locator(f"#name-stock-{own}").fill("Sara Amari")
    settle(page, "consent", "checked")
    expect(page.locator("#line-paid")).to_contain_text("3.5")
    page.locator("#reason-paid").fill("The payer is asked on Friday")
    expect(page.locator("#line-week")).to_contain_text("met")
    hand_on(page)
    expect(page.locator("#settled")).to_be_visible()
    sign(page, here.prescriber)
    watch(page, here.on_unit)
    step(page, "PHP")
    expect(page.locator(".timeline")).to_contain_text("Stepped: 3.5 to 2.5")
    now = datetime.now(UTC)
    assert Placement.objects.current(now).get(kind="residence").program == rooms["house"]
    assert Order.objects.current(now).get().mode == "self_carry"
    assert Task.objects.filter(kind="plan_level_review", done_at=None).count() == 1
    made = Transition.objects.latest("pk")
    assert list(made.lines.filter(kind="due_dose").values_list("choice", flat=True)) == ["handed"]
    entry = LedgerEntry.objects.get(kind="hand_back")
    assert (entry.signed_as, entry.balance, balances([own])[own].balance) == ("Sara Amari", Decimal(0), Decimal(0))
    assert entry.proof is not None and entry.proof.person == here.on_unit
    assert made.lines.get(kind="consent").choice == "checked"
    assert Task.objects.get(kind="transition.payer").title == "Ask the payer for 2.5"
    assert made.reconciled_by == here.prescriber
    assert expected([rooms["Day group"]])[rooms["Day group"].pk] == {episode.client_id}
    handoff = WarmHandoff.objects.get(transition=made)
    assert (handoff.receiving, handoff.kit, handoff.caller) == (
        "PHP, Kofi Danso",
        "given",
        "Imani Clarke, the same day",
    )
    page.goto(f"/admissions/steps/{made.pk}/")
    for words in ("join: Day group", "PHP, Kofi Danso", "Any use, or a night without sleep", "handed to the client, who signs",
                  "The payer is asked on Friday", "the receiving program too, was looked at again"):  # fmt: skip
        expect(page.locator("#main")).to_contain_text(words)
    page.goto(f"/levels/{episode.pk}/")
    expect(page.locator("#main")).to_contain_text("Blue Valley")

    # 2.5 -> 2.1: nothing but the groups moves; the bed of the residence is kept by itself
    decision = decided(here, episode, "2.1", d4_use=["B"])
    page.goto(f"/admissions/step/{decision.pk}/")
    expect(page.locator("#line-groups")).to_contain_text("join: Evening group")
    expect(page.locator("#line-week")).to_contain_text("9 h a week (before: 20 h a week)")
    expect(page.locator("#line-week")).to_contain_text("3 h short")
    settle(page, f"group-{rooms['Skills'].series_id}", "join")
    expect(page.locator("#line-week")).to_contain_text("come to 9 h: met")
    page.locator("#reason-paid").fill("The payer is asked on Friday")
    sign(page, here.prescriber)
    step(page, "IOP")
    assert BedStay.objects.get(ended_at=None).bed == rooms["beds"]["Oak"]
    for name in ("Evening group", "Skills"):
        assert expected([rooms[name]])[rooms[name].pk] == {episode.client_id}
    assert expected([rooms["Day group"]])[rooms["Day group"].pk] == set()

    # 2.1 -> 1.5: out of the house, the last order goes to the clinic's day pass
    decision = decided(here, episode, "1.5", **ALL_LOW)
    page.goto(f"/admissions/step/{decision.pk}/")
    settle(page, "bed", "free")
    page.locator("#reason-paid").fill("The payer is asked on Friday")
    expect(page.locator(f"#line-group-{rooms['Skills'].series_id}")).to_contain_text("is left")
    sign(page, here.prescriber)
    step(page, "Outpatient")
    now = datetime.now(UTC)
    assert expected([rooms["Skills"]])[rooms["Skills"].pk] == set()
    assert Order.objects.current(now).get().replaces_id == kept.pk  # the one that the client carries goes on
    assert not BedStay.objects.filter(ended_at=None).exists()
    assert [each.level for each in Placement.objects.filter(kind="treatment").order_by("started_at")] == [
        "3.7", "3.5", "2.5", "2.1", "1.5",
    ]  # fmt: skip
    assert current(episode.pk, now).program == rooms["clinic"]  # type: ignore[union-attr]
