"""Give a person a role at a site, and end it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from live.actions import recheck
from staff.access import require
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Capability, Role


def _held(kwargs: Mapping[str, Any]) -> Finding:
    return stop("staff.role_held", f"They already work as {Role(kwargs['role']).label.lower()} here.")


@action("staff.give_role", explain={f"staff_role_once_{role.value}": _held for role in Role})
def give_role(
    *, by: Person, at: datetime, person_id: int, site_id: int, role: Role, key: UUID | None = None
) -> RoleAssignment:  # fmt: skip
    """Let a person work in a role at a site from now on. Refused where they already do, or are not active."""
    require(by, Capability.MANAGE_STAFF, site_id, at)
    person = Person.objects.select_for_update().get(pk=person_id)
    if not person.is_active:
        raise Refused(stop("staff.inactive", f"{person.name} no longer works here. Make the account active first."))

    given = RoleAssignment.objects.create(person=person, site_id=site_id, role=role, started_at=at)
    trail.record(
        "staff.give_role",
        by=by,
        at=at,
        subject=given,
        site_id=site_id,
        summary=f"{person.name} works as {role.label.lower()}",
    )

    recheck(person.pk)
    return given


@action("staff.end_role")
def end_role(*, by: Person, at: datetime, assignment_id: int, key: UUID | None = None) -> RoleAssignment:
    """End a role now; open pages of the person are checked at once. Refused where it ended before, or is one's own last one."""
    held = RoleAssignment.objects.select_for_update(of=("self",)).select_related("person").get(pk=assignment_id)
    require(by, Capability.MANAGE_STAFF, held.site_id, at)
    if held.ended_at is not None:
        raise Refused(
            stop("staff.role_ended", f"{held.person.name} no longer works as {Role(held.role).label.lower()}.")
        )
    if held.person_id == by.pk and held.role == Role.ADMINISTRATOR:
        raise Refused(stop("staff.own_role", "You cannot end your own administrator role. Ask another administrator."))

    held.ended_at = at
    held.save(update_fields=["ended_at"])
    trail.record(
        "staff.end_role", by=by, at=at, subject=held, site_id=held.site_id,
        summary=f"{held.person.name} no longer works as {Role(held.role).label.lower()}",
    )  # fmt: skip

    recheck(held.person_id)
    return held
