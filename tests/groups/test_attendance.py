"""Marking who came: minutes that count, the first of two wins, and a mark is never changed."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import Event
from audit.rules.findings import Refused
from groups import actions
from groups.access import viewer_of
from groups.models import Attendance, Facilitator, Presence
from groups.queries import Row, session_page
from groups.rules.minutes import AttendanceStatus
from live.actions import current_seq
from programs.topics import session_topic
from staff.access import NotAllowed
from tests.factories import World, admit, client, world
from tests.factories.sessions import attended, group, members, on_pass, series, session

NOW = datetime(2026, 1, 6, 22, 48, tzinfo=UTC)  # Tuesday 17:48 in New York
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
S = AttendanceStatus


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def rows(here: World, where: Any) -> dict[str, Row]:
    viewer = viewer_of(here.facilitator, here.site.pk, NOW)
    assert viewer is not None
    return {row.name: row for row in session_page(where, viewer, NOW).rows}


def mark(here: World, where: Any, who: Any, status: AttendanceStatus, seen: int = 0, **more: Any) -> Attendance:
    asked = {"by": here.facilitator, "at": NOW, "session_id": where.pk, "client_id": who.pk} | more
    return actions.mark(status=status, seen_version=seen, **asked)


def test_one_tap_credits_the_whole_group_and_a_late_mark_the_rest_of_it(here: World) -> None:
    where, [amira, ben, *_] = group(here)
    mark(here, where, amira, S.HERE)
    mark(here, where, ben, S.LATE, arrived_at=NOW)
    found = rows(here, where)
    assert (found["Amira S."].fact, found["Amira S."].minutes) == ("180 min", 180)
    assert (found["Ben T."].fact, found["Ben T."].minutes) == ("came 17:48 · 162 min", 162)
    assert found["Chantel R."].fact == "not here yet"


def test_the_newest_mark_counts_and_the_old_one_stays(here: World) -> None:
    where, [amira, *_] = group(here, 1)
    first = mark(here, where, amira, S.ABSENT)
    second = mark(here, where, amira, S.VIDEO, seen=first.version)
    assert [row.version for row in Attendance.objects.order_by("version")] == [1, 2]
    assert rows(here, where)["Amira S."].fact == "180 min, video"
    assert second.version == 2


def test_the_second_facilitator_is_told_who_marked_what_and_when(here: World) -> None:
    where, [amira, *_] = group(here)
    mark(here, where, amira, S.HERE, by=here.cofacilitator)
    with pytest.raises(Refused, match=r"LSW Marsh marked Amira S\. here at 17:48") as told:
        mark(here, where, amira, S.ABSENT)
    assert told.value.findings[0].code == "attendance.changed"
    assert Attendance.objects.count() == 1


def test_two_who_say_the_same_agree(here: World) -> None:
    where, [amira, *_] = group(here)
    first = mark(here, where, amira, S.HERE, by=here.cofacilitator)
    assert mark(here, where, amira, S.HERE) == first


def test_the_same_key_answers_the_same_mark(here: World) -> None:
    where, [amira, *_] = group(here)
    key = uuid4()
    first = mark(here, where, amira, S.HERE, key=key)
    mark(here, where, amira, S.ABSENT, seen=1)
    assert mark(here, where, amira, S.HERE, key=key) == first
    assert Attendance.objects.count() == 2


def test_a_late_mark_needs_a_time_and_nobody_leaves_before_coming(here: World) -> None:
    where, [amira, *_] = group(here)
    with pytest.raises(Refused) as told:
        mark(here, where, amira, S.LATE)
    assert told.value.findings[0].code == "attendance.arrival_needed"
    with pytest.raises(Refused) as told:
        mark(here, where, amira, S.LATE, arrived_at=NOW, left_at=NOW - MINUTE)
    assert told.value.findings[0].code == "attendance.left_before_arrival"
    with pytest.raises(Refused) as told:  # the rule counts minutes; the database, to the second, says the same sentence
        mark(here, where, amira, S.LATE, arrived_at=NOW, left_at=NOW)
    assert told.value.findings[0].code == "attendance.left_before_arrival"


def test_attendance_opens_an_hour_before_the_group(here: World) -> None:
    [amira] = members(here, 1)
    where = session(series(here), NOW + 2 * HOUR)
    with pytest.raises(Refused, match=r"starts Tue 19:48\. Mark attendance from Tue 18:48 on"):
        mark(here, where, amira, S.HERE)
    assert mark(here, where, amira, S.HERE, at=NOW + HOUR).version == 1


def test_a_leave_excuses_by_itself_until_someone_marks(here: World) -> None:
    where, [amira, *_] = group(here)
    on_pass(amira, NOW - 3 * HOUR, datetime(2026, 1, 7, 2, 0, tzinfo=UTC))
    row = rows(here, where)["Amira S."]
    assert (row.shown, row.fact, row.status) == ("excused", "on pass until 21:00", None)
    actions.mark_all_here(by=here.facilitator, at=NOW, session_id=where.pk)
    assert not Attendance.objects.filter(client=amira).exists()
    mark(here, where, amira, S.LATE, arrived_at=NOW)
    assert rows(here, where)["Amira S."].shown == "late"


def test_all_here_marks_only_who_was_not_marked(here: World) -> None:
    where, [amira, ben, chantel] = group(here)
    mark(here, where, ben, S.ABSENT)
    actions.mark_all_here(by=here.cofacilitator, at=NOW, session_id=where.pk)
    found = {mark.client: mark.status for mark in Attendance.objects.all()}
    assert found == {amira: "here", ben: "absent", chantel: "here"}
    actions.mark_all_here(by=here.cofacilitator, at=NOW, session_id=where.pk)
    assert Attendance.objects.count() == 3


def test_the_roster_follows_the_placement(here: World) -> None:
    where, [_, ben, _] = group(here)
    stepped = ben.episodes.get().placements.get()
    stepped.ended_at = NOW - HOUR
    stepped.save()
    assert set(rows(here, where)) == {"Amira S.", "Chantel R."}


def test_a_guest_can_be_marked_and_someone_not_in_care_cannot(here: World) -> None:
    where, _ = group(here, 1)
    guest, stranger = client(here, "Gil", "Avila"), client(here, "Sven", "Ode")
    admit(here, guest, here.php)
    mark(here, where, guest, S.HERE)
    row = rows(here, where)["Gil A."]
    assert (row.expected, row.minutes, row.week.minimum) == (False, 180, 1200)
    with pytest.raises(Refused) as told:
        mark(here, where, stranger, S.HERE)
    assert told.value.findings[0].code == "attendance.not_in_care"


def test_the_week_adds_up_against_the_level(here: World) -> None:
    where, [amira, *_] = group(here)
    monday = session(where.series, NOW - timedelta(days=1), minutes=220)
    attended(monday, amira, here.facilitator)
    attended(session(where.series, NOW - timedelta(days=7)), amira, here.facilitator)  # last week's does not count
    row = rows(here, where)["Amira S."]
    assert (str(row.week), row.week_words) == ("3 h 40 of 9 h", "3 h 40 of 9 h · short by 2 h 20")
    mark(here, where, amira, S.HERE)
    session(where.series, NOW + timedelta(days=2))
    assert rows(here, where)["Amira S."].week_words == "6 h 40 of 9 h"  # Thursday's group can still make it


def test_two_of_the_same_name_are_told_apart(here: World) -> None:
    where, _ = group(here, 1)
    admit(here, client(here, "Amira", "Stone"), here.iop)
    assert set(rows(here, where)) == {"Amira Saleh", "Amira Stone"}


def test_who_may_not_run_groups_is_refused(here: World) -> None:
    where, [amira, *_] = group(here)
    for who in (here.on_unit, here.elsewhere, here.without_role):
        with pytest.raises(NotAllowed):
            mark(here, where, amira, S.HERE, by=who)
    assert not Attendance.objects.exists()


def test_whoever_marks_runs_the_session_and_the_act_is_on_the_trail(here: World) -> None:
    where, [amira, *_] = group(here)
    mark(here, where, amira, S.HERE, by=here.director)
    assert Facilitator.objects.filter(session=where, person=here.director).exists()
    event = Event.objects.get(verb="groups.mark")
    assert (event.client_id, event.summary) == (amira.pk, "A. S. here in Relapse prevention")
    assert current_seq(session_topic(where.pk)) == 1


def test_the_database_refuses_a_changed_mark(here: World) -> None:
    where, [amira, *_] = group(here)
    row = mark(here, where, amira, S.HERE)
    Presence.objects.all().delete()
    for change in (lambda: Attendance.objects.update(status="absent"), row.delete):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_of_two_in_the_same_second_one_wins_and_the_other_is_told() -> None:
    here = world(NOW)
    where, [amira, *_] = group(here)
    start, told = threading.Barrier(2), []

    def tap(who: Any, status: AttendanceStatus) -> None:
        start.wait(10)
        try:
            mark(here, where, amira, status, by=who)
        except Refused as refused:
            told.append(refused.findings[0])
        finally:
            connection.close()

    hands = [
        threading.Thread(target=tap, args=(here.facilitator, S.HERE)),
        threading.Thread(target=tap, args=(here.cofacilitator, S.ABSENT)),
    ]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(20)
    [row] = Attendance.objects.select_related("by")
    [finding] = told
    assert finding.code == "attendance.changed"
    assert row.by.signature in finding.message
