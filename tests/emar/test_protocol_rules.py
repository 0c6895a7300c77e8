"""A protocol's table has no gap, no overlap and never falls; what it proposes is never more than an order or a day allows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emar.rules.administration import Ceiling, PrnLimits, RecentDose
from emar.rules.opioid import Heard, induction_findings, otp_findings
from emar.rules.policy import DEFAULT
from emar.rules.protocols import (
    Band,
    Scored,
    Stretch,
    Table,
    bands_to_json,
    named_findings,
    next_score,
    propose,
    table_findings,
    table_from_json,
)
from emar.rules.symptoms import ProtocolFacts, protocol_findings
from tests.emar.withdrawal import BANDS

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 1, 5, 19, 0, tzinfo=UTC)  # 14:00 in New York
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TABLE = Table("ciwa_ar", 67, "chlordiazepoxide", "mg", BANDS, 8, (Stretch(3, 240), Stretch(6, 480)), 24 * HOUR)
quick = settings(derandomize=True, deadline=None, database=None, max_examples=150)


@st.composite
def any_bands(draw: st.DrawFn) -> tuple[Band, ...]:
    """Rows as somebody might type them: mostly touching, sometimes not."""
    found, at = [], draw(st.sampled_from([0, 0, 0, 1]))
    for _ in range(draw(st.integers(1, 5))):
        least = max(0, at + draw(st.sampled_from([0, 0, 0, 0, 1, -1])))
        most = least + draw(st.integers(-1, 20))
        amount = draw(st.sampled_from([None, Decimal(25), Decimal(50), Decimal("0.1")]))
        found.append(Band(least, most, amount, draw(st.sampled_from([30, 60, 120]))))
        at = most + 1
    return tuple(found)


@st.composite
def right_tables(draw: st.DrawFn) -> Table:
    """Tables that are accepted."""
    cuts = sorted(draw(st.sets(st.integers(1, 67), min_size=1, max_size=4)))
    doses = sorted(draw(st.lists(st.integers(0, 40), min_size=len(cuts) + 1, max_size=len(cuts) + 1)))
    doses[-1] = max(1, doses[-1])
    clocks = sorted(draw(st.lists(st.integers(15, 480), min_size=len(cuts) + 1, max_size=len(cuts) + 1)), reverse=True)
    ends = [*(cut - 1 for cut in cuts), 67]
    rows = zip([0, *cuts], ends, doses, clocks, strict=True)
    return replace(
        TABLE, bands=tuple(Band(a, b, Decimal(5 * much) if much else None, clock) for a, b, much, clock in rows), low=0,
        stretches=(), end_after=None,
    )  # fmt: skip


def codes(found: Any) -> list[str]:
    return [each.code for each in found]


@quick
@given(any_bands())
def test_an_accepted_table_has_one_band_for_every_total_and_doses_that_never_fall(bands: tuple[Band, ...]) -> None:
    top = max(20, bands[-1].most)
    table = replace(TABLE, top=top, bands=bands, low=0, stretches=(), end_after=None)
    covers = all(sum(band.least <= total <= band.most for band in bands) == 1 for total in range(top + 1))
    inside = all(0 <= band.least <= band.most <= top for band in bands)
    doses = [band.amount or Decimal(0) for band in bands]
    rises = doses == sorted(doses) and any(doses)
    sooner = all(later.recheck_minutes <= earlier.recheck_minutes for earlier, later in pairwise(bands))
    assert (table_findings(table, "CIWA-Ar") == []) == (covers and inside and rises and sooner)


@quick
@given(right_tables())
def test_a_right_table_is_accepted_and_comes_back_from_the_database_as_it_was(table: Table) -> None:
    assert table_findings(table, "CIWA-Ar") == []
    again = table_from_json(
        scale="ciwa_ar", top=67, ingredient="chlordiazepoxide", unit="mg", bands=bands_to_json(table.bands), low=0,
        stretches=[], end_hours=None,
    )  # fmt: skip
    assert again == table


@pytest.mark.parametrize(
    ("bands", "said"),
    [
        ((), "A protocol has at least one band, from 0 to 67."),
        ((Band(1, 67, Decimal(5), 60),), "The first band begins at 0, not 1: every CIWA-Ar total has a band."),
        ((Band(0, 60, Decimal(5), 60),), "The last band ends at 67, the top of CIWA-Ar, not 60."),
        (
            (Band(0, 7, None, 60), Band(10, 67, Decimal(5), 60)),
            "No band holds 8 to 9. Close the gap between 0 to 7 and 10 to 67.",
        ),
        ((Band(0, 8, None, 60), Band(8, 67, Decimal(5), 60)), "8 lies in two bands: 0 to 8 and 8 to 67. Part them."),
        ((Band(0, 67, None, 60),), "No band has a dose. Enter one, or leave the protocol away."),
        (
            (Band(0, 7, Decimal(50), 60), Band(8, 67, Decimal(25), 60)),
            "The dose falls from 0 to 7 to 8 to 67. A higher score never has a smaller dose.",
        ),
        ((Band(0, 67, Decimal(5), 5),), "The next score is due after 15 to 1,440 minutes."),
    ],
)
def test_what_is_wrong_with_a_table_is_said(bands: tuple[Band, ...], said: str) -> None:
    table = replace(TABLE, bands=bands, low=0, stretches=(), end_after=None)
    assert said in [each.message for each in table_findings(table, "CIWA-Ar")]


taken = st.lists(
    st.builds(
        lambda minutes, much: RecentDose(NOW - minutes * MINUTE, Decimal(5 * much)),
        st.integers(1, 2000),
        st.integers(1, 40),
    ),
    max_size=8,
)


@quick
@given(right_tables(), st.integers(0, 67), taken, st.integers(1, 60), st.integers(1, 40), st.integers(0, 40))
def test_a_proposal_never_exceeds_the_range_or_the_most_in_a_day(
    table: Table, total: int, recent: list[RecentDose], most_in_day: int, least: int, more: int
) -> None:
    low, high, ceiling = Decimal(5 * least), Decimal(5 * (least + more)), Decimal(5 * most_in_day)

    def ceilings(amount: Decimal) -> tuple[Ceiling, ...]:
        return (Ceiling(table.ingredient, ceiling, "mg", tuple(recent), amount),)

    found = propose(
        table, Scored(1, total, NOW, "RN Cole"), scale="CIWA-Ar", least=low, most=high, limits=PrnLimits(HOUR, 12),
        recent=recent, ceilings=ceilings, at=NOW, tz=NEW_YORK,
    )  # fmt: skip
    assert found.why.endswith((".", "?"))
    if found.amount is None:
        return
    assert found.amount == table.band(total).amount
    assert low <= found.amount <= high
    assert found.amount + sum(dose.amount for dose in recent if dose.given_at > NOW - DAY) <= ceiling
    assert all(NOW - dose.given_at >= HOUR for dose in recent)


def test_a_proposal_says_why() -> None:
    def said(total: int, **changes: Any) -> tuple[Decimal | None, str, bool]:
        asked: dict[str, Any] = {
            "scale": "CIWA-Ar", "least": Decimal(25), "most": Decimal(100), "limits": PrnLimits(HOUR, 12), "recent": (),
            "ceilings": lambda _: (), "at": NOW, "tz": NEW_YORK,
        }  # fmt: skip
        found = propose(TABLE, Scored(1, total, NOW - 5 * MINUTE, "RN Cole"), **asked | changes)
        return found.amount, found.why, found.call

    assert said(3) == (None, "CIWA-Ar 3 at 13:55 is in 0 to 7: no dose.", False)
    assert said(12) == (Decimal(50), "CIWA-Ar 12 at 13:55 is in 11 to 19: 50 mg.", False)
    assert said(25) == (Decimal(100), "CIWA-Ar 25 at 13:55 is in 20 to 67: 100 mg.", True)
    assert said(25, most=Decimal(50))[1].endswith("100 mg, which this order does not allow. Ask the prescriber.")
    just = (RecentDose(NOW - 30 * MINUTE, Decimal(50), True),)
    assert said(12, recent=just) == (None, "CIWA-Ar 12 at 13:55 is in 11 to 19: 50 mg, but not before 14:30.", False)


def test_the_next_score_is_due_by_band_later_after_low_ones_and_no_more_in_the_end() -> None:
    def due(*scores: tuple[int, int]) -> tuple[int | None, str]:
        seen = [(NOW + minutes * MINUTE, total) for minutes, total in scores]
        found = next_score(TABLE, seen, scale="CIWA-Ar", begins=NOW)
        last = seen[-1][0] if seen else NOW
        return (None if found.at is None else (found.at - last) // MINUTE), found.why

    assert due() == (0, "The first CIWA-Ar is due as the order begins.")
    assert due((0, 14)) == (60, "CIWA-Ar 14: score again after 1 h.")
    assert due((0, 14), (60, 5))[0] == 120
    assert due((0, 5), (120, 5), (240, 5))[0] == 240
    assert due((0, 5), (120, 12), (240, 5), (360, 5))[0] == 120
    assert due((0, 5), (480, 5), (960, 5), (1440, 5)) == (
        None, "CIWA-Ar stayed under 8 for 24 h. Ask the prescriber to stop the order.",
    )  # fmt: skip


def test_an_order_names_a_protocol_of_its_own_drug_unit_and_range() -> None:
    asked: dict[str, Any] = {
        "ingredient": "chlordiazepoxide", "unit": "mg", "least": Decimal(25), "most": Decimal(100), "as_needed": True,
    }  # fmt: skip
    assert named_findings(TABLE, "It", **asked) == []
    for changes in (
        {"ingredient": "lorazepam"},
        {"unit": "mL"},
        {"most": Decimal(50)},
        {"most": None},
        {"as_needed": False},
    ):
        assert codes(named_findings(TABLE, "It", **asked | changes)) == ["order.protocol"]


FACTS = ProtocolFacts("Alcohol", "CIWA-Ar", TABLE, NEW_YORK, Scored(1, 12, NOW - 10 * MINUTE, "RN Cole"))


@pytest.mark.parametrize(
    ("changes", "amount", "code"),
    [
        ({}, 50, None),
        ({}, 25, "protocol.other_amount"),
        ({"named": Scored(1, 3, NOW, "RN Cole")}, 25, "protocol.no_dose"),
        ({"named": None}, 50, "protocol.score_needed"),
        ({"named": Scored(1, 12, NOW - 61 * MINUTE, "RN Cole")}, 50, "score.stale"),
        ({"named": Scored(1, 12, NOW + 20 * MINUTE, "RN Cole")}, 50, "score.after"),
        ({"newest": Scored(2, 20, NOW, "RN Ames")}, 50, "protocol.newer_score"),
        ({"newest": Scored(1, 12, NOW - 10 * MINUTE, "RN Cole")}, 50, None),
        ({"used_at": NOW - 5 * MINUTE}, 50, "protocol.score_used"),
        ({"ended_at": NOW - MINUTE}, 50, "protocol.ended"),
    ],
)
def test_what_stands_against_a_dose_by_a_protocol(changes: dict[str, Any], amount: int, code: str | None) -> None:
    found = protocol_findings(replace(FACTS, **changes), given_at=NOW, amount=Decimal(amount), fresh=HOUR)
    assert codes(found) == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("total", "hours", "codes_"),
    [
        (14, 20, []), (8, 12, []), (7, 20, ["induction.cows"]), (4, 20, ["induction.cows_low"]),
        (14, 11, ["induction.too_soon"]), (14, None, ["induction.last_use"]), (None, 20, ["induction.score_needed"]),
        (14, -1, ["induction.last_use_time"]),
    ],
)  # fmt: skip
def test_buprenorphine_is_not_begun_before_withdrawal(total: int | None, hours: int | None, codes_: list[str]) -> None:
    scored = None if total is None else Scored(1, total, NOW, "RN Cole")
    last = None if hours is None else NOW - hours * HOUR
    assert codes(induction_findings(scored, last, given_at=NOW, tz=NEW_YORK, policy=DEFAULT)) == codes_


HEARD = Heard("Harbor Clinic", Decimal(80), NOW - DAY, NOW + DAY)


@pytest.mark.parametrize(
    ("heard", "taken_at", "amount", "codes_"),
    [
        (HEARD, None, 80, []),
        (None, None, 80, ["otp.not_verified"]),
        (replace(HEARD, expires_at=NOW), None, 80, ["otp.expired"]),
        (HEARD, None, 90, ["otp.more_than_last"]),
        (replace(HEARD, last_dose_at=NOW - 3 * HOUR), None, 80, ["otp.dosed_today"]),
        (replace(HEARD, last_dose_at=NOW - 3 * DAY), None, 80, ["otp.missed_days"]),
        (replace(HEARD, last_dose_at=NOW - 4 * DAY), None, 80, ["otp.missed_days"]),
        (None, NOW - DAY, 80, []),
        (replace(HEARD, expires_at=NOW), NOW - DAY, 90, []),
        (HEARD, NOW - 5 * DAY, 80, []),
    ],
)
def test_methadone_is_carried_on_by_what_the_program_said(
    heard: Heard | None, taken_at: datetime | None, amount: int, codes_: list[str]
) -> None:
    found = list(otp_findings(heard, taken_at, given_at=NOW, amount=Decimal(amount), tz=NEW_YORK, policy=DEFAULT))
    assert codes(found) == codes_


def test_two_days_missed_is_a_note_and_three_ask_for_the_prescriber() -> None:
    def severity(days: int) -> tuple[str, str]:
        heard = replace(HEARD, last_dose_at=NOW - days * DAY)
        (found,) = otp_findings(heard, None, given_at=NOW, amount=Decimal(80), tz=NEW_YORK, policy=DEFAULT)
        return found.severity.value, found.message

    assert severity(3) == ("note", "2 days without methadone since 14:00 on Fri 2 Jan.")
    assert severity(4)[0] == "override"
