"""The database is away: whoever asks is told so in words, with 503 and when to ask again; a fault of ours stays a 500."""

from collections.abc import Callable

import psycopg
import pytest
from django.db import InterfaceError, InternalError, OperationalError, ProgrammingError
from django.test import Client as Browser
from psycopg import errors

from config import desk, outages
from tests import signing
from tests.factories import World


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    """The error as Django raises it: from the driver's."""
    error.__cause__ = cause
    return error


AWAY = raised(OperationalError("the connection is closed"), psycopg.OperationalError("the connection is closed"))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AWAY, "server.away"),
        (raised(OperationalError("couldn't get a connection after 10.00 sec"), None), "server.away"),
        (InterfaceError("connection already closed"), "server.away"),
        (raised(OperationalError("could not extend file"), errors.DiskFull()), "server.full"),
        (raised(OperationalError("deadlock detected"), errors.DeadlockDetected()), "server.busy"),
        (raised(OperationalError("timeout"), errors.QueryCanceled()), "server.busy"),
        (raised(RuntimeError("in a template"), AWAY), "server.away"),
        (ProgrammingError("no such column"), None),
        (raised(InternalError("current transaction is aborted"), errors.InFailedSqlTransaction()), None),
        (ValueError("ours"), None),
        (None, None),
    ],
)
def test_the_database_is_told_from_a_fault_of_ours(error: Exception | None, code: str | None) -> None:
    found = outages.told(error)
    assert (found.code if found else None) == code


@pytest.fixture
def broken(here: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], Browser]:
    """A nurse's browser, each of whose requests meets this error at the desk."""

    def made(error: Exception, **headers: str) -> Browser:
        def refuse(*_: object) -> None:
            raise error

        browser = signing.signed_in(here.on_unit, **headers)
        browser.raise_request_exception = False
        monkeypatch.setattr(desk, "_rows", refuse)
        return browser

    return made


def test_a_page_says_so_and_what_to_do(broken: Callable[..., Browser]) -> None:
    answer = broken(AWAY).get("/beds/")
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "10", "no-store")
    page = answer.content.decode()
    assert (
        "may not be recorded" in page
        and "downtime packet" in page
        and "The same form sent again is recorded once" in page
    )


def test_a_tap_is_answered_with_a_piece_for_the_top_of_the_page(broken: Callable[..., Browser]) -> None:
    answer = broken(AWAY, hx_request="true").post("/beds/1/release/", {})
    assert (answer.status_code, answer["HX-Retarget"]) == (503, "#refusal")
    piece = answer.content.decode()
    assert piece.strip().startswith("<section") and "may not be recorded" in piece


@pytest.mark.parametrize("path", ["/api/emar/administrations", "/fhir/Patient"])
def test_a_program_is_answered_in_json(broken: Callable[..., Browser], path: str) -> None:
    answer = broken(AWAY).get(path)
    assert answer.status_code == 503
    assert answer.json()["findings"][0]["code"] == "server.away"


def test_a_fault_of_ours_stays_a_500(broken: Callable[..., Browser]) -> None:
    answer = broken(ValueError("ours")).get("/beds/")
    assert (answer.status_code, "Something broke on our side" in answer.content.decode()) == (500, True)
