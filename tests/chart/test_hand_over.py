"""A tablet in a client's hands: one form and nothing else, every answer kept as it is pressed, staff sign."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, InternalError, transaction
from django.test import Client as Browser
from django.utils import timezone

from audit.rules.findings import Refused
from chart.actions import handovers as acts
from chart.actions import score
from chart.models import HandOver, HandOverAnswer, Score, Task
from chart.queries.handovers import answers_of, waiting
from live.access import HANDED_OVER, Code, admit
from staff.access import NotAllowed
from tests.emar.conftest import NOW, Morning, make_morning
from tests.emar.conftest import morning as morning
from tests.emar.desk import body
from tests.factories import PIN, signs
from tests.guards.test_every_url import EVERY, address
from tests.signing import signed_in as as_

MINUTE = timedelta(minutes=1)
PAGE = "/clients/hand-over/"
ITEMS = tuple(f"q{number}" for number in range(1, 10))


@pytest.fixture
def today(db: None) -> Morning:
    """A morning of now: the pages read the clock."""
    here = make_morning(timezone.now())
    signs(here.here.on_unit, here.here.site, at=timezone.now())
    return here


def begun(morning: Morning, **more: Any) -> HandOver:
    asked: dict[str, Any] = {"by": morning.here.on_unit, "at": NOW, "episode_id": morning.episode.pk, "scale": "phq_9"}
    return acts.begin_hand_over(**asked | more)


def press(morning: Morning, row: HandOver, item: str, value: int, at: Any = NOW) -> HandOver:
    return acts.answer_item(by=morning.here.on_unit, at=at, hand_over_id=row.pk, item=item, value=value)


def filled(morning: Morning, row: HandOver, **changes: int) -> HandOver:
    for item in ITEMS:
        press(morning, row, item, changes.get(item, 1))
    return acts.close_hand_over(by=morning.here.on_unit, at=NOW + 5 * MINUTE, hand_over_id=row.pk, stopped=False)


def handed(today: Morning) -> Browser:
    browser = as_(today.here.on_unit)
    answer = browser.post(f"/clients/{today.elin.pk}/score/phq_9/hand-over/", {"key": str(uuid4())})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    return browser


def code_of(act: Any) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.findings[0].code


def test_no_other_address_opens_in_hand_over(today: Morning) -> None:
    """Every address there is, by GET and by POST: the client's page, or nothing."""
    browser = handed(today)
    own = {PAGE, f"{PAGE}back/", f"{PAGE}out/"}
    addresses = {address(pattern, route) for route, pattern in EVERY}
    addresses |= {f"/clients/{today.elin.pk}/", "/accounts/logout/", "/accounts/password/change/", "/configuration/", "/api/emar/",
                  "/demo/", "/no/such/page/"}  # fmt: skip
    for where in sorted(addresses - own):
        got, sent = browser.get(where), browser.post(where, {"role": "director"})
        assert (got.status_code, got["Location"]) == (302, PAGE), where
        assert (sent.status_code, b"Hand it back" in sent.content) == (403, True), where
    piece = browser.get("/clients/", headers={"HX-Request": "true"})
    assert (piece.status_code, piece["HX-Redirect"]) == (403, PAGE)
    assert browser.get("/api/emar/passes/", headers={"Accept": "application/json"}).status_code == 403
    assert HANDED_OVER in browser.session


def test_no_live_page_is_let_in_and_the_session_of_before_is_gone(today: Morning) -> None:
    browser = as_(today.here.on_unit)
    before = browser.session.session_key
    assert admit(before, "nothing", "1") is Code.NO_SUCH_BOARD
    browser.post(f"/clients/{today.elin.pk}/score/phq_9/hand-over/", {"key": str(uuid4())})
    now = browser.session.session_key
    assert now != before
    assert admit(now, "nothing", "1") is Code.MAY_NOT
    assert admit(before, "nothing", "1") is Code.SIGNED_OUT


def test_one_item_a_screen_and_every_answer_is_kept_as_it_is_pressed(today: Morning) -> None:
    browser = handed(today)
    row = HandOver.objects.get()
    first = body(browser.get(PAGE))
    assert "1 of 9" in first
    assert "Little interest or pleasure in doing things" in first
    assert "Feeling tired" not in first
    assert not any(word in first for word in ("Elin", "Novak", "PHQ", "Riverbend", "Stepwell"))
    browser.post(PAGE, {"item": "q1", "value": "2"})
    browser.post(PAGE, {"item": "q1", "value": "2"})  # the network was gone, and it is sent again
    assert answers_of(row) == {"q1": 2}
    assert HandOverAnswer.objects.count() == 1
    assert "Feeling down, depressed, or hopeless" in body(browser.get(PAGE))
    assert 'aria-pressed="true">More than half the days' in body(browser.get(f"{PAGE}?item=q1"))
    for wrong in ({"item": "q1", "value": "9"}, {"item": "nothing", "value": "1"}, {"item": "q1", "value": "x"}):
        assert browser.post(PAGE, wrong).status_code == 422
    assert answers_of(row) == {"q1": 2}


def test_the_client_may_stop_and_nothing_can_be_answered_after(today: Morning) -> None:
    browser = handed(today)
    browser.post(PAGE, {"item": "q1", "value": "2"})
    browser.post(PAGE, {"act": "stop"})
    row = HandOver.objects.get()
    assert (row.stopped, row.closed_at is not None) == (True, True)
    said = body(browser.get(PAGE))
    assert "Please hand the tablet back" in said
    assert browser.post(PAGE, {"item": "q2", "value": "1"}).status_code == 422
    assert browser.get(f"/clients/{today.elin.pk}/")["Location"] == PAGE  # still locked


def test_only_the_pin_of_whose_session_it_is_ends_it(today: Morning) -> None:
    browser = handed(today)
    for item in ITEMS:
        browser.post(PAGE, {"item": item, "value": "0"})
    browser.post(PAGE, {"act": "done"})
    wrong = browser.post(f"{PAGE}back/", {"pin": "0000"})
    assert wrong.status_code == 422
    assert "That is not the PIN of RN Cole" in body(wrong)
    assert browser.get("/beds/")["Location"] == PAGE
    right = browser.post(f"{PAGE}back/", {"pin": PIN})
    row = HandOver.objects.get()
    assert right["Location"] == f"/clients/{today.elin.pk}/handed/{row.pk}/"
    assert row.taken_back_by == today.here.on_unit
    assert "Not at all" in body(browser.get(right["Location"]))
    assert browser.get("/beds/").status_code == 200
    assert browser.get(PAGE)["Location"] == "/"
    signed = browser.post(right["Location"], {"act": "sign", "key": str(uuid4())})
    assert signed["Location"] == f"/clients/{today.elin.pk}/scores/"
    made = Score.objects.get()
    assert (made.total, made.filled_by, made.by) == (0, "client", today.here.on_unit)


def test_signing_out_is_the_way_out_without_a_pin_and_loses_no_answer(today: Morning) -> None:
    browser = handed(today)
    browser.post(PAGE, {"item": "q1", "value": "3"})
    assert browser.post(f"{PAGE}out/")["Location"] == "/accounts/login/"
    assert settings.SESSION_COOKIE_NAME not in browser.cookies or not browser.session.get("_auth_user_id")
    again = as_(today.here.on_unit)
    assert "is in the client's hands since" in body(again.get(f"/clients/{today.elin.pk}/scores/"))
    row = HandOver.objects.get()
    went_on = again.post(f"/clients/{today.elin.pk}/score/phq_9/hand-over/", {"key": str(uuid4()), "continues": row.pk})
    assert went_on["Location"] == PAGE
    assert "2 of 9" in body(again.get(PAGE))


def test_a_tablet_that_keeps_the_pass_is_not_handed_over(today: Morning) -> None:
    browser = as_(today.here.on_unit)
    browser.cookies["stepwell_tablet"] = "anything"
    answer = browser.post(f"/clients/{today.elin.pk}/score/phq_9/hand-over/", {"key": str(uuid4())})
    assert answer.status_code == 422
    assert "Hand over another one" in body(answer)
    assert not HandOver.objects.exists()


def test_what_a_browser_was_shown_is_not_kept_by_it(today: Morning) -> None:
    assert "no-store" in as_(today.here.on_unit).get(f"/clients/{today.elin.pk}/")["Cache-Control"]


def test_an_answer_that_alarms_opens_the_task_before_anybody_signs(morning: Morning) -> None:
    row = begun(morning)
    press(morning, row, "q8", 1)
    assert not Task.objects.exists()
    press(morning, row, "q9", 1)
    task = Task.objects.get()
    assert (task.urgent, task.subject_kind, task.raised_by) == (True, "chart.HandOver", None)
    filled(morning, row, q9=2)
    acts.sign_hand_over(by=morning.here.on_unit, at=NOW + 9 * MINUTE, hand_over_id=row.pk)
    made = Score.objects.get()
    assert (made.total, made.at) == (10, NOW + 5 * MINUTE)
    assert Task.objects.get() == task  # the same one stays open
    score(
        by=morning.here.on_unit, at=NOW + 20 * MINUTE, episode_id=morning.episode.pk, scale="phq_9", corrects_id=made.pk,
        answers=dict.fromkeys(ITEMS, 1), note="Read with her",
    )  # fmt: skip
    assert Task.objects.get() == task


def test_half_of_it_is_no_score_can_be_gone_on_with_or_set_aside(morning: Morning) -> None:
    row = begun(morning)
    press(morning, row, "q1", 2)
    acts.close_hand_over(by=morning.here.on_unit, at=NOW + MINUTE, hand_over_id=row.pk, stopped=True)
    assert code_of(lambda: acts.sign_hand_over(by=morning.here.on_unit, at=NOW + MINUTE, hand_over_id=row.pk)) == (
        "score.missing"
    )
    assert code_of(lambda: begun(morning, at=NOW + MINUTE)) == "handover.open"
    second = begun(morning, at=NOW + 2 * MINUTE, continues_id=row.pk)
    assert answers_of(second) == {"q1": 2}
    assert code_of(lambda: press(morning, row, "q2", 1)) == "handover.closed"
    assert code_of(
        lambda: acts.set_aside(by=morning.here.on_unit, at=NOW + 3 * MINUTE, hand_over_id=second.pk, reason=" ")
    ) == ("handover.why")
    acts.set_aside(by=morning.here.on_unit, at=NOW + 3 * MINUTE, hand_over_id=second.pk, reason="Did not want to")
    assert waiting(morning.elin.pk, NOW + 4 * MINUTE) == ()
    assert not Score.objects.exists()
    assert code_of(lambda: acts.sign_hand_over(by=morning.here.on_unit, at=NOW, hand_over_id=second.pk)) == (
        "handover.settled"
    )


def test_a_scale_whose_wording_does_not_ship_is_not_handed_over(morning: Morning) -> None:
    assert code_of(lambda: begun(morning, scale="barc_10")) == "handover.no_wording"
    assert code_of(lambda: begun(morning, scale="cows")) == "handover.no_wording"
    with pytest.raises(NotAllowed):
        begun(morning, by=morning.here.intake)


def test_two_people_who_sign_at_once_make_one_score(morning: Morning) -> None:
    row = filled(morning, begun(morning))
    key = uuid4()
    first = acts.sign_hand_over(by=morning.here.on_unit, at=NOW + 9 * MINUTE, hand_over_id=row.pk, key=key)
    assert acts.sign_hand_over(by=morning.here.on_unit, at=NOW + 9 * MINUTE, hand_over_id=row.pk, key=key) == first
    assert code_of(
        lambda: acts.sign_hand_over(by=morning.here.second_nurse, at=NOW + 9 * MINUTE, hand_over_id=row.pk)
    ) == ("handover.settled")
    assert Score.objects.count() == 1


def test_the_database_keeps_what_was_answered_and_settled(morning: Morning) -> None:
    row = filled(morning, begun(morning))
    answer = row.answers.first()
    assert answer is not None
    acts.set_aside(by=morning.here.on_unit, at=NOW + 9 * MINUTE, hand_over_id=row.pk, reason="Two at once")
    wrongs = (
        lambda: HandOverAnswer.objects.update(value=0), answer.delete, row.delete,
        lambda: HandOver.objects.update(reason="Other"), lambda: HandOver.objects.update(began_at=NOW),
    )  # fmt: skip
    for wrong in wrongs:
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            wrong()
    values: dict[str, Any] = {
        "client": morning.elin, "episode": morning.episode, "site": morning.here.site, "scale": "phq_9", "edition": "x",
        "began_at": NOW, "began_by": morning.here.on_unit,
    }  # fmt: skip
    for more in (
        {"closed_at": NOW - MINUTE}, {"settled_at": NOW}, {"taken_back_at": NOW}, {"outcome": "signed"},
        {"settled_at": NOW, "settled_by": morning.here.on_unit, "outcome": "set_aside"},
        {"settled_at": NOW, "settled_by": morning.here.on_unit, "outcome": "signed"},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            HandOver.objects.create(**values | more)
