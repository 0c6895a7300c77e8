"""May this mark stand? One place a minute, a full room, too few facilitators: pure rules and their properties."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from audit.rules.findings import Finding, Severity
from groups.rules.minutes import AttendanceFacts, AttendanceStatus, Interval
from groups.rules.packs import RatioRule, SizeRule
from groups.rules.room import (
    Elsewhere,
    discharge_findings,
    lead_findings,
    most_at_once,
    place_findings,
    ratio_findings,
    seal_findings,
    size_findings,
    when_findings,
)

NOON = datetime(2026, 1, 6, 12, tzinfo=UTC)
LONG_AGO = NOON.date().replace(year=2020)
quick = settings(derandomize=True, deadline=None, database=None, max_examples=100)


def at(hour: int, minute: int = 0) -> datetime:
    return NOON.replace(hour=hour, minute=minute)


def codes(found: list[Finding]) -> list[str]:
    return [each.code for each in found]


def test_one_person_is_counted_in_one_place_and_touching_sessions_do_not_overlap() -> None:
    there = Elsewhere("an individual session", at(10), at(11), "LPC Danso")
    assert place_findings("Ben T.", (at(11), at(12)), [there], UTC) == []
    assert place_findings("Ben T.", None, [there], UTC) == []
    [said] = place_findings("Ben T.", (at(10, 59), at(12)), [there], UTC)
    assert said.severity is Severity.STOP
    assert "counted in an individual session from 10:00 to 11:00 (LPC Danso)" in said.message


def test_the_thirteenth_is_told_before_they_are_marked_and_someone_who_left_made_room() -> None:
    rule = SizeRule(LONG_AGO, None, "9 CCR 10345", 12, 2)
    full: list[Interval] = [(at(9), at(12))] * 12
    [said] = size_findings("Hana P.", full, (at(9), at(12)), rule)
    assert (said.code, said.severity) == ("attendance.full", Severity.OVERRIDE)
    assert "Hana P. would be the thirteenth" in said.message
    assert size_findings("Hana P.", full[:11], (at(9), at(12)), rule) == []
    assert size_findings("Hana P.", [*full[:11], (at(9), at(10))], (at(10), at(12)), rule) == []
    assert size_findings("Hana P.", full, None, rule) == []


def test_with_thirteen_in_the_room_a_correction_that_adds_nobody_is_not_asked_again() -> None:
    rule = SizeRule(LONG_AGO, None, "the licence", 1)
    assert size_findings("Ben T.", [(at(9), at(10)), (at(9), at(10))], (at(10), at(11)), rule) == []


def test_one_facilitator_for_eight_and_a_session_that_nobody_leads() -> None:
    rule = RatioRule(LONG_AGO, None, "Delaware", 8)
    assert ratio_findings(8, 1, rule) == [] == ratio_findings(0, 0, rule)
    [said] = ratio_findings(9, 1, rule)
    assert said.message == "9 people need 2 facilitators here, one for 8 (Delaware); 1 runs it."
    assert "nobody runs it" in ratio_findings(3, 0, rule)[0].message
    assert codes(lead_findings([], [])) == ["session.no_facilitator"]
    assert codes(lead_findings(["LSW"], ["LPC"])) == ["session.credential"]
    assert lead_findings(["LSW", "LPC"], ["LPC"]) == [] == lead_findings(["LSW"], [])


def test_nobody_comes_at_an_hour_that_has_not_come() -> None:
    assert codes(when_findings(AttendanceFacts(AttendanceStatus.LATE, at(12, 2)), NOON, UTC)) == ["attendance.not_yet"]
    assert when_findings(AttendanceFacts(AttendanceStatus.LATE, at(12, 1)), NOON, UTC) == []


def test_someone_discharged_during_the_session_is_counted_up_to_then() -> None:
    facts, counts = AttendanceFacts(AttendanceStatus.HERE), (at(9), at(12))
    [said] = discharge_findings("Ben T.", facts, counts, at(10, 30), UTC)
    assert said.message == "Ben T. was discharged at 10:30. Write that they left then, or mark them absent."
    assert discharge_findings("Ben T.", facts, (at(9), at(10, 30)), at(10, 30), UTC) == []
    assert discharge_findings("Ben T.", facts, counts, None, UTC) == []


def test_a_mark_after_the_signature_needs_its_reason() -> None:
    assert seal_findings("Ben T.", None, UTC) == []
    assert seal_findings("Ben T.", NOON, UTC)[0].severity is Severity.OVERRIDE


hours = st.tuples(st.integers(0, 20), st.integers(1, 3)).map(
    lambda pair: (at(pair[0]), at(pair[0]) + timedelta(hours=pair[1]))
)


@quick
@given(st.lists(hours, max_size=8))
def test_the_fullest_minute_is_the_fullest_of_all_minutes(intervals: list[Interval]) -> None:
    each = [sum(begins <= at(0) + timedelta(minutes=m) < ends for begins, ends in intervals) for m in range(24 * 60)]
    assert most_at_once(intervals) == max(each)


@quick
@given(st.lists(hours, max_size=6), hours, st.integers(1, 6))
def test_nobody_is_stopped_at_a_room_that_stays_within_its_limit(
    others: list[Interval], mine: Interval, most: int
) -> None:
    found = size_findings("Ben T.", others, mine, SizeRule(LONG_AGO, None, "the licence", most))
    assert bool(found) == (most_at_once([*others, mine]) > max(most, most_at_once(others)))
