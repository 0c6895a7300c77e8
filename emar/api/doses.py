"""Charting: one dose, or a whole client's pass in one request."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from audit.rules.findings import Refused
from emar import actions
from emar.access import administration_at, client_at, reach_order
from emar.actions.asked import MOST_DRAWS, Draw, measured
from emar.api.answers import (
    AdministrationOut,
    FindingOut,
    FirstOut,
    RefusedOut,
    desk_of,
    findings_of,
    first_of,
    key_of,
    refused,
    row_of,
)
from emar.api.fields import Amount, Asked, Code, Id, Instant, Line, Words
from emar.models import Order
from emar.rules.administration import Outcome
from staff.rules.capabilities import Capability

router = Router(tags=["Charting"])
MOST = 60
"""Doses in one request."""


class MeasureIn(Asked):
    """A value that a hold limit is checked against."""

    measure: Code
    value: Amount
    taken_at: Instant


class DrawIn(Asked):
    """What was drawn from one line of counted stock, in its unit: drawn = given + wasted + returned.

    ``proof_id`` is of the PIN of who watched what was wasted, and ``why`` says why it was; ``lot`` as it stands on the package.
    """

    line_id: Id
    drawn: Amount
    wasted: Amount = Decimal(0)
    returned: Amount = Decimal(0)
    lot: Code = ""
    why: Line = ""
    proof_id: Id | None = None


class What(Asked):
    """What became of a dose; what does not apply is left out."""

    outcome: Outcome
    given_at: Instant | None = None
    amount: Amount | None = None
    unit: Annotated[str, Field(max_length=20)] | None = None
    reason: Code = ""
    note: Line = ""
    measures: Annotated[list[MeasureIn], Field(max_length=20)] = []
    body_site: Code = ""
    prn_reason: Words = ""
    scale: Code = ""
    score: Amount | None = None
    tried_first: Words = ""
    mouth_checked: bool | None = None
    attested_as: Words = ""
    draws: Annotated[list[DrawIn], Field(max_length=MOST_DRAWS)] | None = None


class DoseIn(What):
    """A dose and what became of it. ``due_at`` as in the due list, left out for an as-needed dose.

    ``barcode`` and ``band`` are the label and the wristband that were scanned, as they were read; ``unscanned`` says why no label
    was. ``witness_id`` is the second person and ``witness_proof_id`` the proof of their PIN, ``contact_id`` the prescriber
    one spoke to; ``patch_off``: the old patch was taken off.
    """

    key: UUID | None = None
    order_id: Id
    due_at: Instant | None = None
    identifiers: Annotated[list[Code], Field(max_length=10)] = []
    overrides: Annotated[dict[Code, Line], Field(max_length=20)] = {}
    route: Code | None = None
    barcode: Words = ""
    band: Code = ""
    unscanned: Code = ""
    witness_id: Id | None = None
    witness_proof_id: Id | None = None
    contact_id: Id | None = None
    device: Code = ""
    patch_off: bool = False


class AdministerIn(DoseIn):
    """One dose: ``client_id`` is whose chart is open, or whose wristband was scanned."""

    client_id: Id


class ClientPassIn(Asked):
    """A client's doses. ``all_or_nothing``: none is written unless all can be; ``each``: each for itself."""

    mode: Literal["each", "all_or_nothing"] = "each"
    doses: Annotated[list[DoseIn], Field(min_length=1, max_length=MOST)]


class AnswerOut(Schema):
    """What became of one of the doses: the status it would have had alone, and its row or why there is none."""

    status: int
    key: UUID | None
    order_id: int
    due_at: Instant | None
    administration: AdministrationOut | None
    findings: list[FindingOut]
    outcome: str | None = None
    at: Instant | None = None
    by: str | None = None


class ClientPassOut(Schema):
    """An answer for each dose, in the order asked; ``written`` counts the new rows."""

    written: int
    answers: list[AnswerOut]


@router.get("/administrations/{int:administration_id}", response=AdministrationOut, summary="A row of the record")
def administration(request: HttpRequest, administration_id: int) -> dict[str, Any]:
    """One row, as it was written."""
    return row_of(administration_at(desk_of(request, Capability.SEE_PASS), administration_id))


@router.post(
    "/administrations",
    response={200: AdministrationOut, 201: AdministrationOut, 409: FirstOut, 422: RefusedOut},
    summary="Chart a dose",
)
def administer(request: HttpRequest, body: AdministerIn) -> Status[Any]:
    """Chart one dose, once. The key is in the body or in the header ``Idempotency-Key``."""
    desk = desk_of(request, Capability.GIVE_DOSES)
    asked = asked_of(body)
    reach_order(desk, body.order_id)
    key, client_id = key_of(request, asked.pop("key")), asked.pop("client_id")
    said = actions.Asked(**asked).said
    try:
        row = actions.administer(by=desk.person, at=desk.now, key=key, client_id=client_id, **said)
    except Refused as error:
        return refused(error)
    return Status(201 if row.recorded_at == desk.now else 200, row_of(row))


@router.post(
    "/clients/{int:client_id}/administrations",
    response={200: ClientPassOut, 409: FirstOut, 422: ClientPassOut | RefusedOut},
    summary="Chart a client's doses in one request",
)
def administer_all(request: HttpRequest, client_id: int, body: ClientPassIn) -> Status[Any]:
    """Chart a client's doses; each has its own key and its own answer."""
    desk = desk_of(request, Capability.GIVE_DOSES)
    client_at(desk, client_id)
    doses = [actions.Asked(**asked_of(dose)) for dose in body.doses]
    try:
        answers = actions.administer_all(
            by=desk.person, at=desk.now, client_id=client_id, doses=doses, together=body.mode == "all_or_nothing"
        )
    except actions.NothingWritten as refused_:
        return Status(422, _told(refused_.answers))
    except Refused as error:
        return refused(error)
    except Order.DoesNotExist as error:
        raise Http404("None of these orders is this client's.") from error
    return Status(200, _told(answers))


def asked_of(body: What) -> dict[str, Any]:
    """The arguments of the action: every field of the request by its name."""
    asked = {name: getattr(body, name) for name in type(body).model_fields}
    return asked | {"measures": measured(dict(each) for each in body.measures), "draws": drawn_of(body)}


def drawn_of(body: What) -> tuple[Draw, ...] | None:
    """What it was drawn from, as the action takes it; None where the request does not say."""
    return None if body.draws is None else tuple(Draw(**dict(each)) for each in body.draws)


def answer_of(answer: actions.Answer) -> dict[str, Any]:
    """What became of one dose of a request, with the status that it would have had alone."""
    asked, row = answer.asked, answer.row
    told: dict[str, Any] = {"key": asked.key, "order_id": asked.order_id, "due_at": asked.due_at, "findings": []}
    if row is not None:
        return told | {"status": 200 if answer.again else 201, "administration": row_of(row)}
    told |= {"status": 422, "administration": None, "findings": findings_of(answer.findings)}
    first = first_of(answer.findings)
    return told if first is None else told | first | {"status": 409}


def _told(answers: Sequence[actions.Answer]) -> dict[str, Any]:
    told = [answer_of(answer) for answer in answers]
    return {"written": sum(each["status"] == 201 for each in told), "answers": told}
