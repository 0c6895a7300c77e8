"""People who work here."""

from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import make_password

from programs.models import Site
from staff.models import Duty, Person, Pin, PinTry, Proof, RoleAssignment
from staff.rules.capabilities import Role

PASSWORD = "a long pass phrase"
PIN = "7305"


def person(username: str, name: str, credentials: str = "") -> Person:
    """A person without any role; signs in with PASSWORD."""
    made = unsaved(username, name, credentials)
    made.save()
    return made


def unsaved(username: str, name: str, credentials: str = "") -> Person:
    """The same, for who saves several at once."""
    made = Person(username=username, name=name, credentials=credentials)
    made.set_unusable_password()
    return made


def assign(who: Person, site: Site, *roles: Role, at: datetime) -> Person:
    """Give roles at a site, since a year before ``at``."""
    for role in roles:
        held(who, site, role, at=at).save()
    return who


def held(who: Person, site: Site, role: Role, *, at: datetime) -> RoleAssignment:
    """The same, for who saves several at once."""
    return RoleAssignment(person=who, site=site, role=role, started_at=at - timedelta(days=365))


def signs(who: Person, site: Site, *, at: datetime, pin: str = PIN) -> Person:
    """On duty at a site since an hour before ``at``, with a PIN to sign with."""
    Pin.objects.create(
        person=who, by=who, secret=_secret(pin, settings.PASSWORD_HASHERS[0]), set_at=at - timedelta(days=30)
    )
    Duty.objects.create(person=who, site=site, started_at=at - timedelta(hours=1))
    return who


def proof_of(who: Person, site: Site, *, at: datetime, purpose: str) -> Proof:
    """The rows that ``staff.actions.pins.prove`` writes for somebody who ``signs``, without the hashing."""
    pin = Pin.objects.filter(person=who).latest("pk")
    tried = PinTry.objects.create(person=who, pin=pin, site=site, at=at, right=True)
    return Proof.objects.create(
        person=who, site=site, purpose=purpose, at=at, expires_at=at + timedelta(minutes=2), attempt=tried
    )


@cache
def _secret(pin: str, hasher: str) -> str:
    """Hashed once a run, as the hasher in force does."""
    return make_password(pin)
