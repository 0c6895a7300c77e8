"""The census, as docs/rules/census.md tells it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from beds.rules.census import (
    Away,
    Cleaned,
    Closed,
    Facts,
    Held,
    Placed,
    Stay,
    ask,
    average,
    days,
    duration,
    figures,
    lines,
    midnight_after,
    midnights,
    parts,
    percent,
    slowest,
    turnarounds,
)
from tests.doc_table import table

PAGE = "docs/rules/census.md"
MONDAY = datetime(2025, 11, 17, 12, tzinfo=UTC)
TUESDAY = date(2025, 11, 18)
MIDNIGHT = datetime(2025, 11, 19, tzinfo=UTC)
FRIDAY = MONDAY + timedelta(days=4)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def id_of(row: dict[str, str]) -> str:
    return " ".join(cell for cell in list(row.values())[:3] if cell)


@pytest.mark.parametrize("row", table(PAGE, "When a date ends"), ids=id_of)
def test_a_date_ends_at_midnight_of_the_wall_clock(row: dict[str, str]) -> None:
    ends = midnight_after(date.fromisoformat(row["Date"]), ZoneInfo(row["Zone"]))
    assert f"{ends:%Y-%m-%d %H:%M:%S}" == row["Midnight (UTC)"] + ":00"
    assert ends.utcoffset() == timedelta(0)


STAY, LEVEL = Stay(1, 7, "Medicaid", MONDAY, FRIDAY), Placed(7, "3.5", MONDAY, FRIDAY)
CASES: dict[str, dict[str, Any]] = {
    "in bed": {},
    "came at that midnight": {"stays": (Stay(1, 7, "", MIDNIGHT, FRIDAY),)},
    "left at that midnight": {"stays": (Stay(1, 7, "", MONDAY, MIDNIGHT),)},
    "on leave over that midnight": {"leaves": (Away(7, MIDNIGHT - HOUR, MIDNIGHT + HOUR),)},
    "back from leave at that midnight": {"leaves": (Away(7, MIDNIGHT - HOUR, MIDNIGHT),)},
    "stepped to 3.1 at that midnight": {
        "placements": (Placed(7, "3.5", MONDAY, MIDNIGHT), Placed(7, "3.1", MIDNIGHT, None))
    },
    "in a recovery residence only": {"placements": ()},
    "their bed is held for another after them": {"holds": (Held(1, MONDAY, FRIDAY + HOUR),)},
    "the other bed is held": {"holds": (Held(2, MIDNIGHT, MIDNIGHT + HOUR),)},
    "the hold ended at that midnight": {"holds": (Held(2, MONDAY, MIDNIGHT),)},
    "the other bed is closed": {"closures": (Closed(2, MONDAY, None),)},
    "the other bed is held and closed": {"closures": (Closed(2, MONDAY, None),), "holds": (Held(2, MONDAY, FRIDAY),)},
    "a leave goes on after the stay": {
        "stays": (Stay(1, 7, "", MONDAY, MIDNIGHT - HOUR),), "leaves": (Away(7, MIDNIGHT - 2 * HOUR, None),),
    },
}  # fmt: skip


@pytest.mark.parametrize("row", table(PAGE, "Who is counted"), ids=id_of)
def test_who_is_counted_at_midnight(row: dict[str, str]) -> None:
    given: dict[str, Any] = {"units": {1: 1, 2: 1}, "stays": (STAY,), "placements": (LEVEL,)}
    facts = Facts(**given | CASES[row["Case"]])
    [day] = days(facts, [TUESDAY], [MIDNIGHT])
    assert [str(n) for n in (day.in_house, day.on_leave, day.held, day.closed)] == [
        row["In the building"], row["On leave"], row["Held, empty"], row["Out of service"],
    ]  # fmt: skip
    assert [line.level or "no level" for line in lines(facts, [MIDNIGHT])] == ([row["Level"]] if row["Level"] else [])


def test_every_case_of_the_page_is_tried() -> None:
    assert [row["Case"] for row in table(PAGE, "Who is counted")] == list(CASES)


def jobs(cell: str) -> list[Cleaned]:
    """'0 10 20 back, 20 50 90': minutes after MONDAY."""

    def at(word: str) -> datetime | None:
        return None if word == "-" else MONDAY + int(word) * MINUTE

    found = []
    for job in cell.split(","):
        asked, accepted, ended, *back = job.split()
        start = at(asked)
        assert start is not None
        found.append(Cleaned(start, at(accepted), at(ended), back == ["back"]))
    return found


@pytest.mark.parametrize("row", table(PAGE, "Turnaround"), ids=id_of)
def test_the_turnaround_of_a_bed(row: dict[str, str]) -> None:
    [one] = turnarounds([(1, MONDAY, jobs(row["Jobs (asked, accepted, ended)"]))])
    summed = parts([one])
    said = [one.whole, summed.to_ask, summed.to_accept, summed.to_finish]
    columns = ("Turnaround", "To ask", "To accept", "To finish")
    assert said == [None if row[name] == "none" else int(row[name]) * MINUTE for name in columns]
    assert (summed.count, summed.open) == ((0, 1) if one.whole is None else (1, 0))


def test_the_median_and_the_ninetieth_percentile_of_turnarounds() -> None:
    many = turnarounds((bed, MONDAY, [Cleaned(MONDAY, None, MONDAY + bed * MINUTE)]) for bed in range(1, 11))
    found = parts(many)
    assert (found.middle, found.ninety, found.longest) == (5.5 * MINUTE, 9 * MINUTE, 10 * MINUTE)
    assert parts([]).ninety is None
    open_ = turnarounds([(99, MONDAY, [Cleaned(MONDAY, None, None)])])
    assert [one.bed for one in slowest((*many, *open_), 3)] == [99, 10, 9]


def test_a_stay_that_nobody_cleaned_after_has_no_turnaround() -> None:
    assert turnarounds([(1, MONDAY, [])]) == ()


@pytest.mark.parametrize("row", table(PAGE, "What may be asked"), ids=id_of)
def test_what_may_be_asked(row: dict[str, str]) -> None:
    asked = ask(row["On"], row["From"], row["To"], date(2025, 11, 18))
    order = {name: asked.wrong[name] for name in ("on", "from", "to") if name in asked.wrong}
    said = " ".join(f"{name}: {sentence}" for name, sentence in order.items())
    assert (said or f"{asked.on}, {asked.first} to {asked.last}") == row["Answer"]
    assert asked.typed == {"on": row["On"], "from": row["From"], "to": row["To"]}


def test_a_stay_over_a_clock_change_counts_its_nights() -> None:
    tz = ZoneInfo("America/New_York")
    for first, last in ((date(2025, 3, 7), date(2025, 3, 12)), (date(2025, 10, 31), date(2025, 11, 5))):
        came = datetime.combine(first, datetime.min.time(), tz) + timedelta(hours=23, minutes=59)
        left = datetime.combine(last, datetime.min.time(), tz) + timedelta(minutes=1)
        stay = Stay(1, 7, "", came.astimezone(UTC), left.astimezone(UTC))
        marks = midnights(first - timedelta(days=3), last + timedelta(days=3), tz)
        assert [line.census for line in lines(Facts({1: 1}, (stay,)), marks)] == [5]


def test_a_move_is_neither_coming_nor_leaving_and_a_stay_runs_from_the_first_bed_to_the_last() -> None:
    stays = (Stay(1, 7, "", MONDAY, MIDNIGHT), Stay(2, 7, "", MIDNIGHT, FRIDAY))
    after, to = MONDAY - HOUR, FRIDAY + HOUR
    found = figures([], stays, after, to)
    assert (found.admissions, found.departures, found.average_stay) == (1, 1, 4.0)
    assert figures([], stays, after, to, lambda bed: bed == 1).departures == 0
    assert figures([], stays, after, to, lambda bed: bed == 2).admissions == 0


def test_who_comes_back_in_the_same_episode_left_and_came_again() -> None:
    stays = (Stay(1, 7, "", MONDAY, MONDAY + HOUR * 24), Stay(1, 7, "", FRIDAY - HOUR * 48, FRIDAY))
    found = figures([], stays, MONDAY - HOUR, FRIDAY)
    assert (found.admissions, found.departures, found.average_stay) == (2, 2, 1.5)


def test_coming_and_leaving_at_midnight_belong_to_the_date_that_ends() -> None:
    stays = (Stay(1, 7, "", MIDNIGHT, None), Stay(2, 8, "", MONDAY, MIDNIGHT))
    tuesday, wednesday = (MIDNIGHT - 24 * HOUR, MIDNIGHT), (MIDNIGHT, MIDNIGHT + 24 * HOUR)
    assert [(f.admissions, f.departures) for f in (figures([], stays, *tuesday), figures([], stays, *wednesday))] == [
        (1, 1), (0, 0),
    ]  # fmt: skip


def test_figures_are_said_in_words() -> None:
    assert [percent(0.836), percent(1), percent(None)] == ["84 %", "100 %", "none"]
    assert [average(12.44), average(None)] == ["12.4 days", "none"]
    assert [duration(minutes * MINUTE) for minutes in (0, 42, 65, 1500, 4320)] == [
        "0 min", "42 min", "1 h 05 min", "1 day 1 h", "3 days 0 h",
    ]  # fmt: skip
    assert duration(None) == "none"


def test_nothing_in_service_has_no_occupancy() -> None:
    facts = Facts({1: 1}, closures=(Closed(1, MONDAY, None),))
    [day] = days(facts, [TUESDAY], [MIDNIGHT])
    assert (day.in_service, day.occupancy) == (0, None)
    assert figures([day], (), MONDAY, MIDNIGHT).occupancy is None
