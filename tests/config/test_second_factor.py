"""A second factor is asked of everybody outside the demonstration, and guessing a password is slowed down, counted in Redis."""

import os
import subprocess
import sys

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.db import connection
from django.test import Client as Session
from django.test.utils import CaptureQueriesContext

from config import env
from staff.models import Person
from tests.factories import World
from tests.factories.people import PASSWORD
from tests.signing import signed_in


@pytest.fixture
def strict(settings: object) -> None:
    """As outside the demonstration."""
    settings.REQUIRE_SECOND_FACTOR = True  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("around", "asked"),
    [({"STEPWELL_DEMO": "0"}, "True"), ({"STEPWELL_DEMO": "1"}, "False"),
     ({"STEPWELL_DEMO": "0", "REQUIRE_SECOND_FACTOR": "0"}, "False"),
     ({"STEPWELL_DEMO": "1", "REQUIRE_SECOND_FACTOR": "1"}, "True")],
)  # fmt: skip
def test_it_is_asked_for_unless_somebody_turned_it_off(around: dict[str, str], asked: str) -> None:
    script = "from django.conf import settings; print(settings.REQUIRE_SECOND_FACTOR)"
    found = {name: value for name, value in os.environ.items() if name != "REQUIRE_SECOND_FACTOR"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=env.ROOT, capture_output=True, text=True, check=True,
        env=found | around | {"DJANGO_SETTINGS_MODULE": "config.settings"},
    )  # fmt: skip
    assert done.stdout.strip() == asked


def test_who_has_none_is_led_to_set_one_up_before_any_page(strict: None, here: World) -> None:
    browser = signed_in(here.on_unit)
    assert browser.get("/beds/")["Location"] == "/accounts/2fa/"
    assert browser.get("/", headers={"HX-Request": "true"}).status_code == 403
    assert browser.get("/api/emar/anything/", headers={"Accept": "application/json"}).status_code == 403
    assert browser.get("/accounts/2fa/").status_code == 200
    TOTP.activate(here.on_unit, generate_totp_secret())
    assert browser.get("/beds/").status_code == 200


def test_who_has_one_is_asked_about_it_once_a_session(strict: None, here: World) -> None:
    TOTP.activate(here.on_unit, generate_totp_secret())
    browser = signed_in(here.on_unit)
    browser.get("/staff/pin/")
    with CaptureQueriesContext(connection) as asked:
        browser.get("/staff/pin/")
    assert not [each for each in asked if "mfa_authenticator" in each["sql"]]


@pytest.fixture
def cole(here: World) -> Person:
    cache.clear()
    here.on_unit.set_password(PASSWORD)
    here.on_unit.save()
    return here.on_unit


def attempt(password: str, address: str) -> str:
    answer = Session(REMOTE_ADDR=address).post("/accounts/login/", {"login": "cole", "password": password})
    return "in" if answer.status_code == 302 else answer.content.decode()


def test_five_wrong_passwords_slow_the_name_down_from_whatever_address(cole: Person) -> None:
    for number in range(5):
        assert "not correct" in attempt("a guess at it", f"10.0.0.{number}")
    assert "Too many" in attempt(PASSWORD, "10.0.1.1")
    assert "Wait five minutes" in attempt(PASSWORD, "10.0.1.1")
    cache.clear()  # five minutes later
    assert attempt(PASSWORD, "10.0.1.1") == "in"


def test_one_address_cannot_ask_without_end(cole: Person) -> None:
    browser = Session(REMOTE_ADDR="10.0.2.2")
    answers = [browser.post("/accounts/login/", {"login": f"no{n}", "password": "x"}) for n in range(31)]
    assert "Wait five minutes" in answers[-1].content.decode()
