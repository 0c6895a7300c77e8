"""What does the staff page need?"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Capability, Role, roles_with


@dataclass(frozen=True)
class Held:
    """A role someone holds now; ``since`` is UTC."""

    pk: int
    label: str
    since: datetime


@dataclass(frozen=True)
class Member:
    """Someone who works at the site, with the roles they hold there now."""

    person: Person
    roles: tuple[Held, ...]


def who_works_at(site_id: int, at: datetime) -> QuerySet[Person]:
    """Who holds a role at a site now that opens charts, by name."""
    held = RoleAssignment.objects.filter(
        site_id=site_id, started_at__lte=at, role__in=roles_with(Capability.OPEN_CHART)
    )
    held = held.filter(Q(ended_at=None) | Q(ended_at__gt=at), person=OuterRef("pk"))
    return Person.objects.filter(Exists(held), is_active=True).order_by("name", "pk")


def members(site_id: int, at: datetime) -> list[Member]:
    """Who holds a role at a site now, by name. One query."""
    rows = (
        RoleAssignment.objects.filter(site_id=site_id, started_at__lte=at)
        .filter(Q(ended_at=None) | Q(ended_at__gt=at))
        .select_related("person")
        .order_by("person__name", "person_id", "role")
    )
    found: dict[int, tuple[Person, list[Held]]] = {}
    for row in rows:
        found.setdefault(row.person_id, (row.person, []))[1].append(Held(row.pk, Role(row.role).label, row.started_at))
    return [Member(person, tuple(roles)) for person, roles in found.values()]
