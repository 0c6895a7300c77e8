"""A screen that nobody touches locks: the server's own word, for pages, scripts and sockets, until the PIN or a new sign-in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Session
from django.test.utils import CaptureQueriesContext

from audit.rules.findings import Refused
from chart.actions.access_rules import set_access
from live.access import Code, admit
from live.idle import HANDED_OVER, LOCKED, MINUTES, SEEN, SLACK, is_locked
from programs.models import SiteAccess
from staff.models import PinTry, SignedIn
from staff.rules.capabilities import Role
from tests.factories import PIN, World, assign, client, person, signs, world
from tests.factories import admit as come
from tests.factories.people import PASSWORD
from tests.signing import signed_in

NUMBERS = {"idle_minutes": 3, "tablet_minutes": 2, "discharged_days": 30, "assigned_days": 30, "glass_minutes": 60}


@pytest.fixture
def here(db: None) -> World:
    return world(datetime.now(UTC) - timedelta(minutes=5))


@pytest.fixture
def cole(here: World) -> Session:
    """A nurse with a PIN, off duty: who comes back from a break has not come on again."""
    signs(here.on_unit, here.site, at=here.now - timedelta(days=2))
    return signed_in(here.on_unit)


def left_alone(browser: Session, minutes: float) -> None:
    """Nobody touched this session for that long."""
    session = browser.session
    session[SEEN] -= int(minutes * 60)
    session.save()


def test_the_rule_counts_from_the_last_touch_with_a_little_slack() -> None:
    session: dict[str, Any] = {SEEN: 1000, MINUTES: 15}
    assert not is_locked(session, 1000 + 15 * 60 + SLACK)
    assert is_locked(session, 1001 + 15 * 60 + SLACK)
    assert is_locked({LOCKED: 1000}, 1000)
    assert not is_locked(session | {HANDED_OVER: 1}, 1e9)  # a client has it, locked to one form
    assert not is_locked({}, 1e9)


def test_fifteen_idle_minutes_lock_pages_scripts_and_sockets(cole: Session, here: World) -> None:
    come(here, client(here, "Sara", "Amari"), here.residential, here.beds[0])
    assert b"Amari" in cole.get("/beds/").content
    left_alone(cole, 14)
    assert cole.get("/beds/").status_code == 200
    left_alone(cole, 17)
    assert cole.get("/beds/?unit=1")["Location"] == "/staff/locked/?next=%2Fbeds%2F%3Funit%3D1"
    assert cole.get("/beds/", headers={"HX-Request": "true"}).status_code == 401
    assert cole.get("/beds/", headers={"Accept": "application/json"}).status_code == 401
    assert cole.get("/beds/evacuation/", headers={"Sec-Fetch-Mode": "cors"}).status_code == 423
    assert cole.post("/beds/", headers={"Sec-Fetch-Mode": "cors"}).status_code == 401
    assert cole.get("/api/emar/anything/").status_code == 401
    assert cole.get("/configuration/")["Location"].startswith("/staff/locked/")
    assert admit(cole.session.session_key, "beds", str(here.site.pk)) is Code.LOCKED
    screen = cole.get("/staff/locked/?next=/beds/").content.decode()
    assert "Your PIN" in screen
    assert "Amari" not in screen


def test_the_same_persons_pin_brings_it_back_to_where_they_were(cole: Session) -> None:
    left_alone(cole, 20)
    wrong = cole.post("/staff/resume/", {"pin": "0000", "next": "/beds/"})
    assert (wrong.status_code, b"2 more tries" in wrong.content) == (422, True)
    assert cole.get("/beds/").status_code == 302
    assert cole.post("/staff/resume/", {"pin": PIN, "next": "/beds/"})["Location"] == "/beds/"
    assert cole.get("/beds/").status_code == 200
    assert list(PinTry.objects.order_by("pk").values_list("right", flat=True)) == [False, True]


def test_a_lock_screen_is_no_place_to_guess_a_pin(cole: Session) -> None:
    left_alone(cole, 20)
    for _ in range(3):
        cole.post("/staff/resume/", {"pin": "0000"})
    answer = cole.post("/staff/resume/", {"pin": PIN}, headers={"Accept": "application/json"})
    assert (answer.status_code, "wait until" in answer.json()["said"]) == (422, True)
    assert cole.get("/beds/").status_code == 302


def test_who_has_no_pin_gives_their_password(here: World) -> None:
    here.director.set_password(PASSWORD)
    here.director.save()
    browser = signed_in(here.director)
    left_alone(browser, 20)
    assert b"Your password" in browser.get("/staff/locked/").content
    assert browser.post("/staff/resume/", {"password": "a guess at it"}).status_code == 422
    assert browser.post("/staff/resume/", {"password": PASSWORD, "next": "//elsewhere.example/"})["Location"] == "/"
    assert browser.get("/beds/").status_code == 200


def test_lock_now_locks_at_once_and_signing_in_anew_opens(cole: Session, here: World) -> None:
    here.on_unit.set_password(PASSWORD)
    here.on_unit.save()
    cole = signed_in(here.on_unit)
    assert b"Locked" in cole.post("/staff/locked/").content
    assert cole.get("/beds/").status_code == 302
    assert cole.get("/accounts/login/?next=/beds/")["Location"] == "/staff/locked/?next=%2Fbeds%2F"
    cole.post("/accounts/logout/")
    assert (
        cole.post("/accounts/login/", {"login": "cole", "password": PASSWORD, "next": "/beds/"})["Location"] == "/beds/"
    )
    assert cole.get("/beds/").status_code == 200


def test_polls_and_background_readings_are_no_touch(cole: Session) -> None:
    left_alone(cole, 14)
    for headers in ({"HX-Request": "true", "X-Background": "1"}, {"Sec-Fetch-Mode": "same-origin"}):
        assert cole.get("/beds/", headers=headers).status_code == 200
    left_alone(cole, 3)
    assert cole.get("/beds/").status_code == 302


@pytest.mark.parametrize(
    "headers", [{}, {"HX-Request": "true"}, {"Sec-Fetch-Mode": "navigate"}], ids=["page", "htmx", "address bar"]
)
def test_a_page_and_an_act_are_a_touch(headers: dict[str, str], cole: Session) -> None:
    left_alone(cole, 14)
    cole.get("/beds/", headers=headers)
    left_alone(cole, 14)
    assert cole.get("/beds/").status_code == 200


def test_the_pages_own_word_is_a_touch_and_never_unlocks(cole: Session) -> None:
    left_alone(cole, 14)
    assert cole.post("/staff/still-here/", headers={"X-Background": "1"}).status_code == 204
    left_alone(cole, 14)
    assert cole.get("/beds/").status_code == 200
    left_alone(cole, 20)
    assert cole.post("/staff/still-here/", headers={"Accept": "application/json"}).status_code == 401
    assert cole.get("/beds/").status_code == 302


def test_a_registered_tablet_locks_sooner_and_a_site_says_when(cole: Session, here: World) -> None:
    cole.cookies["stepwell_tablet"] = "x" * 30
    left_alone(cole, 7)
    assert cole.get("/beds/").status_code == 302
    chief = assign(person("chief", "Ora Chief"), here.site, Role.ADMINISTRATOR, at=here.now)
    asked: dict[str, Any] = {"by": chief, "site_id": here.site.pk, "charts": "site"}
    set_access(at=here.now, numbers=NUMBERS | {"idle_minutes": 30}, source="Policy 4.2", **asked)
    desk = signed_in(here.on_unit)
    left_alone(desk, 25)
    page = desk.get("/beds/")
    assert (page.status_code, b'data-idle="1800"' in page.content) == (200, True)


def test_a_touch_costs_no_statement_but_once_a_minute(cole: Session) -> None:
    cole.get("/staff/pin/")
    with CaptureQueriesContext(connection) as asked:
        cole.get("/staff/pin/")
    assert not [each for each in asked if "staff_signedin" in each["sql"] and each["sql"].startswith("UPDATE")]
    left_alone(cole, 2)
    with CaptureQueriesContext(connection) as asked:
        cole.get("/staff/pin/")
    assert len([each for each in asked if each["sql"].startswith('UPDATE "staff_signedin"')]) == 1
    assert SignedIn.objects.get().seen_at is not None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"numbers": NUMBERS | {"idle_minutes": 61}}, "from 2 to 60"), ({"numbers": {}}, "Minutes at a desk"),
        ({"charts": "all"}, "Choose whose charts"), ({"source": " "}, "whose numbers"),
    ],
)  # fmt: skip
def test_rules_out_of_reach_are_refused_with_what_is_in_reach(changes: dict[str, Any], said: str, here: World) -> None:
    chief = assign(person("chief", "Ora Chief"), here.site, Role.ADMINISTRATOR, at=here.now)
    asked: dict[str, Any] = {
        "by": chief, "at": here.now, "site_id": here.site.pk, "numbers": NUMBERS, "charts": "site", "source": "Policy"
    }  # fmt: skip
    with pytest.raises(Refused, match=said):
        set_access(**asked | changes)
    assert not SiteAccess.objects.exists()


def test_an_administrator_sets_them_on_the_page(here: World) -> None:
    chief = assign(person("chief", "Ora Chief"), here.site, Role.ADMINISTRATOR, at=here.now)
    browser = signed_in(chief)
    sent = {**NUMBERS, "chart_access": "team", "source": "Policy 4.2 of May"}
    assert browser.post("/staff/access/", sent | {"idle_minutes": "soon"}).status_code == 422
    assert browser.post("/staff/access/", sent).status_code == 302
    page = browser.get("/staff/access/").content.decode()
    assert "A desk locks after 3 minutes" in page
    assert "Policy 4.2 of May" in page
