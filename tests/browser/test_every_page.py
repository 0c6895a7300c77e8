"""Every page of the four jobs on the seeded demonstration: accessible by day and night, no sideways scroll, no complaint."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page

from asam.actions.drafts import begin_rating, save_part
from asam.models import Assessment, Authorisation, Draft, LevelReview, Transition, TransitionDraft
from asam.queries.catalogs import shipped
from beds.models import BedStay
from chart.models import (
    Belonging,
    BreakGlass,
    DrugScreen,
    Handoff,
    HandOver,
    Incident,
    Note,
    NoteDraft,
    Plan,
    PlanAgreement,
    SafetyPlan,
    Score,
    Task,
    Vitals,
)
from config.demo.seed import seed
from emar.models import Medication, Order, StockLine, StockLocation, Variance
from groups.models import Session
from privacy.models import Agreement, Consent, ConsentEvent, Disclosure, ShareLink
from privacy.rules.consents import ConsentType
from programs.models import Client, Episode, PlacementRequest
from staff.models import Person
from tests.browser.conftest import Open
from tests.browser.counseling_places import counseling_places
from tests.browser.duty_places import duty_places
from tests.browser.faults import by_day_and_by_night

pytestmark = [pytest.mark.long, pytest.mark.browser]


@pytest.fixture
def demo(transactional_db: None) -> datetime:
    """The demonstration organisation with a week of history."""
    now = datetime.now(UTC)
    seed(seed=1, now=now, days=7)
    director = Person.objects.get(username="director")
    begin_rating(by=director, at=now, episode_id=watched().pk, kind="reassessment", danger="none")
    draft = Draft.objects.get(episode=watched(), closed_at=None)
    save_part(
        by=director, at=now, draft_id=draft.pk, number=1, version=0, ratings={"d1_wd": ["3A"]}, evidence={}, views={}
    )
    return now


def watched() -> Episode:
    """The episode whose chart, levels and orders are opened; acts for it stand in `demo`, before a browser runs."""
    return Episode.objects.filter(ended_at=None, placements__level="3.5", placements__ended_at=None).order_by("pk")[0]


def places(now: datetime) -> Iterator[tuple[str, str]]:
    """Whom to be, and where to go."""
    episode = watched()
    running = Session.objects.filter(started_at__lte=now, ended_at__gt=now).first()
    asked = PlacementRequest.objects.filter(settled_at=None).in_order().first()
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
        ("nurse", f"/clients/{scored}/scores/ciwa_ar/"), ("nurse", f"/pass/otp/{scored}/"),
        *measured_places(scored), *level_places(episode), ("prescriber", "/pass/protocols/"),
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
        ("director", "/"), ("director", "/levels/"), ("director", f"/levels/{episode.pk}/"), ("director", "/levels/flow/"),
        ("nurse", "/levels/flow/?from=soon"), ("director", "/audit/"), *audit_places(episode.client_id),
        ("nurse", f"/pass/formulary/{glargine.pk}/"), ("prescriber", "/pass/formulary/"), ("prescriber", "/pass/formulary/import/"),
        ("prescriber", f"/pass/formulary/{glargine.pk}/"), ("administrator", "/pass/formulary/?q=nothing+like+it"),
        ("administrator", "/staff/"), ("administrator", "/pass/tablets/"), ("nurse", "/pass/settle/"), ("nurse", "/pass/kept/"),
        ("nurse", "/staff/duty/"), ("technician", "/staff/pin/"),
        *stock_places(), *paper_places(episode.client_id), *release_places(), *fact_places(), *plan_places(),
        *unit_places(unit.pk, now), *task_places(episode.client_id), *note_places(), *consent_places(), *duty_places(),
        *counseling_places(), *access_places(),
        ("housekeeping", "/beds/cleaning/"), ("biller", "/clients/"),
    )  # fmt: skip


def access_places() -> Iterator[tuple[str, str]]:
    """The lock, sessions, other systems, rules of access; a chart behind glass, and the reviews of two."""
    waiting = BreakGlass.objects.filter(review=None).get()
    reviewed = BreakGlass.objects.exclude(review=None).get()
    gone = f"/clients/{waiting.client_id}/"
    yield from (
        ("nurse", "/staff/sessions/"), ("administrator", f"/staff/{waiting.person_id}/sessions/"), ("administrator", "/staff/systems/"),
        ("administrator", "/staff/access/"), ("facilitator", f"{gone}glass/?next={gone}notes/"), ("privacy", "/clients/glass/"),
        ("director", f"/clients/glass/{waiting.pk}/"), ("director", f"/clients/glass/{reviewed.pk}/"),
    )  # fmt: skip


def consent_places() -> Iterator[tuple[str, str]]:
    """Consents of a client: the list, each state of one, every kind of new one; recipients; callers."""
    states = {event.kind: event.consent for event in ConsentEvent.objects.select_related("consent")}
    waiting = Consent.objects.filter(signatures=None).first()
    there = BedStay.objects.filter(ended_at=None, bed__room__unit__site__slug="riverbend").values("client")
    told = Consent.objects.filter(type="presence_ack", client__in=there).first()
    case = Consent.objects.filter(type="criminal_justice_referral").first()
    lab = Agreement.objects.first()
    assert waiting is not None and told is not None and case is not None and lab is not None
    yield from (("intake", f"/clients/{row.client_id}/consents/{row.pk}/") for row in (waiting, case, *states.values()))
    yield from (("intake", f"/clients/{told.client_id}/consents/new/?type={kind.value}") for kind in ConsentType)
    held = states["held"]
    yield from (
        ("intake", f"/clients/{told.client_id}/consents/"), ("privacy", f"/clients/{held.client_id}/consents/"),
        ("intake", f"/clients/{held.client_id}/consents/{held.pk}/revoke/"),
        ("nurse", f"/clients/{held.client_id}/consents/{held.pk}/lift/"),
        ("intake", f"/clients/{waiting.client_id}/consents/{waiting.pk}/sign/"), ("privacy", "/privacy/recipients/"),
        ("privacy", "/privacy/recipients/?find=nobody"), ("privacy", f"/privacy/recipients/{lab.recipient_id}/"),
        ("intake", "/privacy/recipients/new/"), ("intake", f"/privacy/agreements/{lab.pk}/end/"), ("technician", "/privacy/callers/"),
    )  # fmt: skip


def measured_places(scored: int) -> Iterator[tuple[str, str]]:
    """The pages of scales and vital signs."""
    handed = HandOver.objects.filter(settled_at=None).first()
    vital = Vitals.objects.filter(client=scored).first()
    assert handed is not None
    assert vital is not None
    unit = BedStay.objects.filter(ended_at=None, client=scored).values_list("bed__room__unit", flat=True)[0]
    yield from (
        ("nurse", f"/clients/{scored}/scores/"), ("nurse", f"/clients/{scored}/scores/phq_9/"),
        ("nurse", f"/clients/{scored}/score/phq_9/"), ("nurse", f"/clients/{scored}/score/audit/"),
        ("nurse", f"/clients/{scored}/score/bam/"), ("nurse", f"/clients/{scored}/vitals/"),
        ("nurse", f"/clients/{scored}/vitals/take/"), ("nurse", f"/clients/{scored}/vitals/take/?corrects={vital.pk}"),
        ("nurse", f"/clients/vitals/{unit}/"), ("nurse", f"/clients/{handed.client_id}/handed/{handed.pk}/"),
    )  # fmt: skip


def audit_places(client_id: int) -> Iterator[tuple[str, str]]:
    """The privacy officer's: the trail, odd patterns of this week and the one before, who has looked, watched records."""
    yield from (
        ("privacy", "/audit/"), ("privacy", "/audit/?kind=opened&from=soon"), ("privacy", "/audit/flags/"),
        ("privacy", "/audit/flags/?back=1"), ("privacy", "/audit/looked/"), ("privacy", "/audit/looked/?record=nobody"),
        ("privacy", f"/audit/looked/{client_id}/"), ("privacy", "/audit/watched/"),
    )  # fmt: skip


def release_places() -> Iterator[tuple[str, str]]:
    """Releasing, what was released, and the page that a share link opens."""
    row = Disclosure.objects.order_by("pk").first()
    link = ShareLink.objects.first()
    assert row is not None and link is not None
    yield from (
        ("director", f"/clients/{row.client_id}/release/"), ("privacy", f"/clients/{link.client_id}/release/"),
        ("director", f"/clients/{row.client_id}/release/{row.pk}/"), ("nurse", f"/clients/{row.client_id}/accounting/?years=6"),
        ("privacy", "/privacy/disclosures/"), ("auditor", "/privacy/disclosures/?q=nothing+like+it"), ("director", "/shared/any/"),
    )  # fmt: skip


def paper_places(client_id: int) -> Iterator[tuple[str, str]]:
    """A chart with a filter, words and a day; its papers; two records side by side."""
    twin = Client.objects.get(record_number="R09871")
    kept = Client.objects.filter(last_name=twin.last_name, born_on=twin.born_on).exclude(pk=twin.pk).get()
    chart = f"/clients/{client_id}/"
    yield from (
        ("director", f"{chart}?kind=note"), ("facilitator", f"{chart}?q=nothing+like+it"), ("prescriber", f"{chart}?to=2020-01-01"),
        ("director", f"{chart}fhir/"), ("nurse", f"{chart}papers/"), ("nurse", f"{chart}papers/chart/?from=soon"),
        ("director", "/clients/duplicates/"),
        ("director", f"/clients/{kept.pk}/merge/{twin.pk}/"), ("director", f"/clients/{twin.pk}/merge/{kept.pk}/"),
        ("director", f"/clients/{twin.pk}/"), ("intake", "/clients/?q=R09871"),
    )  # fmt: skip


def task_places(client_id: int) -> Iterator[tuple[str, str]]:
    """The task list, a task, deadline rules, the review of charts."""
    task = Task.objects.filter(done_at=None, capability="chart.write").first()
    assert task is not None
    yield from (
        ("facilitator", "/clients/tasks/"), ("director", "/clients/tasks/?whose=all&coming=1"), ("nurse", "/clients/tasks/?whose=mine"),
        ("facilitator", "/clients/tasks/?kind=deadline&q=plan"), ("facilitator", f"/clients/tasks/{task.pk}/"),
        ("director", "/clients/deadlines/"), ("auditor", "/clients/review/"), ("director", "/clients/review/?on=soon"),
        ("director", f"/clients/{client_id}/review/"),
    )  # fmt: skip


def unit_places(unit_id: int, now: datetime) -> Iterator[tuple[str, str]]:
    """Rounds, incidents, handoffs (given and running), the report of a day."""
    given = Handoff.objects.filter(receipts=None, site__slug="riverbend").first()
    incident = Incident.objects.filter(severity="moderate", site__slug="riverbend").first()
    assert given is not None
    assert incident is not None
    shift = int(given.since.timestamp() // 60)
    running = int(given.until.timestamp() // 60)
    yield from (
        ("technician", f"/unit/rounds/{unit_id}/"), ("nurse", f"/unit/rounds/{unit_id}/"), ("nurse", "/unit/rounds/watched/"),
        ("nurse", "/unit/rounds/report/"), ("nurse", "/unit/rounds/report/?from=soon"), ("nurse", "/unit/incidents/"),
        ("technician", "/unit/incidents/new/"), ("director", f"/unit/incidents/{incident.pk}/"),
        ("director", f"/unit/incidents/{incident.pk}/correct/"), ("nurse", "/unit/handoff/"),
        ("nurse", f"/unit/handoff/{given.unit_id}/{shift}/"), ("nurse", f"/unit/handoff/{given.unit_id}/{running}/"),
        ("director", f"/unit/day/?on={now - timedelta(days=2):%Y-%m-%d}"),
        ("director", f"/unit/day/?on={now - timedelta(days=1):%Y-%m-%d}"),
        ("administrator", "/unit/hours/"), ("nurse", "/beds/tags/"),
    )  # fmt: skip


def level_places(episode: Episode) -> Iterator[tuple[str, str]]:
    """The pages of a level: the question before, each dimension, the look over, the decision, payers, catalogs."""
    undecided = Assessment.objects.filter(decision=None, episode__ended_at=None).order_by("-pk").first()
    decided = Assessment.objects.exclude(decision=None).order_by("-pk").first()
    paid = Authorisation.objects.filter(episode__ended_at=None).first()
    review = LevelReview.objects.order_by("-pk").first()
    assert undecided is not None and decided is not None and paid is not None and review is not None
    draft = Draft.objects.get(episode=episode, closed_at=None)
    yield from (("director", f"/levels/{episode.pk}/rate/{number}/") for number in (1, 4, 6))
    yield from (
        ("director", f"/levels/drafts/{draft.pk}/"), ("facilitator", f"/levels/{episode.pk}/begin/?danger=again"),
        ("director", f"/levels/assessments/{decided.pk}/"), ("director", f"/levels/assessments/{undecided.pk}/decide/"),
        ("biller", "/levels/authorised/"), ("biller", f"/levels/{paid.episode_id}/authorised/"),
        ("biller", f"/levels/authorised/{paid.pk}/correct/"), ("director", "/levels/catalogs/"),
        ("director", f"/levels/catalogs/{shipped().digest[:12]}/"), ("director", "/levels/catalogs/import/"),
        ("director", f"/admissions/step/{TransitionDraft.objects.filter(closed_at=None).latest('pk').decision_id}/"),
        ("director", "/levels/editions/"), ("director", f"/admissions/steps/{Transition.objects.latest('pk').pk}/"),
        ("director", f"/levels/{episode.pk}/packet/"), ("facilitator", f"/levels/{episode.pk}/review/"),
        ("director", "/levels/review-rules/"), ("director", f"/levels/reviews/{review.pk}/"), ("director", "/levels/?show=event"),
    )  # fmt: skip


def note_places() -> Iterator[tuple[str, str]]:
    """The pages of notes: one that was corrected, one that was entered in error, a draft, the search, the templates."""
    amended = Note.objects.filter(amendment="correction").select_related("episode").first()
    gone = Note.objects.filter(amendment="retraction").select_related("episode").first()
    draft = NoteDraft.objects.filter(by__username="facilitator").select_related("episode").first()
    assert amended is not None
    assert gone is not None
    assert draft is not None
    chart = f"/clients/{amended.episode.client_id}"
    yield from (
        ("facilitator", f"{chart}/notes/"), ("facilitator", f"{chart}/notes/{amended.pk}/"), ("facilitator", f"{chart}/write/"),
        ("facilitator", f"/clients/{gone.episode.client_id}/notes/{gone.pk}/"),
        ("facilitator", f"{chart}/notes/{amended.pk}/amend/correction/"), ("facilitator", f"{chart}/write/birp/"),
        ("facilitator", f"/clients/{draft.episode.client_id}/write/{draft.template}/"), ("director", "/clients/notes/"),
        ("facilitator", "/clients/notes/search/?q=evening"), ("director", "/clients/notes/templates/"),
        ("director", "/clients/notes/templates/dap/"),
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


def fact_places() -> Iterator[tuple[str, str]]:
    """The facts of a chart: every card, a sheet of each kind, what is listed by two people, what is signed."""
    plan = SafetyPlan.objects.filter(signing=None).order_by("-number").first()
    item = Belonging.objects.filter(end=None).first()
    screen = DrugScreen.objects.filter(outcome="collected").exclude(results=None).first()
    assert plan is not None
    assert item is not None
    assert screen is not None
    facts, kept, screened = (f"/clients/{each.client_id}/facts" for each in (plan, item, screen))
    yield from (
        ("nurse", f"{facts}/"), ("facilitator", f"{facts}/"), ("intake", f"{facts}/record/"), ("intake", f"{facts}/record/change/"),
        ("nurse", f"{facts}/allergies/new/"), ("prescriber", f"{facts}/diagnoses/new/"), ("intake", f"{facts}/team/join/"),
        ("intake", f"{facts}/contacts/reach/"), ("facilitator", f"{facts}/safety/"), ("facilitator", f"{facts}/safety/write/"),
        ("facilitator", f"{facts}/safety/{plan.pk}/answer/"), ("nurse", f"{screened}/screens/"),
        ("director", "/clients/vitals/limits/"), ("nurse", "/clients/vitals/limits/"), ("technician", "/unit/rounds/0/"),
        ("nurse", f"{screened}/screens/new/"), ("nurse", f"{screened}/screens/{screen.pk}/"),
        ("technician", f"{screened}/screens/{screen.pk}/step/"), ("technician", f"{kept}/belongings/"),
        ("technician", f"{kept}/"), ("nurse", f"{kept}/belongings/new/"), ("technician", f"{kept}/belongings/{item.pk}/end/"),
    )  # fmt: skip


def plan_places() -> Iterator[tuple[str, str]]:
    """A plan that counts, one that the client refused, a draft, what is done with them, and a chart without any."""
    counts = Plan.objects.filter(episode__ended_at=None, number=2, signed_at__isnull=False).first()
    refused = (
        PlanAgreement.objects.filter(kind="refused", plan__episode__ended_at=None)
        .select_related("plan__episode")
        .first()
    )
    drafted = Plan.objects.filter(signed_at=None).select_related("episode").first()
    without = Episode.objects.filter(ended_at=None, plans=None).first()
    assert counts is not None
    assert refused is not None
    assert drafted is not None
    assert without is not None
    objective = counts.objectives.filter(measure="count").first()
    assert objective is not None
    plan, other = (f"/clients/{each.episode.client_id}/plan" for each in (counts, refused.plan))
    yield from (
        ("facilitator", f"{plan}/"), ("nurse", f"{plan}/"), ("facilitator", f"{plan}/versions/"), ("facilitator", f"{plan}/review/"),
        ("facilitator", f"{plan}/objective/{objective.pk}/"), ("facilitator", f"{other}/"),
        ("facilitator", f"{other}/{refused.plan_id}/answer/"), ("facilitator", f"/clients/{drafted.episode.client_id}/plan/draft/"),
        ("facilitator", f"/clients/{without.client_id}/plan/"), ("facilitator", f"{plan}/{counts.supersedes_id}/"),
    )  # fmt: skip


def test_every_page_is_accessible_by_night_and_by_day(open_as: Open, demo: datetime) -> None:
    """No page scrolls sideways or breaks its security policy, and axe finds nothing."""
    door = open_as(None, "/beds/", size=(768, 1024))
    known: list[int] = []
    wrong = {"the sign-in page": by_day_and_by_night(door, known)}
    door.get_by_role("button", name="Intake coordinator").click()
    door.wait_for_url("**/beds/")
    windows: dict[str, Page] = {}
    for username, where in places(demo):
        if username not in windows:
            windows[username] = open_as(Person.objects.get(username=username), where, size=(768, 1024))
        windows[username].goto(where)
        wrong[f"{username} {where}"] = by_day_and_by_night(windows[username], known)
    nurse = windows["nurse"]
    nurse.goto("/pass/")
    nurse.get_by_role("link", name="Continue").or_(nurse.get_by_role("link", name="Open")).first.click()
    nurse.wait_for_url("**/pass/*/*/**")
    wrong["a client in the pass"] = by_day_and_by_night(nurse, known)
    assert {where: found for where, found in wrong.items() if found} == {}
