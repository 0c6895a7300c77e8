"""Co-sign what a nurse wrote down on the word of a prescriber."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.trail import record
from emar.models import Cosign, VerbalOrder
from programs import placed
from programs.models import Client
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


def cosigned_already(asked: Mapping[str, Any]) -> Finding:
    """What a second co-signer is told: who signed."""
    row = Cosign.objects.select_related("by").filter(verbal=asked["verbal_id"]).first()
    who = "somebody" if row is None else row.by.signature
    return stop("order.cosigned_already", f"This was co-signed by {who} already. Nothing is left to do.")


@action("emar.cosign", explain={"emar_cosign_verbal_id_key": cosigned_already})
def cosign(*, by: Person, at: datetime, verbal_id: int, key: UUID | None = None) -> Cosign:
    """Sign a verbal order as a prescriber: the one who gave it, or another of the site, never who wrote it down.

    An order one does not agree with is stopped or changed as well. Raises Refused, NotAllowed, VerbalOrder.DoesNotExist.
    """
    verbal = VerbalOrder.objects.select_related("order__medication", "prescriber").get(pk=verbal_id)
    placement = placed.last(verbal.order.episode_id, at)
    if placement is None:
        raise VerbalOrder.DoesNotExist(f"Verbal order {verbal_id} belongs to no program.")
    require(by, Capability.WRITE_ORDERS, placement.program.site_id, at)
    Client.objects.select_for_update(no_key=True).only("pk").get(pk=verbal.order.client_id)

    if by.pk == verbal.by_id:
        raise Refused(stop("order.cosign_own", "You wrote this down yourself. Ask another prescriber to sign it."))
    if Cosign.objects.filter(verbal=verbal).exists():
        raise Refused(cosigned_already({"verbal_id": verbal_id}))

    row = Cosign.objects.create(verbal=verbal, by=by, at=at)
    late = " late" if at > verbal.cosign_due_at else ""
    given = "" if by.pk == verbal.prescriber_id else f", given by {verbal.prescriber.signature}"
    record(
        "emar.cosign", by=by, at=at, subject=verbal.order, site_id=placement.program.site_id,
        client_id=verbal.order.client_id, detail={"verbal": verbal.pk},
        summary=f"{verbal.order.medication.shown}: verbal order co-signed{late}{given}",
    )  # fmt: skip
    return row
