"""Whether an as-needed dose helped: due with the dose itself, answered once, corrected by a second result."""

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from audit.models import Event
from audit.rules.findings import Refused
from emar import actions
from emar.models import Administration, Reassessment, ReassessmentResult
from emar.queries.followup import open_reassessments
from emar.rules.administration import Outcome
from staff.access import NotAllowed
from tests.emar.conftest import NOW, Morning, make_morning
from tests.factories.meds import as_needed, medication, order, policy

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def give(morning: Morning, **changes: Any) -> Administration:
    prn: dict[str, Any] = {
        "order_id": morning.ibuprofen.pk,
        "due_at": None,
        "amount": Decimal(400),
        "prn_reason": "Headache",
    }
    return morning.chart(**prn | changes)


def look(morning: Morning, row: Administration, **changes: Any) -> ReassessmentResult:
    asked: dict[str, Any] = {
        "by": morning.here.second_nurse, "at": NOW + HOUR, "administration_id": row.pk, "effect": "worked", "score": Decimal(2),
    }  # fmt: skip
    return actions.reassess(**asked | changes)


def told(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return f"{refused.value.findings[0].code}: {refused.value}"


def test_an_as_needed_dose_is_looked_at_an_hour_later(morning: Morning) -> None:
    row = give(morning)
    assert [each.due_at for each in open_reassessments()] == [NOW + HOUR]
    result = look(morning, row)
    assert (result.effect, result.score, result.by) == ("worked", Decimal(2), morning.here.second_nurse)
    assert not open_reassessments().exists()
    assert Event.objects.get(verb="emar.reassess").summary == "Ibuprofen given 08:10: worked"


def test_a_scheduled_or_refused_dose_asks_for_none(morning: Morning) -> None:
    morning.chart()
    give(morning, outcome=Outcome.REFUSED, amount=None, unit=None, reason="not_needed")
    assert not Reassessment.objects.exists()


def test_an_injection_is_looked_at_sooner_and_the_order_or_the_site_may_say_otherwise(morning: Morning) -> None:
    here = morning.here
    policy(here.site, at=NOW - HOUR, reassess_minutes=45, reassess_injected_minutes=20)
    shot = medication("Ketorolac", "30 mg", route="injection", sites="injection")
    injected = order(morning.episode, shot, as_needed(), by=here.prescriber)
    own = order(morning.episode, medication("Naproxen", "250 mg"), as_needed(), by=here.prescriber, reassess_minutes=90)
    rows = [
        give(morning),
        give(morning, order_id=injected.pk, amount=Decimal(30), body_site="deltoid_left"),
        give(morning, order_id=own.pk, amount=Decimal(250)),
    ]
    assert [(row.reassessment.due_at - NOW) // MINUTE for row in rows] == [45, 20, 90]


def test_a_second_person_is_told_who_looked(morning: Morning) -> None:
    row = give(morning)
    look(morning, row)
    said = told(look, morning, row, by=morning.here.on_unit)
    assert said == "reassess.already: RN Ames looked already: worked. Correct that result instead, and say why."


def test_a_result_is_corrected_by_a_second_one_that_says_why(morning: Morning) -> None:
    first = look(morning, give(morning))
    asked: dict[str, Any] = {"by": morning.here.on_unit, "at": NOW + 2 * HOUR, "result_id": first.pk, "effect": "none"}
    assert told(actions.amend_reassessment, **asked, words="") == "reassess.words: Write why this is changed."
    second = actions.amend_reassessment(**asked, words="Meant for another client")
    assert (second.corrects_id, second.seen_at) == (first.pk, first.seen_at)
    assert told(actions.amend_reassessment, **asked, words="Once more").startswith("reassess.already: RN Cole looked")
    assert ReassessmentResult.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"effect": "not_seen", "score": None}, "reassess.words"),
        ({"effect": "splendid"}, "reassess.effect"),
        ({"score": Decimal(11)}, "reassess.score"),
        ({"score": Decimal("NaN")}, "reassess.score"),
        ({"score": Decimal(-1)}, "reassess.score"),
        ({"seen_at": NOW - MINUTE}, "reassess.before"),
        ({"seen_at": NOW + 2 * HOUR}, "reassess.future"),
        ({"seen_at": NOW.replace(tzinfo=None)}, "dose.no_zone"),
        ({"words": "x" * 301}, "reassess.words"),
    ],
)
def test_what_cannot_be_right_is_refused(morning: Morning, changes: dict[str, Any], code: str) -> None:
    assert told(look, morning, give(morning), **changes).startswith(code)
    assert not ReassessmentResult.objects.exists()


def test_who_gives_no_doses_may_not(morning: Morning) -> None:
    row = give(morning)
    with pytest.raises(NotAllowed):
        look(morning, row, by=morning.here.facilitator)


def test_an_undone_dose_needs_no_second_look(morning: Morning) -> None:
    row = give(morning)
    actions.undo(by=morning.here.on_unit, at=NOW + MINUTE, administration_id=row.pk)
    assert not open_reassessments().exists()
    assert told(look, morning, row).startswith("reassess.corrected")


def test_a_correction_takes_the_look_along_at_the_same_time(morning: Morning) -> None:
    row = give(morning)
    fix: dict[str, Any] = {"by": morning.here.on_unit, "at": NOW + MINUTE, "note": "Half", "unit": "mg"}
    new = actions.correct(administration_id=row.pk, outcome=Outcome.PARTIAL, amount=Decimal(200), **fix)
    (waiting,) = open_reassessments()
    assert (waiting.administration_id, waiting.due_at) == (new.pk, NOW + HOUR)


def test_a_correction_of_what_was_looked_at_already_asks_for_no_second_look(morning: Morning) -> None:
    row = give(morning)
    look(morning, row)
    fix: dict[str, Any] = {"by": morning.here.on_unit, "at": NOW + 2 * HOUR, "note": "Half", "unit": "mg"}
    actions.correct(administration_id=row.pk, outcome=Outcome.PARTIAL, amount=Decimal(200), **fix)
    assert not open_reassessments().exists()


def test_of_two_who_look_at_once_one_is_told(transactional_db: None) -> None:
    morning = make_morning()
    row, start = give(morning), threading.Barrier(2)
    said: list[str] = []

    def see(nurse: Any) -> None:
        try:
            start.wait(10)
            said.append(look(morning, row, by=nurse, key=uuid4()).effect)
        except Refused as refused:
            said.append(refused.findings[0].code)
        finally:
            connection.close()

    threads = [threading.Thread(target=see, args=(who,)) for who in (morning.here.on_unit, morning.here.second_nurse)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(said) == ["reassess.already", "worked"]
    assert ReassessmentResult.objects.count() == 1
