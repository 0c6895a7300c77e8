"""Puts every signed-in person at their desk: site, role, zone, and the instant; and tells the trail who acts."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from audit.trail import Circumstances, circumstances
from config import outages
from config.clocks import CLOCK
from config.serving.requests import request_id
from programs.columns import Columns
from programs.desk import Desk
from programs.models import Site
from programs.rules.access_policy import DEFAULT, AccessPolicy, ChartAccess
from staff.access import Post
from staff.models import Person
from staff.rules.capabilities import Role

SITES = Columns(Site, "site")
# written out: every request asks this, and two composed queries were a tenth of what charting a dose costs
POSTS = f"""
SELECT held.role, rule.id, rule.idle_minutes, rule.tablet_minutes, rule.chart_access, rule.discharged_days, rule.assigned_days,
    rule.glass_minutes, rule.source, clock_timestamp(), {SITES.sql}
FROM staff_roleassignment held JOIN programs_site site ON site.id = held.site_id
LEFT JOIN programs_siteaccess rule
    ON rule.site_id = site.id AND rule.started_at <= %(at)s AND (rule.ended_at IS NULL OR rule.ended_at > %(at)s)
WHERE held.person_id = %(person)s AND held.started_at <= %(at)s AND (held.ended_at IS NULL OR held.ended_at > %(at)s)
ORDER BY site.position, site.id, held.role
"""  # noqa: S608 - names of columns, no input
RULES = 8  # columns of a site's rules of access, after the role
SITE = 1 + RULES + 1  # where the site's columns begin: after the database's clock


class DeskMiddleware:
    """Sets ``request.desk`` (None for who is signed out or holds no role) and the site's zone for the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        desk = desk_of(request)
        request.desk = desk  # type: ignore[attr-defined]
        wrong = CLOCK.wrong
        if wrong is not None:
            return outages.answer(request, wrong)
        token = circumstances.set(Circumstances(desk.role.label if desk else "", request_id(request)))
        try:
            with timezone.override(desk.tz if desk else None):
                return self.get_response(request)
        finally:
            circumstances.reset(token)


def desk_of(request: HttpRequest) -> Desk | None:
    """The desk of this request: the site and role kept in the session where still held, else the person's first."""
    person = request.user
    return desk_for(person, request.session) if isinstance(person, Person) else None


def desk_for(person: Person, session: SessionBase) -> Desk | None:
    """The desk of a person in a session, at this instant; None for who holds no role. One query."""
    now = timezone.now()
    rows = _rows(person, now)
    if not rows:
        return None
    CLOCK.compare(rows[0][SITE - 1])
    held = tuple(Post(row[SITE], Role(row[0])) for row in rows)
    kept = (session.get("site"), session.get("role"))
    post = next((post for post in held if (post.site_id, post.role) == kept), None)
    post = post or next((post for post in held if post.site_id == kept[0]), held[0])
    row = rows[held.index(post)]
    return Desk(person, SITES.read(row[SITE:]), post.role, held, now, _access(row[1 : 1 + RULES]))


def _access(columns: tuple[Any, ...]) -> AccessPolicy:
    """A site's rules of access; the defaults where it has none of its own."""
    pk, idle, tablet, charts, discharged, assigned, glass, source = columns
    if pk is None:
        return DEFAULT
    return AccessPolicy(idle, tablet, ChartAccess(charts), discharged, assigned, glass, source)


def _rows(person: Person, at: datetime) -> list[tuple[Any, ...]]:
    """The roles held at an instant, each with its site, in one query; none where the account is inactive."""
    if not person.is_active:
        return []
    with connection.cursor() as cursor:
        cursor.execute(POSTS, {"person": person.pk, "at": at})
        return list(cursor.fetchall())
