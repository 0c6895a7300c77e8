"""Puts every signed-in person at their desk: site, role, zone, and the instant; and tells the trail and the logs who acts."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from audit.trail import Circumstances, circumstances
from programs.columns import Columns
from programs.desk import Desk
from programs.models import Site
from staff.access import Post
from staff.models import Person
from staff.rules.capabilities import Role

SITES = Columns(Site, "site")
# written out: every request asks this, and two composed queries were a tenth of what charting a dose costs
POSTS = f"""
SELECT held.role, {SITES.sql} FROM staff_roleassignment held JOIN programs_site site ON site.id = held.site_id
WHERE held.person_id = %(person)s AND held.started_at <= %(at)s AND (held.ended_at IS NULL OR held.ended_at > %(at)s)
ORDER BY site.position, site.id, held.role
"""  # noqa: S608 - names of columns, no input


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
    rows = _rows(person, now)
    if not rows:
        return None
    held = tuple(Post(site_id, Role(role)) for role, site_id, *_ in rows)
    kept = (request.session.get("site"), request.session.get("role"))
    post = next((post for post in held if (post.site_id, post.role) == kept), None)
    post = post or next((post for post in held if post.site_id == kept[0]), held[0])
    return Desk(person, SITES.read(rows[held.index(post)][1:]), post.role, held, now)


def _rows(person: Person, at: datetime) -> list[tuple[Any, ...]]:
    """The roles held at an instant, each with its site, in one query; none where the account is inactive."""
    if not person.is_active:
        return []
    with connection.cursor() as cursor:
        cursor.execute(POSTS, {"person": person.pk, "at": at})
        return list(cursor.fetchall())
