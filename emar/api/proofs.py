"""A second person signs on somebody else's tablet: their own PIN for one purpose gives a proof, good for two minutes and one dose."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from audit.rules.findings import Refused, stop
from emar.api.answers import RefusedOut, desk_of, refused
from emar.api.fields import Asked, Id, Instant
from emar.rules.administration import WATCHED_DOSE
from emar.rules.stock import Kind
from staff.actions.pins import prove
from staff.models import Person
from staff.rules.capabilities import Capability

router = Router(tags=["Charting"])
NEEDS = {WATCHED_DOSE: Capability.GIVE_DOSES, Kind.DOSE.purpose: Capability.WITNESS}


class ProofIn(Asked):
    """Whose PIN it is, and for what: who watched a dose (``dose.witness``), or what was wasted of one (``stock.waste``).

    ``key``: the key of the dose it is for, so that a retry gets the proof it used.
    """

    person_id: Id
    pin: Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[0-9]*$")]
    purpose: Literal["dose.witness", "stock.waste"]
    key: UUID | None = None


class ProofOut(Schema):
    """What the dose names; it is good until ``expires_at``, once."""

    proof_id: int
    person_id: int
    expires_at: Instant


@router.post("/proofs", response={201: ProofOut, 422: RefusedOut}, summary="A second person enters their PIN")
def make(request: HttpRequest, body: ProofIn) -> Status[Any]:
    """Prove that a second person entered their own PIN here. A wrong one counts; ten in a row lock it."""
    desk = desk_of(request, Capability.GIVE_DOSES)
    try:
        if body.person_id == desk.person.pk or not Person.objects.filter(pk=body.person_id).exists():
            raise Refused(
                stop("pin.same_person", "The second person is another one, on duty here. Choose somebody else.")
            )
        proof = prove(
            person_id=body.person_id, pin=body.pin, site=desk.site, purpose=body.purpose, at=desk.now,
            capability=NEEDS[body.purpose], key=body.key,
        )  # fmt: skip
    except Refused as error:
        return refused(error)
    return Status(201, {"proof_id": proof.pk, "person_id": proof.person_id, "expires_at": proof.expires_at})
