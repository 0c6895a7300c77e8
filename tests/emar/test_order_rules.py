"""May this be ordered? The examples of docs/rules/orders.md, sentence for sentence."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emar.rules.contents import Content, amount_of, convert
from emar.rules.orders import Comparison, HoldLimit, Measure, Witness, limits_to_json
from emar.rules.orders.check import order_findings
from emar.rules.orders.facts import AllergyFacts, ClientFacts, MedicationFacts, Setting, Sig, Standing
from emar.rules.orders.matching import names_it
from emar.rules.orders.shorthand import shorthand_findings
from emar.rules.schedule import AsNeeded, EveryHours, FixedTimes, Once, Taper, TaperStep, to_json
from tests.doc_table import table

PAGE = "docs/rules/orders.md"
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 1, 5, 13, 10, tzinfo=UTC)  # Mon 5 Jan, 08:10 in New York
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
quick = settings(derandomize=True, deadline=None, database=None, max_examples=150)

LIBRIUM = MedicationFacts(
    name="Chlordiazepoxide", ingredients=("chlordiazepoxide",), route="by mouth", form="capsule", names=("Librium",),
    drug_class="benzodiazepine", contents=(Content("chlordiazepoxide", Decimal(25), "mg"),), counted_in="capsule",
    strength_unit="mg", controlled=True, psychotropic=True,
)  # fmt: skip
TABLET = replace(LIBRIUM, form="tablet", counted_in="tablet")
NORCET = replace(
    LIBRIUM, name="Norcet", ingredients=("hydrocodone", "acetaminophen"), names=(), drug_class="opioid", psychotropic=False,
    contents=(Content("hydrocodone", Decimal(5), "mg"), Content("acetaminophen", Decimal(325), "mg")), counted_in="tablet",
    form="tablet",
)  # fmt: skip
THIAMINE = replace(
    LIBRIUM, name="Thiamine", ingredients=("thiamine",), names=(), drug_class="vitamin", controlled=False, psychotropic=False,
    contents=(),
)  # fmt: skip
SETTING = Setting(NOW, NEW_YORK)
TWICE = to_json(FixedTimes((time(8), time(20))))
SIG = Sig(schedule=TWICE, dose=Decimal(50), unit="mg", indication="Alcohol withdrawal")
PRN = replace(SIG, schedule=to_json(AsNeeded(6 * HOUR, 4)), until=NOW + 5 * DAY)
STEPS = Taper((TaperStep(1, (time(8), time(20)), Decimal(50)), TaperStep(1, (time(8), time(20)), Decimal(25))))
TAPER = replace(SIG, schedule=to_json(STEPS), dose=None, started_at=NOW + DAY - HOUR / 3)
NOBODY = ClientFacts()
SYSTOLIC = HoldLimit(Measure.SYSTOLIC, Comparison.BELOW, Decimal(90))

Case = tuple[Sig, MedicationFacts, ClientFacts]


def sig(base: Sig = SIG, medication: MedicationFacts = LIBRIUM, **changes: Any) -> Case:
    return replace(base, **changes), medication, NOBODY


def client(medication: MedicationFacts = LIBRIUM, **has: Any) -> Case:
    return SIG, medication, ClientFacts(**has)


def allergic(substance: str) -> Case:
    return client(allergies=(AllergyFacts(substance, f"{substance} (rash)"),))


def beside(said: str, ingredients: tuple[str, ...], drug_class: str, medication: MedicationFacts = LIBRIUM) -> Case:
    return client(medication, orders=(Standing(said, ingredients, drug_class),))


CASES: dict[str, Case] = {
    "nothing unusual": sig(),
    "as needed, nothing unusual": sig(PRN),
    "medication taken off the formulary": sig(medication=replace(LIBRIUM, is_active=False)),
    "look-alike name": sig(medication=replace(LIBRIUM, look_alike=True)),
    "no dose": sig(dose=None),
    "zero": sig(dose=Decimal(0)),
    "negative": sig(dose=Decimal(-50)),
    "not a number": sig(dose=Decimal("NaN")),
    "four decimals": sig(dose=Decimal("0.0625")),
    "range 50 to 25 mg": sig(dose_max=Decimal(25)),
    "range 25 to 50 mg": sig(dose=Decimal(25), dose_max=Decimal(50)),
    "milliliters of a capsule": sig(unit="mL"),
    "no unit": sig(unit=""),
    "2 capsules": sig(dose=Decimal(2), unit="capsules"),
    "0.05 g": sig(dose=Decimal("0.05"), unit="g"),
    "tenfold: 500 mg of 25 mg capsules": sig(dose=Decimal(500)),
    "30 mg of 25 mg capsules": sig(dose=Decimal(30)),
    "12.5 mg of 25 mg capsules": sig(dose=Decimal("12.5")),
    "12.5 mg of 25 mg tablets": sig(dose=Decimal("12.5"), medication=TABLET),
    "another route": sig(route="into the muscle"),
    "unit with U": sig(instructions="give 4 U with food"),
    "IU": sig(instructions="1000 IU"),
    "QD": sig(instructions="take q.d."),
    "QOD": sig(instructions="QOD"),
    "MSO4": sig(instructions="not with MSO4"),
    "MgSO4": sig(instructions="after MgSO4"),
    "trailing zero": sig(instructions="up to 1.0 mg"),
    "point alone": sig(instructions="or .5 mg"),
    "HS": sig(instructions="qhs"),
    "instructions of 201 characters": sig(instructions="a" * 201),
    "as needed without indication": sig(PRN, indication=" "),
    "as needed without gap": sig(schedule={"kind": "as_needed", "min_gap_minutes": None, "max_in_24h": 4}),
    "as needed without maximum": sig(schedule={"kind": "as_needed", "min_gap_minutes": 360, "max_in_24h": None}),
    "as needed every 8 h, at most 6": sig(PRN, schedule=to_json(AsNeeded(8 * HOUR, 6))),
    "as needed psychotropic without stop": sig(PRN, until=None),
    "as needed, at most 40 mg in 24 h": sig(PRN, most_in_24h=Decimal(40), most_unit="mg"),
    "as needed, at most 0 mg in 24 h": sig(PRN, most_in_24h=Decimal(0), most_unit="mg"),
    "as needed, at most 2 mL in 24 h": sig(PRN, most_in_24h=Decimal(2), most_unit="mL"),
    "reassessed after 5 minutes": sig(PRN, reassess_minutes=5),
    "scheduled and reassessed": sig(reassess_minutes=60),
    "a schedule that is none": sig(schedule={"kind": "fixed_times", "times": [], "weekdays": None, "every_n_days": 1}),
    "taper 150 mg, stated 150 mg": sig(TAPER, taper_total=Decimal(150)),
    "taper 150 mg, stated 200 mg": sig(TAPER, taper_total=Decimal(200)),
    "taper with another dose": sig(TAPER, dose=Decimal(25)),
    "taper begun after the first dose of the day": sig(TAPER, started_at=NOW),
    "taper stopped before its last step": sig(TAPER, until=NOW + 2 * DAY),
    "total without a taper": sig(taper_total=Decimal(100)),
    "start two days ago": sig(started_at=NOW - 2 * DAY),
    "start this morning": sig(started_at=NOW - 2 * HOUR),
    "start in two years": sig(started_at=NOW + 730 * DAY),
    "start without a zone": sig(started_at=datetime(2026, 1, 5, 8, 0)),
    "stop before start": sig(started_at=NOW + 2 * DAY, until=NOW + DAY),
    "stop an hour ago": sig(started_at=NOW - 2 * HOUR, until=NOW - HOUR),
    "stop before the first dose": sig(until=NOW + HOUR),
    "carried by the client": sig(mode="self_carry"),
    "an unknown way of giving": sig(mode="by_post"),
    "no witness where the formulary requires one": sig(medication=replace(LIBRIUM, witness=Witness.REQUIRED), witness="none"),
    "hold limit": sig(hold_limits=tuple(limits_to_json([SYSTOLIC]))),
    "the same hold limit twice": sig(hold_limits=tuple(limits_to_json([SYSTOLIC, SYSTOLIC]))),
    "hold limit of 900 mmHg": sig(hold_limits=({**limits_to_json([SYSTOLIC])[0], "value": "900"},)),
    "allergy to the ingredient": allergic("Chlordiazepoxide"),
    "allergy to the brand": allergic("librium"),
    "allergy to the class": allergic("benzodiazepines"),
    "allergy to something else": allergic("penicillin"),
    "the same ingredient ordered": beside("Librium 25 mg as needed", ("chlordiazepoxide",), "benzodiazepine"),
    "one shared ingredient of two": beside("Acetaminophen 650 mg as needed", ("acetaminophen",), "analgesic", NORCET),
    "the same class ordered": beside("Lorazepam 1 mg as needed", ("lorazepam",), "benzodiazepine"),
    "a second vitamin": (replace(SIG, dose=Decimal(100)), THIAMINE, ClientFacts(
        orders=(Standing("Folic acid 1 mg daily at 08:00", ("folic acid",), "vitamin"),)
    )),
}  # fmt: skip


def said(case: Case) -> list[tuple[str, str, str]]:
    asked, medication, has = case
    return [(each.code, each.severity.value, each.message) for each in order_findings(asked, medication, has, SETTING)]


@pytest.mark.parametrize("row", table(PAGE, "What stands in the way"), ids=lambda row: row["Case"])
def test_the_page_says_what_the_rule_says(row: dict[str, str]) -> None:
    expected = [] if row["Code"] == "none" else [(row["Code"], row["Weight"], row["Sentence"])]
    assert said(CASES[row["Case"]]) == expected


def test_every_case_is_on_the_page() -> None:
    assert [row["Case"] for row in table(PAGE, "What stands in the way")] == list(CASES)


@pytest.mark.parametrize(
    "text",
    ["Give with food.", "10 units", "5 mg in the USA", "MS Contin"[3:], "0.5 mg to 10 mg", "10.05", "quiet", "You may"],
)
def test_plain_words_are_let_through(text: str) -> None:
    assert shorthand_findings(text) == []


@pytest.mark.parametrize(
    "text", ["10U", "10 u", "5iu", "Qd", "qod", "q.o.d.", "MS", "MSO4", "1.0", "1.00 mg", ".5", "MgSO4 2 g"]
)
def test_shorthand_is_stopped_wherever_it_stands(text: str) -> None:
    for whole in (text, f"give {text} now", f"({text})"):
        assert [each.code for each in shorthand_findings(whole)] == ["order.shorthand"], whole


@pytest.mark.parametrize(
    ("substance", "name", "matches"),
    [
        ("Penicillins", "penicillin v potassium", True),
        ("opioids", "opioid partial agonist", True),
        ("NSAIDs", "nsaid", True),
        ("morphine", "hydromorphone", False),
        ("codeine", "dihydrocodeine", False),
        ("folic acid", "folic acid", True),
        ("", "thiamine", False),
        ("--", "thiamine", False),
    ],
)
def test_an_allergy_names_whole_words(substance: str, name: str, matches: bool) -> None:
    assert names_it(substance, [name]) is matches


@pytest.mark.parametrize(
    ("ingredient", "amount", "unit", "into", "expected"),
    [
        ("acetaminophen", "2", "tablet", "mg", "650"),
        ("acetaminophen", "10", "mg", "mg", "650"),  # 10 mg of hydrocodone: two tablets
        ("hydrocodone", "10", "mg", "mg", "10"),
        ("acetaminophen", "2", "tablets", "g", "0.65"),
        ("ibuprofen", "2", "tablet", "mg", "0"),
        ("acetaminophen", "5", "mL", "mg", None),
    ],
)
def test_an_ingredient_is_counted_from_any_unit(
    ingredient: str, amount: str, unit: str, into: str, expected: str | None
) -> None:
    found = amount_of(ingredient, NORCET.contents, "tablet", Decimal(amount), unit, into)
    assert found == (None if expected is None else Decimal(expected))


@quick
@given(st.decimals("0.001", "9999", places=3), st.sampled_from(["mg", "mcg", "g"]), st.sampled_from(["mg", "mcg", "g"]))
def test_masses_convert_there_and_back_exactly(amount: Decimal, one: str, other: str) -> None:
    there = convert(amount, one, other)
    assert there is not None
    assert convert(there, other, one) == amount


FREE_TEXT = st.text(max_size=30)
ZONES: st.SearchStrategy[Any] = st.sampled_from([None, UTC])
AMOUNTS = (
    st.none()
    | st.sampled_from([Decimal("sNaN"), Decimal("-Infinity")])
    | st.decimals(allow_nan=True, allow_infinity=True)
)
SCHEDULES = st.sampled_from([
    TWICE, to_json(EveryHours(6)), to_json(Once()), to_json(AsNeeded(HOUR, 3)), to_json(STEPS), {}, {"kind": "taper"},
    {"kind": "as_needed"}, {"kind": 7}, {"kind": "every_hours", "hours": "6"},
    {"kind": "as_needed", "min_gap_minutes": "six", "max_in_24h": 4},
    {"kind": "as_needed", "min_gap_minutes": 10**6, "max_in_24h": 4},
])  # fmt: skip


@quick
@given(
    asked=st.builds(
        Sig, schedule=SCHEDULES, dose=AMOUNTS, dose_max=AMOUNTS, unit=FREE_TEXT | st.just("mg"), route=FREE_TEXT,
        indication=FREE_TEXT, instructions=FREE_TEXT, most_in_24h=AMOUNTS, most_unit=FREE_TEXT | st.just("mg"),
        reassess_minutes=st.none() | st.integers(), mode=FREE_TEXT | st.just("nurse"), witness=FREE_TEXT,
        hold_limits=st.just(()) | st.just(({"measure": "x"},)) | st.just(({**limits_to_json([SYSTOLIC])[0], "measure": "x"},)),
        started_at=st.none() | st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=ZONES),
        until=st.none() | st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=ZONES),
        taper_total=AMOUNTS,
    ),
    medication=st.sampled_from([LIBRIUM, NORCET, THIAMINE, TABLET]),
)  # fmt: skip
def test_whatever_is_entered_is_answered_with_sentences(asked: Sig, medication: MedicationFacts) -> None:
    for each in order_findings(asked, medication, NOBODY, SETTING):
        assert each.code.startswith("order.")
        assert each.message[-1] in ".?", each.message
