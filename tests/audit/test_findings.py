"""What a rule says, in which order, and what an action makes of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.rules.findings import (
    Finding,
    Refused,
    Severity,
    note,
    override,
    refuse_unless_overridden,
    stop,
    worst_first,
)

STOPPED = stop("dose.order_stopped", "The order is stopped.", order=3)
EARLY = override("dose.outside_window", "It is 61 min early.", minutes=-61)
TOLD = note("bed.level", "Level not yet rated")
quick = settings(derandomize=True, deadline=None, database=None, max_examples=100)


def test_a_finding_has_a_code_a_weight_a_sentence_and_the_facts_behind_it() -> None:
    assert Finding("dose.outside_window", Severity.OVERRIDE, "It is 61 min early.", {"minutes": -61}) == EARLY
    assert (STOPPED.severity, TOLD.severity) == (Severity.STOP, Severity.NOTE)


def test_a_finding_without_facts_has_none_that_could_be_changed_for_all_of_them() -> None:
    finding = Finding("a", Severity.NOTE, "A.")
    assert dict(finding.detail) == {}
    with pytest.raises(TypeError):
        finding.detail["late"] = 1  # type: ignore[index]


def test_the_worst_comes_first_and_equals_keep_their_order() -> None:
    other = note("bed.gender_policy", "Mixed unit")
    assert worst_first([TOLD, EARLY, other, STOPPED]) == (STOPPED, EARLY, TOLD, other)


def test_a_refusal_says_its_worst_finding_first() -> None:
    refused = Refused(EARLY, STOPPED)
    assert str(refused) == "The order is stopped."
    assert refused.findings == (STOPPED, EARLY)


def test_a_refusal_without_a_reason_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="at least one finding"):
        Refused()


def test_a_stop_stands_whatever_reason_is_given() -> None:
    with pytest.raises(Refused) as refused:
        refuse_unless_overridden([STOPPED], {"dose.order_stopped": "the client asked for it"})
    assert refused.value.findings == (STOPPED,)


@pytest.mark.parametrize("reasons", [{}, {"dose.outside_window": "  "}, {"another.code": "a reason"}])
def test_an_override_without_its_own_reason_is_refused(reasons: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        refuse_unless_overridden([TOLD, EARLY], reasons)
    assert refused.value.findings == (EARLY,)


def test_an_override_with_a_reason_goes_on_and_is_handed_back_to_be_recorded() -> None:
    assert refuse_unless_overridden([TOLD, EARLY], {"dose.outside_window": "leaves for court at 07:30"}) == (EARLY,)


def test_a_note_never_refuses() -> None:
    assert refuse_unless_overridden([TOLD], {}) == ()


findings = st.lists(
    st.builds(Finding, st.sampled_from("abc"), st.sampled_from(Severity), st.just("A sentence."), st.just({})),
    max_size=6,
)


@quick
@given(findings, st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", " ", "a reason"])))
def test_an_action_goes_on_exactly_when_nothing_stops_it_and_every_override_has_its_reason(
    said: list[Finding], reasons: dict[str, str]
) -> None:
    overrides = [finding for finding in said if finding.severity is Severity.OVERRIDE]
    may = not any(finding.severity is Severity.STOP for finding in said)
    may = may and all(reasons.get(finding.code, "").strip() for finding in overrides)
    if may:
        assert list(refuse_unless_overridden(said, reasons)) == overrides
    else:
        with pytest.raises(Refused):
            refuse_unless_overridden(said, reasons)


def test_a_reason_nobody_would_read_to_its_end_is_refused_in_words() -> None:
    with pytest.raises(Refused, match="at most 400 characters"):
        refuse_unless_overridden([EARLY], {EARLY.code: "x" * 401})
    assert refuse_unless_overridden([EARLY], {EARLY.code: "x" * 400}) == (EARLY,)
