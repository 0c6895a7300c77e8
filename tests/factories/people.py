"""People who work here."""

from datetime import datetime, timedelta

from programs.models import Site
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Role

PASSWORD = "a long pass phrase"


def person(username: str, name: str, credentials: str = "") -> Person:
    """A person without any role; signs in with PASSWORD."""
    made = Person(username=username, name=name, credentials=credentials)
    made.set_unusable_password()
    made.save()
    return made


def assign(who: Person, site: Site, *roles: Role, at: datetime) -> Person:
    """Give roles at a site, since a year before ``at``."""
    for role in roles:
        RoleAssignment.objects.create(person=who, site=site, role=role, started_at=at - timedelta(days=365))
    return who
