"""One person is counted in one place a minute, the room has its limit, and who leaves the site has left the group."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from admissions.actions.discharge import discharge
from admissions.actions.leaves import go
from audit.models import Event
from audit.rules.findings import Refused
from groups import actions
from groups.access import viewer_of
from groups.models import AppliedPack, Attendance, Presence, Session
from groups.queries import Row, session_page
from groups.rules.minutes import AttendanceStatus
from tests.factories import World, admit, client, world
from tests.factories.sessions import attended, group, individual, members, part, series, session

NOW = datetime(2026, 1, 6, 22, 48, tzinfo=UTC)  # Tuesday 17:48 in New York; the group began at 17:30
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
S = AttendanceStatus


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def rows(here: World, where: Session, at: datetime = NOW) -> dict[str, Row]:
    viewer = viewer_of(here.facilitator, here.site.pk, at)
    assert viewer is not None
    where = Session.objects.select_related("series", "site").get(pk=where.pk)
    return {row.name: row for row in session_page(where, viewer, at).rows}


def mark(
    here: World, where: Any, who: Any, status: AttendanceStatus = S.HERE, seen: int = 0, **more: Any
) -> Attendance:
    asked: dict[str, Any] = {"by": here.facilitator, "at": NOW, "session_id": where.pk, "client_id": who.pk} | more
    return actions.mark(status=status, seen_version=seen, **asked)


def told(act: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refused:
        act()
    return [finding.code for finding in refused.value.findings]


def test_who_sits_in_a_group_is_not_counted_in_an_individual_session_too(here: World) -> None:
    where, [amira, *_] = group(here)
    alone = individual(here, amira, NOW - 10 * MINUTE, here.cofacilitator)
    mark(here, where, amira)
    with pytest.raises(Refused, match=r"Amira S\. is counted in Relapse prevention from 17:30 to 20:30 \(LPC Danso\)"):
        mark(here, alone, amira, by=here.cofacilitator)
    mark(here, where, amira, S.LEFT_EARLY, seen=1, left_at=NOW - 10 * MINUTE)
    mark(here, alone, amira, by=here.cofacilitator)
    assert sum((row.ended_at - row.started_at) / MINUTE for row in Presence.objects.all()) == 8 + 60


def test_the_row_says_where_they_are_and_all_here_passes_them_by(here: World) -> None:
    where, [amira, ben, _] = group(here)
    attended(individual(here, amira, NOW - 10 * MINUTE, here.cofacilitator), amira, here.cofacilitator)
    assert rows(here, where)["Amira S."].fact == "in Individual session until 18:38"
    actions.mark_all_here(by=here.facilitator, at=NOW, session_id=where.pk)
    assert set(where.attendance.values_list("client", flat=True)) == {row.pk for row in here.clients} - {amira.pk}
    assert rows(here, where)["Ben T."].shown == "here" and ben in here.clients


def test_the_database_itself_refuses_a_second_place_in_the_same_minute(here: World) -> None:
    where, [amira, *_] = group(here, 1)
    alone = individual(here, amira, NOW, here.cofacilitator)
    made = attended(where, amira, here.facilitator)
    other = Attendance.objects.create(
        session=alone, client=amira, version=1, status="here", at=NOW, by=here.facilitator
    )
    with pytest.raises(IntegrityError, match="groups_one_place_a_minute"), transaction.atomic():
        Presence.objects.create(session=alone, client=amira, mark=other, started_at=NOW, ended_at=NOW + HOUR)
    assert made.presence.ended_at == where.ended_at


@pytest.mark.django_db(transaction=True)
def test_of_two_sessions_that_mark_someone_in_the_same_second_one_counts() -> None:
    here = world(NOW)
    where, [amira, *_] = group(here, 1)
    alone = individual(here, amira, NOW - 10 * MINUTE, here.cofacilitator)
    start, said = threading.Barrier(2), []

    def tap(of: Session, who: Any) -> None:
        start.wait(10)
        try:
            mark(here, of, amira, by=who)
        except Refused as refused:
            said.append(refused.findings[0].code)
        finally:
            connection.close()

    hands = [
        threading.Thread(target=tap, args=each) for each in ((where, here.facilitator), (alone, here.cofacilitator))
    ]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(20)
    assert (said, Presence.objects.count(), Attendance.objects.count()) == (["attendance.elsewhere"], 1, 1)


def test_before_the_thirteenth_person_the_room_says_it_is_full(here: World) -> None:
    where, people = group(here, 13)
    AppliedPack.objects.create(site=here.site, pack="ca-dmc", begins_on=NOW.date())
    for who in people[:12]:
        mark(here, where, who)
    with pytest.raises(Refused, match=r"12 may be in this group \(9 CCR 10345.*would be the thirteenth"):
        mark(here, where, people[12])
    mark(here, where, people[12], S.ABSENT)  # an absence takes no place
    row = mark(here, where, people[12], S.HERE, seen=1, reasons={"attendance.full": "Nobody else could take her."})
    assert row.why == "Nobody else could take her."
    assert Event.objects.filter(verb="groups.mark").latest("pk").detail["overridden"] == ["attendance.full"]
    mark(here, where, people[0], S.LATE, seen=1, arrived_at=NOW)  # who is in already changes nothing


def test_all_here_asks_once_before_the_room_is_too_full(here: World) -> None:
    where, _ = group(here, 14)
    act: dict[str, Any] = {"by": here.facilitator, "at": NOW, "session_id": where.pk}
    assert told(lambda: actions.mark_all_here(**act)) == ["attendance.full"]
    assert not Attendance.objects.exists()
    actions.mark_all_here(**act, reasons={"attendance.full": "Two groups together today."})
    assert set(Attendance.objects.values_list("why", flat=True)) == {"Two groups together today."}
    assert Presence.objects.count() == 14


def test_forty_members_are_marked_at_once_where_the_group_has_forty_places(here: World) -> None:
    where, _ = group(here, 40)
    assert where.series is not None
    where.series.size_limit, where.series.service = 40, "T1012"
    where.series.save()
    Session.objects.update(service="H0006")  # a service without a limit of its own
    actions.mark_all_here(by=here.facilitator, at=NOW, session_id=where.pk)
    assert Presence.objects.count() == 40


def test_an_empty_group_can_be_opened_and_marked(here: World) -> None:
    where = session(series(here), NOW)
    actions.mark_all_here(by=here.facilitator, at=NOW, session_id=where.pk)
    assert rows(here, where) == {} and not Attendance.objects.exists()


def test_nobody_came_at_an_hour_that_has_not_come(here: World) -> None:
    where, [amira, *_] = group(here)
    assert told(lambda: mark(here, where, amira, S.LATE, arrived_at=NOW + 5 * MINUTE)) == ["attendance.not_yet"]


def test_nobody_left_before_it_began_or_came_when_it_was_over(here: World) -> None:
    where, [amira, *_] = group(here)
    early = where.started_at - 30 * MINUTE
    with pytest.raises(Refused, match=r"nobody left it at 17:00\. Correct the time, or mark them absent"):
        mark(here, where, amira, S.LEFT_EARLY, left_at=early)
    over = where.ended_at + 15 * MINUTE
    with pytest.raises(Refused, match="It ended at 20:30: nobody came to it at 20:45"):
        mark(here, where, amira, S.LATE, arrived_at=over, at=over + MINUTE)
    assert not Attendance.objects.exists()


def test_who_left_has_made_room_and_the_page_does_not_call_it_full(here: World) -> None:
    where, [amira, ben, _] = group(here)
    assert where.series is not None
    where.series.size_limit = 1
    where.series.save()
    mark(here, where, amira, S.LEFT_EARLY, left_at=NOW - 5 * MINUTE)
    mark(here, where, ben, S.LATE, arrived_at=NOW - MINUTE)
    found = Session.objects.select_related("series", "site").get(pk=where.pk)
    viewer = viewer_of(here.facilitator, here.site.pk, NOW)
    assert viewer is not None
    page = session_page(found, viewer, NOW)
    assert (page.here, page.full) == (2, False)


def test_a_client_discharged_in_the_middle_is_counted_up_to_then(here: World) -> None:
    where, [amira, ben, _] = group(here)
    mark(here, where, amira)
    actions.depart(by=here.on_unit, at=NOW, client_id=amira.pk, why="Discharged.")
    standing = Attendance.objects.filter(client=amira).latest("version")
    assert (standing.status, standing.left_at, standing.why, standing.by) == (
        "left_early",
        NOW,
        "Discharged.",
        here.on_unit,
    )
    assert Presence.objects.get(client=amira).ended_at == NOW
    ben.episodes.update(ended_at=NOW - 5 * MINUTE, ended_as="completed")
    assert told(lambda: mark(here, where, ben)) == ["attendance.discharged"]
    mark(here, where, ben, S.LEFT_EARLY, left_at=NOW - 5 * MINUTE)


def test_discharging_or_going_on_leave_ends_the_minutes_by_itself(here: World) -> None:
    where, [amira, ben, _] = group(here)
    for who in (amira, ben):
        mark(here, where, who)
    episodes = {who.pk: who.episodes.get().pk for who in (amira, ben)}
    discharge(by=here.director, at=NOW + MINUTE, episode_id=episodes[amira.pk], outcome="completed")
    go(by=here.director, at=NOW + MINUTE, episode_id=episodes[ben.pk], kind="hospital", expected_at=NOW + 9 * HOUR)
    newest = {who.pk: Attendance.objects.filter(client=who).latest("version") for who in (amira, ben)}
    assert {row.status for row in newest.values()} == {"left_early"}
    assert [newest[who.pk].why for who in (amira, ben)] == ["Discharged.", "In hospital."]
    assert {row.ended_at for row in Presence.objects.all()} == {NOW + MINUTE}


def test_a_session_that_nobody_leads_says_so_until_someone_acts(here: World) -> None:
    [amira] = members(here, 1)
    where = session(series(here), NOW - 18 * MINUTE)
    viewer = viewer_of(here.facilitator, here.site.pk, NOW)
    assert viewer is not None
    page = session_page(where, viewer, NOW)
    assert [note.code for note in page.notes] == ["session.no_facilitator"]
    mark(here, where, amira)
    assert not session_page(where, viewer, NOW).notes


def test_a_mark_after_the_own_part_was_signed_is_an_amendment_with_its_reason(here: World) -> None:
    where, [amira, ben, _] = group(here)
    mark(here, where, amira)
    part(where, "member", here.facilitator, "Spoke of home.", amira)
    actions.sign_parts(by=here.facilitator, at=NOW, session_id=where.pk)
    mark(here, where, ben)  # nothing of him is signed
    later = NOW + MINUTE
    assert told(lambda: mark(here, where, amira, S.ABSENT, seen=1, at=later)) == ["attendance.signed"]
    row = mark(here, where, amira, S.ABSENT, seen=1, at=later, reasons={"attendance.signed": "It was her sister."})
    assert (row.version, row.why) == (2, "It was her sister.")
    assert not Presence.objects.filter(client=amira).exists()


def test_the_database_itself_refuses_a_mark_after_the_signature_without_a_reason(here: World) -> None:
    where, [amira, *_] = group(here)
    part(where, "member", here.facilitator, "Spoke of home.", amira)
    actions.sign_parts(by=here.facilitator, at=NOW, session_id=where.pk)
    with pytest.raises(IntegrityError, match="needs a reason"), transaction.atomic():
        Attendance.objects.create(
            session=where, client=amira, version=1, status="here", at=NOW + MINUTE, by=here.facilitator
        )


def test_a_late_mark_never_lowers_another_persons_minutes(here: World) -> None:
    where, [amira, ben, _] = group(here)
    mark(here, where, amira)
    before = rows(here, where)["Amira S."].minutes
    mark(here, where, ben, S.LATE, arrived_at=NOW)
    assert rows(here, where)["Amira S."].minutes == before == 180


def test_a_guest_who_was_asked_is_expected_and_a_stranger_can_be_marked(here: World) -> None:
    where, _ = group(here, 1)
    guest = client(here, "Gil", "Avila")
    admit(here, guest, here.php)
    actions.invite(by=here.facilitator, at=NOW, session_id=where.pk, client_id=guest.pk)
    found = rows(here, where)["Gil A."]
    assert (found.expected, found.fact) == (False, "not here yet")
