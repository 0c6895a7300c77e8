"""Come on duty at a site, and go off. Who is on duty can be asked to sign as a second person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from staff.access import NotAllowed, lock_person, posts
from staff.models import Duty, Person


def _on_already(kwargs: Mapping[str, Any]) -> Finding:
    return stop("duty.on_already", "You are on duty here already. Reload the page.")


def _raced(kwargs: Mapping[str, Any]) -> Finding:
    return stop("time.not_later", "You came on duty at this very moment. Wait a moment and try again.")


WALLS = {"staff_duty_once": _on_already, "staff_duty_ends_after_start": _raced}


@action("staff.come_on", explain=WALLS)
def come_on(*, by: Person, at: datetime, site_id: int, key: UUID | None = None) -> Duty:
    """Be on duty at a site from now on. Refused where one is already; a period that was forgotten longer ago ends now."""
    lock_person(by.pk)
    if not any(post.site_id == site_id for post in posts(by, at)):
        raise NotAllowed(stop("duty.no_role", "You hold no role at this site. Ask an administrator for one."))
    standing = Duty.objects.filter(person=by, site_id=site_id, ended_at=None).first()
    if standing is not None and Duty.objects.current(at).filter(pk=standing.pk).exists():
        raise Refused(_on_already({}))

    if standing is not None:
        standing.ended_at = at
        standing.save(update_fields=["ended_at"])
    begun = Duty.objects.create(person=by, site_id=site_id, started_at=at)
    trail.record("staff.come_on", by=by, at=at, subject=begun, site_id=site_id, summary=f"{by.name} came on duty")

    return begun


@action("staff.go_off", explain=WALLS)
def go_off(*, by: Person, at: datetime, site_id: int, key: UUID | None = None) -> Duty:
    """Be off duty at a site from now on: nobody can ask for one's PIN here any more. Refused where one is off already."""
    lock_person(by.pk)
    standing = Duty.objects.filter(person=by, site_id=site_id, ended_at=None, started_at__lte=at).first()
    if standing is None:
        raise Refused(stop("duty.off_already", "You are not on duty here. Reload the page."))

    standing.ended_at = at
    standing.save(update_fields=["ended_at"])
    trail.record("staff.go_off", by=by, at=at, subject=standing, site_id=site_id, summary=f"{by.name} went off duty")

    return standing
