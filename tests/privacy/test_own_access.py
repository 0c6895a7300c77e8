"""A client's request for their own record: thirty days and once thirty more, answered by the release itself, never on a consent."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.models import Event
from audit.rules.findings import Refused
from privacy.actions.own_access import keep_access_request, step_access_request
from privacy.models import AccessRequest, AccessStep, Disclosure
from privacy.queries.own_access import asked_by, ground_of_access, request_of, requests
from privacy.rules.classes import Purpose
from privacy.rules.own_access import LIMIT, Clock, wrong_extension
from programs.models import Client, Merge
from staff.access import NotAllowed
from tests.factories import World, admit, client, signs
from tests.privacy.gate_rows import DAY, going
from tests.privacy.test_release import proof, refused, send
from tests.signing import signed_in

days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
NO: dict[str, Any] = {
    "reason": "It could put somebody in danger, as Dr. Okoye found",
    "review": "By Dr. Wu, who had no part in it",
}


@pytest.fixture
def sara(here: World) -> Client:
    signs(here.director, here.site, at=here.now)
    who = client(here, "Sara", "Amari")
    admit(here, who, here.residential, here.beds[0])
    return who


def asks(here: World, who: Client, **more: object) -> AccessRequest:
    """Three days ago, on paper."""
    fields: dict[str, object] = {
        "asked_on": here.day(-3), "how": "In person", "asks": "My whole chart", "wanted": "paper",
    } | more  # fmt: skip
    return keep_access_request(by=here.director, at=here.now - DAY, site=here.site, client_id=who.pk, **fields)  # type: ignore[arg-type]


def step(here: World, row: AccessRequest, kind: str, after: int = 0, **more: Any) -> AccessStep:
    return step_access_request(by=here.director, at=here.now + after * DAY, request_id=row.pk, kind=kind, **more)


def codes(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as error:
        call()
    return [each.code for each in error.value.findings]


@settings(derandomize=True, database=None, deadline=None)
@given(days, st.integers(1, 30), st.integers(0, 90), st.integers(0, 90))
def test_it_is_answered_in_thirty_days_and_in_sixty_at_the_very_latest(
    on: date, more: int, passed: int, answered: int
) -> None:
    clock, today = Clock(on), on + timedelta(days=passed)
    until = clock.due + timedelta(days=more)
    longer = Clock(on, until)
    assert clock.due == on + LIMIT and on + 2 * LIMIT >= longer.due > clock.due
    assert clock.late(today) == (clock.left(today) < 0) == (passed > 30)
    assert (wrong_extension(clock, until, today) == []) == (passed <= 30)
    assert [each.code for each in wrong_extension(longer, until, today)] == ["access.extended"]
    done = Clock(on, answered=on + timedelta(days=answered))
    assert done.late(today) == (answered > 30), "an answer in time stays in time"


@pytest.mark.parametrize(("days", "fits"), [(30, False), (31, True), (60, True), (61, False), (0, False)])
def test_more_time_is_thirty_days_at_the_most(days: int, fits: bool) -> None:
    on = date(2026, 1, 31)
    assert (wrong_extension(Clock(on), on + timedelta(days=days), on) == []) == fits
    assert [each.code for each in wrong_extension(Clock(on), None, on)] == ["access.until"]


def test_a_request_is_written_by_who_may_release_and_says_what_is_asked(here: World, sara: Client) -> None:
    assert codes(lambda: asks(here, sara, how=" ", asks="", wanted="fax", asked_on=here.day(1))) == [
        "words.missing", "words.missing", "access.form", "access.later",
    ]  # fmt: skip
    row = asks(here, sara)
    [found] = requests({here.site.pk}, here.now)
    assert (found.row, found.left, found.late, found.near) == (row, 27, 0, False)
    event = Event.objects.get(verb="privacy.access_request")
    assert event.client_id == sara.pk and "Amari" not in event.summary
    with pytest.raises(NotAllowed):
        keep_access_request(
            by=here.intake, at=here.now, site=here.site, client_id=sara.pk, asked_on=here.day(), how="x", asks="x", wanted="file"
        )  # fmt: skip


def test_more_time_is_taken_once_within_the_first_thirty_days_with_a_reason(here: World, sara: Client) -> None:
    row = asks(here, sara)
    more: dict[str, Any] = {"until": here.day(40), "reason": "Two volumes are in the archive"}
    assert codes(lambda: step(here, row, "extended", until=here.day(40))) == ["access.reason"]
    assert codes(lambda: step(here, row, "extended", 28, **more)) == ["access.too_late"]
    step(here, row, "extended", **more)
    assert codes(lambda: step(here, row, "extended", **more)) == ["access.extended"]
    found = request_of({here.site.pk}, here.now + 41 * DAY, row.pk)
    assert found is not None and (found.clock.due, found.late) == (here.day(40), 1)


def test_what_is_not_given_says_why_and_how_that_is_reviewed(here: World, sara: Client) -> None:
    row = asks(here, sara)
    assert codes(lambda: step(here, row, "refused")) == ["access.reason", "access.review"]
    assert codes(lambda: step(here, row, "part", **NO)) == ["access.disclosure"]
    assert codes(lambda: step(here, row, "given")) == ["access.disclosure"]
    assert codes(lambda: step(here, row, "refused", until=here.day(9), **NO)) == ["access.until"]
    step(here, row, "refused", **NO)
    assert codes(lambda: step(here, row, "refused", **NO)) == ["access.answered"]
    [found] = requests({here.site.pk}, here.now + 90 * DAY)
    assert (found.late, found.was_late) == (0, False), "answered in time"


def test_a_part_names_what_went_to_the_client_after_they_asked(here: World, sara: Client) -> None:
    row, other = asks(here, sara), client(here, "Ben", "Ode")
    admit(here, other, here.residential, here.beds[1])
    theirs = send(here, going(here, other, None, purpose=Purpose.PATRQT, ground=ground_of_access(asks(here, other))))
    assert codes(lambda: step(here, row, "given", disclosure_id=theirs.pk)) == ["access.disclosure"]
    went = send(here, going(here, sara, None, purpose=Purpose.PATRQT, ground=ground_of_access(asks(here, sara))))
    made = step(here, row, "part", disclosure_id=went.pk, **NO)
    assert (made.disclosure, made.review) == (went, NO["review"])


def test_the_release_answers_it_in_the_same_transaction_without_any_consent(here: World, sara: Client) -> None:
    row = asks(here, sara)
    same: dict[str, Any] = {"key": uuid4(), "proof_id": proof(here)}
    copy = going(here, sara, None, purpose=Purpose.PATRQT, ground=ground_of_access(row))
    went = send(here, copy, **same)
    assert (went.basis, went.consent, went.ground["access"]) == ("PATIENT_2_23", None, str(row.pk))
    [found] = asked_by([sara.pk], here.now)
    assert found.answer is not None and (found.answer.kind, found.answer.disclosure) == ("given", went)
    assert send(here, copy, **same) == went, "the same release once more"
    assert refused(here, copy) == ["access.answered"]
    assert Disclosure.objects.count() == 1


def test_a_release_that_is_refused_answers_nothing_and_another_clients_request_answers_none(
    here: World, sara: Client
) -> None:
    row, other = asks(here, sara), client(here, "Ben", "Ode")
    admit(here, other, here.residential, here.beds[1])
    copy: dict[str, Any] = {"purpose": Purpose.PATRQT, "ground": ground_of_access(row)}
    assert refused(here, going(here, sara, None, classes=frozenset(), **copy)) == ["disclosure.nothing"]
    assert refused(here, going(here, other, None, **copy)) == ["access.other"]
    assert not AccessStep.objects.exists()


def test_what_was_asked_under_a_record_that_was_merged_is_answered_under_the_one_that_stays(
    here: World, sara: Client
) -> None:
    twin = client(here, "Sara", "Amari")
    row = asks(here, twin)
    Merge.objects.create(client=twin, into=sara, why="The same person", started_at=here.now, by=here.director)
    page = signed_in(here.director).get(f"/clients/{sara.pk}/release/").content.decode()
    assert "My whole chart" in page
    send(here, going(here, sara, None, purpose=Purpose.PATRQT, ground=ground_of_access(row)))
    assert row.steps.get().kind == "given"


def test_the_database_refuses_half_an_answer_and_any_change(here: World, sara: Client) -> None:
    row, day = asks(here, sara), here.day(40)
    for wrong in (
        {"kind": "given"}, {"kind": "refused", "reason": "x"}, {"kind": "part", **NO}, {"kind": "extended", "reason": "x"},
        {"kind": "extended", "until": day}, {"kind": "refused", "until": day, **NO}, {"kind": "lost"},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            AccessStep.objects.create(request=row, at=here.now, by=here.director, **wrong)
    made = step(here, row, "refused", **NO)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessStep.objects.create(request=row, kind="refused", at=here.now, by=here.director, **NO)
    for change in (lambda: AccessRequest.objects.update(asks="Less"), row.delete, made.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessRequest.objects.create(
            client=sara, site=here.site, asked_on=day, how=" ", asks="x", wanted="file", at=here.now, by=here.director
        )
