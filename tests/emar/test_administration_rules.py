"""May this be charted? The examples of docs/rules/doses.md, sentence for sentence."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.rules.findings import Severity
from emar.rules.administration import (
    REASONS,
    TAKEN,
    AdministrationPolicy,
    AttemptFacts,
    Charted,
    DoseFacts,
    Identifier,
    OrderState,
    Outcome,
    PrnLimits,
    RecentDose,
    Whereabouts,
    check,
    next_allowed,
    say_amount,
    say_clock,
)
from emar.rules.schedule import FixedTimes, Once
from emar.rules.windows import window_for
from tests.doc_table import table

PAGE = "docs/rules/doses.md"
NEW_YORK = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 1, 5, tzinfo=NEW_YORK)
HOUR = timedelta(hours=1)
quick = settings(derandomize=True, deadline=None, database=None, max_examples=120)


def clock(text: str) -> datetime:
    """A time of Mon 5 Jan 2026 in New York, or of the Sunday before: "08:00", "Sun 14:20"."""
    day = MONDAY - timedelta(days=1) if text.startswith("Sun ") else MONDAY
    return datetime.combine(day.date(), time.fromisoformat(text.removeprefix("Sun ")), tzinfo=NEW_YORK)


DOSE = DoseFacts(
    client=7,
    medication="Chlordiazepoxide",
    ingredient="chlordiazepoxide",
    amount=Decimal(50),
    unit="mg",
    route="by mouth",
    window=window_for(FixedTimes((time(8), time(20))), False),
    tz=NEW_YORK,
    due_at=clock("08:00"),
)
GIVEN = AttemptFacts(
    client=7,
    outcome=Outcome.GIVEN,
    given_at=clock("08:10"),
    at=clock("08:10"),
    amount=Decimal(50),
    unit="mg",
    identifiers=("wristband",),
)
NOT_TAKEN = {"amount": None, "unit": None, "identifiers": ()}

Case = tuple[DoseFacts, AttemptFacts]


def dose(**changes: object) -> Case:
    return replace(DOSE, **changes), GIVEN  # type: ignore[arg-type]


def attempt(**changes: object) -> Case:
    return DOSE, replace(GIVEN, **changes)  # type: ignore[arg-type]


def both(first: Case, second: Case) -> Case:
    return first[0], second[1]


def shown(*identifiers: str) -> Case:
    return attempt(identifiers=identifiers)


def amount(text: str, **changes: object) -> Case:
    return attempt(amount=Decimal(text), **changes)


def not_taken(outcome: Outcome, reason: str | None, note: str = "") -> Case:
    return attempt(outcome=outcome, reason=reason, note=note, **NOT_TAKEN)


def at(text: str) -> Case:
    return attempt(given_at=clock(text), at=clock(text))


COLE = Charted(Outcome.GIVEN, clock("08:12"), "RN Cole")
RANGE = dose(amount=Decimal(25), amount_max=Decimal(50))
ON_LEAVE = dose(whereabouts=Whereabouts.ON_LEAVE, leave_until=clock("18:00"))
HELD = dose(order_state=OrderState.HELD, order_since=clock("08:05"))
STOPPED = {"order_state": OrderState.STOPPED, "order_since": clock("08:05")}


def recent(hours: float, same_order: bool) -> tuple[RecentDose, ...]:
    return (RecentDose(clock("08:10") - hours * HOUR, Decimal(50), same_order),)


CASES: dict[str, Case] = {
    "nothing unusual": (DOSE, GIVEN),
    "charted already": dose(existing=COLE),
    "refusal charted already": dose(existing=replace(COLE, outcome=Outcome.REFUSED)),
    "charted already under the same order, order now stopped": dose(existing=COLE, **STOPPED),
    "order stopped": dose(**STOPPED),
    "order stopped after the dose was given": both(dose(**STOPPED), attempt(given_at=clock("08:04"))),
    "order held": HELD,
    "order held, charted as held": both(HELD, not_taken(Outcome.HELD, "prescriber")),
    "another client": attempt(client=8),
    "no identifier": shown(),
    "photo only": shown("photo"),
    "photo twice": shown("photo", "photo"),
    "name and room number": shown("name", "room"),
    "photo and birth date": shown("photo", "birth_date"),
    "not on the schedule": dose(on_schedule=False),
    "client discharged": dose(whereabouts=Whereabouts.NOT_PLACED),
    "client on leave": ON_LEAVE,
    "client on leave, charted as absent": both(ON_LEAVE, not_taken(Outcome.ABSENT, "on_leave")),
    "allergy": dose(allergies=("benzodiazepines (rash)",)),
    "other medication scanned": attempt(ingredient="lorazepam"),
    "other route": attempt(route="injection"),
    "no amount": attempt(amount=None),
    "zero": amount("0"),
    "negative": amount("-50"),
    "not a number": amount("NaN"),
    "tenfold": amount("500"),
    "half, charted as given": amount("25"),
    "half, charted as part given": amount("25", outcome=Outcome.PARTIAL),
    "all, charted as part given": amount("50", outcome=Outcome.PARTIAL),
    "refused with an amount": amount("50", outcome=Outcome.REFUSED, reason="no_reason"),
    "range 25 to 50 mg, 37.5 mg given": both(RANGE, amount("37.5")),
    "range 25 to 50 mg, 62.5 mg given": both(RANGE, amount("62.5")),
    "other unit": attempt(unit="mL"),
    "no unit": attempt(unit=None),
    "refused without a reason": not_taken(Outcome.REFUSED, None),
    "held with an unknown reason": not_taken(Outcome.HELD, "felt_like_it"),
    "refused for another reason, no note": not_taken(Outcome.REFUSED, "other", "  "),
    "refused with a reason": not_taken(Outcome.REFUSED, "side_effects"),
    "given at 09:00": at("09:00"),
    "given at 09:01": at("09:01"),
    "given at 06:59": at("06:59"),
    "three days early": attempt(given_at=clock("08:00") - 72 * HOUR, at=clock("08:00") - 72 * HOUR),
    "entered 40 minutes later": attempt(at=clock("08:50")),
    "tablet 5 minutes ahead": attempt(at=clock("08:05")),
    "tablet an hour ahead": attempt(given_at=clock("08:50"), at=clock("07:50")),
    "time without a zone": attempt(given_at=clock("08:10").replace(tzinfo=None)),
    "same ingredient 90 minutes ago under another order": dose(recent=recent(1.5, same_order=False)),
    "same ingredient 2 hours ago under another order": dose(recent=recent(2, same_order=False)),
    "every 6 hours, last given 3 hours ago": dose(interval=6 * HOUR, recent=recent(3, same_order=True)),
    "every 6 hours, last given four and a half hours ago": dose(interval=6 * HOUR, recent=recent(4.5, same_order=True)),
}


@pytest.mark.parametrize("row", table(PAGE, "What stands in the way"), ids=lambda row: row["Case"])
def test_what_stands_in_the_way_is_what_the_page_says(row: dict[str, str]) -> None:
    found = [(finding.code, finding.severity, finding.message) for finding in check(*CASES[row["Case"]])]
    assert found == ([] if row["Code"] == "none" else [(row["Code"], row["Weight"], row["Sentence"])])


def test_the_page_shows_every_case() -> None:
    assert [row["Case"] for row in table(PAGE, "What stands in the way")] == list(CASES)


# As needed

LIMITS = PrnLimits(min_gap=6 * HOUR, max_doses=4, max_amount=Decimal(1200))
IBUPROFEN = replace(
    DOSE,
    medication="Ibuprofen",
    ingredient="ibuprofen",
    amount=Decimal(400),
    amount_max=Decimal(1600),
    window=window_for(Once(), False),
    due_at=None,
    prn=LIMITS,
)


def taken(text: str) -> tuple[RecentDose, ...]:
    if text == "none":
        return ()
    parts = [part.split(" = ") for part in text.split(", ")]
    return tuple(RecentDose(clock(when), Decimal(much)) for when, much in parts)


def prn(row: dict[str, str]) -> Case:
    now, much = clock(row["Now"]), Decimal(row["Amount"])
    facts = replace(IBUPROFEN, amount=min(much, Decimal(400)), recent=taken(row["Taken before"]))
    return facts, replace(GIVEN, given_at=now, at=now, amount=much)


@pytest.mark.parametrize(
    "row", table(PAGE, "As-needed limits"), ids=lambda row: f"{row['Taken before']} @ {row['Now']}"
)
def test_as_needed_limits_hold_as_the_page_says(row: dict[str, str]) -> None:
    facts, asked = prn(row)
    assert (", ".join(finding.code for finding in check(facts, asked)) or "none") == row["Code"]
    free = next_allowed(LIMITS, facts.recent, amount=Decimal(row["Amount"]), after=asked.given_at)
    assert ("never" if free is None else say_clock(free, NEW_YORK)) == row["Next allowed"]


def test_an_as_needed_dose_too_soon_is_told_when_the_next_one_is_allowed() -> None:
    facts = replace(IBUPROFEN, recent=taken("04:10 = 400"))
    (finding,) = check(facts, replace(GIVEN, given_at=clock("08:00"), at=clock("08:00"), amount=Decimal(400)))
    assert finding.severity is Severity.OVERRIDE
    assert finding.message == (
        "Ibuprofen was given at 04:10 and must be 6 h apart. The next is allowed at 10:10."
        " To give it sooner, speak to the prescriber and say why."
    )
    assert finding.detail["next_at"] == clock("10:10")


def test_the_maximum_in_24_hours_cannot_be_overridden_and_is_told_in_full() -> None:
    facts = replace(IBUPROFEN, recent=taken("Sun 14:20 = 800, 06:00 = 400"))
    (finding,) = check(facts, replace(GIVEN, given_at=clock("12:30"), at=clock("12:30"), amount=Decimal(400)))
    assert finding.severity is Severity.STOP
    assert finding.message == (
        "This would pass the most ibuprofen in 24 h: 4 doses or 1,200 mg, all orders together."
        " The next is allowed at 14:20."
    )


def test_a_refused_as_needed_dose_counts_against_nothing() -> None:
    facts = replace(IBUPROFEN, recent=taken("Sun 14:20 = 800, 06:00 = 400"))
    assert check(facts, not_taken(Outcome.REFUSED, "not_needed")[1]) == []


def test_a_grace_counts_as_the_gap_kept() -> None:
    facts = replace(IBUPROFEN, recent=taken("02:15 = 400"))
    asked = replace(GIVEN, given_at=clock("08:00"), at=clock("08:00"), amount=Decimal(400))
    assert check(facts, asked, AdministrationPolicy(prn_grace=timedelta(minutes=15))) == []
    assert [finding.code for finding in check(facts, asked)] == ["prn.too_soon"]


steps = st.integers(-30 * 12, 30 * 12).map(lambda number: number * timedelta(minutes=5))
doses = st.builds(
    lambda off, much: RecentDose(MONDAY.astimezone(UTC) + off, Decimal(much)), steps, st.sampled_from([100, 400, 800])
)
limits = st.builds(
    lambda gap, most, much: PrnLimits(gap * HOUR, most, None if much is None else Decimal(much)),
    st.integers(1, 8),
    st.integers(1, 5),
    st.none() | st.sampled_from([800, 1200, 2400]),
)


def allowed(rule: PrnLimits, before: list[RecentDose], now: datetime, much: Decimal) -> bool:
    """The same limits said another way: look at every stretch of 24 hours, minute by minute of its beginning."""
    if any(abs(dose.given_at - now) < rule.min_gap for dose in before):
        return False
    all_doses = [*before, RecentDose(now, much)]
    for minutes in range(-24 * 60, 0, 5):
        since = now + timedelta(minutes=minutes)
        inside = [dose.amount for dose in all_doses if since < dose.given_at <= since + 24 * HOUR]
        if len(inside) > rule.max_doses or (rule.max_amount is not None and sum(inside) > rule.max_amount):
            return False
    return True


@quick
@given(limits, st.lists(doses, max_size=6), steps, st.sampled_from([100, 400]))
def test_next_allowed_is_the_first_moment_at_which_nothing_stands_in_the_way(
    rule: PrnLimits, before: list[RecentDose], off: timedelta, much: int
) -> None:
    after = MONDAY.astimezone(UTC) + off
    free = next_allowed(rule, before, amount=Decimal(much), after=after)
    assert free is not None
    assert allowed(rule, before, free, Decimal(much))
    waited = (free - after) // timedelta(minutes=5)
    for number in range(0, waited, 7):
        assert not allowed(rule, before, after + number * timedelta(minutes=5), Decimal(much))


# Bad nights and bad input


def test_the_second_0130_of_an_autumn_night_keeps_its_gap_from_the_first() -> None:
    first = datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK)
    second = first.replace(fold=1)
    facts = replace(IBUPROFEN, recent=(RecentDose(first, Decimal(400)),), prn=replace(LIMITS, min_gap=HOUR))
    assert check(facts, replace(GIVEN, given_at=second, at=second, amount=Decimal(400))) == []
    assert say_clock(second, NEW_YORK) == "01:30 (second time)"


def test_an_hour_after_the_order_stopped_is_after_it_even_when_the_wall_shows_the_same() -> None:
    first = datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK)
    facts = replace(DOSE, due_at=first, order_state=OrderState.STOPPED, order_since=first)
    second = replace(GIVEN, given_at=first.replace(fold=1), at=first.replace(fold=1))
    assert "dose.order_stopped" in [finding.code for finding in check(facts, second)]


def test_several_things_are_said_together_worst_first() -> None:
    facts = replace(DOSE, allergies=("benzodiazepines",), order_state=OrderState.HELD)
    late = replace(GIVEN, given_at=clock("10:00"), at=clock("10:00"), unit="mL")
    found = check(facts, late)
    assert [finding.code for finding in found] == [
        "dose.order_held",
        "dose.unit",
        "dose.outside_window",
        "dose.allergy",
    ]


def test_another_clients_dose_is_refused_without_a_word_about_it() -> None:
    found = check(replace(DOSE, existing=COLE, allergies=("penicillin",)), replace(GIVEN, client=8))
    assert [finding.code for finding in found] == ["dose.wrong_client"]
    assert not found[0].detail


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - TAKEN))
def test_every_outcome_in_which_nothing_was_taken_has_reasons_with_other_last(outcome: Outcome) -> None:
    codes = [code for code, _ in REASONS[outcome]]
    assert codes[-1] == "other"
    assert len(codes) == len(set(codes))


def test_the_page_lists_every_reason() -> None:
    listed = {row["Outcome"]: row["Codes"] for row in table(PAGE, "Reasons")}
    assert listed == {outcome: ", ".join(code for code, _ in reasons) for outcome, reasons in REASONS.items()}


def test_every_outcome_has_words_for_the_button_and_for_a_sentence() -> None:
    assert all(outcome.label and outcome.past for outcome in Outcome)


def test_amounts_have_a_leading_zero_and_never_a_trailing_one() -> None:
    said = [say_amount(Decimal(text), "mg") for text in ("0.50", "1200", "1E+2", "5.0", ".125")]
    assert said == ["0.5 mg", "1,200 mg", "100 mg", "5 mg", "0.125 mg"]


instants = st.integers(-4000, 4000).map(lambda minutes: clock("08:00") + timedelta(minutes=minutes))


@quick
@given(
    st.sampled_from(Outcome),
    instants,
    instants,
    st.none() | st.decimals() | st.sampled_from([Decimal("sNaN"), Decimal("Infinity"), Decimal(50)]),
    st.sampled_from(["mg", "mL", None, ""]),
    st.lists(st.sampled_from([*Identifier, "room", "bed", ""])),
    st.sampled_from([None, "other", "vital_sign", "no_reason"]),
    st.sampled_from(OrderState),
    st.sampled_from(Whereabouts),
    st.sampled_from([None, LIMITS]),
    st.lists(doses, max_size=3),
)
def test_whatever_is_entered_is_answered_with_findings_worst_first_and_never_an_error(
    outcome: Outcome,
    given_at: datetime,
    now: datetime,
    much: Decimal | None,
    unit: str | None,
    identifiers: list[str],
    reason: str | None,
    order_state: OrderState,
    whereabouts: Whereabouts,
    rule: PrnLimits | None,
    before: list[RecentDose],
) -> None:
    facts = replace(DOSE, order_state=order_state, whereabouts=whereabouts, prn=rule, recent=tuple(before))
    asked = AttemptFacts(7, outcome, given_at, now, much, unit, tuple(identifiers), reason)
    found = check(facts, asked)
    weights = [list(Severity).index(finding.severity) for finding in found]
    assert weights == sorted(weights)
    assert all(finding.message.endswith(".") for finding in found)
    if not found and outcome in TAKEN:
        assert much is not None
        assert 0 < much <= 50
        assert unit == "mg"
