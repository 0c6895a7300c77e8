"""One session model: an individual hour counts like a group, and a missed group is made up for and linked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.rules.findings import Refused
from groups import actions
from groups.access import viewer_of
from groups.models import Guest, Session
from groups.queries import Row, SessionPage, session_page
from groups.rules.minutes import AttendanceStatus
from tests.factories import World, client, world
from tests.factories.sessions import attended, group, session

NOW = datetime(2026, 1, 6, 22, 48, tzinfo=UTC)  # Tuesday 17:48 in New York
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
S = AttendanceStatus


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def told(act: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refused:
        act()
    return [finding.code for finding in refused.value.findings]


def page(here: World, where: Session) -> SessionPage:
    viewer = viewer_of(here.facilitator, here.site.pk, NOW)
    assert viewer is not None
    return session_page(Session.objects.select_related("series", "site").get(pk=where.pk), viewer, NOW)


def row(here: World, where: Session, name: str) -> Row:
    return next(each for each in page(here, where).rows if each.name == name)


def hour(here: World, who: Any, **more: Any) -> Session:
    asked: dict[str, Any] = {
        "by": here.facilitator, "at": NOW, "site_id": here.site.pk, "client_id": who.pk, "service": "H0004",
        "starts": NOW, "minutes": 50, "room": "Office 2",
    }  # fmt: skip
    return actions.plan_individual(**(asked | more))


def test_an_individual_hour_counts_towards_the_week(here: World) -> None:
    where, [amira, *_] = group(here)
    alone = hour(here, amira, starts=NOW - HOUR - 30 * MINUTE)
    actions.mark(
        by=here.facilitator, at=NOW, session_id=alone.pk, client_id=amira.pk, status=S.HERE, seen_version=0
    )  # fmt: skip
    assert str(row(here, where, "Amira S.").week) == "50 min of 9 h"
    assert (alone.name, list(alone.facilitators.all())) == ("Individual session", [here.facilitator])
    found = row(here, alone, "Amira S.")
    assert (found.expected, found.minutes) == (True, 50)


def test_an_individual_session_that_cannot_be_is_refused(here: World) -> None:
    _, [amira, *_] = group(here, 1)
    assert set(told(lambda: hour(here, amira, minutes=0, room=" ", service="X"))) == {
        "session.length", "session.no_room", "session.service",
    }  # fmt: skip
    assert told(lambda: hour(here, client(here, "Sven", "Ode"))) == ["session.not_in_care"]
    assert hour(here, amira, room="", by_video=True).by_video


def test_the_database_itself_refuses_a_session_of_nobody(here: World) -> None:
    with pytest.raises(IntegrityError, match="groups_session_of_series_or_client"), transaction.atomic():
        Session.objects.create(kind="individual", site=here.site, started_at=NOW, ended_at=NOW + HOUR)


def test_a_missed_group_is_made_up_for_and_the_two_stay_linked(here: World) -> None:
    missed, [amira, *_] = group(here)
    attended(missed, amira, here.facilitator, S.ABSENT)
    other = session(missed.series, NOW + 2 * DAY)
    asked: dict[str, Any] = {
        "by": here.facilitator,
        "at": NOW,
        "session_id": other.pk,
        "client_id": amira.pk,
        "missed_id": missed.pk,
    }
    made = actions.make_up(**asked)
    assert actions.make_up(**asked) == made and (made.repairs, Guest.objects.count()) == (missed, 1)
    assert row(here, missed, "Amira S.").week_words.endswith("make-up Thu 17:48")
    assert row(here, other, "Amira S.").make_up == "makes up Tue 17:30"
    later = session(missed.series, NOW + 3 * DAY)
    assert told(lambda: actions.make_up(**(asked | {"session_id": later.pk}))) == ["makeup.linked"]
    actions.withdraw(by=here.facilitator, at=NOW, session_id=other.pk, client_id=amira.pk)
    actions.make_up(**(asked | {"session_id": later.pk}))
    actions.cancel_session(by=here.director, at=NOW, session_id=later.pk, why="Snow")
    actions.make_up(**asked)  # a cancelled make-up repairs nothing


def test_a_cancelled_session_has_nothing_to_write(here: World) -> None:
    where = session(group(here)[0].series, NOW + DAY)
    assert page(here, where).to_write == 2
    actions.cancel_session(by=here.director, at=NOW, session_id=where.pk, why="Snow")
    found = page(here, where)
    assert (found.to_write, [card.key for card in found.cards if card.may_write]) == (0, [])


def test_what_was_not_missed_is_not_made_up_for(here: World) -> None:
    where, [amira, ben, chantel] = group(here)
    attended(where, amira, here.facilitator)
    attended(where, ben, here.facilitator, S.LATE, arrived_at=NOW)
    other, over = session(where.series, NOW + 2 * DAY), session(where.series, NOW - 2 * DAY)

    def make_up(who: Any, **more: Any) -> Guest:
        asked = {"by": here.facilitator, "at": NOW, "session_id": other.pk, "client_id": who.pk, "missed_id": where.pk}
        return actions.make_up(**(asked | more))

    assert told(lambda: make_up(amira)) == ["makeup.not_missed"]
    assert told(lambda: make_up(chantel)) == ["makeup.not_missed"]  # it still runs, and she can come
    assert told(lambda: make_up(ben, session_id=where.pk)) == ["makeup.same"]
    assert told(lambda: make_up(ben, session_id=over.pk)) == ["makeup.over"]
    assert make_up(ben).repairs == where  # eighteen minutes are missing


def test_a_guest_is_asked_once_and_not_to_somebody_elses_hour(here: World) -> None:
    where, [amira, ben, _] = group(here)
    asked: dict[str, Any] = {"by": here.facilitator, "at": NOW, "client_id": ben.pk}
    made = actions.invite(**asked, session_id=where.pk)
    assert actions.invite(**asked, session_id=where.pk) == made
    assert told(lambda: actions.invite(**asked, session_id=hour(here, amira).pk)) == ["guest.individual"]
    attended(where, ben, here.facilitator)
    assert told(lambda: actions.withdraw(**asked, session_id=where.pk)) == ["guest.marked"]


def test_a_session_moves_to_a_time_that_is_still_to_come(here: World) -> None:
    where, _ = group(here)
    over = session(where.series, NOW - DAY)
    asked: dict[str, Any] = {"by": here.facilitator, "at": NOW, "minutes": 60, "room": "Room A", "why": "Snow"}
    assert told(lambda: actions.move_session(**asked, session_id=over.pk, starts=NOW + DAY)) == ["session.over"]
    back = asked | {"session_id": where.pk, "starts": NOW - 2 * HOUR}
    assert told(lambda: actions.move_session(**back)) == ["session.past"]
    then = session(where.series, NOW + DAY)
    there = asked | {"session_id": where.pk, "starts": then.started_at}
    assert told(lambda: actions.move_session(**there)) == ["session.another_then"]
    assert told(lambda: actions.move_session(**(there | {"why": " ", "minutes": 0}))) == [
        "session.length",
        "reason.missing",
    ]
