"""Roles are held at a site for a period, and the table of capabilities is printed in docs/roles.md."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from audit.rules.findings import Refused
from staff.access import NotAllowed, may, require
from staff.actions import end_role, give_role
from staff.models import RoleAssignment
from staff.rules.capabilities import CAPABILITIES, Capability, Role
from tests.factories import World, assign, person

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "roles.md"


def printed() -> str:
    """The page as the table of capabilities makes it."""
    head = "| May | " + " | ".join(role.label for role in Role) + " |\n|---|" + "---|" * len(Role)
    rows = [
        f"| {capability.label} | "
        + " | ".join("yes" if capability in CAPABILITIES[role] else "" for role in Role)
        + " |"
        for capability in Capability
    ]
    return "\n".join([head, *rows])


def test_the_page_prints_the_table() -> None:
    assert printed() in PAGE.read_text()


def test_every_role_and_capability_is_in_the_table() -> None:
    assert set(CAPABILITIES) == set(Role)
    assert set().union(*CAPABILITIES.values()) == set(Capability)


def test_a_role_counts_only_at_its_site(here: World) -> None:
    assert may(here.on_unit, Capability.GIVE_DOSES, here.site.pk, here.now)
    assert not may(here.on_unit, Capability.GIVE_DOSES, here.other_site.pk, here.now)


def test_a_role_counts_only_while_it_is_held(here: World) -> None:
    RoleAssignment.objects.filter(person=here.on_unit).update(ended_at=here.now)
    assert may(here.on_unit, Capability.GIVE_DOSES, here.site.pk, here.now - timedelta(seconds=1))
    with pytest.raises(NotAllowed, match="Ask a nurse"):
        require(here.on_unit, Capability.GIVE_DOSES, here.site.pk, here.now)


def test_an_inactive_person_may_nothing(here: World) -> None:
    here.on_unit.is_active = False
    assert not may(here.on_unit, Capability.GIVE_DOSES, here.site.pk, here.now)


def test_an_administrator_gives_and_ends_a_role(here: World) -> None:
    chief = assign(person("chief", "Ora Chief"), here.site, Role.ADMINISTRATOR, at=here.now)
    given = give_role(by=chief, at=here.now, person_id=here.without_role.pk, site_id=here.site.pk, role=Role.NURSE)
    assert may(here.without_role, Capability.GIVE_DOSES, here.site.pk, here.now)
    with pytest.raises(Refused, match="already work as nurse"):
        give_role(by=chief, at=here.now, person_id=here.without_role.pk, site_id=here.site.pk, role=Role.NURSE)
    later = here.now + timedelta(hours=1)
    end_role(by=chief, at=later, assignment_id=given.pk)
    assert not may(here.without_role, Capability.GIVE_DOSES, here.site.pk, later)
    with pytest.raises(Refused, match="no longer works as nurse"):
        end_role(by=chief, at=later, assignment_id=given.pk)


def test_a_nurse_gives_no_roles(here: World) -> None:
    with pytest.raises(NotAllowed, match="Ask an administrator"):
        give_role(by=here.on_unit, at=here.now, person_id=here.without_role.pk, site_id=here.site.pk, role=Role.NURSE)


def test_the_database_refuses_one_role_twice_at_once(here: World) -> None:
    with pytest.raises(IntegrityError, match="staff_role_once_nurse"), transaction.atomic():
        RoleAssignment.objects.create(person=here.on_unit, site=here.site, role=Role.NURSE, started_at=here.now)
