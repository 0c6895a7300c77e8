"""The review of charts: what is missing, overdue and unsigned, by chart and by program, now and as of a past day."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from chart.actions.tasks import raise_task
from chart.models import Allergy, Diagnosis
from chart.pdf.completeness import review_csv, wrong_words
from chart.queries.completeness import chart_review, site_review
from chart.rules.completeness import Check, State, sums, worst_first
from programs.models import Episode
from staff.rules.capabilities import Capability, Role
from tests.factories import World, admit, assign, client, person, world
from tests.factories.notes import saved, signed
from tests.factories.plans import filled
from tests.signing import signed_in

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def episode(here: World) -> Episode:
    return admit(here, client(here, "Elin", "Novak"), here.residential, here.beds[0], days=3)


def wrong(here: World, episode: Episode) -> dict[str, str]:
    review = chart_review(episode.client, here.site, here.now)
    assert review is not None
    return {check.label: check.words for check in review.wrong}


def test_a_new_chart_lacks_what_nobody_did(here: World, episode: Episode) -> None:
    found = wrong(here, episode)
    assert found["Allergies asked"] == "nobody asked"
    assert found["Diagnosis"] == "none written"
    assert found["Initial plan"] == "2 days late"
    assert "Treatment plan" not in found  # seven days


def test_what_is_done_is_in_order(here: World, episode: Episode) -> None:
    Allergy.objects.create(client=episode.client, substance="penicillin", noted_at=here.now - DAY)
    Diagnosis.objects.create(
        client=episode.client,
        code="F10.20",
        name="Alcohol use disorder",
        kind="primary",
        place=1,
        at=here.now,
        by=here.prescriber,
    )
    found = wrong(here, episode)
    assert not {"Allergies asked", "Diagnosis"} & set(found)


def test_drafts_tasks_and_plans_that_were_not_signed(here: World, episode: Episode) -> None:
    saved(here.facilitator, here.now, episode)
    filled(episode, here.facilitator, here.now)
    raise_task(
        episode_id=episode.pk,
        kind="call",
        title="Call",
        due_at=here.now - HOUR,
        at=here.now - DAY,
        capability=Capability.WRITE_NOTES,
    )
    found = wrong(here, episode)
    assert found["Drafts of notes"] == "1 draft"
    assert found["Draft of a plan"] == "begun and not signed"
    assert found["Tasks"] == "1 task past due"


def test_as_of_a_past_day_only_what_was_there_then_counts(here: World, episode: Episode) -> None:
    signed(here.facilitator, here.now, episode)
    saved(here.facilitator, here.now, episode)
    now, before = site_review(here.site, here.now), site_review(here.site, here.now - 2 * DAY - 20 * HOUR)
    assert "Drafts of notes" in {check.label for check in now.charts[0].wrong}
    then = {check.label: check.state for check in before.charts[0].checks}
    assert "Drafts of notes" not in then
    assert then["Initial plan"] is State.NOT_YET
    assert site_review(here.site, here.now - 9 * DAY).total is None
    assert chart_review(episode.client, here.site, here.now - 9 * DAY) is None


def test_programs_have_their_sums_and_the_worst_chart_comes_first(here: World, episode: Episode) -> None:
    other = admit(here, client(here, "Ben", "Ruiz"), here.iop, days=0)
    Allergy.objects.create(client=other.client, substance="latex", noted_at=here.now)
    review = site_review(here.site, here.now)
    assert [(row.program, row.charts, row.complete) for row in review.programs] == [
        (here.residential, 1, 0), (here.iop, 1, 0),
    ]  # fmt: skip
    assert [row.client.last_name for row in review.charts] == ["Novak", "Ruiz"]
    assert review.total is not None
    assert review.total.charts == 2
    assert [row.client.last_name for row in site_review(here.site, here.now, program_id=here.iop.pk).charts] == ["Ruiz"]
    rows = review_csv(review).decode("utf-8-sig").splitlines()
    assert len(rows) == 3
    assert "Allergies asked: nobody asked" in rows[1]
    assert wrong_words(review.charts[1]) == "Diagnosis: none written"


def test_forty_charts_take_as_many_queries_as_two(here: World) -> None:
    counts = []
    for number in (2, 38):
        for each in range(number):
            made = admit(here, client(here, "Person", f"{number}-{each}"), here.residential, days=each % 9)
            saved(here.facilitator, here.now, made)
        with CaptureQueriesContext(connection) as queries:
            site_review(here.site, here.now)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 45


@settings(derandomize=True, database=None, deadline=None)
@given(st.lists(st.sampled_from(State)))
def test_a_percentage_is_of_what_was_due_and_is_100_only_when_all_of_it_is_in_order(states: list[State]) -> None:
    checks = [Check(state.value, state, "") for state in states]
    found = sums(checks)
    assert found.due == sum(state is not State.NOT_YET for state in states)
    assert found.wrong == found.missing + found.overdue + found.unsigned
    assert (found.percent == 100) == (found.wrong == 0)
    assert sorted(check.label for check in worst_first(checks)) == sorted(check.label for check in checks)


def test_surveyors_read_the_review_and_its_files(db: None) -> None:
    today = world(timezone.now())
    who = client(today, "Elin", "Novak")
    admit(today, who, today.residential, days=4)
    auditor = assign(person("audit", "Ola Berg"), today.site, Role.AUDITOR, at=today.now)
    browser = signed_in(auditor)
    page = browser.get("/clients/review/").content.decode()
    assert "Elin Novak" in page
    assert "Consents are kept by a later version" in page
    assert browser.get("/clients/review/file.pdf").content.startswith(b"%PDF")
    assert b"Initial plan" in browser.get("/clients/review/file.csv").content
    assert browser.get("/clients/review/file.doc").status_code == 404
    own = browser.get(f"/clients/{who.pk}/review/").content.decode()
    assert "Within 24 hours of admission" in own
    assert "/plan/" not in own  # an auditor opens no chart from here
    past = browser.get("/clients/review/", {"on": (today.now - 30 * DAY).date().isoformat()})
    assert "No chart to review" in past.content.decode()
    late = browser.get("/clients/review/", {"on": (today.now + 9 * DAY).date().isoformat()})
    assert late.status_code == 422
    assert "has not come yet" in late.content.decode()
    assert signed_in(today.on_unit).get("/clients/review/").status_code == 403
    assert signed_in(today.elsewhere).get(f"/clients/{who.pk}/review/").status_code == 404
