"""As-needed doses that are still to be looked at, and who may be named beside the nurse."""

from datetime import datetime

from django.db.models import Q, QuerySet

from emar.models import TAKEN, Reassessment
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Capability, roles_with


def open_reassessments() -> QuerySet[Reassessment]:
    """Those nobody has answered, of doses that stand: a corrected dose's goes on with the correction, an undone one has none."""
    return Reassessment.objects.filter(
        results=None, administration__corrected_by=None, administration__outcome__in=TAKEN
    ).order_by("due_at")


def prescribers(site_id: int, at: datetime) -> list[Person]:
    """Who writes orders at a site now, by name: whom one may have spoken to. One query."""
    return _holders(site_id, at, Capability.WRITE_ORDERS)


def witnesses(site_id: int, at: datetime, *, but: Person) -> list[Person]:
    """Who may watch a dose that ``but`` gives: everybody else who charts doses at the site now. One query."""
    return [person for person in _holders(site_id, at, Capability.GIVE_DOSES) if person.pk != but.pk]


def _holders(site_id: int, at: datetime, capability: Capability) -> list[Person]:
    held = RoleAssignment.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=at), started_at__lte=at, site=site_id, role__in=list(roles_with(capability))
    )
    return list(Person.objects.filter(is_active=True, pk__in=held.values("person")).order_by("name", "pk"))
