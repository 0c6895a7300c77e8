"""Who is on duty at a site, and who of them may sign as a second person?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from staff.models import Duty, Person, RoleAssignment
from staff.rules.capabilities import Capability, Role, roles_with


@dataclass(frozen=True)
class OnDuty:
    """Someone who is on duty; ``since`` is UTC, ``roles`` as people read them."""

    person: Person
    since: datetime
    roles: tuple[str, ...]


def duty_of(person_id: int, site_id: int, at: datetime) -> Duty | None:
    """The period this person is in at this site, None where they are off duty. One query."""
    return Duty.objects.current(at).filter(person_id=person_id, site_id=site_id).first()


def on_duty(site_id: int, at: datetime) -> list[OnDuty]:
    """Who is on duty now and still holds a role here, by name. Two queries."""
    rows = (
        Duty.objects.current(at)
        .filter(site_id=site_id, person__is_active=True)
        .select_related("person")
        .order_by("person__name", "person_id")
    )
    held: dict[int, list[str]] = {}
    roles = _held_at(site_id, at).filter(person__in=[row.person_id for row in rows]).order_by("role")
    for person_id, role in roles.values_list("person_id", "role"):
        held.setdefault(person_id, []).append(Role(role).label)
    return [
        OnDuty(row.person, row.started_at, tuple(held[row.person_id])) for row in rows if row.person_id in held
    ]  # fmt: skip


def who_may_sign(site_id: int, at: datetime, capability: Capability, but_not: Collection[int] = ()) -> list[Person]:
    """Who is on duty here, holds the capability, and is none of ``but_not``, by name. One query."""
    here = Duty.objects.current(at).filter(site_id=site_id, person=OuterRef("pk"))
    may = _held_at(site_id, at).filter(person=OuterRef("pk"), role__in=roles_with(capability))
    found = Person.objects.filter(Exists(here), Exists(may), is_active=True).exclude(pk__in=but_not)
    return list(found.order_by("name", "pk"))


def _held_at(site_id: int, at: datetime) -> "QuerySet[RoleAssignment]":
    held = RoleAssignment.objects.filter(site_id=site_id, started_at__lte=at)
    return held.filter(Q(ended_at=None) | Q(ended_at__gt=at))
