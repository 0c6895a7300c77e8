"""Corrections: by who may, saying why, both stay; the truth can always be written down."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from audit.rules.findings import Refused
from emar import actions
from emar.models import Administration
from emar.rules.administration import Outcome
from staff.access import NotAllowed
from tests.emar.conftest import NOW, Morning

MINUTE = timedelta(minutes=1)


def correct(morning: Morning, row: Administration, **changes: Any) -> Administration:
    asked: dict[str, Any] = {
        "by": morning.here.on_unit, "at": NOW + 90 * MINUTE, "administration_id": row.pk, "outcome": Outcome.GIVEN,
        "amount": Decimal(100), "unit": "mg", "note": "Entered for the wrong row",
    }  # fmt: skip
    return actions.correct(**asked | changes)


@pytest.mark.parametrize("who", ["on_unit", "second_nurse", "prescriber", "director"])
def test_nurse_prescriber_and_director_correct_with_a_reason(morning: Morning, who: str) -> None:
    row = morning.chart(outcome=Outcome.REFUSED, amount=None, unit=None, identifiers=("wristband",), reason="asleep")
    new = correct(morning, row, by=getattr(morning.here, who))
    assert (new.corrects_id, new.outcome, new.note) == (row.pk, "given", "Entered for the wrong row")


@pytest.mark.parametrize("who", ["intake", "facilitator", "without_role", "elsewhere", "housekeeper"])
def test_nobody_else_may(morning: Morning, who: str) -> None:
    row = morning.chart()
    with pytest.raises(NotAllowed):
        correct(morning, row, by=getattr(morning.here, who))


def test_a_correction_says_why(morning: Morning) -> None:
    with pytest.raises(Refused, match="Say why this is corrected"):
        correct(morning, morning.chart(), note="  ")


def test_it_keeps_what_is_not_named(morning: Morning) -> None:
    prn: dict[str, Any] = {
        "order_id": morning.ibuprofen.pk,
        "due_at": None,
        "amount": Decimal(400),
        "note": "Headache",
        "device": "cart 1",
    }
    row = morning.chart(**prn)
    new = correct(morning, row, outcome=Outcome.PARTIAL, amount=Decimal(200))
    kept = ("prn_reason", "scale", "score", "identifiers", "given_at", "device")
    assert [getattr(new, name) for name in kept] == [getattr(row, name) for name in kept]
    assert new.prn_reason == "Headache"


def test_a_dose_that_was_too_soon_can_still_be_written_down(morning: Morning) -> None:
    prn: dict[str, Any] = {"order_id": morning.ibuprofen.pk, "due_at": None, "note": "Headache"}
    morning.chart(**prn, amount=Decimal(400))
    refused = morning.chart(
        **prn, outcome=Outcome.REFUSED, amount=None, unit=None, reason="not_needed", at=NOW + 60 * MINUTE
    )
    new = correct(morning, refused, amount=Decimal(400))
    assert "prn.too_soon" in new.reasons


def test_an_amount_over_the_order_stays_refused(morning: Morning) -> None:
    with pytest.raises(Refused, match="more than the 100 mg ordered"):
        correct(morning, morning.chart(), amount=Decimal(1000))
