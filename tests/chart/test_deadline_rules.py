"""When is it due, and which rule counts? docs/rules/deadlines.md is read here: the page and the test are one table."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart.deadlines import book, load, pack_in
from chart.rules.deadline_packs import BrokenPack
from chart.rules.deadline_rules import Book, Pack, Population, Start, What
from chart.rules.deadlines import Away, Calendar, Clock, Served, Unit, due_at, merged, said
from tests.doc_table import table

NEW_YORK = ZoneInfo("America/New_York")
CALENDAR = Calendar(NEW_YORK, frozenset({date(2025, 11, 27)}))
PAGE = "docs/rules/deadlines.md"
always = settings(derandomize=True, database=None, deadline=None, max_examples=150)

starts = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
units = st.sampled_from([Unit.HOURS, Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.SERVICE_DAYS])
amounts = st.integers(1, 60)


@st.composite
def leaves(draw: st.DrawFn) -> list[Away]:
    found = []
    for _ in range(draw(st.integers(0, 4))):
        begins = draw(starts)
        found.append(Away("hospital", begins, begins + timedelta(minutes=draw(st.integers(1, 20_000)))))
    return found


def there(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize("row", table(PAGE, "When it is due"))
def test_the_page_says_when_it_is_due(row: dict[str, str]) -> None:
    aways = []
    if row["Leaves that pause"]:
        begins, _, ends = row["Leaves that pause"].partition(" to ")
        aways = [Away("hospital", there(begins), there(ends))]
    due = due_at(there(row["Start"]), int(row["Amount"]), Unit(row["Unit"]), Clock(CALENDAR, aways))
    assert due is not None
    assert f"{due.astimezone(NEW_YORK):%Y-%m-%d %H:%M}" == row["Due"]


@always
@given(starts, amounts, units, leaves())
def test_it_is_never_due_before_it_starts_and_more_is_never_sooner(
    start: datetime, amount: int, unit: Unit, aways: list[Away]
) -> None:
    clock = Clock(CALENDAR, aways)
    first, second = due_at(start, amount, unit, clock), due_at(start, amount + 1, unit, clock)
    assert first is not None
    assert second is not None
    assert start < first < second


@always
@given(starts, amounts, units, leaves())
def test_a_leave_never_makes_it_due_sooner(start: datetime, amount: int, unit: Unit, aways: list[Away]) -> None:
    plain, paused = due_at(start, amount, unit, Clock(CALENDAR)), due_at(start, amount, unit, Clock(CALENDAR, aways))
    assert plain is not None
    assert paused is not None
    assert plain <= paused


@always
@given(starts, amounts, st.integers(1, 30))
def test_a_leave_of_whole_days_moves_a_deadline_of_days_by_as_many(start: datetime, amount: int, days: int) -> None:
    on = CALENDAR.date_of(start) + timedelta(days=1)
    away = Away("hospital", CALENDAR.begins(on), CALENDAR.begins(on + timedelta(days=days)))
    assert due_at(start, amount, Unit.CALENDAR_DAYS, Clock(CALENDAR, [away])) == due_at(
        start, amount + days, Unit.CALENDAR_DAYS, Clock(CALENDAR)
    )


@always
@given(starts, amounts, st.integers(1, 10_000))
def test_a_leave_stretches_hours_by_its_length(start: datetime, amount: int, minutes: int) -> None:
    begins = start + timedelta(minutes=30)
    away = Away("hospital", begins, begins + timedelta(minutes=minutes))
    due = due_at(start, amount, Unit.HOURS, Clock(CALENDAR, [away]))
    assert due == start + timedelta(hours=amount, minutes=minutes)


@always
@given(starts, amounts)
def test_hours_are_elapsed_hours_whatever_the_clock_on_the_wall_does(start: datetime, amount: int) -> None:
    due = due_at(start.astimezone(NEW_YORK), amount, Unit.HOURS, Clock(CALENDAR))
    assert due is not None
    assert (due - start).total_seconds() == amount * 3600


@always
@given(starts, amounts)
def test_a_working_day_ends_on_a_day_people_work(start: datetime, amount: int) -> None:
    due = due_at(start, amount, Unit.WORKING_DAYS, Clock(CALENDAR))
    assert due is not None
    assert CALENDAR.works(CALENDAR.date_of(due - timedelta(seconds=1)))
    assert due.astimezone(NEW_YORK).hour == due.astimezone(NEW_YORK).minute == 0


@always
@given(starts, st.integers(1, 20), st.sets(st.dates(date(2025, 1, 1), date(2025, 3, 1)), max_size=20))
def test_a_holiday_added_later_never_makes_it_due_sooner(start: datetime, amount: int, more: set[date]) -> None:
    before = due_at(start, amount, Unit.WORKING_DAYS, Clock(CALENDAR))
    after = due_at(start, amount, Unit.WORKING_DAYS, Clock(Calendar(NEW_YORK, CALENDAR.holidays | frozenset(more))))
    assert before is not None
    assert after is not None
    assert before <= after


@always
@given(leaves())
def test_leaves_that_overlap_are_one_stretch(aways: list[Away]) -> None:
    found = merged(aways)
    assert all(one[1] < other[0] for one, other in pairwise(found))
    for away in aways:
        assert sum(begins <= away.started_at and away.ended_at <= ends for begins, ends in found) == 1


def test_days_of_service_are_known_once_the_client_was_there() -> None:
    start = there("2025-11-18 10:42")
    came = Served(every_day=False, dates=frozenset({date(2025, 11, day) for day in (18, 19, 21)}))
    assert due_at(start, 2, Unit.SERVICE_DAYS, Clock(CALENDAR, (), came)) == there("2025-11-22 00:00")
    assert due_at(start, 3, Unit.SERVICE_DAYS, Clock(CALENDAR, (), came)) is None


def test_days_are_said_by_the_last_day_that_counts_and_hours_by_the_clock() -> None:
    assert said(there("2025-11-26 00:00"), Unit.CALENDAR_DAYS, CALENDAR) == "Tue 25 Nov"
    assert said(there("2025-11-19 10:42"), Unit.HOURS, CALENDAR) == "Wed 19 Nov, 10:42"


# Which rule counts


def test_every_pack_that_ships_can_be_read_and_shows_its_sources() -> None:
    rules = [rule for pack in book().packs for rule in pack.rules]
    assert {pack.code for pack in book().packs} == {"default", "us-fl", "us-il", "us-sd", "us-tx"}
    assert all(rule.source for rule in rules)
    assert {rule.starts for rule in rules} >= {Start.ADMISSION, Start.LEVEL_CHANGE, Start.LAST, Start.DISCHARGE}


def test_the_house_is_asked_where_the_packs_followed_say_nothing() -> None:
    on = date(2025, 11, 18)
    found = book().rules(What.DISCHARGE_SUMMARY, ["us-sd"], on, "3.5", Population.ADULT)
    assert [(rule.pack, rule.words) for rule in found] == [("us-sd", "Within 5 working days of discharge")]
    found = book().rules(What.INITIAL_PLAN, ["us-sd"], on, "3.5", Population.ADULT)
    assert [(rule.pack, rule.words) for rule in found] == [("default", "Within 24 hours of admission")]
    found = book().rules(What.MASTER_PLAN, ["us-fl", "us-tx"], on, "3.5 COE", Population.ADULT)
    assert [rule.id for rule in found] == [
        "plan-residential-1",
        "plan-adults",
    ]  # the level's family, and the population
    assert not book().rules(What.VITALS, [], on, "2.1", Population.ADULT)


def test_a_rule_counts_on_the_dates_on_which_it_is_in_force(tmp_path: Path) -> None:
    (tmp_path / "default.toml").write_text(
        PACK
        + RULE.format(extra="ends_on = 2026-01-01")
        + RULE.replace('"initial"', '"initial-new"')
        .format(extra="")
        .replace("begins_on = 2020-01-01", "begins_on = 2026-01-01")
    )
    found = load(tmp_path)
    for on, wanted in ((date(2025, 12, 31), "initial"), (date(2026, 1, 1), "initial-new")):
        assert [rule.id for rule in found.rules(What.INITIAL_PLAN, [], on, "3.5", Population.ADULT)] == [wanted]


PACK = 'code = "default"\nname = "House"\n'
RULE = """
[[rule]]
id = "initial"
what = "initial_plan"
starts = "admission"
within = 24
unit = "hours"
capability = "chart.plan"
begins_on = 2020-01-01
source = "Suggested"
confidence = "suggested"
{extra}
"""


def broken(tmp_path: Path, text: str) -> str:
    path = tmp_path / "default.toml"
    path.write_text(text)
    with pytest.raises(BrokenPack) as found:
        load(tmp_path)
    return str(found.value)


@pytest.mark.parametrize(
    ("was", "wrong", "sentence"),
    [
        ("24", "0", "within: write a whole number from 1 to 1000."),
        ("24", "true", "within: write a whole number from 1 to 1000."),
        ('"hours"', '"weeks"', "unit: 'weeks' is not known. Write one of: hours, calendar_days, working_days, service_days."),
        ("{extra}", 'pauses = ["sleep"]', "pauses: 'sleep' is not known. Write one of: pass, hospital, court, absent."),
        ("{extra}", 'levels = "3.5"', 'levels: write a list of words, as in ["3.5", "3.7"].'),
        ("{extra}", "ends_on = 2019-01-01", "ends_on: lies before the rule begins on 2020-01-01. Write a later date."),
        ("2020-01-01", '"2020"', "begins_on: write a date, as in 2020-01-01."),
        ("{extra}", "escalate_hours = 3", "escalate_to: write escalate_hours and escalate_to together, or neither."),
        ("{extra}", 'after = "master_plan"', 'after: belongs to a rule that starts with "last" alone.'),
        ('"admission"', '"expected_discharge"', "within: what is due before a discharge is due 0 hours from the expected discharge."),
        ('"Suggested"', '" "', "source: write it as words."),
    ],
)  # fmt: skip
def test_a_broken_rule_names_its_file_itself_and_its_field(tmp_path: Path, was: str, wrong: str, sentence: str) -> None:
    text = PACK + RULE.replace(was, wrong).format(extra="")
    assert broken(tmp_path, text) == f"default.toml, rule initial, {sentence}"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('name = "House"\n' + RULE.format(extra=""), "default.toml, code: write it as words."),
        (PACK, "default.toml, rule: a pack has at least one [[rule]]."),
        (PACK + 2 * RULE.format(extra=""), "default.toml, rule initial, id: another rule of this pack has it. Give each its own."),
        (
            PACK.replace("default", "x") + RULE.format(extra=""),
            "there is no pack with the code 'default', which is asked where others say nothing.",
        ),
    ],
)  # fmt: skip
def test_a_broken_pack_says_what_is_wrong(tmp_path: Path, text: str, sentence: str) -> None:
    assert broken(tmp_path, text).endswith(sentence)


def test_a_field_that_is_no_field_and_a_file_that_is_no_toml_are_named(tmp_path: Path) -> None:
    said_of = broken(tmp_path, PACK + RULE.format(extra="wihtin = 3"))
    assert said_of.startswith(
        "default.toml, rule initial, wihtin: is not a field of a rule. Write one of: after, begins_on,"
    )
    assert broken(tmp_path, "code = ").startswith("default.toml: this is not TOML: ")
    (tmp_path / "default.toml").write_text(PACK + RULE.format(extra=""))
    (tmp_path / "second.toml").write_text(PACK + RULE.format(extra=""))
    with pytest.raises(BrokenPack, match=r"second\.toml, code: another file has 'default'"):
        load(tmp_path)
    assert pack_in(tmp_path / "default.toml").rules[0].words == "Within 24 hours of admission"


def test_a_pack_that_was_removed_since_says_nothing() -> None:
    house = book().house
    known = Book(house, (house, Pack("x", "X", "", ())))
    assert known.of(["gone", "x", "default"]) == (Pack("x", "X", "", ()),)
