"""Who falls short this week: met, on course, at risk, made up; the same few queries however many people and years."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groups import actions
from groups.models import AppliedPack, Presence, Session
from groups.queries import Short, ledger, shortfall, week_from, week_of
from groups.rules.minutes import AttendanceStatus
from programs.models import Placement
from tests.factories import World, world
from tests.factories.sessions import attended, group, individual, members, on_pass, series, session

NOW = datetime(2026, 1, 6, 22, 48, tzinfo=UTC)  # Tuesday 17:48 in New York
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
S = AttendanceStatus


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def found(here: World, at: datetime = NOW) -> dict[str, Short]:
    return {row.name: row for row in shortfall(here.site, at)}


def test_met_on_course_and_at_risk_and_what_could_be_made_up(here: World) -> None:
    amira, ben, chantel = members(here, 3)
    iop = series(here)
    long = session(iop, NOW - DAY - 9 * HOUR, here.facilitator, minutes=540)
    attended(long, amira, here.facilitator)
    attended(long, ben, here.facilitator, S.LATE, arrived_at=long.started_at + 3 * HOUR)
    attended(long, chantel, here.facilitator, S.ABSENT)
    session(iop, NOW + DAY, here.facilitator)
    extra = session(series(here, here.php, name="PHP afternoon"), NOW + 2 * DAY, minutes=90)
    week = found(here)
    assert [(row.name, row.state) for row in shortfall(here.site, NOW)] == [
        ("Chantel R.", "risk"), ("Ben T.", "course"), ("Amira S.", "met"),
    ]  # fmt: skip
    assert (week["Ben T."].words, week["Ben T."].short_words) == ("6 h of 9 h, 1 day left", "")
    risk = week["Chantel R."]
    assert (risk.words, risk.short_words) == ("0 min of 9 h, 1 day left", "short by 6 h")
    assert [(row.name, row.excused, row.made_up) for row in risk.missed] == [("Relapse prevention", False, "")]
    assert [(row.session_id, row.when, row.minutes) for row in risk.offers] == [(extra.pk, "Thu 17:48", 90)]
    actions.make_up(by=here.facilitator, at=NOW, session_id=extra.pk, client_id=chantel.pk, missed_id=long.pk)
    again = found(here)["Chantel R."]
    assert (again.short_words, again.missed[0].made_up, again.offers) == ("short by 4 h 30", "make-up Thu 17:48", ())
    attended(extra, chantel, here.facilitator)
    assert found(here, NOW + 3 * DAY)["Chantel R."].missed[0].made_up == "made up Thu 17:48"
    assert found(here, NOW + 7 * DAY) != {} and found(here)["Amira S."].state == "met"


def test_what_lies_in_a_leave_is_not_still_to_come(here: World) -> None:
    [amira] = members(here, 1)
    iop = series(here)
    session(iop, NOW + DAY, minutes=540)
    assert found(here)["Amira S."].state == "course"
    on_pass(amira, NOW - HOUR, NOW + 2 * DAY)
    row = found(here)["Amira S."]
    assert (row.state, row.ahead, row.away) == ("risk", 0, "on pass until Thu 17:48")


def test_a_payer_that_counts_days_wants_them_too(here: World) -> None:
    [amira] = members(here, 1)
    amira.episodes.update(payer="Blue Plan")
    AppliedPack.objects.create(site=here.site, pack="h0015-days", payer="blue plan", begins_on=date(2026, 1, 1))
    iop = series(here)
    attended(session(iop, NOW - DAY - 9 * HOUR, minutes=540), amira, here.facilitator)
    row = found(here)["Amira S."]
    assert (row.state, row.week.short_by, row.week.days_short, row.short_words) == ("risk", 0, 2, "2 days too few")
    session(iop, NOW + DAY), session(iop, NOW + 2 * DAY)
    assert found(here)["Amira S."].state == "course"
    amira.episodes.update(payer="Other")
    assert found(here)["Amira S."].state == "met"


@pytest.mark.parametrize("people", [1, 6])
def test_the_list_costs_the_same_however_many_people_and_past_weeks(here: World, people: int) -> None:
    where, found_people = group(here, people)
    for week in range(people):
        past = session(where.series, NOW - (7 * week + 7) * DAY, here.facilitator)
        for who in found_people:
            attended(past, who, here.facilitator)
    attended(where, found_people[0], here.facilitator, S.ABSENT)
    with CaptureQueriesContext(connection) as queries:
        assert len(shortfall(here.site, NOW)) == people
    assert len(queries) == 11


def test_a_ledger_adds_up_day_by_day_and_says_its_units(here: World) -> None:
    where, [amira, *_] = group(here)
    attended(where, amira, here.facilitator, S.LATE, arrived_at=NOW)
    attended(individual(here, amira, NOW - DAY, here.facilitator, minutes=52), amira, here.facilitator)
    found = ledger(amira, here.site, week_of(NOW, here.site.tz), NOW + HOUR)
    assert [(line.name, line.minutes, line.units) for line in found.lines] == [
        ("Individual session", 52, "52 min = 3 \N{MULTIPLICATION SIGN} 15 + 7: 3 units, 7 left over do not count"),
        ("Relapse prevention", 162, "162 min = 10 \N{MULTIPLICATION SIGN} 15 + 12: 11 units, 12 left over round up"),
    ]  # fmt: skip
    assert found.by_day == ((date(2026, 1, 5), 52), (date(2026, 1, 6), 162))
    assert (str(found.progress), sum(minutes for _, minutes in found.by_day)) == ("3 h 34 of 9 h", 214)
    assert (found.by_class, [row.units for row in found.by_service]) == ({"counseling": 214}, [3, 11])


def test_a_session_over_midnight_and_over_the_change_of_the_clock_is_shared_between_the_days(here: World) -> None:
    night = datetime(2026, 11, 1, 3, 30, tzinfo=UTC)  # Saturday 23:30; the clock goes back at 2:00
    [amira] = members(here, 1)
    attended(session(series(here), night, minutes=240), amira, here.facilitator)
    found = ledger(amira, here.site, week_from(date(2026, 10, 26), here.site.tz), night + 4 * HOUR)
    assert found.by_day == ((date(2026, 10, 31), 30), (date(2026, 11, 1), 210))
    assert found.progress.done == 240 == sum((p.ended_at - p.started_at).seconds // 60 for p in Presence.objects.all())


def test_who_came_in_the_week_is_told_apart(here: World) -> None:
    amira, _ = members(here, 2)
    Placement.objects.filter(episode__client=amira).update(started_at=NOW - 5 * HOUR)
    week = found(here)
    assert (week["Amira S."].since, week["Ben T."].since) == ("Tue 6 Jan", "")


def test_a_cancelled_session_is_not_still_to_come(here: World) -> None:
    [amira] = members(here, 1)
    coming = session(series(here), NOW + DAY, minutes=540)
    Session.objects.filter(pk=coming.pk).update(cancelled_at=NOW, cancelled_why="Snow")
    row: Any = found(here)["Amira S."]
    assert (row.state, row.ahead, amira.pk) == ("risk", 0, row.client_id)
