"""Who works at another site learns nothing: every address that names a client answers as if there were no such client."""

import re
from datetime import UTC, datetime
from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client as Session
from django.urls import URLPattern

from programs.models import Episode
from staff.rules.capabilities import CAPABILITIES, Capability, Role
from tests.factories import World, admit, assign, client, person, world
from tests.guards.test_every_url import EVERY, address

NAMED = ("<int:client_id>", "<int:episode_id>", "(?P<client_id>", "(?P<episode_id>")
UNKNOWN = 987654321
FOUND = [(route, pattern) for route, pattern in EVERY if any(name in route for name in NAMED)]


@pytest.fixture
def sara(db: None) -> tuple[World, Episode]:
    """In care at Riverbend, under a name that stands nowhere else."""
    here = world(datetime.now(UTC))
    return here, admit(here, client(here, "Quintessa", "Zebrowska"), here.residential, here.beds[0])


def of(pattern: URLPattern, route: str, episode: Episode | None) -> str:
    """The address for this client, or for one that is not there."""
    if episode is not None:
        route = route.replace("<int:client_id>", str(episode.client_id)).replace("<int:episode_id>", str(episode.pk))
    return address(pattern, route)


def plain(body: bytes) -> str:
    """What a reader sees: without the form's own key, which differs in each answer, and without what was asked for."""
    text = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', r"\1", body.decode())
    return re.sub(r"\d{2}:\d{2}|/\d+/|%2F\d+%2F", "", text)


def asked(session: Session, where: str) -> HttpResponse:
    """GET, or POST where GET is not taken."""
    answer = session.get(where)
    return cast("HttpResponse", session.post(where) if answer.status_code == 405 else answer)


def test_there_are_addresses_of_clients() -> None:
    assert len(FOUND) > 40


@pytest.mark.parametrize("role", Role)
def test_no_role_at_another_site_learns_that_a_client_is_here(role: Role, sara: tuple[World, Episode]) -> None:
    here, episode = sara
    who = assign(person(f"far-{role}", f"Far {role.label}"), here.other_site, role, at=here.now)
    session = Session(raise_request_exception=False)
    session.force_login(who)
    nobody = plain(session.get(f"/clients/{UNKNOWN}/nothing-of-the-kind/").content)
    wrong = []
    for route, pattern in FOUND:
        needed: tuple[Capability, ...] = getattr(pattern.callback, "capabilities", ())
        allowed = not needed or any(capability in CAPABILITIES[role] for capability in needed)
        answer = asked(session, of(pattern, route, episode))
        told = (answer.status_code, plain(answer.content))
        named = b"Zebrowska" in answer.content or b"Quintessa" in answer.content
        fine = told == (404, nobody) if allowed else answer.status_code == 403
        if not fine:  # an act that asks for something else first: it asks the same of who names nobody
            none = asked(session, of(pattern, route, None))
            fine = answer.status_code not in (200, 302) and told == (none.status_code, plain(none.content))
        if named or not fine:
            wrong.append(f"{route}: {answer.status_code}{', named' if named else ''}")
    assert wrong == []


@pytest.mark.parametrize("role", [Role.NURSE, Role.DIRECTOR, Role.INTAKE, Role.TECHNICIAN, Role.PRIVACY])
def test_no_list_of_another_site_names_a_client_of_this_one(role: Role, sara: tuple[World, Episode]) -> None:
    here, _ = sara
    who = assign(person(f"far-{role}", f"Far {role.label}"), here.other_site, role, at=here.now)
    session = Session(raise_request_exception=False)
    session.force_login(who)
    lists = [
        route for route, _ in EVERY if "<" not in route and "(" not in route and route not in ("desk/", "staff/locked/")
    ]
    assert len(lists) > 30
    for route in lists:
        for words in ("", "?q=Zebrowska", "?all=1"):
            answer = session.get(f"/{route}{words}")
            body = b"" if answer.streaming else answer.content
            assert b"Quintessa" not in body, f"{route}{words}"
            assert "record-" not in answer.headers.get("Content-Disposition", "")
