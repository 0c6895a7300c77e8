"""Every page of the four jobs on the seeded demonstration: accessible by day and night, no sideways scroll, no complaint."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from asam.models import Assessment
from beds.models import BedStay
from chart.models import Score
from config.demo.seed import seed
from emar.models import Medication, Order, StockLine, StockLocation, Variance
from groups.models import Session
from programs.models import Episode, PlacementRequest
from staff.models import Person
from tests.browser.conftest import Open

pytestmark = pytest.mark.browser
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


@pytest.fixture
def demo(transactional_db: None) -> datetime:
    """The demonstration organisation with a week of history."""
    now = datetime.now(UTC)
    seed(seed=1, now=now, days=7)
    return now


def places(now: datetime) -> Iterator[tuple[str, str]]:
    """Whom to be, and where to go."""
    episode = Episode.objects.filter(ended_at=None, placements__level="3.5", placements__ended_at=None).first()
    running = Session.objects.filter(started_at__lte=now, ended_at__gt=now).first()
    asked = PlacementRequest.objects.filter(settled_at=None).in_order().first()
    assert episode is not None
    assert asked is not None
    assert running is not None
    assert Assessment.objects.exists()
    ordered = Order.objects.current(now).filter(stopped_at=None, client__episodes=episode).first()
    assert ordered is not None
    stay = BedStay.objects.filter(ended_at=None, bed__room__unit__site=asked.site).first()
    assert stay is not None
    glargine = Medication.objects.get(name="Insulin glargine")
    treated = Order.objects.filter(episode__ended_at=None, administrations__isnull=False).values_list(
        "client", flat=True
    )[0]
    unit = stay.bed.room.unit
    scored = Score.objects.filter(scale="ciwa_ar").values_list("client", flat=True)[0]
    yield from (
        ("intake", f"/beds/?move={stay.pk}"), ("intake", f"/beds/?choose={asked.pk}&free=now"),
        ("intake", f"/beds/?at={now - timedelta(days=2):%Y-%m-%dT%H:%M}"), ("intake", "/beds/?at=soon"),
        ("nurse", "/"), ("nurse", "/pass/"), ("nurse", f"/pass/bands/{stay.client_id}/"), ("intake", "/pass/labels/"),
        ("nurse", f"/pass/{unit.pk}/paper/"), ("nurse", "/pass/downtime/"), ("nurse", "/beds/"),
        ("nurse", f"/clients/{episode.client_id}/"),
        ("nurse", "/beds/evacuation/"), ("nurse", "/admissions/keep-apart/"),
        ("nurse", f"/admissions/people/{episode.client_id}/precautions/"),
        ("nurse", f"/pass/mar/{treated}/"), ("nurse", f"/pass/mar/{treated}/?at={now - timedelta(days=2):%Y-%m-%dT%H:%M}"),
        ("nurse", f"/pass/mar/{treated}/?month=May"), ("nurse", "/pass/reports/"), ("nurse", "/pass/reports/?from=soon"),
        ("prescriber", "/pass/tasks/"), ("nurse", f"/clients/{scored}/"), ("nurse", f"/clients/{scored}/score/ciwa_ar/"),
        ("nurse", f"/clients/{scored}/scores/ciwa_ar/"), ("nurse", f"/pass/otp/{scored}/"), ("prescriber", "/pass/protocols/"),
        ("prescriber", "/pass/protocols/new/?example=alcohol-chlordiazepoxide"),
        ("prescriber", f"/pass/orders/{ordered.client_id}/"), ("prescriber", f"/pass/orders/{ordered.client_id}/new/?q=lor"),
        ("prescriber", f"/pass/orders/{ordered.client_id}/new/?medication={ordered.medication_id}"),
        ("prescriber", f"/pass/order/{ordered.pk}/change/"), ("nurse", f"/pass/order/{ordered.pk}/stop/"),
        ("nurse", f"/pass/orders/{ordered.client_id}/new/?medication={ordered.medication_id}"),
        ("intake", "/"), ("intake", "/beds/"), ("intake", "/beds/wall/"), ("intake", "/beds/census/"), ("intake", "/beds/turnaround/"),
        ("intake", "/clients/"), ("intake", "/admissions/"), ("intake", "/admissions/?state=settled"), ("intake", "/admissions/new/"),
        ("director", f"/admissions/{asked.pk}/"),
        ("facilitator", "/groups/"), ("facilitator", f"/groups/{running.pk}/"), ("facilitator", "/groups/notes/"),
        ("facilitator", "/groups/week/"), ("facilitator", "/groups/week/?by=program&mine=1"), ("facilitator", "/groups/individual/"),
        ("director", "/groups/series/"), ("director", f"/groups/series/{running.series_id}/"), ("director", "/groups/series/new/"),
        ("director", f"/groups/series/{running.series_id}/change/"), ("director", f"/groups/series/{running.series_id}/end/"),
        ("director", f"/groups/series/{running.series_id}/amend/"),
        ("facilitator", "/groups/short/?show=all"), ("biller", "/groups/short/?week=soon"),
        ("biller", f"/groups/clients/{episode.client_id}/weeks/"),
        ("director", "/"), ("director", "/levels/"), ("director", f"/levels/{episode.pk}/"), ("director", "/audit/"),
        ("nurse", f"/pass/formulary/{glargine.pk}/"), ("prescriber", "/pass/formulary/"), ("prescriber", "/pass/formulary/import/"),
        ("prescriber", f"/pass/formulary/{glargine.pk}/"), ("administrator", "/pass/formulary/?q=nothing+like+it"),
        ("administrator", "/staff/"), ("administrator", "/pass/tablets/"), ("nurse", "/pass/settle/"), ("nurse", "/pass/kept/"),
        ("nurse", "/staff/duty/"), ("technician", "/staff/pin/"),
        *stock_places(),
        ("housekeeping", "/beds/cleaning/"), ("biller", "/clients/"),
    )  # fmt: skip


def stock_places() -> Iterator[tuple[str, str]]:
    """The pages of controlled stock: a locked line, a count that went on, the forms."""
    found = Variance.objects.filter(ended_at=None).select_related("line").first()
    assert found is not None
    free = StockLine.objects.filter(location=found.line.location_id).exclude(pk=found.line_id).first()
    assert free is not None
    own = StockLocation.objects.filter(kind="own").first()
    assert own is not None
    yield from (
        ("nurse", "/pass/stock/"), ("nurse", f"/pass/stock/lines/{found.line_id}/"), ("nurse", f"/pass/stock/lines/{free.pk}/"),
        ("nurse", f"/pass/stock/lines/{free.pk}/waste/"), ("director", f"/pass/stock/lines/{free.pk}/destroy/"),
        ("nurse", f"/pass/stock/places/{found.line.location_id}/receive/"), ("nurse", f"/pass/stock/places/{own.pk}/count-in/"),
        ("nurse", f"/pass/stock/places/{found.line.location_id}/count/"), ("nurse", f"/pass/stock/counts/{found.count_id}/"),
        ("nurse", "/pass/stock/differences/"), ("director", f"/pass/stock/differences/{found.pk}/"),
        ("nurse", "/pass/stock/papers/"), ("nurse", "/pass/stock/ledger.pdf?from=soon"), ("director", "/pass/stock/places/new/"),
    )  # fmt: skip


def faults(page: Page) -> list[str]:
    """What axe finds, and whether the page scrolls sideways."""
    found = [
        f"{violation['id']}: {violation['nodes'][0]['html'][:140]}"
        for violation in Axe().run(page, options=RULES).response["violations"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("it scrolls sideways")
    return found


@pytest.mark.parametrize(("theme", "size"), [("dark", (1024, 768)), ("light", (1440, 900))])
def test_every_page_is_accessible(open_as: Open, demo: datetime, theme: str, size: tuple[int, int]) -> None:
    windows: dict[str, Page] = {}
    wrong = {}
    for username, where in places(demo):
        if username not in windows:
            who = Person.objects.get(username=username)
            windows[username] = open_as(who, where, size=size, color_scheme=theme, bypass_csp=True)  # axe writes styles
        windows[username].goto(where)
        if found := faults(windows[username]):
            wrong[f"{username} {where}"] = found
    assert wrong == {}


def test_no_page_breaks_its_security_policy_or_scrolls_sideways_on_a_tablet(open_as: Open, demo: datetime) -> None:
    windows: dict[str, Page] = {}
    wide = []
    for username, where in places(demo):
        if username not in windows:
            windows[username] = open_as(Person.objects.get(username=username), where, size=(768, 1024))
        windows[username].goto(where)
        if windows[username].evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wide.append(where)
    assert wide == []


def test_the_pass_is_accessible_with_a_client_open(open_as: Open, demo: datetime) -> None:
    page = open_as(Person.objects.get(username="nurse"), "/pass/", size=(768, 1024), bypass_csp=True)
    page.get_by_role("link", name="Continue").or_(page.get_by_role("link", name="Open")).first.click()
    page.wait_for_url("**/pass/*/*/**")
    assert faults(page) == []


def test_the_sign_in_page_is_accessible_and_one_tap_signs_in(open_as: Open, demo: datetime) -> None:
    page = open_as(None, "/beds/", bypass_csp=True)
    assert faults(page) == []
    page.get_by_role("button", name="Intake coordinator").click()
    page.wait_for_url("**/beds/")
