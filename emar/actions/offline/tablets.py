"""Register a tablet, hear of it, revoke it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.trail import record
from emar.models import Tablet
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST_NAME = 40
_MOST = 32_000


def _name_taken(asked: Mapping[str, Any]) -> Finding:
    return stop("tablet.name_taken", "Another tablet of this site has that name. Choose one that stands on the device.")


@action("emar.register_tablet", explain={"emar_tablet_name_once_a_site": _name_taken})
def register_tablet(
    *, by: Person, at: datetime, site_id: int, name: str, secret_sha256: str, key: UUID | None = None
) -> Tablet:
    """Make a device one that keeps the pass for when the network is gone. Raises Refused and NotAllowed."""
    require(by, Capability.TABLETS, site_id, at)
    name = name.strip()

    if not 1 <= len(name) <= LONGEST_NAME or "\x00" in name:
        words = f"Give the tablet the name that stands on it, in at most {LONGEST_NAME} characters."
        raise Refused(stop("tablet.name", words))

    tablet = Tablet.objects.create(
        site_id=site_id, name=name, secret_sha256=secret_sha256, registered_at=at, registered_by=by
    )
    record("emar.register_tablet", by=by, at=at, subject=tablet, summary=f"Tablet {name} registered", site_id=site_id)
    return tablet


@action("emar.revoke_tablet")
def revoke_tablet(*, by: Person, at: datetime, tablet_id: int, key: UUID | None = None) -> Tablet:
    """A tablet is lost: it is wiped at its next contact, and nothing it still sends is charted. For ever.

    One that was revoked stays as it is. Raises NotAllowed and Tablet.DoesNotExist.
    """
    tablet = Tablet.objects.select_for_update(no_key=True).get(pk=tablet_id)
    require(by, Capability.TABLETS, tablet.site_id, at)

    if tablet.revoked_at is not None:
        return tablet

    tablet.revoked_at, tablet.revoked_by = max(at, tablet.registered_at), by
    tablet.save(update_fields=["revoked_at", "revoked_by"])
    told = f"Tablet {tablet.name} revoked, {tablet.unsent} doses unsent when it was last heard of"
    record("emar.revoke_tablet", by=by, at=at, subject=tablet, summary=told, site_id=tablet.site_id)
    return tablet


def heard_of(
    *,
    at: datetime,
    tablet_id: int,
    person_id: int,
    unsent: int,
    unsent_since: datetime | None,
    unsent_by_id: int | None,
    unreadable: int,
    key_id: str,
) -> None:
    """Keep what a tablet said of itself; one that is revoked was told to wipe itself. No event: it says so every minute."""
    known = None
    if unsent and unsent_by_id is not None:
        known = Person.objects.filter(pk=unsent_by_id).values_list("pk", flat=True).first()
    Tablet.objects.filter(pk=tablet_id, revoked_at=None).update(
        seen_at=at, seen_by_id=person_id, unsent=min(unsent, _MOST), unreadable=min(unreadable, _MOST), key_id=key_id,
        unsent_since=unsent_since if unsent else None, unsent_by_id=known,
    )  # fmt: skip
    Tablet.objects.filter(pk=tablet_id, wiped_at=None, revoked_at__lte=at).update(wiped_at=at, seen_at=at)
