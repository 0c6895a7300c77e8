"""May this person do this, here, now? Capabilities are held through roles at a site for a period."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from audit.rules.findings import Refused, stop
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Capability, Role, allows, who_may


class NotAllowed(Refused):
    """The person lacks the capability at that site. Pages answer 403 with the sentence."""


@dataclass(frozen=True)
class Post:
    """A role that a person holds at a site now."""

    site_id: int
    role: Role


def posts(person: Person, at: datetime) -> tuple[Post, ...]:
    """The roles a person holds at this instant, in one query; none where the account is inactive."""
    if not person.is_active:
        return ()
    held = (
        RoleAssignment.objects.filter(person=person, started_at__lte=at)
        .filter(Q(ended_at=None) | Q(ended_at__gt=at))
        .order_by("site__position", "site_id", "role")
        .values_list("site_id", "role")
    )
    return tuple(Post(site_id, Role(role)) for site_id, role in held)


def may(person: Person, capability: Capability, site_id: int, at: datetime) -> bool:
    """True where any role the person holds at that site now carries the capability."""
    return any(post.site_id == site_id and allows(post.role, capability) for post in posts(person, at))


def require(person: Person, capability: Capability, site_id: int, at: datetime) -> None:
    """Raise NotAllowed, with who could do it instead, where the person may not."""
    if not may(person, capability, site_id, at):
        sentence = f"You may not {capability.label} here. Ask {who_may(capability)}."
        raise NotAllowed(stop("staff.not_allowed", sentence, capability=capability.value))


def lock_person(person_id: int) -> Person:
    """The row of a person, under which their PIN and their duty change one after the other (rows that name them do not wait)."""
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if person is None:
        raise Refused(stop("staff.nobody", "There is no such person. Reload the page and choose again."))
    return person
