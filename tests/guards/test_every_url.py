"""Every address as every role: allowed people get an answer, others a 403 that says whom to ask, nobody a 500."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client as Session
from django.urls import URLPattern, URLResolver, get_resolver

from staff.models import Person
from staff.rules.capabilities import CAPABILITIES, Capability, Role
from tests.factories import World, assign, person, world

OPEN = (
    "accounts/",
    "demo/",
    "api/",
    "fhir/",
    "shared/",
    "configuration/",
)  # allauth's own, the demonstration's sign-in, the API and share links with their own tests


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif not route.startswith(OPEN):
            yield route, pattern


EVERY = list(addresses(get_resolver().url_patterns))
VALUES = {
    "int": "987654321", "str": "nothing", "slug": "nothing", "path": "nothing",
    "uuid": "00000000-0000-4000-8000-000000000000",
}  # fmt: skip


def address(pattern: URLPattern, route: str) -> str:
    """A real address of this pattern, naming things that do not exist."""
    import re

    plain = re.sub(r"<(\w+):\w+>", lambda found: VALUES[found[1]], route)
    plain = re.sub(r"\(\?P<\w+>\\d\+\)", "987654321", plain)
    plain = re.sub(r"\(\?P<\w+>([a-z_]+)[^)]*\)", r"\1", plain)
    return "/" + plain.replace("^", "").replace("$", "")


def test_there_are_addresses() -> None:
    assert len(EVERY) > 20


@pytest.mark.parametrize(("route", "pattern"), EVERY, ids=[route or "home" for route, _ in EVERY])
def test_every_address_names_who_may(route: str, pattern: URLPattern) -> None:
    assert hasattr(pattern.callback, "capabilities"), f"{route} is not behind at_desk"


@pytest.fixture
def staffed(db: None) -> tuple[World, dict[Role, Person]]:
    here = world(datetime.now(UTC))
    people = {role: assign(person(f"as-{role}", f"Any {role.label}"), here.site, role, at=here.now) for role in Role}
    return here, people


def answer(session: Session, where: str) -> int:
    """GET, or POST where GET is not taken."""
    status = session.get(where).status_code
    return session.post(where).status_code if status == 405 else status


@pytest.mark.parametrize("role", Role)
def test_every_address_as_every_role(role: Role, staffed: tuple[World, dict[Role, Person]]) -> None:
    session = Session(raise_request_exception=False)
    who = staffed[1][role]
    session.force_login(who)
    wrong = []
    for route, pattern in EVERY:
        if route == "desk/":
            continue
        needed: tuple[Capability, ...] = getattr(pattern.callback, "capabilities", ())
        allowed = not needed or any(capability in CAPABILITIES[role] for capability in needed)
        status = answer(session, address(pattern, route))
        if (status == 403) == allowed or status >= 500:
            wrong.append(f"{route}: {status}")
        if session.session.get(SESSION_KEY) != str(
            who.pk
        ):  # an address that ends the session: all others are walked signed in
            session = Session(raise_request_exception=False)
            session.force_login(who)
    assert wrong == []


def test_every_address_sends_who_is_signed_out_to_sign_in(db: None) -> None:
    for route, pattern in EVERY:
        where = address(pattern, route)
        answer_ = Session().get(where)
        if answer_.status_code == 405:
            answer_ = Session().post(where)
        assert answer_.status_code == 302, route
        assert answer_["Location"].startswith("/accounts/login/"), route


def test_who_holds_no_role_is_told_to_ask_for_one(db: None) -> None:
    session = Session()
    session.force_login(person("nobody", "Nova Body"))
    answer_ = session.get("/beds/")
    assert answer_.status_code == 403
    assert b"Ask an administrator" in answer_.content
