"""Puts every signed-in person at their desk: site, role, zone, and the instant; and tells the trail and the logs who acts."""

import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from audit.trail import Circumstances, circumstances
from programs.desk import Desk
from programs.models import Site
from staff.access import posts
from staff.models import Person


class DeskMiddleware:
    """Sets ``request.desk`` (None for who is signed out or holds no role) and the site's zone for the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        desk = desk_of(request)
        request.desk = desk  # type: ignore[attr-defined]
        request_id = str(uuid.uuid4())
        token = circumstances.set(Circumstances(desk.role.label if desk else "", request_id))
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            with timezone.override(desk.tz if desk else None):
                return self.get_response(request)
        finally:
            circumstances.reset(token)
            structlog.contextvars.unbind_contextvars("request_id")


def desk_of(request: HttpRequest) -> Desk | None:
    """The desk of this request: the site and role kept in the session where still held, else the person's first."""
    person = request.user
    if not isinstance(person, Person):
        return None
    now = timezone.now()
    held = posts(person, now)
    if not held:
        return None
    kept = (request.session.get("site"), request.session.get("role"))
    post = next((post for post in held if (post.site_id, post.role) == kept), None)
    post = post or next((post for post in held if post.site_id == kept[0]), held[0])
    return Desk(person, Site.objects.select_related("organisation").get(pk=post.site_id), post.role, held, now)
