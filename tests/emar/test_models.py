"""What the database refuses of orders and doses, whoever asks."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from emar.models import (
    Administration,
    Cosign,
    EmarPolicy,
    Medication,
    Order,
    OrderHold,
    Reassessment,
    ReassessmentResult,
    VerbalOrder,
)
from emar.queries.policy import policy_of
from emar.rules.orders import Comparison, Measure, limits_to_json
from emar.rules.policy import DEFAULT
from tests.emar.conftest import NOW, Morning
from tests.factories.meds import at_times, barcode, contains, hold_if, medication, order, policy, verbal

HOUR = timedelta(hours=1)


def refused(name: str, act: Callable[[], object]) -> None:
    """The act meets the constraint of that name."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def changed(row: Model, **values: Any) -> Callable[[], object]:
    """An update of a row past every save method."""
    return lambda: type(row)._default_manager.filter(pk=row.pk).update(**values)


@pytest.mark.parametrize(
    "values", [{"dose": Decimal(200)}, {"schedule": {"kind": "once"}}, {"started_at": NOW}, {"instructions": "x"}]
)
def test_what_was_ordered_never_changes(morning: Morning, values: dict[str, Any]) -> None:
    refused("emar_order", changed(morning.thiamine, **values))


def test_the_end_of_an_order_only_comes_forward(morning: Morning) -> None:
    taken = morning.thiamine
    Order.objects.filter(pk=taken.pk).update(ended_at=NOW + HOUR)
    refused("emar_order", changed(taken, ended_at=NOW + 2 * HOUR))
    refused("emar_order", changed(taken, ended_at=None))
    Order.objects.filter(pk=taken.pk).update(ended_at=NOW)


def test_nobody_deletes_an_order(morning: Morning) -> None:
    refused("emar_order", lambda: Order.objects.filter(pk=morning.ibuprofen.pk)._raw_delete("default"))


def test_a_stop_never_reaches_back(morning: Morning) -> None:
    by = morning.here.prescriber
    refused("stopped_by_someone", changed(morning.thiamine, ended_at=NOW - HOUR, stopped_at=NOW, stopped_by=by))
    refused("stopped_by_someone", changed(morning.thiamine, ended_at=NOW, stopped_at=NOW))


def test_an_order_is_on_hold_once_at_a_time(morning: Morning) -> None:
    by = morning.here.prescriber
    hold = OrderHold.objects.create(order=morning.thiamine, why="BP", by=by, started_at=NOW)
    refused(
        "emar_one_hold_at_a_time",
        lambda: OrderHold.objects.create(order=morning.thiamine, why="BP", by=by, started_at=NOW + HOUR),
    )
    refused("emar_orderhold", changed(hold, why="Never mind"))


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"dose_max": Decimal(50)}, "emar_order_range_upwards"),
        ({"most_in_24h": Decimal(0), "most_unit": "mg"}, "emar_order_most_positive"),
        ({"most_in_24h": Decimal(3000)}, "emar_order_most_positive"),
        ({"reassess_minutes": 10}, "emar_order_reassess_15_to_960"),
        ({"hold_limits": [{"measure": "systolic"}]}, "emar_hold_limits_right"),
        ({"hold_limits": {}}, "emar_hold_limits_right"),
    ],
)
def test_an_order_that_can_never_be_meant(morning: Morning, values: dict[str, Any], name: str) -> None:
    drug = medication("Clonidine", "100 mcg")
    refused(name, lambda: order(morning.episode, drug, at_times("08:00"), by=morning.here.prescriber, **values))


def test_an_order_keeps_its_hold_limits(morning: Morning) -> None:
    limit = hold_if(Measure.SYSTOLIC, Comparison.BELOW, "90")
    kept = order(
        morning.episode, medication("Clonidine", "0.1 mg"), at_times("08:00"), by=morning.here.prescriber,
        hold_limits=limits_to_json([limit]),
    )  # fmt: skip
    assert Order.objects.get(pk=kept.pk).limits == (limit,)
    assert limit.words == "Hold if systolic is under 90 mmHg"
    assert (limit.holds(Decimal(89)), limit.holds(Decimal(90))) == (True, False)


@pytest.mark.parametrize(
    "contents",
    [
        [{"name": "acetaminophen", "amount": "325", "unit": "mg"}],  # not the main ingredient first
        [{"name": "hydrocodone", "amount": "0", "unit": "mg"}],
        [{"name": "hydrocodone", "amount": 5, "unit": "mg"}],
        [{"name": "hydrocodone", "amount": "5", "unit": ""}],
        contains("hydrocodone 5 mg", "Acetaminophen 325 mg"),
        contains("hydrocodone 5 mg", "hydrocodone 5 mg"),
        {"hydrocodone": "5 mg"},
    ],
)
def test_contents_that_cannot_be_counted(db: None, contents: object) -> None:
    refused(
        "emar_contents_right",
        lambda: medication("Norcet", "5/325 mg", ingredient="hydrocodone", contents=contents),
    )


def test_a_medication_names_every_ingredient(db: None) -> None:
    parts = contains("hydrocodone 5 mg", "acetaminophen 325 mg")
    both = medication("Norcet", "5/325 mg", ingredient="hydrocodone", contents=parts, counted_in="tablet")
    assert Medication.objects.get(pk=both.pk).ingredient_names == ("hydrocodone", "acetaminophen")
    assert medication().ingredient_names == ("thiamine",)
    refused("emar_ingredient_lower_case", changed(both, ingredient="Hydrocodone", contents=[]))


def test_a_label_names_one_medication(db: None) -> None:
    barcode(medication(), "S-0001")
    refused("emar_barcode", lambda: barcode(medication("Ibuprofen", "400 mg"), "S-0001"))


def test_a_witness_is_somebody_else(morning: Morning) -> None:
    row = morning.chart()
    values = {f.attname: getattr(row, f.attname) for f in Administration._meta.concrete_fields if f.name != "id"}
    again = values | {"due_at": None, "witnessed_by_id": row.by_id}
    refused("emar_witness_is_another", lambda: Administration.objects.create(**again))
    unsigned = again | {"witnessed_by_id": morning.here.second_nurse.pk}
    refused("emar_witness_signed", lambda: Administration.objects.create(**unsigned))
    refused("emar_undo_names_what", lambda: Administration.objects.create(**values | {
        "due_at": None, "outcome": "undone", "amount": None,
    }))  # fmt: skip
    refused("emar_score_has_a_scale", lambda: Administration.objects.create(**values | {
        "due_at": None, "score": Decimal(7),
    }))  # fmt: skip
    refused("emar_measures_right", lambda: Administration.objects.create(**values | {
        "due_at": None, "measures": [{"measure": "systolic", "value": "NaN", "taken_at": "now"}],
    }))  # fmt: skip


def test_a_verbal_order_is_read_back_and_signed_by_another(morning: Morning) -> None:
    nurse, prescriber = morning.here.on_unit, morning.here.prescriber
    heard = verbal(morning.thiamine, prescriber, by=nurse, at=NOW)
    Cosign.objects.create(verbal=heard, by=prescriber, at=NOW + HOUR)
    refused("emar_cosign_verbal_id_key", lambda: Cosign.objects.create(verbal=heard, by=prescriber, at=NOW + HOUR))
    refused("emar_verbal_of_another", lambda: verbal(morning.thiamine, nurse, by=nurse, at=NOW))
    refused("emar_verbalorder", changed(heard, read_back=True))
    values = {f.attname: getattr(heard, f.attname) for f in VerbalOrder._meta.concrete_fields if f.name != "id"}
    refused("emar_verbal_read_back", lambda: VerbalOrder.objects.create(**values | {"read_back": False}))


def test_a_reassessment_has_one_result_and_its_corrections(morning: Morning) -> None:
    again = Reassessment.objects.create(administration=morning.chart(), due_at=NOW + HOUR)

    def result(**more: Any) -> ReassessmentResult:
        values = {
            "reassessment": again,
            "effect": "worked",
            "seen_at": NOW,
            "recorded_at": NOW,
            "by": morning.here.on_unit,
        }
        return ReassessmentResult.objects.create(**values | more)

    first = result()
    refused("emar_one_result_a_reassessment", result)
    refused("emar_result_says_why", lambda: result(corrects=first))
    result(corrects=first, effect="none", words="Meant the other client")
    refused("emar_reassessment", changed(again, due_at=NOW))
    refused("emar_reassessmentresult", changed(first, effect="none"))


def test_a_site_has_one_policy_at_a_time(morning: Morning) -> None:
    site = morning.here.site
    assert policy_of(site.pk, NOW) == DEFAULT
    row = policy(site, at=NOW, time_critical_minutes=20, undo_minutes=15)
    assert policy_of(site.pk, NOW - HOUR) == DEFAULT
    found = policy_of(site.pk, NOW)
    assert (found.windows.time_critical, found.undo, found.source) == (
        20, timedelta(minutes=15), "The medical director's list",
    )  # fmt: skip
    refused("emar_one_policy_at_a_time", lambda: policy(site, at=NOW + HOUR))
    refused("emar_policy_sane", lambda: policy(morning.here.other_site, at=NOW, interval_percent=10))
    refused("emar_emarpolicy", changed(row, undo_minutes=60))


def test_a_policy_row_without_numbers_says_what_the_house_says(morning: Morning) -> None:
    """The defaults stand once in the rules and once as defaults of the columns: they are the same."""
    policy(morning.here.site, at=NOW, source=DEFAULT.source)
    found, windows = policy_of(morning.here.site.pk, NOW), DEFAULT.windows
    assert found.giving == DEFAULT.giving
    assert (found.windows.time_critical, found.windows.frequent, found.windows.daily, found.windows.not_eligible) == (
        windows.time_critical, windows.frequent, windows.daily, windows.not_eligible,
    )  # fmt: skip
    for name in ("pass_hours", "reassess", "reassess_injected", "psychotropic_prn", "fresh", "refusals_in_a_row",
                 "refusals_in_days", "refusal_days", "undo", "site_lookback", "cosign"):  # fmt: skip
        assert getattr(found, name) == getattr(DEFAULT, name), name


def test_every_kept_table_has_its_guard(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_object_table FROM information_schema.triggers WHERE event_object_table LIKE 'emar_%'"
        )
        guarded = {row[0] for row in cursor.fetchall()}
    append_only = {Administration, Cosign, Reassessment, ReassessmentResult, VerbalOrder}
    assert {model._meta.db_table for model in append_only | {EmarPolicy, Order, OrderHold}} <= guarded
