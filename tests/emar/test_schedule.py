"""When is a dose due? The examples of docs/rules/schedule.md, and properties over zones and clock changes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings

from emar.rules.schedule import (
    AsNeeded,
    EveryHours,
    FixedTimes,
    Once,
    Schedule,
    Taper,
    TaperStep,
    describe,
    due_times,
    from_json,
    taper_dose_at,
    to_json,
)
from emar.rules.schedule.words import DAY_NAMES
from tests.doc_table import table

PAGE = "docs/rules/schedule.md"
NEW_YORK = ZoneInfo("America/New_York")
ZONES = ("America/New_York", "America/Los_Angeles", "Australia/Lord_Howe", "Pacific/Chatham", "UTC")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
quick = settings(derandomize=True, deadline=None, database=None, max_examples=120)


# The page's examples


def wall(text: str, tz: tzinfo) -> datetime:
    return datetime.fromisoformat(text.rstrip("*")).replace(tzinfo=tz, fold=int(text.endswith("*")))


def on_the_wall(moment: datetime, tz: tzinfo) -> str:
    local = moment.astimezone(tz)
    return f"{local:%Y-%m-%d %H:%M}" + "*" * local.fold


def clock(text: str) -> time:
    return time.fromisoformat(text)


def fixed(row: dict[str, str]) -> FixedTimes:
    times = tuple(clock(part) for part in row["Times"].split(", "))
    if row["Days"] == "every day":
        return FixedTimes(times)
    if row["Days"].startswith("every "):
        return FixedTimes(times, every_n_days=int(row["Days"].split()[1]))
    return FixedTimes(times, weekdays=frozenset(DAY_NAMES.index(name) for name in row["Days"].split(", ")))


def check_row(schedule: Schedule, row: dict[str, str]) -> None:
    tz = ZoneInfo(row["Zone"])
    due = due_times(
        schedule,
        start=wall(row["Start"], tz),
        stop=wall(row["Stop"], tz) if row["Stop"] else None,
        since=wall(row["From"], tz),
        until=wall(row["Until"], tz),
        tz=tz,
    )
    assert (", ".join(on_the_wall(moment, tz) for moment in due) or "none") == row["Due"]


def named(row: dict[str, str]) -> str:
    return row.get("Example") or row["Said"]


@pytest.mark.parametrize("row", table(PAGE, "Times of day"), ids=named)
def test_times_of_day_fall_due_as_the_page_says(row: dict[str, str]) -> None:
    check_row(fixed(row), row)


@pytest.mark.parametrize("row", table(PAGE, "Every so many hours"), ids=named)
def test_intervals_fall_due_as_the_page_says(row: dict[str, str]) -> None:
    check_row(EveryHours(int(row["Hours"])), row)


TAPER = Taper(
    (
        TaperStep(2, (time(8), time(14), time(20)), Decimal(50)),
        TaperStep(2, (time(8), time(20)), Decimal(25)),
        TaperStep(1, (time(20),), Decimal(25)),
    )
)


@pytest.mark.parametrize("row", table(PAGE, "A taper"), ids=named)
def test_a_taper_gives_the_dose_that_the_page_says(row: dict[str, str]) -> None:
    dose = taper_dose_at(TAPER, wall(row["Due"], NEW_YORK), wall(row["Start"], NEW_YORK), NEW_YORK)
    assert ("none" if dose is None else str(dose)) == row["Dose"]


def test_the_taper_on_the_page_adds_up() -> None:
    assert (TAPER.total, TAPER.days) == (Decimal(425), 5)


@pytest.mark.parametrize("row", table(PAGE, "How it is said and stored"), ids=named)
def test_a_schedule_is_said_and_stored_as_the_page_says(row: dict[str, str]) -> None:
    schedule = from_json(json.loads(row["Stored"]))
    assert describe(schedule) == row["Said"]
    assert to_json(schedule) == json.loads(row["Stored"])


# Plain cases


def at(text: str, tz: tzinfo = UTC) -> datetime:
    return wall(text, tz)


def test_a_single_dose_is_due_at_its_start_and_never_again() -> None:
    start = at("2026-01-05 10:07")
    ask = partial(due_times, Once(), start=start, tz=UTC)
    assert ask(stop=None, since=start - DAY, until=start + 9 * DAY) == [start]
    assert ask(stop=start, since=start - DAY, until=start + 9 * DAY) == []
    assert ask(stop=None, since=start + MINUTE, until=start + 9 * DAY) == []
    assert ask(stop=None, since=start - DAY, until=start) == []


def test_an_as_needed_order_is_never_due_by_the_clock() -> None:
    start = at("2026-01-05 10:00")
    schedule = AsNeeded(timedelta(hours=6), 4)
    assert due_times(schedule, start=start, stop=None, since=start, until=start + 30 * DAY, tz=UTC) == []


def test_the_second_0130_of_an_autumn_night_is_not_taken_for_the_first() -> None:
    second = at("2026-11-01 01:30*", NEW_YORK)
    midnight, noon = at("2026-11-01 00:00", NEW_YORK), at("2026-11-01 12:00", NEW_YORK)
    daily = partial(due_times, FixedTimes((time(1, 30),)), start=midnight - 30 * DAY)
    assert daily(stop=None, since=second, until=noon, tz=NEW_YORK) == []
    hourly = due_times(EveryHours(1), start=second, stop=None, since=midnight, until=noon, tz=NEW_YORK)
    assert hourly[0] == second.astimezone(UTC)


def test_times_may_be_written_in_any_order() -> None:
    assert FixedTimes((time(20), time(8))) == FixedTimes((time(8), time(20)))


def test_a_day_that_the_calendar_left_out_still_gets_its_dose() -> None:
    """Samoa had no 30 December 2011: its 08:00 dose is due at the first minute of the 31st, beside that day's own."""
    apia = ZoneInfo("Pacific/Apia")
    ask = partial(due_times, FixedTimes((time(8),)), start=at("2011-12-01 00:00", apia), stop=None, tz=apia)
    until = at("2012-01-01 00:00", apia)
    both_days = ["2011-12-31 00:00", "2011-12-31 08:00"]
    due = ask(since=at("2011-12-29 00:00", apia), until=until)
    assert [on_the_wall(moment, apia) for moment in due] == ["2011-12-29 08:00", *both_days]
    due = ask(since=at("2011-12-31 00:00", apia), until=until)
    assert [on_the_wall(moment, apia) for moment in due] == both_days


def test_a_clock_that_falls_back_over_midnight_loses_no_dose_of_the_new_day() -> None:
    """St. John's went from 00:01 on 7 November 2010 back to 23:01 on the 6th: midnight came, and then came again."""
    st_johns = ZoneInfo("America/St_Johns")
    ask = partial(due_times, FixedTimes((time(0),)), start=at("2010-11-01 06:00", st_johns), stop=None, tz=st_johns)
    since, until = at("2010-11-06 12:00", st_johns), at("2010-11-06 23:30*", st_johns)
    assert [on_the_wall(moment, st_johns) for moment in ask(since=since, until=until)] == ["2010-11-07 00:00"]
    assert ask(since=until, until=at("2010-11-07 12:00", st_johns)) == []


@pytest.mark.parametrize("name", ["start", "stop", "since", "until"])
def test_a_time_without_a_zone_is_refused_by_name(name: str) -> None:
    m = {key: at("2026-01-05 10:00") for key in ("start", "stop", "since", "until")}
    m[name] = m[name].replace(tzinfo=None)
    with pytest.raises(ValueError, match=f"'{name}' has no time zone"):
        due_times(Once(), start=m["start"], stop=m["stop"], since=m["since"], until=m["until"], tz=UTC)


class CountedZone(tzinfo):
    """A zone that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        self.asked += 1
        return NEW_YORK.utcoffset(moment)

    def dst(self, moment: datetime | None) -> timedelta | None:
        return NEW_YORK.dst(moment)

    def tzname(self, moment: datetime | None) -> str | None:
        return NEW_YORK.tzname(moment)

    def fromutc(self, moment: datetime) -> datetime:
        self.asked += 1
        return NEW_YORK.fromutc(moment.replace(tzinfo=NEW_YORK)).replace(tzinfo=self)


@pytest.mark.parametrize(
    "schedule",
    [
        FixedTimes((time(8), time(20))),
        FixedTimes((time(8),), every_n_days=5),
        FixedTimes((time(8),), weekdays=frozenset({0})),
        EveryHours(6),
        Taper((TaperStep(366, (time(8), time(20)), Decimal(5)),)),
    ],
    ids=describe,
)
def test_an_old_order_costs_no_more_than_a_new_one(schedule: Schedule) -> None:
    asked = []
    for days in (0, 360, 50 * 365):
        zone = CountedZone()
        since = at("2026-01-05 00:00")
        due_times(schedule, start=since - days * DAY, stop=None, since=since, until=since + DAY, tz=zone)
        asked.append(zone.asked)
    assert max(asked) <= asked[0] + 6


# What is refused

EIGHT = (time(8),)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: FixedTimes(()), "needs at least one time"),
        (lambda: FixedTimes((time(8), time(8))), "08:00 is listed twice"),
        (lambda: FixedTimes((time(8, 0, 30),)), "not a whole minute"),
        (lambda: FixedTimes((time(8, tzinfo=UTC),)), "carries no time zone"),
        (lambda: FixedTimes(EIGHT, weekdays=frozenset()), "at least one weekday"),
        (lambda: FixedTimes(EIGHT, weekdays=frozenset({7})), "from 0 \\(Monday\\) to 6"),
        (lambda: FixedTimes(EIGHT, every_n_days=0), "from 1 to 366"),
        (lambda: FixedTimes(EIGHT, weekdays=frozenset({1}), every_n_days=14), "leave the weekdays out"),
        (lambda: EveryHours(0), "hours from 1"),
        (lambda: EveryHours(-6), "hours from 1"),
        (lambda: EveryHours(True), "hours from 1"),
        (lambda: EveryHours(10**12), "hours from 1"),
        (lambda: Taper(()), "at least one step"),
        (lambda: TaperStep(0, EIGHT, Decimal(5)), "whole number of days"),
        (lambda: TaperStep(1, EIGHT, Decimal(0)), "more than zero"),
        (lambda: TaperStep(1, EIGHT, Decimal("NaN")), "more than zero"),
        (lambda: TaperStep(1, EIGHT, 2.5), "exact decimal"),  # type: ignore[arg-type]
        (lambda: AsNeeded(timedelta(0), 4), "whole minutes"),
        (lambda: AsNeeded(timedelta(seconds=90), 4), "whole minutes"),
        (lambda: AsNeeded(timedelta(hours=6), 0), "1 or more"),
    ],
)
def test_a_schedule_that_cannot_be_meant_is_refused_with_a_sentence(make: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        make()


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "once",
        {},
        {"kind": "sometimes"},
        {"kind": ["once"]},
        {"kind": "once", "hours": 6},
        {"kind": "every_hours"},
        {"kind": "every_hours", "hours": "6"},
        {"kind": "every_hours", "hours": 6.5},
        {"kind": "fixed_times", "times": "08:00", "weekdays": None, "every_n_days": 1},
        {"kind": "fixed_times", "times": ["8:00"], "weekdays": None, "every_n_days": 1},
        {"kind": "fixed_times", "times": ["24:00"], "weekdays": None, "every_n_days": 1},
        {"kind": "fixed_times", "times": ["08:00"], "weekdays": [[]], "every_n_days": 1},
        {"kind": "taper", "steps": [{"days": 1, "times": ["08:00"], "amount": 2.5}]},
        {"kind": "taper", "steps": [{"days": 1, "times": ["08:00"], "amount": "NaN"}]},
        {"kind": "taper", "steps": [{"days": 1, "times": ["08:00"], "amount": "-5"}]},
        {"kind": "taper", "steps": [None]},
        {"kind": "as_needed", "min_gap_minutes": 10**30, "max_in_24h": 4},
    ],
)
def test_stored_nonsense_is_refused_and_never_guessed(data: object) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        from_json(data)
