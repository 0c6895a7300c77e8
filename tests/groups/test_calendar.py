"""The calendar and a facilitator's own day: what is shown, and that it costs the same however full the week is."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from groups.actions import cancel_session, move_session, sign_parts
from groups.models import AppliedPack, Holiday, Series, Session
from groups.queries import queue, week_from
from groups.queries.calendar import ALONE, Block, Look, day_sheet, week_grid
from groups.queries.mine import MySession, my_sessions
from tests.factories import World, world
from tests.factories.sessions import attended, individual, members, part, series, session

NOW = datetime(2026, 1, 6, 22, 48, tzinfo=UTC)  # Tuesday 16:48 at the site
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def cost(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        read()
    return len(queries)


def grid(here: World, look: Look | None = None) -> dict[str, list[Block]]:
    week = week_from(date(2026, 1, 5), here.site.tz)
    found = week_grid(here.site, here.facilitator, week, look or Look(), NOW)
    return {row.title: [block for cell in row.cells for block in cell] for row in found.rows}


@pytest.mark.parametrize("count", [1, 3])
def test_a_week_and_a_day_cost_seven_queries_however_full(here: World, count: int) -> None:
    people = members(here, count)
    for number in range(count):
        where = session(series(here, name=f"Group {number}"), NOW + number * DAY, here.facilitator)
        attended(where, people[0], here.facilitator) if number == 0 else None
        session(where.series, NOW + number * HOUR + HOUR, here.cofacilitator)
    Series.objects.update(by_choice=True)  # the dearest kind
    week = week_from(date(2026, 1, 5), here.site.tz)
    assert cost(lambda: week_grid(here.site, here.facilitator, week, Look(), NOW)) == 7
    assert cost(lambda: day_sheet(here.site, here.facilitator, date(2026, 1, 6), Look(), NOW)) == 7


def test_a_week_stands_by_room_or_by_program(here: World) -> None:
    [amira] = members(here, 1)
    session(series(here), NOW, here.facilitator)
    session(series(here, here.php, name="PHP morning"), NOW + DAY, here.cofacilitator)
    individual(here, amira, NOW + 2 * DAY, here.facilitator)
    assert {title: [block.line.name for block in blocks] for title, blocks in grid(here).items()} == {
        "Office 2": ["Individual session"], "Room B": ["Relapse prevention", "PHP morning"],
    }  # fmt: skip
    by = grid(here, Look(by="program"))
    assert list(by) == [here.iop.name, here.php.name, ALONE]
    assert by[ALONE][0].who == "Amira S."
    assert list(grid(here, Look(by="program", program=here.php.pk))) == [here.php.name]
    assert [block.line.mine for blocks in grid(here, Look(mine=True)).values() for block in blocks] == [True, True]


def test_cancelled_moved_full_and_shared_rooms_are_said(here: World) -> None:
    members(here, 3)
    off, moved = (
        session(series(here), NOW + DAY, here.facilitator),
        session(series(here, name="Skills"), NOW + 2 * DAY, here.facilitator),
    )
    crowd = series(here, name="Crowd")
    Series.objects.filter(pk=crowd.pk).update(size_limit=2)
    session(crowd, NOW + 3 * DAY + HOUR)
    Session.objects.filter(pk=moved.pk).update(occurs_on=date(2026, 1, 8))
    cancel_session(by=here.facilitator, at=NOW, session_id=off.pk, why="Snow")
    move_session(
        by=here.facilitator, at=NOW, session_id=moved.pk, starts=NOW + 3 * DAY, minutes=90, room="Room B", why="Room is painted"
    )  # fmt: skip
    found = {block.line.name: block for blocks in grid(here).values() for block in blocks}
    assert (found["Relapse prevention"].line.state, found["Relapse prevention"].line.why) == ("cancelled", "Snow")
    assert found["Skills"].moved == "from Thu 8 Jan: Room is painted"
    assert (found["Skills"].clash, found["Crowd"].clash) == ("Crowd", "Skills")
    assert (found["Crowd"].over, found["Crowd"].limit, found["Skills"].over) == (True, 2, False)


def test_the_limit_is_the_packs_where_that_is_tighter_and_says_so(here: World) -> None:
    AppliedPack.objects.create(site=here.site, pack="ca-dmc", begins_on=date(2026, 1, 1))
    loose = series(here)
    Series.objects.filter(pk=loose.pk).update(size_limit=20)
    session(loose, NOW, here.facilitator)
    [[block]] = grid(here).values()
    assert (block.limit, block.source) == (12, "9 CCR 10345: group counseling of 2 to 12 people")


def test_the_pages_show_filter_and_say_when_they_were_read(here: World) -> None:
    session(series(here), NOW, here.cofacilitator)
    on = Browser()
    on.force_login(here.facilitator, backend=settings.AUTHENTICATION_BACKENDS[0])
    Holiday.objects.create(site=here.site, on=date(2026, 1, 6), name="Day of rest")
    for where in ("/groups/?on=2026-01-06", "/groups/week/?on=2026-01-06&by=program"):
        page = on.get(where).content.decode()
        assert "Relapse prevention" in page and "as of " in page and "Day of rest" in page
        page = on.get(f"{where}&mine=1").content.decode()
        assert "Relapse prevention" not in page and "1 other session meets" in page
    assert on.get("/groups/week/?on=soon&program=x&by=colour").status_code == 200


def test_a_facilitators_day_says_what_is_next_in_each_session(here: World) -> None:
    [amira] = members(here, 1)

    def meets(hours: int) -> tuple[int, MySession]:
        where = session(series(here, name=f"At {hours}"), NOW + hours * HOUR, here.facilitator, minutes=50)
        return where.pk, stands()[where.pk]

    def stands() -> dict[int, MySession]:
        waits = queue(here.facilitator, here.site, NOW)
        return {each.line.pk: each for each in my_sessions(here.site, here.facilitator, waits, NOW)}

    assert (meets(4)[1].words, meets(1)[1].words, meets(0)[1].words) == ("", "attendance open", "1 to mark")
    pk, over = meets(-3)
    assert (over.words, over.act) == ("nobody marked", "Mark")
    attended(over_session := Series.objects.get(name="At -3").sessions.get(), amira, here.facilitator)
    assert stands()[pk].words == "note to write"
    for section, who in (("topic", None), ("process", None), ("member", amira)):
        part(over_session, section, here.facilitator, "Words.", who)
    assert stands()[pk].words == "3 to sign"
    sign_parts(by=here.facilitator, at=NOW, session_id=pk)
    assert (stands()[pk].tone, stands()[pk].words) == ("free", "signed")
    cancel_session(
        by=here.facilitator, at=NOW, session_id=Series.objects.get(name="At 4").sessions.get().pk, why="Snow"
    )
    assert "cancelled: Snow" in {each.words for each in stands().values()}


def test_the_page_of_a_day_asks_twelve_times_at_most(here: World) -> None:
    for number in range(3):
        session(series(here, name=f"Group {number}"), NOW, here.facilitator)
    Series.objects.update(by_choice=True)
    on = Browser()
    on.force_login(here.facilitator, backend=settings.AUTHENTICATION_BACKENDS[0])
    on.get("/groups/")
    with CaptureQueriesContext(connection) as queries:
        on.get("/groups/?on=2026-01-06")
    assert len(queries) <= 12
