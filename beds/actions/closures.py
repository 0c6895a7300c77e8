"""Take a bed out of service, and bring it back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from beds.actions.common import announce, card_of, lock, name_of, site_of, taken_in_words
from beds.models import Bed, Closure
from staff.models import Person
from staff.rules.capabilities import Capability


def _not_now(kwargs: Mapping[str, Any]) -> Finding:
    return taken_in_words(Bed.objects.select_related("room__unit__site").get(pk=kwargs["bed_id"]), kwargs["at"])


@action("beds.close", explain={"beds_one_closure_a_bed": _not_now, "beds_closure_against_stay": _not_now})
def close(
    *, by: Person, at: datetime, bed_id: int, why: str, back_on: date | None = None, key: UUID | None = None
) -> Closure:  # fmt: skip
    """Take an empty bed out of service, with a reason."""
    [bed] = lock(by, Capability.ASSIGN_BEDS, at, bed_id)
    if not why.strip():
        raise Refused(stop("bed.closure_reason", "Say why the bed is out of service."))
    if card_of(bed, at).client_id is not None:
        raise Refused(taken_in_words(bed, at))

    closure = Closure.objects.create(bed=bed, why=why.strip(), back_on=back_on, started_at=at)
    trail.record(
        "beds.close", by=by, at=at, subject=closure, site_id=site_of(bed).pk,
        summary=f"{name_of(bed)} out of service: {closure.why}",
    )  # fmt: skip

    announce(bed, at=at)
    return closure


@action("beds.reopen")
def reopen(*, by: Person, at: datetime, bed_id: int, key: UUID | None = None) -> Closure:
    """Bring a bed back into service. Refused ``bed.open`` where it is not closed."""
    [bed] = lock(by, Capability.ASSIGN_BEDS, at, bed_id)
    closure = Closure.objects.select_for_update().current(at).filter(bed=bed).first()
    if closure is None:
        raise Refused(stop("bed.open", f"{name_of(bed)} is in service already."))

    closure.ended_at = at
    closure.save(update_fields=["ended_at"])
    trail.record(
        "beds.reopen", by=by, at=at, subject=closure, site_id=site_of(bed).pk, summary=f"{name_of(bed)} back in service"
    )

    announce(bed, at=at)
    assert isinstance(closure, Closure)
    return closure
