"""The pages of a treatment plan: who sees what, what a tablet sends, and in how many queries."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chart.actions.agreements import answer_plan
from chart.models import ObjectiveStatus, Plan, PlanAgreement, PlanReview
from programs.models import Episode
from tests.documents.reading import reader, words
from tests.emar.desk import body
from tests.factories import World, admit, client
from tests.factories.plans import SIGNATURE, draft, filled, later, line, objective, signed
from tests.signing import signed_in


@pytest.fixture
def episode(here: World) -> Episode:
    return admit(here, client(here, "Elin", "Novak"), here.residential, here.beds[0])


def at(name: str, episode: Episode, *more: object) -> str:
    return reverse(f"chart:{name}", args=[episode.client_id, *more])


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, now: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def test_a_chart_without_a_plan_says_how_to_begin_and_one_tap_begins(here: World, episode: Episode) -> None:
    browser = signed_in(here.facilitator)
    assert "No treatment plan yet" in body(browser.get(at("plan", episode)))
    answer = browser.post(at("plan_begin", episode), {"key": uuid4()})
    assert answer["Location"] == at("plan_draft", episode)
    assert "Draft of version 1" in body(browser.get(answer["Location"]))
    assert "Begin the plan" not in body(signed_in(here.on_unit).get(at("plan", episode)))
    assert signed_in(here.on_unit).post(at("plan_begin", episode), {"key": uuid4()}).status_code == 403
    assert signed_in(here.elsewhere).get(at("plan", episode)).status_code == 404


def test_a_draft_is_written_line_by_line(here: World, episode: Episode) -> None:
    browser, plan = signed_in(here.facilitator), draft(episode, here.facilitator, here.now)
    added = browser.post(at("plan_add", episode), {"kind": "problem", "parent": "", "key": uuid4()})
    problem = plan.problems.get()
    assert f'data-fresh="problem-{problem.pk}"' in body(added)
    kept = browser.post(
        at("plan_save", episode, "problem", problem.pk),
        {"text": "<b>Sleep</b>", "dimension": "4", "version": "0", "key": uuid4()},
    )
    assert "Saved 10:42" in body(kept)
    assert 'name="version" value="1"' in body(kept)
    assert "&lt;b&gt;Sleep&lt;/b&gt;" in body(browser.get(at("plan_draft", episode)))
    late = browser.post(
        at("plan_save", episode, "problem", problem.pk), {"text": "Other", "version": "0", "key": uuid4()}
    )
    assert (late.status_code, "changed this plan at 10:42" in body(late)) == (422, True)
    wish = browser.post(
        at("plan_wish", episode),
        {"wish": "My kids.", "before": "", "review_on": "2025-11-30", "before_on": "", "key": uuid4()},
    )
    assert wish.status_code == 200
    plan.refresh_from_db()
    assert (plan.wish, str(plan.review_on), plan.revision) == ("My kids.", "2025-11-30", 3)
    gone = browser.post(at("plan_act", episode, "problem", problem.pk, "remove"), {"version": "1", "key": uuid4()})
    assert "plan.empty" in body(gone)
    assert not plan.problems.exists()


def test_signing_shows_what_is_missing_and_then_asks_the_client(here: World, episode: Episode) -> None:
    browser, plan = signed_in(here.facilitator), filled(episode, here.facilitator, here.now)
    line(plan, "problem", here.facilitator, here.now, text="Debts")
    plan.refresh_from_db()
    sent = {"revision": plan.revision, "key": uuid4()}
    refused = browser.post(at("plan_sign", episode), sent)
    assert refused.status_code == 422
    assert 'name="reason-plan.problem_no_goal"' in body(refused)
    answer = browser.post(
        at("plan_sign", episode), sent | {"reason-plan.problem_no_goal": "Adviser comes in May", "key": uuid4()}
    )
    assert answer["Location"] == at("plan_answer", episode, plan.pk)
    asked = body(browser.get(answer["Location"]))
    assert "I took part in making this plan." in asked
    empty = browser.post(at("plan_answer", episode, plan.pk), {"kind": "drawn", "strokes": "[]", "key": uuid4()})
    assert (empty.status_code, "Nothing is drawn in the frame." in body(empty)) == (422, True)
    for broken in ("[[[", "[" * 5000, "x" * 300_000):
        sent = {"kind": "drawn", "strokes": broken, "key": uuid4()}
        assert browser.post(at("plan_answer", episode, plan.pk), sent).status_code == 422
    drawn = browser.post(
        at("plan_answer", episode, plan.pk), {"kind": "drawn", "strokes": json.dumps(SIGNATURE), "key": uuid4()}
    )
    assert drawn["Location"] == at("plan", episode)
    page = body(browser.get(drawn["Location"]))
    assert "Signed on the tablet" in page
    assert '<polyline points="100,200 300,120 520,260 800,180 "/>' in page


def test_a_refusal_stands_on_the_plan_and_the_client_may_be_asked_again(here: World, episode: Episode) -> None:
    browser, plan = signed_in(here.facilitator), signed(episode, here.facilitator, here.now)
    assert "Client not asked yet" in body(browser.get(at("plan", episode)))
    sent = {"kind": "refused", "words-refused": "Not my words", "key": uuid4()}
    browser.post(at("plan_answer", episode, plan.pk), sent)
    page = body(browser.get(at("plan", episode)))
    assert "Client did not agree" in page
    assert "“Not my words”" in page
    assert "Ask again" in page
    assert PlanAgreement.objects.get().kind == "refused"


def test_a_review_says_what_was_found_of_each_objective(here: World, episode: Episode) -> None:
    browser, plan = signed_in(here.facilitator), signed(episode, here.facilitator, here.now)
    one, two = plan.objectives.order_by("rank")
    sent: dict[str, Any] = {
        "plan": plan.pk, "after": "", "found": "Sleeps better", "outcome": "changes", "changes": "", "next_on": "2025-12-02",
        f"status-{one.pk}": "met", f"words-{one.pk}": "CIWA-Ar 4", f"status-{two.pk}": "progressing",
        f"words-{two.pk}": "", f"percent-{two.pk}": "40", "key": uuid4(),
    }  # fmt: skip
    refused = browser.post(at("plan_review", episode), sent)
    assert refused.status_code == 422
    assert "Write what is to change." in body(refused)
    assert "Write what you saw of objective 1.2" in body(refused)
    assert "CIWA-Ar 4" in body(refused)
    sent |= {"changes": "Add work", f"words-{two.pk}": "Two nights", "key": uuid4()}
    assert browser.post(at("plan_review", episode), sent)["Location"] == at("plan", episode)
    review = PlanReview.objects.get()
    assert (review.outcome, str(review.next_on), review.level) == ("changes", "2025-12-02", "3.5")
    assert list(ObjectiveStatus.objects.order_by("pk").values_list("status", "percent", "review")) == [
        ("met", 100, review.pk), ("progressing", 40, review.pk),
    ]  # fmt: skip
    again = browser.post(at("plan_review", episode), sent | {"key": uuid4()})
    assert "reviewed this plan at 10:42" in body(again)


def test_an_objective_takes_a_word_and_a_colleagues_is_read_first(here: World, episode: Episode) -> None:
    browser, plan = signed_in(here.facilitator), signed(episode, here.facilitator, here.now)
    address = at("plan_objective", episode, objective(plan).pk)
    sent = {"status": "progressing", "words": "Fewer shakes", "percent": "30", "after": "", "key": uuid4()}
    assert browser.post(address, sent)["Location"] == address
    assert "Fewer shakes" in body(browser.get(address))
    late = browser.post(address, sent | {"words": "Other", "key": uuid4()})
    assert (late.status_code, "Read that first" in body(late)) == (422, True)
    assert browser.post(address, sent | {"percent": "400", "after": "", "key": uuid4()}).status_code == 422


def test_versions_are_compared_line_by_line(here: World, episode: Episode) -> None:
    first = signed(episode, here.facilitator, here.now)
    second = draft(episode, here.facilitator, here.now, first)
    line(second, "problem", here.facilitator, here.now, text="No work")
    page = body(signed_in(here.on_unit).get(at("plan_versions", episode)))
    assert "From version 1 to version 2" in page
    assert "No work" in page
    assert page.count("plan-change__head") == 1


def test_the_plan_is_printed_with_the_signature(here: World, episode: Episode) -> None:
    plan = signed(episode, here.facilitator, here.now)
    answer_plan(by=here.facilitator, at=here.now, plan_id=plan.pk, kind="drawn", strokes=SIGNATURE)
    answer = signed_in(here.on_unit).get(at("plan_paper", episode, plan.pk))
    assert answer["Content-Type"] == "application/pdf"
    text = words(answer.content)
    for said in ("Treatment plan, version 1", "I want my kids back on weekends.", "Drinking to sleep", "Kofi Danso"):
        assert said in text
    drawn = b"".join(page.get_contents().get_data() for page in reader(answer.content).pages)  # type: ignore[union-attr]
    assert b"20 40 m" in drawn  # where the first stroke begins, at a fifth of the frame


@pytest.mark.parametrize("name", ["plan", "plan_draft", "plan_objective", "plan_versions", "plan_review"])
def test_a_page_takes_the_same_queries_however_long_the_plan_is(here: World, episode: Episode, name: str) -> None:
    first = signed(episode, here.facilitator, here.now)
    second = draft(episode, here.facilitator, later(here.now, seconds=0), first)
    browser = signed_in(here.facilitator)
    address = at(name, episode, *([objective(first).pk] if name == "plan_objective" else []))
    short = _queries(browser, address)
    for number in range(3):
        problem = line(second, "problem", here.facilitator, here.now, text=f"Problem {number}")
        goal = line(second, "goal", here.facilitator, here.now, problem, text="Goal")
        for each in range(3):
            row = line(second, "objective", here.facilitator, here.now, goal, text=f"Objective {each}")
            line(second, "intervention", here.facilitator, here.now, row, text="Session")
    assert _queries(browser, address) == short
    assert short <= 40


def _queries(browser: Browser, address: str) -> int:
    browser.get(address)  # that it was opened is told once an hour
    with CaptureQueriesContext(connection) as found:
        assert browser.get(address).status_code == 200
    return len(found)


def test_a_plan_of_another_client_is_not_found(here: World, episode: Episode) -> None:
    other = signed(admit(here, client(here, "Ben", "Torres"), here.iop), here.facilitator, here.now)
    browser = signed_in(here.facilitator)
    for name in ("plan_version", "plan_paper", "plan_answer"):
        assert browser.get(at(name, episode, other.pk)).status_code == 404
    assert browser.get(at("plan_objective", episode, objective(other).pk)).status_code == 404
    assert Plan.objects.count() == 1
