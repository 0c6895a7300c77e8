"""A dose by a protocol, the start of buprenorphine, and methadone carried on: through the actions, on the database."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction

from audit.rules.findings import Refused
from emar import actions
from emar.actions.protocols import end_protocol
from emar.actions.verifications import verify_dose
from emar.models import Administration, DoseChecks, Order, Protocol, Verification
from emar.queries import prn_row
from emar.queries.tasks import tasks
from emar.rules.administration import Outcome
from emar.rules.checks import Checks
from emar.rules.orders import Comparison, Measure, limits_to_json
from emar.rules.orders.facts import Sig
from emar.rules.schedule import to_json
from staff.access import NotAllowed
from tests.emar.conftest import NOW, Morning
from tests.emar.withdrawal import BANDS, HOUR, MINUTE, librium, protocol, scored
from tests.factories.meds import as_needed, at_times, hold_if, medication, order

DAY = timedelta(days=1)


def beside(row: Administration) -> DoseChecks:
    return DoseChecks.objects.get(administration=row)


def give(morning: Morning, what: Order, amount: int | str, **changes: Any) -> Administration:
    asked: dict[str, Any] = {"order_id": what.pk, "due_at": None, "amount": Decimal(amount), "scale": "", "score": None}
    return morning.chart(**asked | changes)


def told(morning: Morning, what: Order, amount: int | str, **changes: Any) -> str:
    with pytest.raises(Refused) as refused:
        give(morning, what, amount, **changes)
    return "; ".join(f"{each.code}: {each.message}" for each in refused.value.findings)


def advised(morning: Morning, what: Order, at: Any = NOW) -> tuple[str, str]:
    row = prn_row(morning.here.site, what.pk, at=at)
    assert row is not None
    assert row.advice is not None
    return row.advice.words, row.proposed


def test_the_order_proposes_by_the_score_and_the_dose_keeps_what_it_stood_on(morning: Morning) -> None:
    what = librium(morning)
    assert advised(morning, what) == ("Score CIWA-Ar first.", "")
    score = scored(morning, 14, NOW - 5 * MINUTE)
    assert advised(morning, what) == ("CIWA-Ar 14 at 08:05 is in 11 to 19: 50 mg.", "50 mg")
    assert not Administration.objects.exists()  # it proposes, it never gives
    row = give(morning, what, 50, checks=Checks(score_id=score.pk))
    assert (row.scale, row.score, row.prn_reason) == ("ciwa_ar", Decimal(14), "CIWA-Ar 14")
    assert (beside(row).score, beside(row).proposed, beside(row).protocol) == (score, Decimal(50), what.protocol)
    assert advised(morning, what, NOW + MINUTE) == ("Given 08:10 for CIWA-Ar 14. CIWA-Ar due 09:05.", "")
    used = told(morning, what, 50, at=NOW + 30 * MINUTE, checks=Checks(score_id=score.pk))
    assert "protocol.score_used: A dose was given at 08:10 for this CIWA-Ar 14. Score again before the next." in used


def test_another_amount_needs_a_reason_and_over_the_range_is_refused(morning: Morning) -> None:
    what = librium(morning)
    checks = Checks(score_id=scored(morning, 14, NOW - MINUTE).pk)
    assert told(morning, what, 25, checks=checks) == (
        "protocol.other_amount: The protocol has 50 mg for CIWA-Ar 14 (11 to 19), not 25 mg. Say why."
    )
    assert "dose.amount: 125 mg is more than the 100 mg ordered" in told(morning, what, 125, checks=checks)
    row = give(morning, what, 25, checks=checks, overrides={"protocol.other_amount": "Drowsy"})
    assert [(each["code"], each["reason"]) for each in row.overrides] == [("protocol.other_amount", "Drowsy")]
    assert beside(row).proposed == Decimal(50)


def test_without_a_score_the_prescriber_is_asked(morning: Morning) -> None:
    what = librium(morning)
    why = {"protocol.score_needed": "Cannot answer"}
    asked: dict[str, Any] = {"prn_reason": "Shaking", "overrides": why}
    assert told(morning, what, 50, prn_reason="Shaking").startswith("protocol.score_needed: Score CIWA-Ar first")
    assert told(morning, what, 50, **asked).startswith("dose.contact_needed")
    assert give(morning, what, 50, contact_id=morning.here.prescriber.pk, **asked).overrides[0]["contact"]


def test_a_stale_score_and_one_of_another_client_do_not_stand(morning: Morning) -> None:
    what = librium(morning)
    old = scored(morning, 14, NOW - 61 * MINUTE)
    said = told(morning, what, 50, checks=Checks(score_id=old.pk))
    assert said == "score.stale: CIWA-Ar 14 is from 07:09, more than 60 min before the dose. Score again."
    assert advised(morning, what)[0] == "CIWA-Ar 14 is from 07:09: score again first."
    assert told(morning, what, 50, prn_reason="x", checks=Checks(score_id=old.pk + 999)).startswith("score.unknown")


def test_a_score_by_a_second_nurse_meanwhile_is_looked_at_first(morning: Morning) -> None:
    what = librium(morning)
    seen = scored(morning, 9, NOW - 20 * MINUTE)
    scored(morning, 21, NOW - MINUTE, by=morning.here.second_nurse)
    assert told(morning, what, 25, checks=Checks(score_id=seen.pk)) == (
        "protocol.newer_score: RN Ames scored CIWA-Ar 21 at 08:09, after the 9 you saw."
        " Look at that, then choose the dose again."
    )


def test_a_protocol_that_ended_meanwhile_proposes_nothing_and_asks_for_the_prescriber(morning: Morning) -> None:
    what = librium(morning)
    checks = Checks(score_id=scored(morning, 14, NOW - 5 * MINUTE).pk)
    end_protocol(
        by=morning.here.prescriber, at=NOW - MINUTE, site_id=morning.here.site.pk, protocol_id=what.protocol_id or 0,
        why="New guideline",
    )  # fmt: skip
    assert advised(morning, what) == (
        "The protocol Alcohol by CIWA-Ar has ended. Ask the prescriber for an order.", "",
    )  # fmt: skip
    assert told(morning, what, 50, checks=checks).startswith(
        "protocol.ended: The protocol Alcohol by CIWA-Ar ended at 08:09."
    )
    assert tasks(morning.here.site, NOW + 3 * HOUR).scores == ()


def test_nothing_is_proposed_over_the_most_in_a_day(morning: Morning) -> None:
    what = librium(morning, most_in_24h=Decimal(100))
    first = scored(morning, 14, NOW - 59 * MINUTE)
    give(morning, what, 50, at=NOW - 58 * MINUTE, checks=Checks(score_id=first.pk))
    worse = scored(morning, 22, NOW + 5 * MINUTE)
    words, amount = advised(morning, what, NOW + 6 * MINUTE)
    assert (words.startswith("CIWA-Ar 22 at 08:15 is in 20 to 67: 100 mg, but not before"), amount) == (True, "")
    said = told(morning, what, 100, at=NOW + 6 * MINUTE, checks=Checks(score_id=worse.pk))
    assert said.startswith("prn.over_maximum")


def test_an_overdue_score_is_a_task_until_somebody_scores(morning: Morning) -> None:
    librium(morning)
    (due,) = tasks(morning.here.site, NOW).scores
    assert (due.scale, due.due_at, due.last) == ("CIWA-Ar", NOW - HOUR, "")
    scored(morning, 14)
    assert tasks(morning.here.site, NOW + 59 * MINUTE).scores == ()
    (due,) = tasks(morning.here.site, NOW + 10 * HOUR).scores  # the next shift sees it too
    assert (due.due_at, due.last) == (NOW + HOUR, "CIWA-Ar 14 at 08:10 by RN Cole")
    scored(morning, 5, NOW + 10 * HOUR, by=morning.here.second_nurse)
    assert tasks(morning.here.site, NOW + 10 * HOUR).scores == ()


def test_a_scale_without_a_total_beside_a_protocol_breaks_neither_the_pass_nor_a_dose(morning: Morning) -> None:
    what, score = librium(morning), scored(morning, 14, NOW - 5 * MINUTE)
    nothing_used = dict.fromkeys(["q1", "q2", "q3", "q4", "q6", *(f"q{number}" for number in range(8, 18))], 0)
    parts = scored(morning, 0, NOW - MINUTE, "bam", answers=nothing_used)
    assert parts.total is None
    assert advised(morning, what) == ("CIWA-Ar 14 at 08:05 is in 11 to 19: 50 mg.", "50 mg")
    assert "score.unknown" in told(morning, what, 50, checks=Checks(score_id=parts.pk))
    assert give(morning, what, 50, checks=Checks(score_id=score.pk)).score == Decimal(14)


def test_a_score_stands_for_a_hold_limit_with_its_value_and_time(morning: Morning) -> None:
    limit = hold_if(Measure.COWS, Comparison.BELOW, "8")
    what = order(
        morning.episode, medication("Clonidine", "0.1 mg"), as_needed(4, 4), by=morning.here.prescriber,
        indication="Opioid withdrawal", hold_limits=limits_to_json([limit]),
    )  # fmt: skip
    assert "dose.measure_needed" in told(morning, what, "0.1", prn_reason="Aches")
    score = scored(morning, 13, NOW - 10 * MINUTE, "cows")
    row = give(morning, what, "0.1", prn_reason="Aches", checks=Checks(score_id=score.pk))
    assert row.measures == [{"measure": "cows", "value": "13", "taken_at": (NOW - 10 * MINUTE).isoformat()}]
    assert (row.scale, row.score, beside(row).score) == ("cows", Decimal(13), score)


def test_a_correction_keeps_what_the_dose_stood_on(morning: Morning) -> None:
    what = librium(morning)
    score = scored(morning, 14, NOW - MINUTE)
    row = give(morning, what, 50, checks=Checks(score_id=score.pk))
    new = actions.correct(
        by=morning.here.on_unit, at=NOW + MINUTE, administration_id=row.pk, outcome=Outcome.GIVEN, amount=Decimal(75), unit="mg",
        note="Gave one and a half",
    )  # fmt: skip
    assert (beside(new).score, beside(new).proposed) == (score, Decimal(50))
    assert DoseChecks.objects.count() == 2


def test_an_order_names_only_a_protocol_that_is_in_force_and_fits(morning: Morning) -> None:
    table, drug = protocol(morning), medication("Chlordiazepoxide", "25 mg")

    def ordered(**changes: Any) -> Order:
        sig: dict[str, Any] = {
            "schedule": to_json(as_needed(1, 12)), "dose": Decimal(25), "dose_max": Decimal(100), "unit": "mg",
            "indication": "Alcohol withdrawal", "protocol_id": table.pk,
        }  # fmt: skip
        asked: dict[str, Any] = {"by": morning.here.prescriber, "at": NOW, "episode_id": morning.episode.pk}
        many = {"order.many": "By the table", "order.part": "By the table"}
        return actions.write_order(**asked, medication_id=drug.pk, sig=Sig(**sig | changes), overrides=many)

    for changes in (
        {"dose_max": Decimal(50)},
        {"protocol_id": 999999},
        {"start_kind": "induction"},
        {"start_kind": "x"},
    ):
        with pytest.raises(Refused) as refused:
            ordered(**changes)
        assert refused.value.findings[0].code in ("order.protocol", "order.start_kind")
    assert ordered().protocol == table
    protocol(morning, at=NOW + MINUTE, replaces_id=table.pk)
    with pytest.raises(Refused, match="not in force any more"):
        actions.write_order(
            by=morning.here.prescriber, at=NOW + HOUR, episode_id=morning.episode.pk, medication_id=drug.pk,
            sig=Sig(schedule=to_json(as_needed(1, 12)), dose=Decimal(25), dose_max=Decimal(100), unit="mg",
                    indication="Alcohol withdrawal", protocol_id=table.pk),
        )  # fmt: skip


def test_a_protocol_is_attested_by_a_prescriber_and_never_changes(morning: Morning) -> None:
    for changes, code in (
        ({"attested": False}, "protocol.attest"),
        ({"bands": BANDS[1:]}, "protocol.gap"),
        ({"source": " "}, "protocol.source"),
    ):
        with pytest.raises(Refused) as refused:
            protocol(morning, **changes)
        assert refused.value.findings[0].code == code
    with pytest.raises(NotAllowed):
        protocol(morning, by=morning.here.on_unit)
    row = protocol(morning)
    with pytest.raises(Refused, match="has a protocol of that name"):
        protocol(morning, at=NOW)
    newer = protocol(morning, at=NOW, replaces_id=row.pk)
    with pytest.raises(Refused, match="MD Okoye changed this protocol meanwhile"):
        protocol(morning, at=NOW, replaces_id=row.pk)
    assert Protocol.objects.current(NOW).get() == newer
    wrongs = [{"bands": []}, {"bands": newer.bands[1:]}, {"attested": False}, {"top": 60}]
    for wrong in wrongs:
        values = {"site": row.site, "name": "Other", "scale": "ciwa_ar", "top": 67, "ingredient": "x", "unit": "mg", "source": "x",
                  "bands": newer.bands, "attested": True, "by": row.by, "started_at": NOW} | wrong  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Protocol.objects.create(**values)
    for act in (lambda: newer.delete(), lambda: Protocol.objects.filter(pk=newer.pk).update(low=3)):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            act()


def test_the_first_buprenorphine_waits_for_withdrawal(morning: Morning) -> None:
    what = order(
        morning.episode, medication("Buprenorphine", "4 mg"), as_needed(1, 4), by=morning.here.prescriber, start_kind="induction",
        indication="Starting buprenorphine",
    )  # fmt: skip
    asked: dict[str, Any] = {"prn_reason": "To begin"}
    assert told(morning, what, 4, **asked).count("induction.") == 2
    low = scored(morning, 4, NOW - 20 * MINUTE, "cows")
    said = told(morning, what, 4, **asked, checks=Checks(low.pk, NOW - 20 * HOUR))
    assert (
        said == "induction.cows_low: COWS 4 is under 5: too early, it would bring withdrawal on. Wait, and score again."
    )
    right = scored(morning, 12, NOW - MINUTE, "cows")
    checks = Checks(right.pk, NOW - 20 * HOUR, mouth_before=True, dissolved_minutes=8)
    row = give(morning, what, 4, **asked, checks=checks)
    kept = beside(row)
    assert (kept.score, kept.last_use_at, kept.mouth_before, kept.dissolved_minutes) == (
        right,
        NOW - 20 * HOUR,
        True,
        8,
    )
    assert give(morning, what, 4, **asked, at=NOW + 2 * HOUR).outcome == "given"  # only the first is the start
    assert told(morning, what, 4, **asked, at=NOW + 4 * HOUR, checks=Checks(dissolved_minutes=500)).startswith(
        "dose.dissolved"
    )


def test_the_first_methadone_from_a_program_needs_what_the_program_said(morning: Morning) -> None:
    drug = medication("Methadone", "10 mg")
    what = order(morning.episode, drug, at_times("08:00"), by=morning.here.prescriber, dose="80", start_kind="otp")
    due = NOW - 10 * MINUTE
    asked: dict[str, Any] = {"due_at": due}
    assert told(morning, what, 80, **asked) == (
        "otp.not_verified: The last dose is not verified with the opioid treatment program."
        " Call it, and enter what it says."
    )
    heard: dict[str, Any] = {
        "by": morning.here.on_unit, "at": NOW - HOUR, "episode_id": morning.episode.pk, "program": "Harbor Clinic", "told_by": "D. Ruiz",
        "how": "phone", "last_dose": Decimal(80), "last_dose_at": NOW - 3 * DAY,
    }  # fmt: skip
    for changes, code in (
        ({"program": ""}, "verify.program"), ({"how": "?"}, "verify.how"), ({"last_dose": None}, "verify.last_dose"),
        ({"last_dose": Decimal("NaN")}, "verify.last_dose"), ({"last_dose_at": NOW}, "verify.future"),
        ({"heard_at": NOW}, "verify.future"), ({"last_dose_at": NOW - 40 * DAY}, "verify.long_ago"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            verify_dose(**heard | changes)
        assert refused.value.findings[0].code == code
    with pytest.raises(NotAllowed):
        verify_dose(**heard | {"by": morning.here.facilitator})
    known = verify_dose(**heard)
    late = give(morning, what, 80, **asked)
    assert (beside(late).verification, known.expires_at - known.heard_at) == (known, 3 * DAY)
    right = {"at": NOW, "corrects_id": known.pk, "last_dose": Decimal(70)}
    with pytest.raises(Refused, match="Say why this is corrected"):
        verify_dose(**heard | right)
    verify_dose(**heard | right | {"note": "Misheard"})
    with pytest.raises(Refused, match="RN Cole corrected this meanwhile"):
        verify_dose(**heard | right | {"note": "Misheard"})
    for act in (
        lambda: known.delete(),
        lambda: Verification.objects.update(last_dose=1),
        lambda: beside(late).delete(),
    ):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            act()
