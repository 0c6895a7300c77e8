"""Odd data: names with quotes, no birth date, stays and leaves in any order, amounts with many digits. All of it is valid FHIR."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_r4.mappings.encounter import split
from fhir_r4.mappings.patient import patient
from fhir_r4.rules.elements import clean, coding, number, quantity, without_loose_ends
from fhir_r4.rules.labels import ACT, CONFIDENTIALITY, ORDER, high_water, labelled, refrain
from fhir_r4.rules.spans import Span, pieces, statuses
from programs.models import Client, Placement
from tests.fhir_r4.valid import wrong_with

ODD = settings(derandomize=True, database=None, deadline=None, max_examples=60)
START = datetime(2025, 1, 1, tzinfo=UTC)
HOURS = st.integers(0, 500)
WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=40)


@ODD
@given(
    WORDS,
    WORDS,
    WORDS,
    WORDS,
    st.one_of(st.none(), st.dates(date(1900, 1, 1))),
    st.sampled_from(["female", "specified", "unknown"]),
)
def test_whoever_somebody_is_they_are_a_valid_patient(
    first: str, last: str, called: str, pronouns: str, born: date | None, sex: str
) -> None:
    row = Client(  # type: ignore[misc]
        pk=7, organisation_id=1, record_number="R0007", first_name=first, last_name=last, preferred_name=called, pronouns=pronouns,
        born_on=born, clinical_sex=sex, language=called,
    )  # fmt: skip
    made = patient(row, into=8, absorbed=[1, 2])
    assert wrong_with([labelled(made)]) == []
    assert json.loads(json.dumps(made)) == made


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    """Stretches that follow one another; the last may be open."""
    edges = sorted(draw(st.sets(HOURS, min_size=2, max_size=10)))
    found = [
        Span(START + timedelta(hours=a), START + timedelta(hours=b))
        for a, b in zip(edges[::2], edges[1::2], strict=False)
    ]
    if draw(st.booleans()):
        found[-1] = Span(found[-1].start)
    return found


def hours(span: Span) -> set[int]:
    return {hour for hour in range(600) if span.holds(START + timedelta(hours=hour))}


@ODD
@given(spans(), spans())
def test_every_hour_of_a_stay_has_one_status(several: list[Span], leaves: list[Span]) -> None:
    whole = several[0]
    told = statuses(whole, leaves, running="in-progress", away="onleave")
    assert sorted(hour for _, span in told for hour in hours(span)) == sorted(hours(whole))
    away = {hour for name, span in told if name == "onleave" for hour in hours(span)}
    assert away == hours(whole) & {hour for leave in leaves for hour in hours(leave)}


@ODD
@given(spans(), spans())
def test_every_night_of_a_placement_is_told_once(placed: list[Span], stays: list[Span]) -> None:
    rows = [
        Placement(pk=n, kind="treatment", started_at=each.start, ended_at=each.end) for n, each in enumerate(placed, 1)
    ]
    shared = split(rows, [(n, "treatment", each) for n, each in enumerate(stays)])
    told = [
        h
        for row, each in zip(rows, placed, strict=True)
        for _, part in pieces(shared.get(row.pk, ()), each)
        for h in hours(part)
    ]
    every = {hour for each in placed for hour in hours(each)} & {hour for each in stays for hour in hours(each)}
    assert sorted(told) == sorted(every)


@ODD
@given(st.decimals("0.001", "999999.999", places=3))
def test_amounts_survive(amount: Decimal) -> None:
    assert Decimal(str(number(amount))) == amount
    assert json.loads(json.dumps(clean(quantity(amount, "mg"))))["value"] == number(amount)


@ODD
@given(st.lists(st.sampled_from(ORDER), max_size=6))
def test_a_bundle_is_as_confidential_as_its_most_confidential_part(levels: list[str]) -> None:
    parts = [labelled({"resourceType": "Patient", "id": "1"}, [coding(CONFIDENTIALITY, level)]) for level in levels]
    codes = [each["code"] for each in high_water(parts) if each["system"] == CONFIDENTIALITY]
    assert codes == ["V" if "V" in levels else "R"]


def test_the_refrain_label_goes_by_the_type_of_the_consent() -> None:
    assert refrain("tpo_single") == ()
    assert [each["code"] for each in refrain("specific")] == ["NORDSCLCD"]
    assert [each["code"] for each in refrain("tpo_single", {"TPO_SINGLE": ["NORDSCLCD"]})] == ["NORDSCLCD"]
    assert [each["code"] for each in refrain("")] == ["NORDSCLCD"]
    assert all(each["system"] == ACT for each in refrain("legal_proceeding"))


def test_nothing_empty_is_left() -> None:
    assert clean({"a": "", "b": " ", "c": [], "d": {"e": None}, "f": 0, "g": False, "h": ["", "x"]}) == {
        "f": 0,
        "g": False,
        "h": ["x"],
    }


def test_a_loose_end_is_taken_out_whole() -> None:
    made = {"subject": {"reference": "Patient/1"}, "by": [{"actor": {"reference": "Practitioner/2"}}]}
    assert without_loose_ends(made, {"Patient/1"}) == {"subject": {"reference": "Patient/1"}}
