"""Groups that meet again and again: written out by need, changed this once, from here on or altogether; holidays, topics."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.rules.findings import Refused
from groups import actions
from groups.models import Pattern, Series, Session
from groups.queries import day_list
from groups.rules.minutes import AttendanceStatus
from staff.access import NotAllowed
from tests.factories import World, world
from tests.factories.sessions import members

NOW = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)  # Monday 10:00 in New York
MONDAY = date(2026, 1, 5)
DAY = timedelta(days=1)
WHEN = actions.When("FREQ=WEEKLY;BYDAY=MO,WE,FR", time(17, 30), 180, "Room C")


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def begin(here: World, when: actions.When = WHEN, **more: Any) -> Series:
    asked: dict[str, Any] = {
        "by": here.director, "at": NOW, "site_id": here.site.pk, "name": "Relapse prevention", "programs": [here.iop.pk],
        "service": "H0005", "size_limit": 12, "begins_on": MONDAY, "when": when,
    }  # fmt: skip
    return actions.begin_series(**(asked | more))


def shown(series: Series, days: int = 7) -> list[str]:
    """'Mon 5 17:30 Room C', cancelled ones in brackets, of that many days."""
    tz = series.site.tz
    rows = series.sessions.filter(started_at__lt=datetime(2026, 1, 5, 5, tzinfo=UTC) + days * DAY).order_by(
        "started_at"
    )
    said = [f"{row.started_at.astimezone(tz):%a %-d %H:%M} {row.room}" for row in rows]
    return [f"({words})" if row.cancelled_at else words for words, row in zip(said, rows, strict=True)]


def told(act: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refused:
        act()
    return [finding.code for finding in refused.value.findings]


def on(series: Series, day: int) -> Session:
    return series.sessions.get(occurs_on=date(2026, 1, day))


def test_a_series_is_written_out_four_weeks_and_further_by_need_the_same_each_time(here: World) -> None:
    series = begin(here)
    assert shown(series) == ["Mon 5 17:30 Room C", "Wed 7 17:30 Room C", "Fri 9 17:30 Room C"]
    assert series.sessions.count() == 12
    for _ in range(2):
        actions.ensure_planned(here.site, MONDAY + 42 * DAY, NOW)
        assert series.sessions.count() == 18
    assert actions.ensure_planned(here.site, MONDAY + 42 * DAY, NOW) == 0
    lines = day_list(here.site, here.facilitator, date(2026, 2, 13), NOW).others
    assert [(line.starts, line.name) for line in lines] == [("17:30", "Relapse prevention")]


def test_a_group_keeps_its_hour_over_the_change_of_the_clock(here: World) -> None:
    series = begin(here, begins_on=date(2026, 3, 4))
    actions.ensure_planned(here.site, date(2026, 3, 12), NOW)
    starts = [row.started_at.astimezone(here.site.tz) for row in series.sessions.order_by("started_at")]
    assert {f"{start:%H:%M}" for start in starts} == {"17:30"}
    assert len({start.utcoffset() for start in starts}) == 2


def test_everything_wrong_with_a_new_series_is_said_at_once(here: World) -> None:
    wrong = actions.When("FREQ=HOURLY", time(9), 0, " ")
    assert set(told(lambda: begin(here, wrong, name=" ", programs=[], service="X", size_limit=0, begins_on=MONDAY - DAY))) == {
        "series.rule_frequency", "series.length", "series.no_room", "series.past", "series.no_name", "series.no_program",
        "series.no_service", "series.no_places",
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        begin(here, by=here.facilitator)
    assert not Series.objects.exists()


def test_this_session_moves_alone_and_the_series_no_longer_changes_it(here: World) -> None:
    series = begin(here)
    moved = actions.move_session(
        by=here.facilitator, at=NOW, session_id=on(series, 7).pk, starts=datetime(2026, 1, 8, 15, tzinfo=UTC), minutes=120,
        room="Room A", why="Snow",
    )  # fmt: skip
    assert shown(series) == ["Mon 5 17:30 Room C", "Thu 8 10:00 Room A", "Fri 9 17:30 Room C"]
    later = actions.When(WHEN.rule, time(18), 180, "Room D")
    actions.change_series(by=here.director, at=NOW, series_id=series.pk, from_on=MONDAY, when=later)
    assert shown(series) == ["Mon 5 18:00 Room D", "Thu 8 10:00 Room A", "Fri 9 18:00 Room D"]
    assert moved.occurs_on == date(2026, 1, 7)


def test_this_and_all_following_change_and_what_was_before_stays(here: World) -> None:
    series = begin(here)
    tuesdays = actions.When("FREQ=WEEKLY;BYDAY=TU,FR", time(9), 120, "Room D")
    actions.change_series(by=here.director, at=NOW, series_id=series.pk, from_on=date(2026, 1, 7), when=tuesdays)
    assert shown(series, 9) == [
        "Mon 5 17:30 Room C", "(Wed 7 17:30 Room C)", "Fri 9 09:00 Room D", "(Mon 12 17:30 Room C)", "Tue 13 09:00 Room D",
    ]  # fmt: skip
    assert on(series, 7).cancelled_why == "The series does not meet on this day any more."
    actions.change_series(by=here.director, at=NOW, series_id=series.pk, from_on=date(2026, 1, 7), when=WHEN)
    assert shown(series, 8) == ["Mon 5 17:30 Room C", "Wed 7 17:30 Room C", "Fri 9 17:30 Room C", "Mon 12 17:30 Room C"]


def test_all_changes_from_today_and_leaves_what_began_was_marked_or_written(here: World) -> None:
    series = begin(here)
    [amira] = members(here, 1)
    begun = datetime(2026, 1, 7, 23, 0, tzinfo=UTC)  # Wednesday 18:00
    actions.mark(
        by=here.facilitator, at=begun, session_id=on(series, 7).pk, client_id=amira.pk, status=AttendanceStatus.HERE,
        seen_version=0,
    )  # fmt: skip
    later = actions.When(WHEN.rule, time(19), 60, "Room D")
    actions.change_series(by=here.director, at=begun, series_id=series.pk, from_on=date(2026, 1, 7), when=later)
    assert shown(series) == ["Mon 5 17:30 Room C", "Wed 7 17:30 Room C", "Fri 9 19:00 Room D"]
    assert told(
        lambda: actions.change_series(by=here.director, at=begun, series_id=series.pk, from_on=MONDAY, when=later)
    ) == ["series.past"]


def test_a_holiday_cancels_and_dropping_it_brings_the_session_back(here: World) -> None:
    series, always = begin(here), begin(here, meets_on_holidays=True, name="Morning meeting")
    wednesday: dict[str, Any] = {"by": here.director, "at": NOW, "site_id": here.site.pk, "on": date(2026, 1, 7)}
    actions.keep_holiday(**wednesday, name="Founders' day")
    assert (on(series, 7).cancelled_why, on(always, 7).cancelled_at) == ("Founders' day.", None)
    actions.drop_holiday(**wednesday)
    assert on(series, 7).cancelled_at is None
    assert told(lambda: actions.keep_holiday(**(wednesday | {"on": MONDAY - DAY}), name="x")) == ["series.past"]


def test_a_session_cancelled_by_hand_stays_cancelled_and_takes_no_marks(here: World) -> None:
    series = begin(here)
    [amira] = members(here, 1)
    where = on(series, 5)
    actions.cancel_session(by=here.facilitator, at=NOW, session_id=where.pk, why="Burst pipe")
    actions.change_series(by=here.director, at=NOW, series_id=series.pk, from_on=MONDAY, when=WHEN)
    assert shown(series)[0] == "(Mon 5 17:30 Room C)"
    asked: dict[str, Any] = {"by": here.facilitator, "at": where.started_at, "session_id": where.pk}
    mark = asked | {"client_id": amira.pk, "status": AttendanceStatus.HERE, "seen_version": 0}
    assert told(lambda: actions.mark(**mark)) == ["session.cancelled"]
    assert told(lambda: actions.mark_all_here(**asked)) == ["session.cancelled"]


def test_a_session_is_neither_moved_nor_cancelled_once_attendance_was_taken(here: World) -> None:
    series = begin(here)
    [amira] = members(here, 1)
    where, at = on(series, 5), datetime(2026, 1, 5, 22, 40, tzinfo=UTC)
    actions.mark(
        by=here.facilitator, at=at, session_id=where.pk, client_id=amira.pk, status=AttendanceStatus.HERE, seen_version=0
    )  # fmt: skip
    asked: dict[str, Any] = {"by": here.director, "at": at, "session_id": where.pk, "why": "Snow"}
    with pytest.raises(Refused, match="LPC Danso took attendance at 17:40, so this session took place"):
        actions.cancel_session(**asked)
    move = asked | {"starts": at + DAY, "minutes": 60, "room": "Room A"}
    assert told(lambda: actions.move_session(**move)) == ["session.attendance_taken"]


def test_topics_are_taken_in_turn_and_go_on_where_they_stopped(here: World) -> None:
    series = begin(here, topics=["Triggers", "Cravings", " ", "Plans", "Family"])
    actions.ensure_planned(here.site, MONDAY + 42 * DAY, NOW)
    topics = list(series.sessions.order_by("started_at").values_list("topic", flat=True))
    assert topics[:5] == ["Triggers", "Cravings", "Plans", "Family", "Triggers"]
    assert all(one != two for one, two in pairwise(topics))


def test_a_series_that_ended_plans_nothing_more(here: World) -> None:
    series = begin(here)
    actions.end_series(by=here.director, at=NOW, series_id=series.pk, ends_on=date(2026, 1, 9))
    actions.ensure_planned(here.site, MONDAY + 60 * DAY, NOW)
    assert shown(series) == ["Mon 5 17:30 Room C", "Wed 7 17:30 Room C", "(Fri 9 17:30 Room C)"]
    assert not series.sessions.filter(occurs_on__gt=date(2026, 1, 9), cancelled_at=None).exists()
    later = date(2026, 1, 20)
    again: dict[str, Any] = {"by": here.director, "at": NOW, "series_id": series.pk, "from_on": later, "when": WHEN}
    assert told(lambda: actions.change_series(**again)) == ["series.ended"]


def test_a_group_by_choice_expects_only_who_was_chosen_while_their_program_places_them(here: World) -> None:
    series = begin(here, by_choice=True)
    amira, ben = members(here, 2)
    chosen = actions.choose_member(by=here.facilitator, at=NOW, series_id=series.pk, client_id=amira.pk)
    again: dict[str, Any] = {"by": here.facilitator, "at": NOW + DAY, "series_id": series.pk, "client_id": amira.pk}
    assert told(lambda: actions.choose_member(**again)) == ["member.chosen"]

    def expected(day: int) -> int:
        [line] = day_list(here.site, here.facilitator, date(2026, 1, day), NOW).others
        return line.expected

    assert expected(5) == 1 and ben.pk != amira.pk
    placement = amira.episodes.get().placements.get()
    placement.ended_at = NOW + 3 * DAY  # she steps down on Thursday
    placement.save()
    assert (expected(7), expected(9)) == (1, 0)
    actions.let_go(**(again | {"at": NOW + DAY}))
    assert (expected(7), chosen.client) == (0, amira)
    everyone = begin(here, name="Morning meeting")
    told_so = told(lambda: actions.choose_member(**(again | {"series_id": everyone.pk})))
    assert told_so == ["member.not_by_choice"]


def test_the_database_itself_refuses_two_patterns_at_once_and_a_date_twice(here: World) -> None:
    series = begin(here)
    pattern = Pattern.objects.get()
    with pytest.raises(IntegrityError, match="groups_one_pattern_a_time"), transaction.atomic():
        Pattern.objects.create(
            series=series, rule=pattern.rule, starts=time(9), minutes=60, room="x", begins_on=MONDAY + DAY
        )
    twice = on(series, 7)
    twice.pk = None
    twice.started_at += timedelta(minutes=5)
    with pytest.raises(IntegrityError, match="groups_occurrence_once"), transaction.atomic():
        twice.save(force_insert=True)
