"""As-needed doses: limits by ingredient, what goes with a dose, undoing and looking again, as docs/rules/doses.md has it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.rules.findings import Severity
from emar.rules.administration import (
    BODY_SITES,
    SCALES,
    AdministrationPolicy,
    DoseFacts,
    Measured,
    Outcome,
    PrnLimits,
    Product,
    RecentDose,
    Stated,
    Taking,
    ceilings_of,
    check,
    contact_findings,
    next_allowed,
    reassess_due,
    recent_of,
    say_clock,
    scales_for,
    undo_findings,
)
from emar.rules.contents import Content
from emar.rules.orders.kinds import Comparison, Measure, Mode, Sites, Witness
from emar.rules.orders.limits import HoldLimit
from tests.doc_table import table
from tests.emar.attempts import (
    DOSE,
    GIVEN,
    HOUR,
    IBUPROFEN,
    LIMITS,
    MONDAY,
    NEW_YORK,
    PAGE,
    Case,
    clock,
    doses,
    not_taken,
    quick,
    steps,
    taken,
)

# As needed


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
        if (rule.max_doses is not None and len(inside) > rule.max_doses) or (
            rule.max_amount is not None and sum(inside) > rule.max_amount
        ):
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


# As needed, counted by ingredient

TYLENOL = Product("acetaminophen", (Content("acetaminophen", Decimal(500), "mg"),), "tablet")
NORCO = Product(
    "hydrocodone", (Content("hydrocodone", Decimal(5), "mg"), Content("acetaminophen", Decimal(325), "mg")), "tablet"
)
MOST = Stated("acetaminophen", Decimal(3000), "mg")


def takings(mg: str, tablets: str) -> list[Taking]:
    def listed(text: str, order: int, unit: str, product: Product) -> list[Taking]:
        return [Taking(order, dose.given_at, dose.amount, unit, product) for dose in taken(text)]

    return listed(mg, 1, "mg", TYLENOL) + listed(tablets, 2, "tablet", NORCO)


def acetaminophen(before: list[Taking]) -> DoseFacts:
    return replace(
        IBUPROFEN,
        medication="Acetaminophen",
        ingredient="acetaminophen",
        amount=Decimal(650),
        prn=PrnLimits(4 * HOUR, 6),
        recent=tuple(each for each in recent_of(TYLENOL, before, unit="mg", same={1}) if each.same_order),
        ceilings=ceilings_of(TYLENOL, [MOST], before, amount=Decimal(650), unit="mg"),
    )


@pytest.mark.parametrize("row", table(PAGE, "As-needed limits, by ingredient"), ids=lambda row: " ".join(row.values()))
def test_amounts_are_counted_by_ingredient_over_all_orders(row: dict[str, str]) -> None:
    facts, now = acetaminophen(takings(row["Acetaminophen before, mg"], row["Tablets before"])), clock(row["Now"])
    found = check(facts, replace(GIVEN, given_at=now, at=now, amount=Decimal(650)))
    assert (", ".join(finding.code for finding in found) or "none") == row["Code"]
    assert facts.prn is not None
    free = next_allowed(facts.prn, facts.recent, amount=Decimal(650), after=now, ceilings=facts.ceilings)
    assert free is not None
    assert say_clock(free, NEW_YORK, now) == row["Next allowed"]


def test_a_maximum_of_any_order_holds_for_every_product_with_the_ingredient() -> None:
    before = takings("01:00 = 1000, 05:00 = 1000", "none")
    (ceiling,) = ceilings_of(
        NORCO, [MOST, Stated("ibuprofen", Decimal(1), "mg")], before, amount=Decimal(2), unit="tablet"
    )
    assert (ceiling.ingredient, ceiling.amount, [each.amount for each in ceiling.recent]) == (
        "acetaminophen",
        Decimal(650),
        [Decimal(1000)] * 2,
    )
    tighter = Stated("acetaminophen", Decimal(2000), "mg")
    assert ceilings_of(NORCO, [MOST, tighter], before, amount=None, unit="tablet")[0].most == 2000


def test_what_the_formulary_does_not_say_is_counted_by_hand() -> None:
    unknown = [Taking(3, clock("06:00"), Decimal(2), "puff", Product("acetaminophen"))]
    facts = replace(acetaminophen(unknown), recent=())
    (finding,) = check(facts, replace(GIVEN, given_at=clock("12:00"), at=clock("12:00"), amount=Decimal(650)))
    assert (finding.code, finding.severity) == ("prn.uncounted", Severity.OVERRIDE)
    assert "Count it yourself (the most is 3,000 mg)" in finding.message


stretches = st.lists(st.tuples(steps, st.sampled_from([325, 500, 650]), st.booleans()), max_size=8)


@quick
@given(stretches, steps)
def test_no_stretch_of_24_hours_ever_holds_more_of_an_ingredient_than_any_order_allows(
    before: list[tuple[timedelta, int, bool]], off: timedelta
) -> None:
    now = MONDAY.astimezone(UTC) + off
    given_before = [
        Taking(2 if combined else 1, MONDAY.astimezone(UTC) + at, Decimal(1 if combined else much),
               "tablet" if combined else "mg", NORCO if combined else TYLENOL)
        for at, much, combined in before
    ]  # fmt: skip
    facts = acetaminophen(given_before)
    assert facts.prn is not None
    free = next_allowed(facts.prn, facts.recent, amount=Decimal(650), after=now, ceilings=facts.ceilings)
    assert free is not None
    every = [(each.given_at, Decimal(325) if each.unit == "tablet" else each.amount) for each in given_before]
    for minutes in range(-24 * 60, 1, 5):
        since = free + timedelta(minutes=minutes)
        held = [much for at, much in [*every, (free, Decimal(650))] if since < at <= since + 24 * HOUR]
        if since < free <= since + 24 * HOUR:
            assert sum(held) <= 3000


HYDROXYZINE = replace(
    IBUPROFEN,
    medication="Hydroxyzine",
    ingredient="hydroxyzine",
    amount=Decimal(25),
    prn=PrnLimits(6 * HOUR, 4),
    psychotropic=True,
    scales=scales_for("Anxiety"),
)
CALM = replace(
    GIVEN, amount=Decimal(25), prn_reason="Cannot sit still", scale="anxiety", score=Decimal(8), tried_first="A walk"
)
GOES_WITH: dict[str, Case] = {
    "everything said": (HYDROXYZINE, CALM),
    "no reason": (HYDROXYZINE, replace(CALM, prn_reason=" ")),
    "no score": (HYDROXYZINE, replace(CALM, scale="", score=None)),
    "score 11": (HYDROXYZINE, replace(CALM, score=Decimal(11))),
    "a score of pain": (HYDROXYZINE, replace(CALM, scale="pain")),
    "a number of no scale": (HYDROXYZINE, replace(CALM, scale="")),
    "nothing tried first": (HYDROXYZINE, replace(CALM, tried_first="")),
    "before the order begins": (replace(HYDROXYZINE, begins=clock("09:00")), CALM),
}


@pytest.mark.parametrize("row", table(PAGE, "As-needed: what goes with a dose"), ids=lambda row: row["Case"])
def test_what_goes_with_an_as_needed_dose_is_what_the_page_says(row: dict[str, str]) -> None:
    found = [(finding.code, finding.severity, finding.message) for finding in check(*GOES_WITH[row["Case"]])]
    assert found == ([] if row["Code"] == "none" else [(row["Code"], row["Weight"], row["Sentence"])])


def test_the_page_shows_every_case_of_an_as_needed_dose() -> None:
    assert [row["Case"] for row in table(PAGE, "As-needed: what goes with a dose")] == list(GOES_WITH)


@pytest.mark.parametrize("row", table(PAGE, "Scales"), ids=lambda row: row["Indication"])
def test_an_indication_asks_for_the_scales_of_the_page(row: dict[str, str]) -> None:
    assert (", ".join(scales_for(row["Indication"])) or "none") == row["Scales"]
    assert set(scales_for(row["Indication"])) <= set(SCALES)


@pytest.mark.parametrize("row", table(PAGE, "Undo and correct"), ids=lambda row: " ".join(row.values()))
def test_undo_is_for_who_charted_it_and_for_so_long(row: dict[str, str]) -> None:
    found = undo_findings(
        mine=row["Charted by"] == "me",
        by="RN Cole",
        recorded_at=clock("08:10"),
        at=clock("08:10") + timedelta(minutes=int(row["Minutes ago"])),
        within=timedelta(minutes=int(row["Allowed for"])),
    )
    assert (", ".join(finding.code for finding in found) or "none") == row["Code"]


def test_the_page_lists_every_place_on_the_body() -> None:
    listed = {row["Kind"]: row["Codes"] for row in table(PAGE, "Places on the body")}
    assert listed == {kind: ", ".join(code for code, _ in places) for kind, places in BODY_SITES.items()}


def test_whoever_goes_past_the_gap_names_the_prescriber() -> None:
    early = check(replace(IBUPROFEN, recent=taken("04:10 = 400")), replace(GIVEN, amount=Decimal(400)))
    why = {"prn.too_soon": "Pain 9 of 10"}
    assert [each.code for each in contact_findings(early, why, contact=None)] == ["dose.contact_needed"]
    assert [each.code for each in contact_findings(early, why, contact=False)] == ["dose.contact_needed"]
    assert contact_findings(early, why, contact=True) == ()
    assert contact_findings(early, {}, contact=None) == ()


def test_the_order_says_when_to_look_again_else_the_site() -> None:
    assert reassess_due(clock("08:00"), None, HOUR) == clock("09:00")
    assert reassess_due(clock("08:00"), 30, HOUR) == clock("08:30")


PULSE = HoldLimit(Measure.PULSE, Comparison.BELOW, Decimal(50))


def test_several_limits_are_said_in_one_sentence() -> None:
    systolic = HoldLimit(Measure.SYSTOLIC, Comparison.BELOW, Decimal(90))
    values = (
        Measured(Measure.PULSE, Decimal(48), clock("08:00")),
        Measured(Measure.SYSTOLIC, Decimal("85.0"), clock("08:00")),
    )
    (finding,) = check(replace(DOSE, limits=(PULSE, systolic)), replace(GIVEN, measures=values))
    assert finding.message == "Pulse 48 is under 50 and systolic 85 is under 90. Hold the dose and tell the prescriber."


def test_the_newest_value_counts() -> None:
    values = (
        Measured(Measure.PULSE, Decimal(60), clock("08:05")),
        Measured(Measure.PULSE, Decimal(48), clock("07:50")),
    )
    assert check(replace(DOSE, limits=(PULSE,)), replace(GIVEN, measures=values)) == []


readings = st.builds(
    Measured,
    st.sampled_from([Measure.PULSE, Measure.SYSTOLIC]),
    st.decimals() | st.integers(0, 300).map(Decimal),
    st.integers(-200, 60).map(lambda minutes: clock("08:10") + timedelta(minutes=minutes)),
)


@quick
@given(
    st.lists(readings, max_size=4).map(tuple),
    st.sampled_from(["", "deltoid_left", "upper_arm_left", "nowhere"]),
    st.sampled_from(Sites),
    st.sampled_from(Witness),
    st.sampled_from(Mode),
    st.sampled_from([None, True, False]),
    st.sampled_from(["", "pain", "cows", "mood"]),
    st.none() | st.decimals(),
    st.booleans(),
)
def test_whatever_goes_with_a_dose_is_answered_with_sentences_and_never_an_error(
    measures: tuple[Measured, ...],
    site: str,
    sites: Sites,
    witness: Witness,
    mode: Mode,
    witnessed: bool | None,
    scale: str,
    score: Decimal | None,
    mouth: bool,
) -> None:
    facts = replace(DOSE, limits=(PULSE,), sites=sites, witness=witness, mode=mode, watch_mouth=mouth)
    asked = replace(GIVEN, measures=measures, body_site=site, witnessed=witnessed, scale=scale, score=score)
    found = check(facts, asked)
    assert all(finding.message.endswith(".") for finding in found)
    if not found:  # nothing said only with a pulse that was looked at and is not under its limit
        assert any(each.measure is Measure.PULSE and each.value >= 50 for each in measures)
