"""A person sets the PIN they sign with; an administrator takes one away, and never sets one."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password

from audit import trail
from audit.actions import action
from audit.rules.findings import Refused, stop
from staff.access import lock_person, require
from staff.models import Person, Pin
from staff.queries.pins import newest_pin
from staff.rules.capabilities import Capability
from staff.rules.pins import wrong_with


@action("staff.set_pin")
def set_pin(*, by: Person, at: datetime, pin: str, password: str, site_id: int) -> Pin:
    """Set the PIN that ``by`` signs with, confirmed with the password of their own account. Ends a lock.

    Takes no key: a key is kept with a hash of what was asked, and a PIN or password is hashed by Argon2 or not at all.
    """
    person = lock_person(by.pk)
    if not person.is_active:
        raise Refused(stop("staff.inactive", f"{person.name} no longer works here."))
    if not person.check_password(password):
        raise Refused(stop("pin.password", "That is not the password you sign in with. Your PIN stays as it was."))
    if wrong := wrong_with(pin):
        raise Refused(stop("pin.weak", wrong))
    before = newest_pin(person.pk)
    if before is not None and check_password(pin, before.secret):
        raise Refused(stop("pin.same", "That is the PIN you have now. Choose another."))

    made = Pin.objects.create(person=person, secret=make_password(pin), set_at=at, by=person)
    trail.record("staff.set_pin", by=by, at=at, subject=made, site_id=site_id, summary=f"{person.name} set a PIN")

    return made


@action("staff.take_pin")
def take_pin(*, by: Person, at: datetime, person_id: int, site_id: int, key: UUID | None = None) -> Pin:
    """Take a PIN away, e.g. one that somebody saw. Its person sets a new one: nobody signs for someone else."""
    require(by, Capability.MANAGE_STAFF, site_id, at)
    person = lock_person(person_id)
    before = newest_pin(person.pk)
    if before is None or not before.secret:
        raise Refused(stop("pin.none", f"{person.name} has no PIN to take away."))

    taken = Pin.objects.create(person=person, secret="", set_at=at, by=by)
    trail.record(
        "staff.take_pin", by=by, at=at, subject=taken, site_id=site_id, summary=f"The PIN of {person.name} was taken away"
    )  # fmt: skip

    return taken
