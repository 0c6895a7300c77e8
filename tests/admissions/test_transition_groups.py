"""Groups on a step: open ones follow the program, those by choice are chosen line by line, and the new week is met or short."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from admissions.actions.take_back import take_back
from admissions.rules.transition import Choice, Facts, Line, Side, fit, lines, words_of
from admissions.rules.transition_groups import GroupNow, week_words
from groups.models import Member, Series, Session
from groups.queries.expected import expected
from programs.models import Placement, Program
from tests.admissions.steps import HANDOFF, LATER, NOW, decided, stepped
from tests.asam.care import in_residential
from tests.factories import World, admit, client, world

AT = datetime(2025, 11, 24, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def meets(*days: int, hours: int = 3) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((AT + timedelta(days=day), AT + timedelta(days=day, hours=hours)) for day in days)


EVENING = GroupNow(1, "Evening", serves=True, by_choice=False, meetings=meets(1, 3))
SKILLS = GroupNow(2, "Skills", serves=True, by_choice=True, taken=11, most=12, meetings=meets(4))
HOUSE = GroupNow(3, "House", serves=False, by_choice=True, mine=True)
FACTS = Facts(
    Side("PHP", "2.5", 2, "20 h a week", 1200), Side("IOP", "2.1", 2, "9 h a week", 540), AT, groups=(EVENING, SKILLS, HOUSE)
)  # fmt: skip


def of(facts: Facts, key: str, **settled: Choice) -> tuple[Line, Choice]:
    named = {name.replace("_", "-"): said for name, said in settled.items()}
    line = next(each for each in lines(facts, named) if each.key == key)
    return line, fit((line,), named)[key]


def test_the_new_week_is_short_until_the_group_is_chosen_that_meets_it() -> None:
    line, said = of(FACTS, "week")
    assert (
        words_of(line, said)
        == "9 h a week (before: 20 h a week); groups of the coming seven days come to 6 h: 3 h short"
    )
    assert line.loud == "3 h of the new weekly minimum are not planned."
    line, said = of(FACTS, "week", group_2=Choice("join"))
    assert (words_of(line, said)[-4:], line.loud) == (" met", "")


def test_nobody_is_chosen_by_default_and_what_does_not_serve_the_program_is_left() -> None:
    assert of(FACTS, "group-2")[1].choice == "no"
    line, said = of(FACTS, "group-3")
    assert (said.choice, [each.value for each in line.options]) == ("leave", ["leave"])
    stays = replace(FACTS, groups=(replace(SKILLS, mine=True),))
    assert of(stays, "group-2")[1].choice == "stay"


def test_a_full_group_says_so() -> None:
    assert of(replace(FACTS, groups=(replace(SKILLS, taken=12),)), "group-2")[0].loud == "12 of 12 places are given."
    assert of(FACTS, "group-2")[0].loud == ""


def test_hours_that_overlap_count_once_and_no_minimum_is_none() -> None:
    both = [EVENING, replace(EVENING, pk=9)]
    assert week_words(both, 360, "") == (
        "6 h a week (before: no weekly minimum); groups of the coming seven days come to 6 h: met", ""
    )  # fmt: skip
    assert week_words((), 0, "9 h a week")[1] == ""


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def series(here: World, name: str, programs: Collection[Program], **more: object) -> Series:
    """A group of these programs that meets tomorrow for two hours."""
    made = Series.objects.create(site=here.site, name=name, **more)
    made.programs.set(programs)
    start = LATER + timedelta(days=1)
    Session.objects.create(series=made, site=here.site, started_at=start, ended_at=start + 2 * HOUR)
    return made


def comes(group: Series) -> set[int]:
    return expected(list(group.sessions.all()))[group.sessions.get().pk]


def test_the_groups_that_were_chosen_expect_them_and_those_left_do_not(here: World) -> None:
    episode = in_residential(here)
    open_, chosen, other, left = (
        series(here, "Day group", [here.php]), series(here, "Skills", [here.php], by_choice=True),
        series(here, "Trauma", [here.php], by_choice=True), series(here, "House", [here.residential], by_choice=True),
    )  # fmt: skip
    was = Member.objects.create(series=left, client=episode.client, started_at=NOW - HOUR, by=here.director)
    made = stepped(here, episode, {f"group-{chosen.pk}": Choice("join")})

    assert [comes(each) for each in (open_, chosen, other)] == [{episode.client_id}, {episode.client_id}, set()]
    was.refresh_from_db()
    assert was.ended_at == LATER
    assert "Groups left: House. Groups joined: Day group, Skills." in made.moved["words"]
    said = {line.what.split(",")[0]: line.words for line in made.lines.filter(kind="group")}
    assert said["By choice: Skills"] == "joined at the step"
    assert said["By choice: Trauma"] == "is not joined"
    assert (
        "groups of the coming seven days come to 2 h: 18 h short" in said["Hours of groups in a week"]
    )  # both at one hour


def test_taken_back_the_chosen_groups_are_as_before(here: World) -> None:
    episode = in_residential(here)
    chosen, left = (
        series(here, "Skills", [here.php], by_choice=True), series(here, "House", [here.residential], by_choice=True)
    )  # fmt: skip
    Member.objects.create(series=left, client=episode.client, started_at=NOW - HOUR, by=here.director)
    made = stepped(here, episode, {f"group-{chosen.pk}": Choice("join")})
    back = LATER + timedelta(minutes=10)
    again = take_back(by=here.director, at=back, transition_id=made.pk, why="The ride fell through")
    assert {row.series for row in Member.objects.current(back).filter(client=episode.client)} == {left}
    assert {line.choice for line in again.lines.filter(kind="group")} == {"back"}


def test_chosen_by_somebody_else_meanwhile_is_no_second_row(here: World) -> None:
    episode = in_residential(here)
    chosen = series(here, "Skills", [here.php], by_choice=True)
    decision = decided(here, episode)
    Member.objects.create(series=chosen, client=episode.client, started_at=NOW, by=here.facilitator)
    stepped(here, episode, decision=decision, handoff=HANDOFF)
    assert Member.objects.filter(series=chosen, ended_at=None).count() == 1


def test_the_groups_cost_two_queries_for_many_as_for_few(here: World, django_assert_num_queries: object) -> None:
    from admissions.queries.transition_groups import groups_of

    episode = admit(here, client(here, "Maya", "Ortega"), here.residential)
    for number in range(3):
        series(here, f"Group {number}", [here.php], by_choice=bool(number % 2))
    left = Placement.objects.select_related("episode", "program").get(episode=episode)
    with django_assert_num_queries(2):  # type: ignore[operator]
        found = groups_of(left, here.php, LATER)
    assert (found.joined, len(found.every)) == (("Group 0", "Group 2"), 3)
