"""One client's way from an inquiry to outpatient, in one chart, on the pages people use."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from admissions.actions.transition import reconciling, transition
from admissions.rules.transition_check import Handoff
from asam.actions import assess, decide
from chart.models import Plan, Task
from programs.models import Client, Episode, Program
from programs.placed import current
from tests.asam.care import FOR_2_5
from tests.browser.conftest import Open
from tests.browser.hands import draw
from tests.browser.test_group import meanwhile
from tests.factories import PIN, World, signs, world
from tests.factories.people import proof_of
from tests.factories.plans import filled
from tests.factories.sessions import series, session

pytestmark = pytest.mark.browser
TABLET = (768, 1024)


@pytest.fixture
def here(transactional_db: None) -> World:
    """The small program, now, with an outpatient program; the people who sign have a PIN and are on duty."""
    made = world(datetime.now(UTC))
    Program.objects.create(site=made.site, name="Outpatient", level="1.5", position=3)
    for who in (made.facilitator, made.on_unit, made.prescriber):
        signs(who, made.site, at=made.now)
    return made


def asks_and_is_admitted(here: World, page: Page) -> Episode:
    """From the telephone to a bed."""
    page.get_by_label("First name").fill("Marisol")
    page.get_by_label("Last name").fill("Delgado")
    page.get_by_label("Birth date").fill("1988-03-14")
    page.get_by_role("button", name="Look for them").click()
    page.get_by_label("Level wanted").select_option("3.5")
    page.get_by_role("button", name="Put on the list").click()
    if page.get_by_role("button", name="Screened").count() == 0:
        page.get_by_role("link", name=re.compile("Delgado")).first.click()
    page.get_by_role("button", name="Screened").click()
    page.get_by_role("heading", name="Approve", exact=False).or_(
        page.get_by_role("button", name="Approve")
    ).first.wait_for()
    level = page.get_by_label("Level", exact=True)
    if level.count():
        level.first.select_option("3.5")
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("link", name=re.compile("Choose a bed")).click()
    expect(page.locator(f"#bed-{here.beds[0].pk}")).to_have_attribute("data-fit", "fits")
    page.wait_for_load_state("load")
    page.locator(f"#bed-{here.beds[0].pk}").click()
    page.get_by_role("button", name=re.compile("Admit M. Delgado")).click()
    expect(page.locator(f"#bed-{here.beds[0].pk}")).to_contain_text("M. Delgado")
    return Episode.objects.get()


def facts_are_written(page: Page, chart: str) -> None:
    """An allergy and a diagnosis, by the prescriber."""
    page.goto(f"{chart}facts/allergies/new/")
    page.get_by_label("Substance").fill("Penicillin")
    page.get_by_label("Reaction").fill("hives")
    page.locator(".form__acts .button--main").click()
    expect(page.get_by_text(re.compile("Penicillin")).first).to_be_visible()
    page.goto(f"{chart}facts/diagnoses/new/")
    page.get_by_label("Name", exact=True).fill("Alcohol use disorder, severe")
    page.get_by_label("ICD-10-CM code").fill("F10.20")
    page.get_by_role("radio", name="Primary").check()
    page.locator(".form__acts .button--main").click()
    expect(page.get_by_text("F10.20").first).to_be_visible()


def the_client_signs_the_plan(here: World, page: Page, chart: str) -> Plan:
    """The clinician signs the plan; the client draws their name on the tablet; the PIN takes the tablet back."""
    page.goto(f"{chart}plan/draft/")
    page.get_by_role("button", name="Sign the plan").click()
    page.get_by_role("button", name="Hand the tablet over").click()
    draw(page, (0.1, 0.4), (0.3, 0.7), (0.5, 0.3), (0.9, 0.6))
    page.get_by_role("button", name="I agree and sign").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    page.get_by_text("For staff").click()
    page.get_by_label("PIN of").fill(PIN)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("img", name="Signature of the client")).to_be_visible()
    return Plan.objects.get()


def a_note_names_the_objective(page: Page, chart: str) -> None:
    """A note that is signed."""
    page.goto(f"{chart}write/narrative/")
    page.get_by_label("What happened").fill("Spoke of the nights: asks for help before the evening.")
    page.get_by_role("checkbox", name=re.compile("^1.1")).check(force=True)
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page).to_have_url(re.compile(r"/notes/\d+/"))
    expect(page.get_by_text("asks for help before the evening").first).to_be_visible()


def the_ninth_question_opens_a_task_that_is_done(page: Page, chart: str) -> None:
    """PHQ-9 by the nurse: what must be seen to stands at the top of the chart until somebody did."""
    page.goto(f"{chart}score/phq_9/")
    for number in range(1, 10):
        page.locator(f"input[name='item-{number}'][value='1'], input[name='item-q{number}'][value='1']").check()
    page.get_by_role("button", name="Keep PHQ-9").click()
    expect(page.get_by_role("alert")).to_contain_text("See to safety now")
    page.goto(chart)
    expect(page.locator(".whois--chart")).to_contain_text("Safety:")
    page.goto(f"/clients/tasks/{Task.objects.get(kind='safety').pk}/")
    page.get_by_label("How did it end?").fill("Seen at once; safety plan gone through.")
    page.get_by_role("button", name="Finish").click()
    page.goto(chart)
    expect(page.locator(".whois--chart")).not_to_contain_text("Safety:")


def a_group_names_it_too(here: World, page: Page, who: Client) -> None:
    """Attendance, and a part about the objective."""
    row = page.locator(f"#attendance-{who.pk}")
    row.get_by_role("radio", name="Here", exact=True).check()
    card = page.locator(f"#part-m{who.pk}")
    card.get_by_role("textbox").first.fill("Named two people to call.")
    expect(card).to_contain_text("yours")  # saved: the choice is drawn anew with it
    card.locator("input[name='objective']").first.check(force=True)
    page.wait_for_load_state("networkidle")
    expect(card.locator("input[name='objective']").first).to_be_checked()
    page.get_by_role("button", name="Sign my parts").click()
    expect(card).to_contain_text("signed KD")


def steps(here: World, episode: Episode) -> None:
    """Ratings, decision and step, three times: to a day program, to intensive outpatient, to outpatient."""
    for level, program, use in (("2.5", "PHP", "C"), ("2.1", "IOP", "B"), ("1.5", "Outpatient", "A")):
        now = datetime.now(UTC)
        rated = assess(
            by=here.director, at=now, episode_id=episode.pk, kind="reassessment", ratings=FOR_2_5 | {"d4_use": [use]},
            evidence={},
        )  # fmt: skip
        made = decide(
            by=here.director, at=datetime.now(UTC), assessment_id=rated.pk, selected=level, reasons=[], texts={},
            safety_strategy="",
        )  # fmt: skip
        handoff = Handoff(
            receiving=program, accepted_on=here.day(), first_visit_at=now + timedelta(hours=20), bridge="None needed",
            next_dose="None", kit="given", triggers="A night without sleep", caller="Imani Clarke, same day",
        )  # fmt: skip
        later = datetime.now(UTC)
        proof = proof_of(here.prescriber, here.site, at=later, purpose=reconciling(made.pk)).pk
        transition(
            by=here.director, at=later, decision_id=made.pk, program_id=Program.objects.get(name=program).pk,
            handoff=handoff, reconciliation=proof,
        )  # fmt: skip
    connection.close()


def test_one_client_from_the_inquiry_to_outpatient_in_one_chart(open_as: Open, here: World) -> None:
    intake = open_as(here.intake, "/admissions/new/", size=TABLET)
    episode = asks_and_is_admitted(here, intake)
    chart = f"/clients/{episode.client_id}/"

    facts_are_written(open_as(here.prescriber, chart, size=TABLET), chart)
    clinician = open_as(here.facilitator, chart, size=TABLET)
    meanwhile(filled, episode=episode, by=here.facilitator, at=datetime.now(UTC))
    plan = the_client_signs_the_plan(here, clinician, chart)
    a_note_names_the_objective(clinician, chart)

    nurse = open_as(here.on_unit, chart, size=TABLET)
    the_ninth_question_opens_a_task_that_is_done(nurse, chart)
    nurse.goto(f"{chart}vitals/take/")
    for name, value in (("systolic", "132"), ("diastolic", "84"), ("pulse", "88")):
        nurse.locator(f"#v-{name}").fill(value)
    nurse.get_by_role("button", name="Keep vitals").click()

    meeting = session(series(here, here.residential), datetime.now(UTC), here.facilitator, minutes=60)
    clinician.goto(f"/groups/{meeting.pk}/")
    a_group_names_it_too(here, clinician, episode.client)
    meanwhile(steps, here=here, episode=episode)

    clinician.goto(chart)
    band = clinician.locator(".band").first
    for level in ("3.5", "2.5", "2.1", "1.5"):
        expect(band).to_contain_text(level)
    placed = current(episode.pk, datetime.now(UTC))
    assert placed is not None and placed.level == "1.5"
    timeline = clinician.locator(".timeline")
    for words in (
        "Penicillin",
        "Treatment plan signed",
        "PHQ-9 9",
        "BP 132/84",
        "Stepped from IOP (2.1) to Outpatient (1.5)",
    ):
        expect(timeline).to_contain_text(words)
    objective = plan.objectives.order_by("pk").first()
    assert objective is not None
    clinician.goto(f"{chart}plan/objective/{objective.pk}/")
    expect(clinician.locator("#main")).to_contain_text("asks for help before the evening")
    expect(clinician.locator("#main")).to_contain_text("Named two people to call")
