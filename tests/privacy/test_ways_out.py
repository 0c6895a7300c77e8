"""Nothing leaves the house on a way that nobody thought of: every address, operation and call that could is named, or the suite fails."""

from collections.abc import Iterator
from types import FunctionType
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, path, resolve

from config.api import api
from config.ways import WaysMiddleware
from live.routing import websocket_urlpatterns
from privacy.actions.accounting import account
from privacy.actions.links import open_link, share
from privacy.actions.release import release
from privacy.models import Disclosure
from privacy.queries.gate import look
from privacy.ways import API, WAYS, Way, way_of
from programs.files import pdf_file
from tests.privacy.finding import (
    HOUSE,
    ROOT,
    layers,
    leaves,
    leaving_imports,
    loaded,
    named,
    operations,
    ours,
    reaches,
    sources,
    views,
)

GATE = (release, share, open_link, account, look, Disclosure)
SOCKETS = {
    "live.consumer.door": "Boards of signed-in staff: fragments of pages they may open, checked when they are drawn"
}
LEAVING_IMPORTS = {
    "config/demo/launch.py": "The demonstration asks its own server whether it is up, on this machine",
    "config/serving/launch.py": "Looks whether a port of this machine is free",
    "config/serving/notify.py": "Tells systemd, on this machine, that the process is ready or ends: two fixed words",
    "config/serving/supervisor.py": "Asks its own processes whether they are ready, on this machine",
}
"""Files that import something which can leave the process, and why they may."""


def undeclared(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """The views that answer something other than a page and are named nowhere."""
    for route, view in views(patterns):
        found = list(layers(view))
        if any(leaves(function) for function in found) and way_of(named(found[-1]), route) is None:
            yield f"{named(found[-1])} at {route}"
        if not found and not ours(view) and way_of("", route) is None and not _only_leads_on(view):
            yield f"{view} at {route}"


def _only_leads_on(view: Any) -> bool:
    """True for what the framework brings that shows no data: the API's root, which leads to an operation or 404."""
    return getattr(view, "keywords", {}).get("api") is api


def test_every_way_out_is_declared() -> None:
    assert list(undeclared(get_resolver().url_patterns)) == []


def test_every_operation_of_the_interface_is_declared() -> None:
    found = list(operations(api))
    assert len(found) > 10
    assert [name for route, name in found if way_of(name, f"api/{route.replace('//', '/')}") is None] == []


def test_what_is_declared_exists_and_says_who_and_why() -> None:
    for name in WAYS:
        assert loaded(name) is not None, f"{name} is gone: take it out of privacy/ways.py"
    for out in (*WAYS.values(), *API.values()):
        assert out.who and len(out.why) > 8, out


def test_what_is_released_calls_the_gate() -> None:
    released = [name for name, out in WAYS.items() if out.way is Way.RELEASED]
    assert len(released) >= 3
    for name in released:
        view = loaded(name)
        assert any(reaches(function, GATE) for function in layers(view)), (
            f"{name} is released and does not call the gate"
        )


def test_what_stays_inside_does_not_pretend() -> None:
    """A way that writes disclosures is no inside way."""
    for name, out in WAYS.items():
        if out.way is Way.INSIDE:
            assert not any(reaches(function, (release, share, open_link)) for function in layers(loaded(name))), name


def test_nothing_else_can_leave_the_process() -> None:
    found = {
        str(file.relative_to(ROOT)): modules
        for file in sources()
        if "/tests/" not in str(file) and (modules := leaving_imports(file.read_text()))
    }
    assert set(found) <= set(LEAVING_IMPORTS), {
        name: modules for name, modules in found.items() if name not in LEAVING_IMPORTS
    }
    assert all((ROOT / name).exists() for name in LEAVING_IMPORTS)


def test_sockets_are_those_we_know() -> None:
    assert {named(pattern.callback) for pattern in websocket_urlpatterns} <= set(SOCKETS)


# That the finding finds: one planted of each sort


def planted_file(request: HttpRequest) -> HttpResponse:
    return pdf_file(b"%PDF", "chart.pdf")


def planted_behind(request: HttpRequest) -> HttpResponse:
    return _behind()


def _behind() -> HttpResponse:
    return JsonResponse({"name": "Sara Amari"})


def planted_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<p>A page</p>")


@pytest.mark.parametrize(("view", "found"), [(planted_file, True), (planted_behind, True), (planted_page, False)])
def test_a_planted_way_is_found(view: FunctionType, found: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.privacy.finding.HOUSE", (*HOUSE, view.__module__.partition(".")[0]))
    assert bool(list(undeclared([path("planted/", view)]))) is found


@pytest.mark.parametrize(
    "source",
    ["import requests", "from django.core.mail import send_mail", "def f():\n    import smtplib", "from urllib import request",
     "from django.core import mail"],
)  # fmt: skip
def test_a_planted_import_is_found(source: str) -> None:
    assert leaving_imports(source)


def test_a_view_that_claims_to_be_released_and_is_not_is_found() -> None:
    assert not reaches(planted_file, GATE)  # type: ignore[arg-type]


def test_what_is_not_declared_does_not_go_even_where_nobody_ran_the_suite(db: None) -> None:
    request = RequestFactory().get("/beds/")
    request.user = AnonymousUser()
    request.resolver_match = resolve("/beds/")
    refused = WaysMiddleware(planted_file)(request)
    assert refused.status_code == 403 and b"%PDF" not in refused.content
    request.resolver_match = resolve("/beds/evacuation.pdf")
    sent = WaysMiddleware(planted_file)(request)
    assert sent.status_code == 200 and getattr(sent, "way", "") == "inside"
    assert WaysMiddleware(planted_page)(request).content == b"<p>A page</p>"
