"""When is a dose due? The examples of docs/rules/schedule.md, and properties over zones and clock changes."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import cache, partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


# Properties


@cache
def change_days(zone: str) -> tuple[date, ...]:
    """The local days of 2025 to 2027 on which the zone's clock changes."""
    tz = ZoneInfo(zone)
    noons = [datetime(2025, 1, 1, 12, tzinfo=UTC) + number * DAY for number in range(3 * 365)]
    offsets = [noon.astimezone(tz).utcoffset() for noon in noons]
    return tuple(
        noon.astimezone(tz).date() for noon, before, after in zip(noons[1:], offsets, offsets[1:]) if before != after
    ) or (date(2026, 3, 8),)


@st.composite
def stretches(draw: st.DrawFn) -> tuple[tzinfo, datetime, datetime]:
    """A zone, and a since and an until about two days apart near one of its clock changes."""
    zone = draw(st.sampled_from(ZONES))
    tz = ZoneInfo(zone)
    day = draw(st.sampled_from(change_days(zone)))
    begins = datetime(day.year, day.month, day.day, tzinfo=tz).astimezone(UTC)
    since = begins + draw(st.integers(-36 * 60, 12 * 60)) * MINUTE
    return tz, since, since + draw(st.integers(0, 60 * 60)) * MINUTE


clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))
night_clocks = st.builds(time, st.integers(0, 4), st.integers(0, 59))
time_lists = st.lists(clocks | night_clocks, min_size=1, max_size=5, unique=True).map(tuple)
fixed_times = st.builds(
    FixedTimes, time_lists, st.none() | st.frozensets(st.integers(0, 6), min_size=1), st.integers(1, 4)
)
amounts = st.decimals("0.01", "500", places=2)
tapers = st.lists(st.builds(TaperStep, st.integers(1, 3), time_lists, amounts), min_size=1, max_size=3).map(
    lambda steps: Taper(tuple(steps))
)
as_needed = st.builds(AsNeeded, st.integers(1, 1440).map(lambda minutes: minutes * MINUTE), st.integers(1, 12))
schedules = fixed_times | st.builds(EveryHours, st.integers(1, 100)) | st.just(Once()) | tapers | as_needed
earlier_starts = st.integers(0, 60 * 24 * 60).map(lambda minutes: minutes * MINUTE)


@quick
@given(schedules, stretches(), earlier_starts, st.integers(0, 100))
def test_asking_for_a_stretch_in_two_parts_gives_the_same_doses(
    schedule: Schedule, stretch: tuple[tzinfo, datetime, datetime], before: timedelta, percent: int
) -> None:
    tz, since, until = stretch
    middle = since + (until - since) * percent / 100
    ask = partial(due_times, schedule, start=since + DAY / 2 - before, stop=None, tz=tz)
    halves = ask(since=since, until=middle) + ask(since=middle, until=until)
    assert halves == ask(since=since, until=until)


@quick
@given(schedules, stretches(), earlier_starts)
def test_doses_come_in_order_once_each_in_utc_and_inside_the_stretch(
    schedule: Schedule, stretch: tuple[tzinfo, datetime, datetime], before: timedelta
) -> None:
    tz, since, until = stretch
    start = since + DAY / 2 - before
    due = due_times(schedule, start=start, stop=None, since=since, until=until, tz=tz)
    assert due == sorted(set(due))
    assert all(moment.tzinfo is UTC and max(since, start) <= moment < until for moment in due)


@quick
@given(schedules, stretches(), earlier_starts, st.integers(0, 60 * 60))
def test_a_stop_takes_away_exactly_the_doses_from_that_instant_on(
    schedule: Schedule, stretch: tuple[tzinfo, datetime, datetime], before: timedelta, minutes: int
) -> None:
    tz, since, until = stretch
    ask = partial(due_times, schedule, start=since + DAY / 2 - before, since=since, until=until, tz=tz)
    opened = ask(stop=None)
    for stop in (since + minutes * MINUTE, *opened[:2]):
        assert ask(stop=stop) == [moment for moment in opened if moment < stop]


@quick
@given(fixed_times, stretches(), earlier_starts)
def test_no_dose_is_lost_or_doubled_on_a_change_night(
    schedule: FixedTimes, stretch: tuple[tzinfo, datetime, datetime], before: timedelta
) -> None:
    """Against a watcher of the wall clock: each time of each day is due in the first minute that shows it or later."""
    tz, since, until = stretch
    start = since + DAY / 2 - before
    begins, origin = max(since, start), start.astimezone(tz).date()
    expected = set()
    for number in range(-1, (until - begins).days + 3):
        day = begins.astimezone(tz).date() + number * DAY
        off = (day - origin).days
        if (
            off < 0
            or off % schedule.every_n_days
            or not (schedule.weekdays is None or day.weekday() in schedule.weekdays)
        ):
            continue
        for moment in schedule.times:
            expected.add(first_minute_showing(datetime.combine(day, moment), tz))
    due = due_times(schedule, start=start, stop=None, since=since, until=until, tz=tz)
    assert due == sorted(moment for moment in expected if begins <= moment < until)


def first_minute_showing(shown: datetime, tz: tzinfo) -> datetime:
    """Watch the clock minute by minute, from well before, until it shows that time or has passed it."""
    watch = shown.replace(tzinfo=tz).astimezone(UTC) - timedelta(minutes=90)
    while watch.astimezone(tz).replace(tzinfo=None) < shown:
        watch += MINUTE
    return watch


@quick
@given(st.integers(1, 100), stretches(), earlier_starts)
def test_every_n_hours_counts_real_hours_from_the_start(
    hours: int, stretch: tuple[tzinfo, datetime, datetime], before: timedelta
) -> None:
    tz, since, until = stretch
    start, step = since - before, timedelta(hours=hours)
    due = due_times(EveryHours(hours), start=start, stop=None, since=since, until=until, tz=tz)
    assert all((moment - start) % step == timedelta(0) for moment in due)
    assert len(due) == -((start - until) // step) - -((start - since) // step)


two_hours_apart = st.lists(st.integers(0, 11), min_size=1, max_size=4, unique=True).map(
    lambda hours: tuple(time(2 * hour) for hour in hours)
)
wide_tapers = st.lists(st.builds(TaperStep, st.integers(1, 3), two_hours_apart, amounts), min_size=1, max_size=3).map(
    lambda steps: Taper(tuple(steps))
)


@quick
@given(wide_tapers, st.sampled_from(ZONES), st.data())
def test_a_taper_gives_in_all_what_was_ordered_even_over_a_change_night(
    taper: Taper, zone: str, data: st.DataObject
) -> None:
    tz = ZoneInfo(zone)
    day = data.draw(st.sampled_from(change_days(zone))) - data.draw(st.integers(0, 4)) * DAY
    start = datetime(day.year, day.month, day.day, tzinfo=tz)
    due = due_times(taper, start=start, stop=None, since=start, until=start + 12 * DAY, tz=tz)
    doses = [taper_dose_at(taper, moment, start, tz) for moment in due]
    assert None not in doses
    assert sum(dose for dose in doses if dose is not None) == taper.total


@quick
@given(tapers, stretches())
def test_a_taper_has_a_dose_exactly_when_it_is_due(taper: Taper, stretch: tuple[tzinfo, datetime, datetime]) -> None:
    tz, since, until = stretch
    due = set(due_times(taper, start=since, stop=None, since=since, until=until, tz=tz))
    for moment in {since, since + (until - since) // MINUTE // 2 * MINUTE, *due, *(moment + MINUTE for moment in due)}:
        if since <= moment < until:
            assert (taper_dose_at(taper, moment, since, tz) is not None) == (moment in due)


@quick
@given(schedules)
def test_a_stored_schedule_comes_back_the_same_through_json(schedule: Schedule) -> None:
    assert from_json(json.loads(json.dumps(to_json(schedule)))) == schedule


@quick
@given(schedules)
def test_every_schedule_can_be_said_without_unsafe_shorthand(schedule: Schedule) -> None:
    words = describe(schedule)
    assert words
    assert not {"QD", "QOD", "QID", "TID", "BID", "PRN"} & set(words.upper().replace(",", " ").split())
