"""A dose with what was scanned: the wrong person, the wrong drug and the wrong package are refused, whoever asks."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.rules.findings import Refused
from emar import actions
from emar.actions.asked import Asked
from emar.models import Administration, Barcode
from emar.rules.administration import Outcome
from programs.models import Wristband
from tests.emar.bands import GTIN, band
from tests.emar.conftest import EIGHT, NOW, Morning
from tests.factories import admit, client
from tests.factories.meds import at_times, barcode, contains, medication, order

MINUTE = timedelta(minutes=1)


def worn(morning: Morning, **more: Any) -> Wristband:
    return band(morning.elin, by=morning.here.intake, at=NOW, **more)


def told(morning: Morning, **changes: Any) -> str:
    """What the first finding says, with its code; nothing was written."""
    with pytest.raises(Refused) as refused:
        morning.chart(**changes)
    assert Administration.objects.count() == 0
    return f"{refused.value.findings[0].code}: {refused.value.findings[0].message}"


def test_a_scanned_wristband_identifies_the_person_alone(morning: Morning) -> None:
    mine = worn(morning)
    row = morning.chart(identifiers=(), band=mine.code)
    assert (row.band, row.identifiers, row.person_by, row.medication_by) == (mine, ["wristband"], "scan", "none")


def test_a_wristband_read_by_eye_is_told_from_one_that_was_scanned(morning: Morning) -> None:
    row = morning.chart(identifiers=("wristband",))
    assert (row.band, row.person_by) == (None, "wristband")


def test_the_wrong_persons_wristband_is_refused_without_a_name(morning: Morning) -> None:
    other = client(morning.here, "Wale", "Tunde")
    theirs = band(other, by=morning.here.intake, at=NOW)
    said = told(morning, band=theirs.code)
    assert said == "dose.wrong_band: This is another person's wristband. Check who is in front of you, then scan again."


def test_a_lost_wristband_counts_no_more_and_says_since_when(morning: Morning) -> None:
    mine = worn(morning)
    ended = {"ended_at": NOW - 5 * MINUTE, "ended_by": morning.here.intake, "ended_why": "lost"}
    Wristband.objects.filter(pk=mine.pk).update(**ended)
    assert told(morning, band=mine.code) == (
        "dose.band_ended: This wristband counts no more since 08:05 on 5 Jan: lost or taken off. "
        "Check two identifiers, and print a new one."
    )
    row = morning.chart(band=mine.code, given_at=NOW - 6 * MINUTE)  # it counted when the dose was given
    assert row.band == mine


def test_a_wristband_printed_after_the_dose_was_not_scanned_for_it(morning: Morning) -> None:
    fresh = band(morning.elin, by=morning.here.intake, at=NOW - MINUTE, days=0)
    assert told(morning, band=fresh.code, given_at=NOW - 5 * MINUTE).startswith(
        "dose.band_not_begun: This wristband was printed at 08:09 on 5 Jan, after the dose."
    )


def test_a_code_that_nobody_wears(morning: Morning) -> None:
    assert told(morning, band="W84G7ZWYRD6S") == (
        "dose.unknown_band: Nobody wears a wristband with this code. Scan it again, or check two identifiers."
    )


@pytest.mark.parametrize("piece", ["W84G7ZWYRD7S", "W84G7Z"])
def test_a_wristband_read_in_part(morning: Morning, piece: str) -> None:
    assert told(morning, band=piece) == (
        "dose.damaged_scan: The wristband was read only in part. Scan it again, or check two identifiers."
    )


@pytest.mark.parametrize(
    "scan", ["0093-1048-01", GTIN, "300931048011", f"]d201{GTIN}10AB12\x1d17270131", "00093104801"]
)
def test_every_way_to_read_a_package_names_its_medication(morning: Morning, scan: str) -> None:
    barcode(morning.thiamine.medication, "0093-1048-01", Barcode.Kind.NDC)
    row = morning.chart(barcode=scan)
    assert (row.barcode, row.medication_by) == (scan.strip(), "scan")


def test_the_package_of_another_drug_is_refused(morning: Morning) -> None:
    barcode(medication("Lorazepam", "1 mg"), "0093-1048-01", Barcode.Kind.NDC)
    assert told(morning, barcode=GTIN) == (
        "dose.wrong_medication: That is lorazepam; the order is for Thiamine. Put it back and scan the right one."
    )


def test_a_package_past_its_date_is_refused_and_its_last_day_is_not(morning: Morning) -> None:
    barcode(morning.thiamine.medication, "0093-1048-01", Barcode.Kind.NDC)
    assert told(morning, barcode=f"01{GTIN}17260104") == (
        "dose.expired: This package expired on 4 Jan 2026. Put it aside and take another one."
    )
    assert morning.chart(barcode=f"01{GTIN}17260105").medication_by == "scan"


def test_a_label_read_in_part_and_one_that_nobody_knows(morning: Morning) -> None:
    assert told(morning, barcode="300931048012").startswith("dose.damaged_scan: The label was read only in part.")
    assert told(morning, barcode="300931048011").startswith(
        "dose.unknown_barcode: No medication has the label 300931048011."
    )


def test_a_code_that_may_be_two_medications_names_neither(morning: Morning) -> None:
    barcode(morning.thiamine.medication, "0093-1048-01", Barcode.Kind.NDC)
    barcode(medication("Lorazepam", "1 mg"), "00931-048-01", Barcode.Kind.NDC)
    assert told(morning, barcode=GTIN) == (
        "dose.label_of_two: This label may be Lorazepam 1 mg or Thiamine 100 mg. Choose the dose by its name."
    )
    assert morning.chart(barcode="0093-1048-01").medication_by == "scan"  # as it stands it is one


def test_another_product_of_the_right_ingredient_asks_how_many(morning: Morning) -> None:
    barcode(medication("Thiamine", "50 mg", ingredient="thiamine"), "T-0050")
    assert told(morning, barcode="T-0050").startswith("dose.other_product: That is Thiamine 50 mg;")
    assert morning.chart(barcode="T-0050", overrides={"dose.other_product": "Two of 50 mg"}).barcode == "T-0050"


def test_why_nothing_was_scanned_is_kept(morning: Morning) -> None:
    assert morning.chart(unscanned="not_readable").unscanned == "not_readable"


@pytest.mark.parametrize(
    "changes",
    [
        {"unscanned": "lazy"}, {"unscanned": "urgent", "barcode": "S-0001"},
        {"unscanned": "urgent", "outcome": Outcome.REFUSED, "reason": "not_needed", "amount": None, "unit": None},
    ],
)  # fmt: skip
def test_why_nothing_was_scanned_is_said_only_where_it_means_something(
    morning: Morning, changes: dict[str, Any]
) -> None:
    assert told(morning, **changes).startswith("dose.unscanned:")


def test_the_database_refuses_a_reason_beside_a_scan_and_the_band_of_another(morning: Morning) -> None:
    theirs = band(client(morning.here, "Wale", "Tunde"), by=morning.here.intake, at=NOW)
    right = {
        "order": morning.thiamine, "due_at": EIGHT, "outcome": "given", "amount": Decimal(100), "unit": "mg",
        "given_at": NOW, "recorded_at": NOW, "wall_clock": "x", "by": morning.here.on_unit,
    }  # fmt: skip
    for wrong, name in (
        ({"barcode": "S-0001", "unscanned": "urgent"}, "emar_unscanned_or_scanned"),
        ({"band": theirs}, "emar_band_is_the_clients|wristband of another client"),
    ):
        with pytest.raises(DatabaseError, match=name), transaction.atomic():
            Administration.objects.create(**right | wrong)


def test_a_correction_keeps_what_was_scanned(morning: Morning) -> None:
    barcode(morning.thiamine.medication, "S-0001")
    mine = worn(morning)
    row = morning.chart(barcode="S-0001", band=mine.code)
    fixed = actions.correct(
        by=morning.here.on_unit, at=NOW + MINUTE, administration_id=row.pk, outcome=Outcome.PARTIAL, amount=Decimal(50),
        unit="mg", note="Half was dropped",
    )  # fmt: skip
    assert (fixed.band, fixed.barcode, fixed.unscanned) == (mine, "S-0001", "")


def test_a_reason_goes_when_a_correction_says_that_nothing_was_taken(morning: Morning) -> None:
    row = morning.chart(unscanned="urgent")
    fixed = actions.correct(
        by=morning.here.on_unit, at=NOW + MINUTE, administration_id=row.pk, outcome=Outcome.REFUSED, reason="not_needed",
        note="Spat it out",
    )  # fmt: skip
    assert fixed.unscanned == ""


def test_many_scanned_doses_take_as_many_queries_as_two(morning: Morning) -> None:
    mine = worn(morning)

    def asked(count: int, name: str) -> int:
        doses = []
        for number in range(count):
            drug = medication(f"{name} {number}", "10 mg")
            barcode(drug, f"{name}-{number:04}")
            made = order(morning.episode, drug, at_times("08:00"), by=morning.here.prescriber)
            doses.append(
                Asked(
                    order_id=made.pk, due_at=EIGHT, outcome=Outcome.GIVEN, amount=Decimal(10), unit="mg", band=mine.code,
                    barcode=f"{name}-{number:04}",
                )
            )  # fmt: skip
        with CaptureQueriesContext(connection) as seen:
            answers = actions.administer_all(by=morning.here.on_unit, at=NOW, client_id=morning.elin.pk, doses=doses)
        assert [answer.findings for answer in answers] == [()] * count
        return len(seen)

    assert asked(2, "few") == asked(12, "many")


def test_the_ingredients_of_a_combination_have_to_be_the_same(morning: Morning) -> None:
    both = medication(
        "Percocet", "5 mg", ingredient="oxycodone", contents=contains("oxycodone 5 mg", "acetaminophen 325 mg")
    )
    barcode(both, "P-0001")
    episode = admit(morning.here, client(morning.here, "Wale", "Tunde"), morning.here.residential, morning.here.beds[1])
    plain = order(episode, medication("Oxycodone", "5 mg"), at_times("08:00"), by=morning.here.prescriber)
    said = told(morning, order_id=plain.pk, client_id=episode.client_id, amount=Decimal(5), barcode="P-0001")
    assert said.startswith("dose.wrong_medication: That is oxycodone with acetaminophen;")
