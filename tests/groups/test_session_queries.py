"""Pages cost the same whoever is in the group, and the live pieces are what the page draws."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from groups import actions, board
from groups.access import session_for, viewer_of
from groups.models import Session
from groups.queries import day_list, session_page, sessions_touched, timeline
from groups.rules.minutes import AttendanceStatus
from live.boards import NoSuchBoard
from staff.models import Person
from tests.factories import World, world
from tests.factories.sessions import attended, group, on_pass, part, series, session
from tests.timeline import EVER

NOW = datetime(2026, 1, 6, 22, 48, tzinfo=UTC)


def cost(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        read()
    return len(queries)


def busy(here: World, count: int) -> Session:
    """A session in which everyone is marked, someone is away, and everyone has a part."""
    where, people = group(here, count)
    on_pass(people[0], NOW - timedelta(hours=2), NOW + timedelta(hours=2))
    for who in people:
        attended(where, who, here.facilitator)
        part(where, "member", here.facilitator, "Spoke.", who)
    return Session.objects.select_related("series", "site").get(pk=where.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_a_session_page_costs_eighteen_queries_however_many_members(count: int) -> None:
    here = world(NOW)
    where = busy(here, count)
    viewer = viewer_of(here.facilitator, here.site.pk, NOW)
    assert viewer is not None
    assert cost(lambda: session_page(where, viewer, NOW)) == 18
    assert len(session_page(where, viewer, NOW).rows) == count


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_a_day_costs_four_queries_however_many_groups(count: int) -> None:
    here = world(NOW)
    busy(here, count)
    for number in range(count):
        session(series(here, name=f"Group {number}"), NOW + timedelta(minutes=number), here.cofacilitator)
    assert cost(lambda: day_list(here.site, here.facilitator, date(2026, 1, 6), NOW)) == 4
    day = day_list(here.site, here.facilitator, date(2026, 1, 6), NOW)
    assert ([line.name for line in day.mine], len(day.others)) == (["Relapse prevention"], count)
    [mine] = day.mine
    assert (mine.starts, mine.state, mine.here, mine.expected, mine.to_sign) == ("17:30", "now", count, count, count)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_a_timeline_costs_one_query_however_many_groups(count: int) -> None:
    here = world(NOW)
    where, [amira] = group(here, 1)
    for number in range(count):
        attended(session(where.series, NOW - timedelta(days=number + 1)), amira, here.facilitator)
    assert cost(lambda: list(timeline(amira.pk, *EVER, NOW))) == 1
    assert len(list(timeline(amira.pk, *EVER, NOW))) == count


@pytest.mark.django_db
def test_a_day_is_the_sites_own() -> None:
    here = world(NOW)
    late = datetime(2026, 1, 7, 3, 0, tzinfo=UTC)  # 22:00 on Tuesday in New York
    session(series(here), late)
    assert len(day_list(here.site, here.facilitator, date(2026, 1, 6), NOW).others) == 1
    assert not day_list(here.site, here.facilitator, date(2026, 1, 7), NOW).others
    assert not day_list(here.other_site, here.facilitator, date(2026, 1, 6), NOW).others


@pytest.mark.django_db
def test_a_move_touches_the_open_sessions_of_its_programs() -> None:
    here = world(NOW)
    where, _ = group(here, 1)
    over, other = session(where.series, NOW - timedelta(hours=9)), session(series(here, here.php), NOW)
    assert sessions_touched([here.iop.pk], NOW) == [where.pk]
    assert sessions_touched([here.iop.pk, here.php.pk], NOW) == [where.pk, other.pk]
    assert over.pk not in sessions_touched([here.iop.pk], NOW)


@pytest.mark.django_db
def test_a_session_of_another_site_is_not_there() -> None:
    here = world(NOW)
    where, _ = group(here, 1)
    assert session_for(here.facilitator, where.pk, NOW)[0] == where
    for who in (here.elsewhere, here.without_role, here.intake):
        with pytest.raises(Http404):
            session_for(who, where.pk, NOW)
        assert not board.may_watch(who, str(where.pk))
        with pytest.raises(NoSuchBoard):
            board.audience(who, str(where.pk))


@pytest.mark.django_db
def test_every_piece_of_the_snapshot_is_drawn_alike_by_itself() -> None:
    here = world(NOW)
    where, key = busy(here, 3), ""
    key = str(where.pk)
    viewer = board.audience(here.cofacilitator, key)
    whole = "".join(html for _, html in board.snapshot(viewer, key).regions)
    pieces = [
        ("counts", key),
        ("everyone", key),
        ("faces", key),
        ("saved", key),
        ("signatures", key),
        ("part", "topic"),
        ("part", "process"),
    ]
    page = session_page(where, viewer, NOW)
    pieces += [("attendance", str(row.client_id)) for row in page.rows]
    pieces += [("part", f"m{row.client_id}") for row in page.rows]
    for (name, pk), html in zip(pieces, board.fragments(viewer, key, pieces), strict=True):
        assert html is not None and f'id="{name}-{pk}"' in html
        assert html.strip() in whole
    strangers = [("attendance", "0"), ("part", "m0"), ("weather", "1")]
    assert board.fragments(viewer, key, strangers) == [None, None, None]
    assert board.topic(key) == f"groups.session.{key}"


@pytest.mark.django_db
def test_a_mark_is_read_once_for_all_open_tablets_and_its_line_drawn_once() -> None:
    here = world(datetime.now(UTC))
    where = busy(here, 3)
    key, wanted = str(where.pk), [("attendance", str(here.clients[0].pk)), ("counts", str(where.pk))]
    viewers = [board.audience(who, key) for who in (here.facilitator, here.cofacilitator, here.director)]
    actions.mark(
        by=here.facilitator, at=here.now, session_id=where.pk, client_id=here.clients[0].pk, seen_version=1,
        status=AttendanceStatus.VIDEO,
    )  # fmt: skip
    first = board.fragments(viewers[0], key, wanted)
    assert first[0] is not None and "180 min, video" in first[0]
    for viewer in viewers[1:]:
        assert cost(partial(board.fragments, viewer, key, wanted)) == 1  # the number of the topic
        assert board.fragments(viewer, key, wanted)[0] is first[0]
    actions.mark(
        by=here.facilitator, at=here.now, session_id=where.pk, client_id=here.clients[0].pk, seen_version=2,
        status=AttendanceStatus.ABSENT,
    )  # fmt: skip
    again = board.fragments(viewers[1], key, wanted)[0]
    assert again is not None and "absent" in again


def browser(who: Person) -> Browser:
    from django.conf import settings

    made = Browser(headers={"HX-Request": "true"})
    made.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
    return made


@pytest.fixture
def today(db: None) -> World:
    return world(datetime.now(UTC))


def test_pages_open_for_who_may_see_them(today: World) -> None:
    where, [amira, *_] = group(today)
    addresses = ("/groups/", "/groups/?on=rubbish", f"/groups/{where.pk}/")
    for who, expected in ((today.facilitator, 200), (today.on_unit, 200), (today.intake, 403)):
        assert {browser(who).get(address).status_code for address in addresses} == {expected}
    sheet = f"/groups/{where.pk}/attendance/{amira.pk}/times/"
    assert browser(today.facilitator).get(sheet).status_code == 200
    assert browser(today.on_unit).get(sheet).status_code == 403
    for missing in ("/groups/999999/", f"/groups/{where.pk}/attendance/999999/times/", f"/groups/{10**30}/"):
        assert browser(today.facilitator).get(missing).status_code == 404


def test_wrong_input_gets_a_sentence_and_unknown_things_404(today: World) -> None:
    where, [amira, *_] = group(today)
    send = browser(today.facilitator).post
    row, words = f"/groups/{where.pk}/attendance/{amira.pk}/", f"/groups/{where.pk}/parts/topic/"

    def said(path: str, **sent: Any) -> tuple[int, str]:
        answer = send(path, sent)
        return answer.status_code, answer.content.decode()

    def tapped(who: int, status: str, seen: object, **more: str) -> dict[str, object]:
        return {f"m{who}-status": status, f"m{who}-seen_version": seen} | more

    assert said(row, **tapped(amira.pk, "dancing", 0))[0] == 422
    assert said(row, **tapped(amira.pk, "here", "x"))[0] == 422
    assert said(row, **tapped(amira.pk, "here", 0, key="no uuid"))[0] == 422
    assert said(row, **tapped(amira.pk, "here", 0))[0] == 200
    status, html = said(f"{row}times/", came="25:99", how="room", seen_version=0)
    assert (status, "Write the time as 17:48." in html, 'value="25:99"' in html) == (422, True, True)
    status, html = said(f"{row}times/", came="17:48", how="absent", seen_version=1)
    assert (status, "An absence has no times" in html) == (422, True)
    status, html = said(words, text="x" * 20_001, version=0)
    assert (status, "longer than 20,000" in html) == (422, True)
    assert said(words, text="a\x00b", version=0)[0] == 422
    assert said(f"/groups/{where.pk}/parts/weather/", text="x", version=0)[0] == 404
    assert said(f"/groups/{where.pk}/parts/m{10**30}/", text="x", version=0)[0] == 404
    assert said(f"/groups/{where.pk}/attendance/999999/", **tapped(999999, "here", 0))[0] == 404
    assert said(f"/groups/{where.pk}/sign/")[0] == 422


def test_a_refused_save_sends_the_words_back(today: World) -> None:
    where, _ = group(today)
    part(where, "topic", today.cofacilitator, "Hers.")
    answer = browser(today.facilitator).post(f"/groups/{where.pk}/parts/topic/", {"text": "<b>Mine</b>", "version": 0})
    html = answer.content.decode()
    assert (answer.status_code, 'data-code="part.taken"' in html) == (422, True)
    assert "&lt;b&gt;Mine&lt;/b&gt;" in html and "<b>Mine" not in html


def test_times_are_read_on_the_sites_wall(today: World) -> None:
    where, [amira, *_] = group(today)
    then = (where.started_at + timedelta(minutes=5)).replace(second=0, microsecond=0)
    came = then.astimezone(today.site.tz)
    sent = {"came": f"{came:%H:%M}", "left": "", "how": "room", "seen_version": 0}
    answer = browser(today.facilitator).post(f"/groups/{where.pk}/attendance/{amira.pk}/times/", sent)
    assert answer.status_code == 200
    mark = where.attendance.get()
    assert (mark.status, mark.arrived_at) == ("late", then)
