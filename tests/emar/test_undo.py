"""Undo: by the same person within the site's minutes; the dose is due again, and both rows stay."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from audit.models import Event
from audit.rules.findings import Refused
from emar import actions
from emar.models import Administration
from emar.rules.administration import Outcome
from live.queries import current_seq
from programs.topics import pass_topic
from staff.access import NotAllowed
from tests.emar.conftest import NOW, Morning
from tests.factories.meds import policy

MINUTE = timedelta(minutes=1)


def undo(morning: Morning, row: Administration, minutes: int = 5, **changes: Any) -> Administration:
    asked: dict[str, Any] = {"by": morning.here.on_unit, "at": NOW + minutes * MINUTE, "administration_id": row.pk}
    return actions.undo(**asked | changes)


def told(call: Any, *args: Any, **kwargs: Any) -> str:
    before = Administration.objects.count()
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    assert Administration.objects.count() == before
    return f"{refused.value.findings[0].code}: {refused.value}"


def test_an_undone_dose_is_due_again_and_both_rows_stay(morning: Morning) -> None:
    first = morning.chart()
    undone = undo(morning, first)
    assert (undone.outcome, undone.amount, undone.corrects_id) == ("undone", None, first.pk)
    assert Event.objects.get(verb="emar.undo").summary == "Thiamine 100 mg given undone, due 08:00"
    again = morning.chart(at=NOW + 6 * MINUTE)
    assert (again.outcome, again.corrects_id, again.note) == ("given", undone.pk, "Charted again after it was undone.")
    assert [row.outcome for row in Administration.objects.order_by("pk")] == ["given", "undone", "given"]
    said = told(morning.chart, at=NOW + 7 * MINUTE, by=morning.here.second_nurse)
    assert said == "dose.already_charted: Thiamine 08:00 was already charted given at 08:16 by RN Cole."


def test_the_unit_is_told_of_an_undone_dose(morning: Morning) -> None:
    row, topic = morning.chart(), pass_topic(morning.here.unit.pk)
    before = current_seq(topic)
    undo(morning, row)
    assert current_seq(topic) == before + 1


def test_only_who_charted_it_undoes_it(morning: Morning) -> None:
    row = morning.chart()
    said = told(undo, morning, row, by=morning.here.second_nurse)
    assert said == "undo.not_yours: RN Cole charted this and alone may undo it. Correct it instead, and say why."
    with pytest.raises(NotAllowed):
        undo(morning, row, by=morning.here.prescriber)


def test_after_the_sites_minutes_it_is_a_correction(morning: Morning) -> None:
    row = morning.chart()
    said = told(undo, morning, row, minutes=31)
    assert said.startswith("undo.too_late: This was charted 31 min ago; it can be undone for 30 min.")
    assert undo(morning, row, minutes=30).outcome == "undone"


def test_a_site_may_allow_fewer_minutes(morning: Morning) -> None:
    policy(morning.here.site, at=NOW - timedelta(days=1), undo_minutes=10)
    row = morning.chart()
    assert told(undo, morning, row, minutes=11).startswith("undo.too_late")


def test_what_was_undone_is_not_undone_or_corrected_again(morning: Morning) -> None:
    first = morning.chart()
    undone = undo(morning, first)
    assert told(undo, morning, first, minutes=6).startswith(
        "dose.corrected_already: This was already undone by RN Cole"
    )
    assert told(undo, morning, undone, minutes=6).startswith("dose.undone")
    fix: dict[str, Any] = {"by": morning.here.on_unit, "at": NOW + 7 * MINUTE, "outcome": Outcome.GIVEN, "note": "No"}
    amount: dict[str, Any] = {"amount": Decimal(100), "unit": "mg"}
    assert told(actions.correct, administration_id=undone.pk, **fix, **amount).startswith("dose.undone: ")


def test_a_correction_is_not_undone_for_the_first_entry_may_have_been_a_dose_given(morning: Morning) -> None:
    first = morning.chart()
    fix: dict[str, Any] = {"outcome": Outcome.PARTIAL, "amount": Decimal(50), "unit": "mg", "note": "Half of it"}
    new = actions.correct(by=morning.here.on_unit, at=NOW + MINUTE, administration_id=first.pk, **fix)
    assert told(undo, morning, new) == (
        "undo.correction: This corrects an earlier entry, so it is not undone. Correct it again, and say why."
    )


def test_what_was_charted_again_after_an_undo_can_be_undone_once_more(morning: Morning) -> None:
    undo(morning, morning.chart(), minutes=1)
    assert undo(morning, morning.chart(at=NOW + 2 * MINUTE), minutes=3).outcome == "undone"
    assert morning.chart(at=NOW + 4 * MINUTE).outcome == "given"


def test_a_retried_undo_answers_the_same_row(morning: Morning) -> None:
    row, key = morning.chart(), uuid4()
    assert undo(morning, row, key=key).pk == undo(morning, row, minutes=6, key=key).pk


def test_an_undone_as_needed_dose_counts_against_nothing(morning: Morning) -> None:
    prn: dict[str, Any] = {"order_id": morning.ibuprofen.pk, "due_at": None, "amount": Decimal(400), "note": "Headache"}
    undo(morning, morning.chart(**prn))
    again = morning.chart(**prn, at=NOW + 20 * MINUTE)
    assert (again.outcome, again.corrects_id) == ("given", None)


def test_the_database_takes_undone_only_as_a_correction(morning: Morning) -> None:
    row = morning.chart()
    with pytest.raises(DatabaseError, match="emar_undo_names_what"), transaction.atomic():
        Administration.objects.create(
            order=morning.thiamine, outcome="undone", note="x", given_at=NOW, recorded_at=NOW, wall_clock="", by=row.by
        )
