"""Who falls short, a client's weeks, my notes: what the pages say, what one tap does, and who may look."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from groups import falls_board
from groups.models import Guest
from groups.rules.minutes import AttendanceStatus
from live.actions import current_seq
from staff.rules.capabilities import Role
from tests.factories import World, assign, person, world
from tests.factories.sessions import attended, group, individual, members, part, series, session
from tests.signing import signed_in as as_

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
S = AttendanceStatus
HTMX: dict[str, Any] = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def here(db: None) -> World:
    return world(datetime.now(UTC))


def start(here: World, weeks: int = 1) -> datetime:
    """The Monday noon of the week after ``weeks`` weeks, on the site's wall: every session of a test lies ahead of it."""
    local = here.now.astimezone(here.site.tz).replace(hour=12, minute=0, second=0, microsecond=0)
    return (local + timedelta(days=7 * weeks - local.weekday())).astimezone(UTC)


def missed(here: World) -> tuple[int, int, int, str]:
    """Someone of IOP who missed the only IOP session of next week, and a PHP group they could come to instead: (client, missed,
    offered, the week)."""
    [amira] = members(here, 1)
    monday = start(here)
    lost = session(series(here), monday, here.facilitator)
    attended(lost, amira, here.facilitator, S.ABSENT)
    extra = session(series(here, here.php, name="PHP afternoon"), monday + DAY, minutes=90)
    return amira.pk, lost.pk, extra.pk, f"{monday.astimezone(here.site.tz):%Y-%m-%d}"


def test_a_tap_asks_who_missed_a_session_to_a_make_up_and_the_line_says_so(here: World) -> None:
    who, lost, extra, week = missed(here)
    browser = as_(here.facilitator)
    page = browser.get(f"/groups/short/?week={week}").content.decode()
    assert "short by 9 h" in page
    assert "0 min of 9 h" in page
    assert "not made up" in page
    assert f'name="session" value="{extra}"' in page
    asked = {"session": extra, "missed": lost, "week": week, "key": str(uuid4())}
    answers = [browser.post(f"/groups/short/{who}/make-up/", asked, **HTMX) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert "make-up Tue 12:00" in answers[0].content.decode()
    assert "short by 7 h 30" in answers[0].content.decode()
    assert 'id="short-tabs"' in answers[0].content.decode()
    row = Guest.objects.get()
    assert (row.session_id, row.client_id, row.repairs_id, row.by) == (extra, who, lost, here.facilitator)


def test_a_make_up_can_be_taken_back(here: World) -> None:
    who, lost, extra, week = missed(here)
    browser = as_(here.facilitator)
    browser.post(f"/groups/short/{who}/make-up/", {"session": extra, "missed": lost, "week": week}, **HTMX)
    answer = browser.post(f"/groups/short/{who}/let-off/", {"session": extra, "week": week}, **HTMX)
    assert "not made up" in answer.content.decode()
    assert Guest.objects.get().withdrawn_at is not None


def test_what_is_refused_is_said_in_the_line(here: World) -> None:
    who, lost, _, week = missed(here)
    browser = as_(here.facilitator)
    same = browser.post(f"/groups/short/{who}/make-up/", {"session": lost, "missed": lost, "week": week}, **HTMX)
    assert same.status_code == 422
    assert "A session does not make up for itself." in same.content.decode()
    nothing = browser.post(f"/groups/short/{who}/make-up/", {"session": "x", "week": week}, **HTMX)
    assert nothing.status_code == 422
    assert "Choose one of the sessions that are offered." in nothing.content.decode()
    assert browser.post(f"/groups/short/{who}/make-up/", {"session": 9**9, "missed": lost}, **HTMX).status_code == 404
    assert not Guest.objects.exists()


def test_who_only_sees_groups_sees_minutes_and_asks_nobody(here: World) -> None:
    who, lost, extra, week = missed(here)
    biller = as_(assign(person("bill", "Bo Bill"), here.site, Role.BILLER, at=here.now))
    page = biller.get(f"/groups/short/?week={week}").content.decode()
    assert "short by 9 h" in page
    assert f'name="session" value="{extra}"' not in page
    assert biller.post(f"/groups/short/{who}/make-up/", {"session": extra, "missed": lost}).status_code == 403
    assert "Absent" in biller.get(f"/groups/clients/{who}/weeks/?week={week}").content.decode()
    assert biller.get("/groups/notes/").status_code == 403


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("soon", "is not a date"), ("1999-01-04", "Nothing is counted before"), ("2999-01-01", "lies too far ahead")],
)
def test_a_week_that_is_none_is_told(here: World, typed: str, sentence: str) -> None:
    [amira] = members(here, 1)
    for where in ("/groups/short/", f"/groups/clients/{amira.pk}/weeks/"):
        answer = as_(here.facilitator).get(f"{where}?week={typed}")
        assert answer.status_code == 400
        assert sentence in answer.content.decode()


def test_tabs_count_the_states_and_a_program_narrows_them(here: World) -> None:
    amira, ben = members(here, 2)
    [deon] = members(here, 1, here.php)
    monday = start(here)
    attended(session(series(here), monday, minutes=540), amira, here.facilitator)
    attended(session(series(here, name="Other"), monday, minutes=60), ben, here.facilitator)
    rows = falls_board.everyone(look(here, monday), here.site, here.now)
    assert {(row.client_id, row.state) for row in rows} == {(amira.pk, "met"), (ben.pk, "course"), (deon.pk, "risk")}
    week = f"week={monday.astimezone(here.site.tz):%Y-%m-%d}"
    page = as_(here.facilitator).get(f"/groups/short/?{week}&program={here.iop.pk}").content.decode()
    assert 'At risk <span class="quiet">0</span>' in page
    assert 'On course <span class="quiet">1</span>' in page
    assert 'Met <span class="quiet">1</span>' in page
    assert "Nobody falls short" in page
    risk = as_(here.facilitator).get(f"/groups/short/?{week}").content.decode()
    assert f"short-{deon.pk}" in risk
    assert f"short-{ben.pk}" not in risk
    met = as_(here.facilitator).get(f"/groups/short/?{week}&show=met").content.decode()
    assert f"short-{amira.pk}" in met
    assert f"short-{ben.pk}" not in met


def look(here: World, monday: datetime) -> falls_board.Look:
    return falls_board.Look(here.site.pk, monday.astimezone(here.site.tz).date(), "all", 0, 1)


def test_the_live_list_is_what_the_page_draws_and_a_make_up_announces_it(here: World) -> None:
    who, lost, extra, week = missed(here)
    browser = as_(here.facilitator)
    seen = look(here, start(here))
    assert falls_board.may_watch(here.facilitator, seen.key)
    assert not falls_board.may_watch(here.without_role, seen.key)
    viewer = falls_board.audience(here.facilitator, seen.key)
    before = falls_board.snapshot(viewer, seen.key)
    page = browser.get(f"/groups/short/?week={week}&show=all").content.decode()
    assert all(html.strip() in page for _, html in before.regions)
    browser.post(f"/groups/short/{who}/make-up/", {"session": extra, "missed": lost, "week": week}, **HTMX)
    assert current_seq(falls_board.topic(seen.key)) == before.seq + 1
    [row] = falls_board.fragments(viewer, seen.key, [("short", str(who))])
    assert row is not None
    assert "make-up Tue 12:00" in row
    assert falls_board.fragments(viewer, seen.key, [("short", "0")]) == [None]


def test_a_clients_week_shows_minutes_units_their_rounding_and_their_rule_and_is_on_the_trail(here: World) -> None:
    [amira] = members(here, 1)
    monday = start(here, weeks=-1)
    attended(individual(here, amira, monday, here.facilitator, minutes=52), amira, here.facilitator)
    week = f"{monday.astimezone(here.site.tz):%Y-%m-%d}"
    page = as_(here.facilitator).get(f"/groups/clients/{amira.pk}/weeks/?week={week}").content.decode()
    assert "52 min of 9 h" in page
    assert "52 min = 3 \N{MULTIPLICATION SIGN} 15 + 7: 3 units, 7 left over do not count" in page
    assert "HCPCS H0004, 15 minutes" in page
    assert "The program&#x27;s own minimum" in page
    event = Event.objects.get(verb="groups.weeks_opened")
    assert (event.client_id, event.by_id) == (amira.pk, here.facilitator.pk)
    assert "opened" in event.summary


def test_a_client_of_another_site_is_not_there(here: World) -> None:
    [amira] = members(here, 1)
    for where in ("weeks/", "attendance.pdf", "hours.pdf"):
        assert as_(here.elsewhere).get(f"/groups/clients/{amira.pk}/{where}").status_code == 404
    assert not Event.objects.filter(verb="groups.weeks_opened").exists()


def test_my_notes_say_what_waits_and_my_day_counts_it(here: World) -> None:
    where, [amira, *_] = group(here, 2, since=48 * 60)
    attended(where, amira, here.facilitator)
    part(where, "member", here.facilitator, "Spoke of home.", amira)
    browser = as_(here.facilitator)
    page = browser.get("/groups/notes/").content.decode()
    assert "To sign" in page
    assert "overdue " in page
    assert f"/groups/{where.pk}/" in page
    assert "Every part of your groups is written." not in page
    home = browser.get("/").content.decode()
    assert "1 to write · 1 to sign" in home
    assert "2 overdue" in home
    assert "nothing waits" in as_(here.cofacilitator).get("/groups/notes/").content.decode()


@pytest.mark.parametrize("people", [1, 6])
def test_the_page_costs_the_same_however_many_people(here: World, people: int) -> None:
    monday = start(here)
    lost = session(series(here), monday, here.facilitator)
    for who in members(here, people):
        attended(lost, who, here.facilitator, S.ABSENT)
    browser = as_(here.facilitator)
    where = f"/groups/short/?week={monday.astimezone(here.site.tz):%Y-%m-%d}"
    browser.get(where)
    with CaptureQueriesContext(connection) as queries:
        browser.get(where)
    assert len([each for each in queries if '"groups_' in each["sql"] or " groups_" in each["sql"]]) == 9
