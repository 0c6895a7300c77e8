"""Odd patterns: what is told, what is not, and that the same thing always has the same name."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.rules.patterns import Flag, Known, Pattern, Sight, family, flags

NOON = datetime(2025, 11, 18, 17, 0, tzinfo=UTC)  # in New York
NIGHT = datetime(2025, 11, 18, 4, 30, tzinfo=UTC)  # 23:30 the day before
KNOWN = Known(ZoneInfo("America/New_York"), named={1: "R00001"})
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def sights(*at: datetime, client: int | None = 1, role: str = "Nurse", refused: bool = False) -> list[Sight]:
    return [Sight(number, 7, "RN Cole", role, each, client, refused) for number, each in enumerate(at, 1)]


def charts(number: int, apart: timedelta, role: str = "Nurse") -> list[Sight]:
    return [Sight(n, 7, "RN Cole", role, NOON + apart * n, n) for n in range(1, number + 1)]


def told(found: Iterable[Flag]) -> list[Pattern]:
    return [each.pattern for each in found]


def test_work_of_the_day_is_nothing_odd() -> None:
    assert flags(sights(NOON, NOON + HOUR), KNOWN) == []
    assert flags([], KNOWN) == []


@pytest.mark.parametrize(
    ("person", "client", "same"),
    [
        ("Robin Cole", "Cole", True), ("Robin Cole", "COLE", True), ("Ana Peña", "Pena", True), ("Jo O'Brien", "OBrien", True),
        ("Robin Cole", "Coleman", False), ("Ana Maria de la Cruz", "de la Cruz", True), ("Robin Cole", "", False), ("", "", False),
    ],
)  # fmt: skip
def test_an_own_family_name_is_told(person: str, client: str, same: bool) -> None:
    known = replace(KNOWN, family_of_person={7: person}, family_of_client={1: client})
    assert told(flags(sights(NOON), known)) == ([Pattern.OWN_NAME] if same else [])


def test_a_family_name_is_its_last_word_in_plain_letters() -> None:
    assert (family("Ana de la Peña-Ruiz"), family("Peña"), family("")) == ("penaruiz", "pena", "")


def test_one_flag_a_day_for_one_person_and_record() -> None:
    known = replace(KNOWN, marked={1})
    found = flags(sights(NOON, NOON + HOUR, NOON + timedelta(days=1)), known)
    assert [(each.pattern, each.events) for each in found] == [(Pattern.MARKED, (3,)), (Pattern.MARKED, (1, 2))]
    assert found[1].line == "RN Cole opened the watched chart R00001"


@pytest.mark.parametrize(("role", "usual"), [("Nurse", 25), ("Technician", 15)])
def test_more_charts_in_an_hour_than_is_usual_for_the_role(role: str, usual: int) -> None:
    assert flags(charts(usual, MINUTE, role), KNOWN) == []
    (flag,) = flags(charts(usual + 1, MINUTE, role), KNOWN)
    assert flag.line == f"RN Cole opened {usual + 1} charts within an hour; {usual} are usual for the role"
    assert flag.client_id is None
    assert flags(charts(usual + 1, 10 * MINUTE, role), KNOWN) == [], "spread over a day"


def test_many_parts_of_one_chart_are_not_many_charts() -> None:
    assert flags(sights(*(NOON + MINUTE * number for number in range(40))), KNOWN) == []


def test_a_stranger_at_night_is_told_by_the_clock_of_the_site() -> None:
    (flag,) = flags(sights(NIGHT), KNOWN)
    assert (flag.pattern, flag.line) == (Pattern.NIGHT, "RN Cole opened chart R00001 at 23:30: not their client")
    assert flags(sights(NIGHT), replace(KNOWN, theirs={(7, 1)})) == []
    assert flags(sights(NIGHT - 2 * HOUR), KNOWN) == [], "21:30 is evening"
    assert flags(sights(NIGHT, client=None), KNOWN) == [], "a list is nobody's chart"
    edges = {clock: bool(flags(sights(datetime(2025, 11, 18, 5 + clock, 0, tzinfo=UTC)), KNOWN)) for clock in (5, 6)}
    assert edges == {5: True, 6: False}


def test_somebody_off_duty_in_three_hours_of_two_days() -> None:
    off = replace(KNOWN, on_duty=lambda person, at: False)
    thrice = [NOON, NOON + 2 * HOUR, NOON + 5 * HOUR]
    (flag,) = flags(sights(*thrice), off)
    assert flag.line == "RN Cole opened chart R00001 in 3 different hours, off duty"
    assert flags(sights(*thrice), KNOWN) == [], "on duty"
    assert flags(sights(NOON, NOON + MINUTE, NOON + 2 * MINUTE), off) == [], "one hour"
    assert flags(sights(NOON, NOON + 25 * HOUR, NOON + 50 * HOUR), off) == [], "too far apart"


def test_many_refusals_in_an_hour() -> None:
    times = [NOON + MINUTE * number for number in range(8)]
    (flag,) = flags(sights(*times, refused=True), KNOWN)
    assert (flag.pattern, flag.line) == (Pattern.REFUSED, "RN Cole was refused 8 times within an hour")
    assert flags(sights(*times[:7], refused=True), KNOWN) == []


MANY = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(0, 3000), st.booleans()), max_size=60
)  # fmt: skip


@settings(derandomize=True, database=None, deadline=None, max_examples=150)
@given(MANY)
def test_flags_are_the_same_whatever_the_order_and_what_came_before_keeps_its_name(
    drawn: list[tuple[int, int, int, bool]],
) -> None:
    number = count(1)
    drawn = sorted(drawn, key=lambda each: each[2])
    seen = [
        Sight(next(number), person, f"P{person}", "Technician", NIGHT + MINUTE * minute, client, refused)
        for person, client, minute, refused in drawn
    ]
    known = replace(KNOWN, marked={2}, on_duty=lambda person, at: person == 1)
    found = flags(seen, known)
    assert flags(list(reversed(seen)), known) == found
    assert len({flag.key for flag in found}) == len(found)
    events = {each.event_id for each in seen}
    assert all(set(flag.events) <= events and flag.key.endswith(f":{flag.events[0]}") for flag in found)
    earlier = {flag.key for flag in flags(seen[: len(seen) // 2], known)}
    assert earlier <= {flag.key for flag in found}, "what happens later takes no flag away"
