"""May this be charted? The examples of docs/rules/doses.md, sentence for sentence."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.rules.findings import Severity
from emar.rules.administration import (
    REASONS,
    TAKEN,
    AttemptFacts,
    Ceiling,
    Charted,
    Identifier,
    Measured,
    OrderState,
    Outcome,
    PrnLimits,
    RecentDose,
    UsedSite,
    Whereabouts,
    check,
    say_amount,
    say_clock,
    watch_mouth,
)
from emar.rules.orders.kinds import Comparison, Measure, Mode, Sites, Witness
from emar.rules.orders.limits import HoldLimit
from tests.doc_table import table
from tests.emar.attempts import (
    DOSE,
    GIVEN,
    HOUR,
    IBUPROFEN,
    LIMITS,
    NEW_YORK,
    NOT_TAKEN,
    PAGE,
    Case,
    attempt,
    both,
    clock,
    dose,
    doses,
    not_taken,
    quick,
    taken,
)


def shown(*identifiers: str) -> Case:
    return attempt(identifiers=identifiers)


def amount(text: str, **changes: object) -> Case:
    return attempt(amount=Decimal(text), **changes)


def at(text: str) -> Case:
    return attempt(given_at=clock(text), at=clock(text))


COLE = Charted(Outcome.GIVEN, clock("08:12"), "RN Cole")
RANGE = dose(amount=Decimal(25), amount_max=Decimal(50))
ON_LEAVE = dose(whereabouts=Whereabouts.ON_LEAVE, leave_until=clock("18:00"))
HELD = dose(order_state=OrderState.HELD, order_since=clock("08:05"))
STOPPED = {"order_state": OrderState.STOPPED, "order_since": clock("08:05")}


def recent(hours: float, same_order: bool) -> tuple[RecentDose, ...]:
    return (RecentDose(clock("08:10") - hours * HOUR, Decimal(50), same_order),)


def pulse(value: str, when: str = "08:00", **changes: object) -> Case:
    return attempt(measures=(Measured(Measure.PULSE, Decimal(value), clock(when)),), **changes)


PULSE = HoldLimit(Measure.PULSE, Comparison.BELOW, Decimal(50))
DOSE_ONLY = dose()
SIGNED = attempt(outcome=Outcome.SELF_ADMINISTERED, attested_as="E. Novak")
PATCHED = dose(
    medication="Nicotine patch",
    sites=Sites.PATCH,
    patches=(UsedSite("upper_arm_left", clock("08:10") - timedelta(days=1)),),
)
INJECTED = dose(
    sites=Sites.INJECTION,
    used_sites=(UsedSite("deltoid_left", clock("Sun 20:10")), UsedSite("thigh_left", clock("Sun 08:10"))),
)

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
    "hold limit, nothing measured": dose(limits=(PULSE,)),
    "hold limit, pulse of 90 minutes before": both(dose(limits=(PULSE,)), pulse("60", "06:40")),
    "hold limit, pulse 48": both(dose(limits=(PULSE,)), pulse("48")),
    "hold limit that may be gone past, pulse 48": both(dose(limits=(replace(PULSE, strict=False),)), pulse("48")),
    "hold limit, pulse 50": both(dose(limits=(PULSE,)), pulse("50")),
    "hold limit, pulse 48, charted as held": both(
        dose(limits=(PULSE,)),
        attempt(outcome=Outcome.HELD, reason="vital_sign", measures=pulse("48")[1].measures, **NOT_TAKEN),
    ),
    "pulse 480": pulse("480"),
    "pulse measured after the dose": both(DOSE_ONLY, pulse("60", "08:20", at=clock("08:20"))),
    "injection without a place": dose(sites=Sites.INJECTION),
    "injection in the last place": both(INJECTED, attempt(body_site="deltoid_left")),
    "injection in the place before the last": both(INJECTED, attempt(body_site="thigh_left")),
    "injection in another place": both(INJECTED, attempt(body_site="deltoid_right")),
    "patch, the old one still on": both(PATCHED, attempt(body_site="chest_left")),
    "patch, the old one taken off": both(PATCHED, attempt(body_site="chest_left", patch_off=True)),
    "carried by the client": dose(mode=Mode.SELF_CARRY),
    "taken by the client, not signed": both(dose(mode=Mode.OBSERVED), attempt(outcome=Outcome.SELF_ADMINISTERED)),
    "taken by the client, signed": both(dose(mode=Mode.OBSERVED), SIGNED),
    "taken by the client, ordered for a nurse": both(DOSE_ONLY, SIGNED),
    "buprenorphine taken by the client, mouth not looked into": both(
        dose(mode=Mode.OBSERVED, watch_mouth=watch_mouth(["buprenorphine"], observed=True, on_the_body=False)), SIGNED
    ),
    "witness required, nobody named": dose(witness=Witness.REQUIRED),
    "witness required, named": both(dose(witness=Witness.REQUIRED), attempt(witnessed=True)),
    "witness recommended, nobody named": dose(witness=Witness.RECOMMENDED),
    "witness who may not be one": both(dose(witness=Witness.REQUIRED), attempt(witnessed=False)),
    "other product of the ingredient scanned": attempt(product="Chlordiazepoxide 25 mg"),
    "over the maximum another order states": dose(
        ceilings=(Ceiling("chlordiazepoxide", Decimal(200), "mg", taken("04:00 = 160"), Decimal(50)),)
    ),
    "hydrocodone with acetaminophen an hour after acetaminophen": dose(
        ingredient="hydrocodone", recent=(RecentDose(clock("07:10"), Decimal(0), shares="acetaminophen"),)
    ),
}


@pytest.mark.parametrize("row", table(PAGE, "What stands in the way"), ids=lambda row: row["Case"])
def test_what_stands_in_the_way_is_what_the_page_says(row: dict[str, str]) -> None:
    found = [(finding.code, finding.severity, finding.message) for finding in check(*CASES[row["Case"]])]
    assert found == ([] if row["Code"] == "none" else [(row["Code"], row["Weight"], row["Sentence"])])


def test_the_page_shows_every_case() -> None:
    assert [row["Case"] for row in table(PAGE, "What stands in the way")] == list(CASES)


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
