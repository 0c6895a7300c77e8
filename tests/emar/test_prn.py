"""As-needed doses through the action: limits over all orders, going past them, what goes with them, policy and versions."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from audit.models import Override
from audit.rules.findings import Refused, Severity
from chart.models import Allergy
from emar.models import Order
from emar.rules.administration import WATCHED_DOSE, Outcome
from emar.rules.orders import Comparison, Measure, limits_to_json
from emar.rules.schedule import EveryHours, to_json
from staff.actions.pins import prove
from staff.rules.capabilities import Role
from tests.emar.conftest import EIGHT, NOW, Morning
from tests.factories.meds import as_needed, at_times, barcode, contains, hold_if, medication, order, policy
from tests.factories.people import PIN, assign, person, signs

HOUR = timedelta(hours=1)


def told(morning: Morning, **changes: Any) -> str:
    with pytest.raises(Refused) as refused:
        morning.chart(**changes)
    return f"{refused.value.findings[0].code}: {refused.value}"


def tylenol(morning: Morning, **more: Any) -> Order:
    drug = medication("Acetaminophen", "500 mg", contents=contains("acetaminophen 500 mg"), counted_in="tablet")
    values: dict[str, Any] = {"dose": "1000", "most_in_24h": Decimal(3000), "most_unit": "mg"} | more
    return order(morning.episode, drug, as_needed(4, 6), by=morning.here.prescriber, **values)


def norco(morning: Morning, *clocks: str) -> Order:
    drug = medication(
        "Norco", "5 mg", ingredient="hydrocodone", contents=contains("hydrocodone 5 mg", "acetaminophen 325 mg"),
        counted_in="tablet",
    )  # fmt: skip
    return order(morning.episode, drug, at_times(*clocks), by=morning.here.prescriber, dose="2", unit="tablet")


def test_the_maximum_counts_every_order_of_the_ingredient_scheduled_ones_too(morning: Morning) -> None:
    prn, by_the_clock = tylenol(morning), norco(morning, "08:00")
    ask: dict[str, Any] = {"order_id": prn.pk, "due_at": None, "amount": Decimal(1000), "prn_reason": "Back pain"}
    morning.chart(**ask, at=NOW - 8 * HOUR)
    morning.chart(**ask, at=NOW - 4 * HOUR)
    morning.chart(order_id=by_the_clock.pk, amount=Decimal(2), unit="tablet")
    later = NOW + 4 * HOUR
    assert told(morning, **ask, at=later) == (
        "prn.over_maximum: This would pass the most acetaminophen in 24 h: 3,000 mg, all orders together."
        " The next is allowed at 00:10 on Tue 6 Jan."
    )
    assert told(morning, **ask, at=later, overrides={"prn.over_maximum": "In pain"}).startswith("prn.over_maximum")
    assert morning.chart(**ask, at=NOW + 16 * HOUR).outcome == "given"


def test_a_dose_over_the_maximum_that_was_given_is_written_down_with_the_prescriber_who_was_told(
    morning: Morning,
) -> None:
    prn = tylenol(morning)
    ask: dict[str, Any] = {"order_id": prn.pk, "due_at": None, "amount": Decimal(1000), "prn_reason": "Back pain"}
    for hours in (11, 7, 3):
        morning.chart(**ask, at=NOW - hours * HOUR)
    late = ask | {"given_at": NOW - timedelta(minutes=16)}
    with pytest.raises(Refused) as refused:
        morning.chart(**late)
    said = {each.code: each for each in refused.value.findings}
    assert set(said) == {"prn.over_maximum", "prn.too_soon", "dose.late_entry"}
    assert {each.severity for each in said.values()} == {Severity.OVERRIDE}
    assert "If it was given all the same, tell the prescriber now, name them here" in said["prn.over_maximum"].message
    why = dict.fromkeys(said, "Given by mistake, no harm seen")
    assert told(morning, **late, overrides=why).startswith("dose.contact_needed")
    row = morning.chart(**late, overrides=why, contact_id=morning.here.prescriber.pk)
    assert row.reasons["prn.over_maximum"] == "Given by mistake, no harm seen"
    assert row.recorded_at - row.given_at == timedelta(minutes=16)
    # what is said to have been given a moment ago is a dose about to be given: that stays refused
    now = ask | {"given_at": NOW - timedelta(minutes=15), "overrides": why, "contact_id": morning.here.prescriber.pk}
    assert told(morning, **now).startswith("prn.over_maximum")


def test_a_scheduled_dose_over_the_maximum_of_another_order_asks_for_the_prescriber(morning: Morning) -> None:
    prn, by_the_clock = tylenol(morning), norco(morning, "08:00")
    for hours in (4, 12, 20):
        morning.chart(order_id=prn.pk, due_at=None, amount=Decimal(1000), prn_reason="Back pain", at=NOW - hours * HOUR)
    ask: dict[str, Any] = {"order_id": by_the_clock.pk, "amount": Decimal(2), "unit": "tablet"}
    assert told(morning, **ask).startswith("dose.over_maximum: This would pass the most acetaminophen in 24 h")
    why = {"dose.over_maximum": "Both wanted today"}
    assert told(morning, **ask, overrides=why) == (
        "dose.contact_needed: Name the prescriber you spoke to, then chart it again."
    )
    assert told(morning, **ask, overrides=why, contact_id=morning.here.second_nurse.pk).startswith(
        "dose.contact_needed"
    )
    row = morning.chart(**ask, overrides=why, contact_id=morning.here.prescriber.pk)
    assert [(each["code"], each["reason"], each["contact"]) for each in row.overrides] == [
        ("dose.over_maximum", "Both wanted today", morning.here.prescriber.pk)
    ]


def test_too_soon_is_gone_past_with_a_reason_and_the_prescriber(morning: Morning) -> None:
    ask: dict[str, Any] = {
        "order_id": morning.ibuprofen.pk,
        "due_at": None,
        "amount": Decimal(400),
        "prn_reason": "Toothache",
    }
    morning.chart(**ask)
    soon: dict[str, Any] = {"at": NOW + 2 * HOUR, "overrides": {"prn.too_soon": "9 of 10, cannot sleep"}}
    assert told(morning, **ask, at=NOW + 2 * HOUR).startswith("prn.too_soon")
    assert told(morning, **ask, **soon).startswith("dose.contact_needed")
    row = morning.chart(**ask, **soon, contact_id=morning.here.prescriber.pk)
    assert row.reasons == {"prn.too_soon": "9 of 10, cannot sleep"}
    assert Override.objects.get().second_person_id == morning.here.prescriber.pk


def test_a_missing_score_may_be_gone_past_and_is_kept(morning: Morning) -> None:
    ask: dict[str, Any] = {
        "order_id": morning.ibuprofen.pk,
        "due_at": None,
        "amount": Decimal(400),
        "scale": "",
        "score": None,
    }
    assert told(morning, **ask, prn_reason="Points at the jaw").startswith("prn.score_needed")
    row = morning.chart(**ask, prn_reason="Points at the jaw", overrides={"prn.score_needed": "Speaks no English"})
    assert (row.prn_reason, row.score, row.reasons) == (
        "Points at the jaw", None, {"prn.score_needed": "Speaks no English"},
    )  # fmt: skip
    assert told(morning, order_id=morning.ibuprofen.pk, due_at=None, amount=Decimal(400)).startswith(
        "prn.reason_needed"
    )


def test_a_psychotropic_says_what_was_tried_first(morning: Morning) -> None:
    drug = medication("Hydroxyzine", "25 mg", psychotropic=True)
    prn = order(morning.episode, drug, as_needed(), by=morning.here.prescriber)
    ask: dict[str, Any] = {"order_id": prn.pk, "due_at": None, "amount": Decimal(25), "prn_reason": "Restless"}
    assert told(morning, **ask).startswith("prn.tried_first")
    assert morning.chart(**ask, tried_first="Walked with staff").tried_first == "Walked with staff"


def test_the_sites_grace_and_windows_are_used(morning: Morning) -> None:
    policy(morning.here.site, at=NOW - HOUR, prn_grace_minutes=15, daily_minutes=20)
    ask: dict[str, Any] = {
        "order_id": morning.ibuprofen.pk,
        "due_at": None,
        "amount": Decimal(400),
        "prn_reason": "Toothache",
    }
    morning.chart(**ask)
    assert morning.chart(**ask, at=NOW + 5.75 * HOUR).outcome == "given"
    assert told(morning, at=NOW + 0.25 * HOUR).startswith("dose.outside_window: Thiamine was due at 08:00: 08:25")


def test_a_late_dose_of_an_interval_makes_the_next_version_wait_too(morning: Morning) -> None:
    drug = medication("Gabapentin", "300 mg")
    start = EIGHT - 6 * HOUR
    first = order(morning.episode, drug, EveryHours(6), by=morning.here.prescriber, started_at=start)
    late: dict[str, Any] = {"due_at": start, "amount": Decimal(300), "overrides": {"dose.outside_window": "Asleep"}}
    morning.chart(order_id=first.pk, at=NOW - 2 * HOUR, **late)
    Order.objects.filter(pk=first.pk).update(ended_at=NOW - HOUR)
    second = Order.objects.create(
        episode=first.episode, client=first.client, medication=drug, dose=300, unit="mg", route="by mouth",
        schedule=to_json(EveryHours(6)), started_at=NOW - HOUR, anchor_at=start, replaces=first, by=first.by,
    )  # fmt: skip
    assert told(morning, order_id=second.pk, amount=Decimal(300)) == (
        "dose.too_soon: Gabapentin was given at 06:10. Wait until 10:40."
    )


def test_hold_limits_ask_for_fresh_values_and_keep_them(morning: Morning) -> None:
    limits = limits_to_json([hold_if(Measure.PULSE, Comparison.BELOW, "50", strict=False)])
    drug = medication("Propranolol", "20 mg")
    beta = order(morning.episode, drug, at_times("08:00"), by=morning.here.prescriber, hold_limits=limits)
    ask: dict[str, Any] = {"order_id": beta.pk, "amount": Decimal(20)}
    assert told(morning, **ask).startswith("dose.measure_needed: Measure the pulse first")

    def of(value: str, minutes: int) -> dict[str, Any]:
        taken_at = (NOW - timedelta(minutes=minutes)).isoformat()
        return {"measures": [{"measure": "pulse", "value": value, "taken_at": taken_at}]}

    assert told(morning, **ask, **of("60", 61)).startswith("dose.measure_stale")
    assert told(morning, **ask, **of("48", 5)) == "dose.outside_limit: Pulse 48 is under 50: hold, or say why."
    assert told(morning, **ask, **of("480", 5)).startswith("dose.measure_wrong")
    assert told(morning, **ask, measures=[{"measure": "pulse", "value": "60"}]).startswith("dose.measure_wrong")
    naive = [{"measure": "pulse", "value": "60", "taken_at": "2026-01-05T08:05"}]
    assert told(morning, **ask, measures=naive).startswith("dose.no_zone")
    row = morning.chart(**ask, **of("48.0", 5), overrides={"dose.outside_limit": "Runner, always low"})
    assert row.measures == [{"measure": "pulse", "value": "48", "taken_at": "2026-01-05T13:05:00+00:00"}]


def test_places_on_the_body_take_turns(morning: Morning) -> None:
    drug = medication("Insulin", "10 units", route="injection", sites="injection")
    twice = order(morning.episode, drug, at_times("08:00", "20:00"), by=morning.here.prescriber)
    ask: dict[str, Any] = {"order_id": twice.pk, "amount": Decimal(10), "unit": "units"}
    assert told(morning, **ask).startswith("dose.site_needed")
    assert told(morning, **ask, body_site="upper_arm_left").startswith("dose.site_needed")
    evening = EIGHT - 12 * HOUR
    morning.chart(**ask, due_at=evening, at=evening, body_site="abdomen_left")
    assert told(morning, **ask, body_site="abdomen_left") == (
        "dose.site_used: Abdomen, left was used at 20:00 on Sun 4 Jan. Choose another place, or say why the same."
    )
    assert morning.chart(**ask, body_site="abdomen_right").body_site == "abdomen_right"


def test_a_witness_is_another_person_who_may_chart_doses(morning: Morning) -> None:
    here = morning.here
    watched = order(
        morning.episode, medication("Methadone", "10 mg"), at_times("08:00"), by=here.prescriber, witness="required"
    )
    ask: dict[str, Any] = {"order_id": watched.pk, "amount": Decimal(10)}
    assert told(morning, **ask).startswith("dose.witness_needed")
    for nobody in (here.on_unit, here.elsewhere, here.facilitator):
        assert told(morning, **ask, witness_id=nobody.pk).startswith("dose.witness:")


def test_a_witness_signs_with_a_pin_that_was_entered_for_this(morning: Morning) -> None:
    here = morning.here
    watched = order(
        morning.episode, medication("Methadone", "10 mg"), at_times("08:00"), by=here.prescriber, witness="required"
    )
    third = assign(person("okafor", "Ife Okafor", "RN"), here.site, Role.NURSE, at=NOW)
    for who in (here.second_nurse, third):
        signs(who, here.site, at=NOW)
    ask: dict[str, Any] = {"order_id": watched.pk, "amount": Decimal(10), "witness_id": here.second_nurse.pk}
    assert "enters their own PIN" in told(morning, **ask)
    for who, purpose in ((third, WATCHED_DOSE), (here.second_nurse, "stock.waste")):
        wrong = prove(person_id=who.pk, pin=PIN, site=here.site, purpose=purpose, at=NOW)
        assert told(morning, **ask, witness_proof_id=wrong.pk).startswith(("dose.witness", "pin.other_purpose"))
    proof = prove(person_id=here.second_nurse.pk, pin=PIN, site=here.site, purpose=WATCHED_DOSE, at=NOW)
    row = morning.chart(**ask, witness_proof_id=proof.pk)
    assert (row.witnessed_by, row.witness_proof) == (here.second_nurse, proof)


def test_what_a_client_takes_themselves_is_signed_and_the_mouth_looked_into(morning: Morning) -> None:
    film = medication("Buprenorphine", "8 mg", route="under the tongue")
    own = order(morning.episode, film, at_times("08:00"), by=morning.here.prescriber, mode="observed")
    ask: dict[str, Any] = {"order_id": own.pk, "amount": Decimal(8), "outcome": Outcome.SELF_ADMINISTERED}
    assert told(morning, **ask).startswith("dose.attestation_needed")
    assert told(morning, **ask, attested_as="E. Novak").startswith("dose.mouth_check")
    row = morning.chart(**ask, attested_as="E. Novak", mouth_checked=True)
    assert (row.attested_as, row.mouth_checked) == ("E. Novak", True)


def test_what_a_client_carries_is_not_charted(morning: Morning) -> None:
    carried = order(
        morning.episode, medication("Albuterol", "2 puffs"), as_needed(), by=morning.here.prescriber, mode="self_carry"
    )
    assert told(morning, order_id=carried.pk, due_at=None, amount=Decimal(2), unit="puffs").startswith(
        "dose.not_on_pass"
    )


def test_the_label_names_the_medication(morning: Morning) -> None:
    drug = morning.thiamine.medication
    barcode(drug, "0001")
    barcode(medication("Thiamine", "50 mg"), "0002")
    barcode(medication("Lorazepam", "1 mg"), "0003")
    assert told(morning, barcode="0003") == (
        "dose.wrong_medication: That is lorazepam; the order is for Thiamine. Put it back and scan the right one."
    )
    assert told(morning, barcode="0009").startswith("dose.unknown_barcode: No medication has the label 0009.")
    assert told(morning, barcode="0002").startswith(
        "dose.other_product: That is Thiamine 50 mg; Thiamine 100 mg is ordered"
    )
    assert morning.chart(barcode="0001").barcode == "0001"


def test_a_class_an_allergy_names_is_told_at_giving_too(morning: Morning) -> None:
    drug = medication("Chlordiazepoxide", "25 mg", drug_class="benzodiazepine")
    due = order(morning.episode, drug, at_times("08:00"), by=morning.here.prescriber)
    Allergy.objects.create(client=morning.elin, substance="Benzodiazepines", reaction="rash", noted_at=NOW - 9 * HOUR)
    assert told(morning, order_id=due.pk, amount=Decimal(25)) == (
        "dose.allergy: Allergy on the chart: Benzodiazepines (rash). Ask the prescriber; to give it, say why it is safe."
    )
