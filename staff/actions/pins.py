"""A person signs on a shared tablet: they enter their PIN for one purpose, and an act uses up what came of it."""

from datetime import datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import check_password
from django.db import transaction

from audit import trail
from audit.rules.findings import Finding, Refused, stop
from staff.access import lock_person, may, posts
from staff.models import Duty, Person, Pin, PinTry, Proof
from staff.queries.pins import newest_pin, standing_of
from staff.rules.capabilities import Capability, who_may
from staff.rules.pins import FREE_TRIES, GOOD_FOR, PAUSE, Gate, Standing


class Place(Protocol):
    """A site: where something is signed, with its wall clock."""

    @property
    def pk(self) -> int: ...

    @property
    def tz(self) -> ZoneInfo: ...


def prove(
    *,
    person_id: int,
    pin: str,
    site: Place,
    purpose: str,
    at: datetime,
    capability: Capability | None = None,
    key: UUID | None = None,
    on_duty: bool = True,
) -> Proof:
    """A proof that this person entered their own PIN at this site now, for one purpose; good for two minutes and one act.

    A transaction of its own, never inside an act: a wrong try counts also where the act is refused. Where ``capability`` is
    named, who does not hold it is told before the PIN is looked at. With the ``key`` of a form that was sent before, and the
    right PIN, it is the proof that the form used, so that the act under the same key answers as it did. ``on_duty`` False: they may
    be off duty (who signs for an act of their own: ``programs/step_up.py``). Raises Refused.
    """
    with transaction.atomic(durable=True):
        proof, refusal = _prove(person_id, pin, site, purpose, at, capability, key, on_duty)
    if refusal is not None or proof is None:
        raise Refused(refusal or stop("pin.wrong", "That PIN is not right."))
    return proof


def recognise(*, person_id: int, pin: str, site: Place, at: datetime) -> None:
    """The person who is signed in says again who they are, on or off duty: their PIN brings a locked session back, and signs nothing.

    Tries count with all others, in a transaction of their own. Raises Refused.
    """
    with transaction.atomic(durable=True):
        person = lock_person(person_id)
        if not person.is_active:
            refusal: Finding | None = stop("pin.inactive", f"{person.signature} no longer works here.")
        else:
            _, refusal = _try(person, pin, site, at)
    if refusal is not None:
        raise Refused(refusal)


def use(
    proof_id: int, *, purpose: str, site: Place, at: datetime, capability: Capability, but_not: tuple[int, ...] = (),
    on_duty: bool = True,
) -> Person:  # fmt: skip
    """Use a proof up and say who signed. Called by an act in its own transaction: where that is refused, it was not used.

    Raises Refused where the proof is too old, was used, is for another purpose or site, or where its person is named in
    ``but_not``, is not active or on duty, or does not hold the capability at this instant.
    """
    proof = Proof.objects.select_for_update(of=("self",)).select_related("person").filter(pk=proof_id).first()
    if proof is None or proof.purpose != purpose or proof.site_id != site.pk:
        raise Refused(stop("pin.other_purpose", "That PIN was entered for something else. Enter it here again."))
    person = proof.person
    if proof.used_at is not None:
        raise Refused(stop("pin.used", f"The PIN of {person.signature} signed something already. Enter it again."))
    if not proof.at <= at < proof.expires_at:
        raise Refused(stop("pin.expired", f"The PIN of {person.signature} was entered too long ago. Enter it again."))
    if person.pk in but_not:
        raise Refused(
            stop("pin.same_person", f"{person.signature} cannot be the second person too. Ask someone else on duty.")
        )
    if refusal := _away(person, site, at, on_duty) or _lacks(person, site, at, capability):
        raise Refused(refusal)

    proof.used_at = at
    proof.save(update_fields=["used_at"])
    return person


def _prove(
    person_id: int, pin: str, site: Place, purpose: str, at: datetime, capability: Capability | None, key: UUID | None,
    on_duty: bool,
) -> tuple[Proof | None, Finding | None]:  # fmt: skip
    """The proof, or what is to be said; a try that was wrong is written either way."""
    person = lock_person(person_id)
    refusal = _away(person, site, at, on_duty) or (_lacks(person, site, at, capability) if capability else None)
    if refusal is not None:
        return None, refusal
    attempt, refusal = _try(person, pin, site, at)
    if attempt is None:
        return None, refusal
    if key is not None:
        used = Proof.objects.filter(key=key, person=person, site_id=site.pk, purpose=purpose).exclude(used_at=None)
        if earlier := used.first():
            return earlier, None
    proof = Proof.objects.create(
        person=person, site_id=site.pk, purpose=purpose, at=at, expires_at=at + GOOD_FOR, attempt=attempt, key=key
    )
    return proof, None


def _try(person: Person, pin: str, site: Place, at: datetime) -> tuple[PinTry | None, Finding | None]:
    """The right try, or what is to be said; one that was wrong is written too."""
    current = newest_pin(person.pk)
    if current is None or not current.secret:
        return None, stop(
            "pin.unset", f"{person.signature} has no PIN yet. They set one under 'My PIN' when signed in."
        )
    before = standing_of(current, at)
    if before.gate is not Gate.OPEN:
        return None, _shut(person, before, site)

    right = check_password(pin, current.secret)
    attempt = PinTry.objects.create(person=person, pin=current, site_id=site.pk, at=at, right=right)
    return (attempt, None) if right else (None, _wrong(person, current, site, at))


def _away(person: Person, site: Place, at: datetime, on_duty: bool) -> Finding | None:
    """What keeps a person from signing anything here now: gone, without a role, or (``on_duty``) off duty."""
    if not person.is_active:
        return stop("pin.inactive", f"{person.signature} no longer works here. Ask someone else on duty.")
    if not any(post.site_id == site.pk for post in posts(person, at)):
        return stop("pin.no_role", f"{person.signature} holds no role at this site now. Ask someone else on duty.")
    if on_duty and not Duty.objects.current(at).filter(person=person, site_id=site.pk).exists():
        return stop(
            "pin.off_duty",
            f"{person.signature} is not on duty at this site. They come on duty on 'My day', or ask someone else.",
        )
    return None


def _lacks(person: Person, site: Place, at: datetime, capability: Capability) -> Finding | None:
    if may(person, capability, site.pk, at):
        return None
    sentence = f"{person.signature} may not {capability.label} here. Ask {who_may(capability)}."
    return stop("pin.may_not", sentence, capability=capability.value)


def _wrong(person: Person, current: Pin, site: Place, at: datetime) -> Finding:
    """The sentence after a wrong try; the lock goes on the trail."""
    now = standing_of(current, at)
    if now.gate is Gate.LOCKED:
        trail.record(
            "staff.pin_locked", by=person, at=at, subject=current, site_id=site.pk,
            summary=f"The PIN of {person.name} was locked: {now.wrong} wrong tries",
        )  # fmt: skip
    if now.gate is not Gate.OPEN:
        return _shut(person, now, site, just=True)
    left = FREE_TRIES - now.wrong
    return stop(
        "pin.wrong",
        f"That is not the PIN of {person.signature}. "
        f"{left} more {'try' if left == 1 else 'tries'}, then each waits {PAUSE.seconds} seconds.",
    )


def _shut(person: Person, now: Standing, site: Place, *, just: bool = False) -> Finding:
    """Why no PIN is looked at now: it waits, or is locked. ``just``: the try that was wrong led here."""
    opening = f"That is not the PIN of {person.signature}. " if just else ""
    if now.gate is Gate.LOCKED or now.until is None:
        return stop(
            "pin.locked",
            f"{opening}The PIN of {person.signature} is locked after {now.wrong} wrong tries. "
            "They set a new one under 'My PIN', with their account password; if they cannot, ask an administrator.",
        )
    until = now.until.astimezone(site.tz)
    return stop(
        "pin.wait",
        f"{opening}After {now.wrong} wrong tries in a row, wait until {until:%H:%M:%S}. "
        f"{now.left} more wrong {'try locks' if now.left == 1 else 'tries lock'} the PIN.",
        until=now.until.isoformat(),
    )
