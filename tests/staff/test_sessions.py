"""Where somebody is signed in: listed by device, ended by themselves or an administrator, and all at once when they go."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Session

from audit.models import Event
from staff.models import Person, SignedIn
from staff.rules.capabilities import Role
from staff.rules.devices import device_words
from tests.factories import World, assign, person, world
from tests.factories.people import PASSWORD
from tests.signing import signed_in

IPAD = (
    "Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/604.1"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0"


@pytest.fixture
def here(db: None) -> World:
    return world(datetime.now(UTC) - timedelta(minutes=5))


def sign_in(who: Person, agent: str) -> Session:
    """By the password, as a browser that says what it is."""
    who.set_password(PASSWORD)
    who.save()
    browser = Session(headers={"User-Agent": agent})
    assert browser.post("/accounts/login/", {"login": who.username, "password": PASSWORD}).status_code == 302
    return browser


def test_a_browser_is_told_in_words() -> None:
    assert device_words(IPAD) == "Safari on an iPad"
    assert device_words(EDGE) == "Edge on Windows"
    assert device_words("curl/8") == "A browser"


def test_my_sessions_say_device_site_and_which_is_this_one(here: World) -> None:
    desk = sign_in(here.on_unit, EDGE)
    sign_in_again = signed_in(here.on_unit)
    page = desk.get("/staff/sessions/").content.decode()
    assert "Edge on Windows" in page
    assert "Riverbend campus" in page
    assert page.count("this one</span>") == 1
    for row in SignedIn.objects.all():
        assert row.session_key not in page  # a key on a page would be a way in
    assert sign_in_again.get("/beds/").status_code == 200
    assert Event.objects.filter(verb="staff.sign_in", by_id=here.on_unit.pk).count() == 1


def test_an_ended_session_is_signed_out_at_its_next_request(here: World) -> None:
    mine, lost = signed_in(here.on_unit), signed_in(here.on_unit)
    number = SignedIn.objects.get(session_key=lost.session.session_key).number
    assert mine.post(f"/staff/sessions/{number}/end/").status_code == 302
    assert lost.get("/beds/")["Location"].startswith("/accounts/login/")
    assert mine.get("/beds/").status_code == 200
    again = mine.post(f"/staff/sessions/{number}/end/")
    assert (again.status_code, b"has ended already" in again.content) == (422, True)
    assert Event.objects.filter(verb="staff.end_session").count() == 1


def test_ending_this_one_leads_to_sign_in(here: World) -> None:
    mine = signed_in(here.on_unit)
    number = SignedIn.objects.get().number
    assert mine.post(f"/staff/sessions/{number}/end/")["Location"] == "/accounts/login/"
    assert mine.get("/beds/").status_code == 302


def test_an_administrator_ends_somebodys_and_nobody_else_does(here: World) -> None:
    chief = assign(person("chief", "Ora Chief"), here.site, Role.ADMINISTRATOR, at=here.now)
    lost, number = signed_in(here.on_unit), SignedIn.objects.get().number
    where = f"/staff/{here.on_unit.pk}/sessions/"
    assert signed_in(here.director).get(where).status_code == 403
    assert signed_in(here.director).post(f"/staff/sessions/{number}/end/").status_code == 404
    session = signed_in(chief)
    assert "Where Robin Cole is signed in" in session.get(where).content.decode()
    assert session.get(f"/staff/{here.elsewhere.pk}/sessions/").status_code == 404  # works at the other site only
    assert session.post(f"{where}{number}/end/").status_code == 302
    assert lost.get("/beds/").status_code == 302


def test_who_no_longer_works_here_is_signed_out_everywhere(here: World) -> None:
    browsers = [signed_in(here.on_unit), signed_in(here.on_unit)]
    other = signed_in(here.director)
    here.on_unit.is_active = False
    here.on_unit.save()
    assert not SignedIn.objects.filter(person=here.on_unit).exists()
    assert [browser.get("/beds/").status_code for browser in browsers] == [302, 302]
    assert other.get("/beds/").status_code == 200


def test_another_password_ends_every_other_session(here: World) -> None:
    mine, lost = sign_in(here.on_unit, EDGE), signed_in(here.on_unit)
    new = "another long pass phrase"
    asked = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert mine.post("/accounts/password/change/", asked).status_code == 302
    assert mine.get("/beds/").status_code == 200
    assert lost.get("/beds/").status_code == 302
    assert SignedIn.objects.filter(person=here.on_unit).count() == 1


def test_a_session_lasts_a_shift_however_busy_it_is(here: World) -> None:
    mine = signed_in(here.on_unit)
    session = mine.session
    session["begun"] -= 13 * 60 * 60
    session.save()
    assert mine.get("/beds/")["Location"].startswith("/accounts/login/")
