"""Choosing a level, with or against the suggestion, and when it is looked at again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asam.rules.decision import REVIEW_DAYS, Reason, check_decision, review_due_days
from asam.rules.levels import LEVELS, OUTCOMES, UnknownLevel, covers
from audit.rules.findings import Finding, Severity

PLAN = "Daily calls, naloxone at home, a bed held at Riverside."


def decide(
    recommended: str,
    selected: str,
    *reasons: str,
    recovery_residence: bool = False,
    texts: dict[str, str] | None = None,
    safety_strategy: str = "",
    consequences: tuple[str, ...] = (),
    supervisor_present: bool = False,
) -> list[Finding]:
    return check_decision(
        recommended=recommended,
        recovery_residence=recovery_residence,
        selected=selected,
        reasons=reasons,
        texts=texts or {},
        consequences=consequences,
        consequence_text="",
        safety_strategy=safety_strategy,
        supervisor_present=supervisor_present,
    )


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_following_the_suggestion_needs_nothing() -> None:
    assert decide("3.5", "3.5") == []


def test_another_level_needs_a_reason() -> None:
    [finding] = decide("2.5", "3.5")
    assert (finding.code, finding.severity) == ("asam.reason_missing", Severity.STOP)
    assert finding.message == "3.5 is not the recommended 2.5: add at least one reason for the difference."
    assert finding.detail == {"recommended": "2.5", "selected": "3.5"}


def test_going_up_needs_only_the_reason() -> None:
    assert decide("2.5", "3.5", "WAITLIST") == []


def test_going_down_needs_a_safety_strategy_and_a_supervisor() -> None:
    findings = decide("3.5", "3.1", "NOT_OFFERED")
    assert codes(findings) == ["asam.consequence_missing", "asam.safety_strategy_missing", "asam.supervisor_missing"]
    assert findings[1].message == "3.1 does not give everything that 3.5 would: add how the person is kept safe."
    assert (
        decide("3.5", "3.1", "NOT_OFFERED", safety_strategy=PLAN, consequences=("LEAVES",), supervisor_present=True)
        == []
    )


def test_a_different_service_counts_as_not_covering_whatever_its_number() -> None:
    assert codes(decide("2.5", "3.1", "PREFERENCE")) == [
        "asam.consequence_missing",
        "asam.safety_strategy_missing",
        "asam.supervisor_missing",
    ]


def test_a_blank_safety_strategy_is_none() -> None:
    findings = decide("3.5", "3.1", "DISTANCE", safety_strategy="  ", consequences=("LEAVES",), supervisor_present=True)
    assert codes(findings) == ["asam.safety_strategy_missing"]


@pytest.mark.parametrize("reason", ["CLIN_JUDGMENT", "NOT_ADMITTED", "INELIGIBLE", "OTHER"])
def test_some_reasons_need_a_few_words(reason: str) -> None:
    assert codes(decide("2.5", "3.5", reason)) == ["asam.reason_text_missing"]
    assert codes(decide("2.5", "3.5", reason, texts={reason: " "})) == ["asam.reason_text_missing"]
    assert decide("2.5", "3.5", reason, texts={reason: "Two relapses since the last review."}) == []


def test_the_other_reasons_speak_for_themselves() -> None:
    assert {reason.value for reason in Reason if reason.text_required} == {
        "CLIN_JUDGMENT",
        "NOT_ADMITTED",
        "INELIGIBLE",
        "OTHER",
    }
    assert len(Reason) == 15
    assert all(reason.label and reason.name == reason for reason in Reason)


def test_a_reason_that_is_not_on_the_list_is_refused() -> None:
    [finding] = decide("2.5", "3.5", "TOO_LATE")
    assert (finding.code, finding.severity) == ("asam.reason_unknown", Severity.STOP)


@pytest.mark.parametrize(("recommended", "selected"), [("2.5", "3.3"), ("3.1 COE", "3.5")])
def test_a_level_that_does_not_exist_is_a_finding_and_not_an_error(recommended: str, selected: str) -> None:
    assert codes(decide(recommended, selected, "WAITLIST")) == ["asam.level_unknown"]


def test_a_recommended_residence_is_not_forgotten_beside_an_outpatient_level() -> None:
    [finding] = decide("2.1", "2.1", recovery_residence=True)
    assert (finding.code, finding.severity) == ("asam.residence_recommended", Severity.NOTE)
    assert decide("2.1", "3.1", "PREFERENCE", recovery_residence=True) == []


def test_housing_is_asked_about_again_when_an_outpatient_level_takes_the_place_of_a_residential_one() -> None:
    findings = decide(
        "3.5", "2.5", "PREFERENCE", safety_strategy=PLAN, consequences=("LEAVES",), supervisor_present=True
    )
    assert codes(findings) == ["asam.residence_recheck"]


def test_what_refuses_comes_before_what_tells() -> None:
    findings = decide("3.5", "2.5")
    assert codes(findings) == [
        "asam.reason_missing",
        "asam.consequence_missing",
        "asam.safety_strategy_missing",
        "asam.supervisor_missing",
        "asam.residence_recheck",
    ]


@pytest.mark.parametrize(("code", "finding"), [("DOOM", "unknown"), ("OTHER", "text_missing")])
def test_what_is_expected_is_of_the_list_and_something_else_needs_words(code: str, finding: str) -> None:
    found = decide("3.5", "3.1", "DISTANCE", consequences=(code,), safety_strategy=PLAN, supervisor_present=True)
    assert codes(found) == [f"asam.consequence_{finding}"]


@given(st.sampled_from(OUTCOMES), st.sampled_from(list(LEVELS)))
def test_a_reason_is_due_for_another_level_and_a_supervisor_for_one_that_covers_less(
    recommended: str, selected: str
) -> None:
    found = codes(decide(recommended, selected))
    assert ("asam.reason_missing" in found) == (selected != recommended)
    assert ("asam.supervisor_missing" in found) == (not covers(selected, recommended))


@pytest.mark.parametrize(
    ("level", "days"),
    [("4", 1), ("4 Psychiatric", 1), ("3.7 BIO", 3), ("3.5 COE", 7), ("2.7", 7), ("2.5", 14), ("3.1", 14), ("1.0", 90)],
)
def test_a_review_is_due_after_the_shipped_number_of_days(level: str, days: int) -> None:
    assert review_due_days(level) == days


def test_every_level_has_a_review_and_nothing_else_does() -> None:
    assert {LEVELS[level].family for level in LEVELS} == set(REVIEW_DAYS)
    with pytest.raises(UnknownLevel):
        review_due_days("3.3")
