"""The pass as JSON: what is due, and charting a dose. ``config/api.py`` mounts this router; refusals are answered there."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from audit.rules.findings import Refused, stop
from emar import actions
from emar.access import order_at
from emar.keys import minute_of
from emar.models import Administration
from emar.queries import ClientCard, DoseRow, PrnRow, due_of, pass_page
from emar.queries.rows import plain
from emar.rules.administration import Outcome
from programs.desk import Desk, DeskRequest, at_desk
from staff.rules.capabilities import Capability

router = Router(tags=["Medication pass"])
Line = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")]
Code = Annotated[str, StringConstraints(max_length=40, pattern=r"^[^\x00]*$")]


class MarkOut(Schema):
    """What was charted; ``given_at`` in UTC."""

    id: int
    outcome: str
    given_at: datetime
    by: str


class DoseOut(Schema):
    """A dose: due (UTC), its state, and what was charted for it."""

    order_id: int
    due_at: datetime
    medication: str
    amount: str
    unit: str
    state: str
    on_hold: str
    charted: MarkOut | None


class PrnOut(Schema):
    """An as-needed order; ``next_at`` is when it may be given, null where not within a day."""

    order_id: int
    medication: str
    amount: str
    unit: str
    indication: str
    next_at: datetime | None


class ClientOut(Schema):
    """A client on the pass."""

    client_id: int
    name: str
    born_on: str
    place: str
    allergies: list[str]
    away: str
    doses: list[DoseOut]
    as_needed: list[PrnOut]


class PassOut(Schema):
    """One pass of one unit; ``at`` is the pass nearest to the instant asked for."""

    unit_id: int
    unit: str
    at: datetime
    total: int
    done: int
    late: int
    clients: list[ClientOut]


class AdministerIn(Schema):
    """What became of a dose. Instants carry a zone; ``due_at`` is left out for an as-needed dose."""

    key: UUID | None = None
    order_id: Annotated[int, Field(ge=1, lt=2**63)]
    due_at: datetime | None = None
    client_id: Annotated[int, Field(ge=1, lt=2**63)]
    outcome: Outcome
    identifiers: Annotated[list[Code], Field(max_length=10)] = []
    given_at: datetime | None = None
    amount: Annotated[Decimal, Field(max_digits=9, decimal_places=3)] | None = None
    unit: Annotated[str, StringConstraints(max_length=20)] | None = None
    reason: Code = ""
    note: Line = ""
    overrides: dict[Code, Line] = {}


class AdministrationOut(Schema):
    """A row of the record."""

    id: int
    order_id: int
    due_at: datetime | None
    outcome: str
    amount: str | None
    unit: str
    reason: str
    note: str
    given_at: datetime
    recorded_at: datetime
    wall_clock: str
    minutes_off: int | None
    by: str


class FindingOut(Schema):
    """A rule's word; ``severity`` is stop or override."""

    code: str
    severity: str
    message: str


class RefusedOut(Schema):
    """Nothing was written, and why."""

    findings: list[FindingOut]


class ChartedOut(RefusedOut):
    """Someone was first."""

    outcome: str
    at: datetime
    by: str


@router.get("/pass/{int:unit_id}", response=PassOut, summary="What is due on a pass")
def due_list(request: HttpRequest, unit_id: int, at: datetime | None = None) -> dict[str, Any]:
    """The pass of a unit that is nearest to ``at`` (now where left out), clients in walking order."""
    desk = desk_of(request, Capability.SEE_PASS)
    if at is not None:
        actions.refuse_strange_times(desk.now, at)
    page = pass_page(desk.site, unit_id, at or desk.now, at=desk.now)
    if page is None:
        raise Http404("Nobody sleeps in this unit.")
    return {
        "unit_id": page.unit_id,
        "unit": page.unit,
        "at": page.at,
        "total": page.total,
        "done": page.done,
        "late": page.late,
        "clients": [_client(client) for client in page.clients],
    }


@router.post(
    "/administrations",
    response={200: AdministrationOut, 201: AdministrationOut, 409: ChartedOut, 422: RefusedOut},
    summary="Chart a dose",
)
def administer(request: HttpRequest, body: AdministerIn) -> Status[Any]:
    """Chart one dose, once. The key is in the body or in the header ``Idempotency-Key``."""
    desk = desk_of(request, Capability.GIVE_DOSES)
    order = order_at(desk, body.order_id)
    asked = body.dict(exclude={"key", "order_id"})
    actions.refuse_strange_times(desk.now, body.due_at)
    if body.due_at is not None:  # JSON carries milliseconds: the dose of that minute is meant
        asked["due_at"] = due_of(desk.site, order.pk, minute_of(body.due_at), at=desk.now) or body.due_at
    try:
        row = actions.administer(by=desk.person, at=desk.now, order_id=order.pk, key=body.key or _key(request), **asked)
    except Refused as refused:
        first = actions.refused_as(refused)
        if first is None:
            raise
        return Status(409, {"findings": _findings(refused), **first.detail})
    return Status(201 if row.recorded_at == desk.now else 200, _row(row))


def desk_of(request: HttpRequest, capability: Capability) -> Desk:
    """The desk of a signed-in request. Raises NotAllowed where no role there carries the capability."""
    found: list[Desk] = []

    @at_desk(capability)
    def seated(let_in: DeskRequest) -> HttpResponse:
        found.append(let_in.desk)
        return HttpResponse()

    seated(request)
    return found[0]


def _key(request: HttpRequest) -> UUID | None:
    given = request.headers.get("Idempotency-Key")
    try:
        return UUID(given) if given else None
    except ValueError as error:
        raise Refused(
            stop("request.key", "The Idempotency-Key is not a UUID. Make one for each dose you chart.")
        ) from error


def _findings(refused: Refused) -> list[dict[str, str]]:
    return [{"code": each.code, "severity": each.severity.value, "message": each.message} for each in refused.findings]


def _client(client: ClientCard) -> dict[str, Any]:
    return {
        "client_id": client.client_id,
        "name": client.name,
        "born_on": client.born_on.isoformat(),
        "place": client.place.short,
        "allergies": list(client.allergies),
        "away": client.away.words if client.away else "",
        "doses": [_dose(dose) for dose in client.doses],
        "as_needed": [_prn(prn) for prn in client.prns],
    }


def _dose(dose: DoseRow) -> dict[str, Any]:
    mark, drug = dose.mark, dose.drug
    return {
        "order_id": drug.order_id,
        "due_at": dose.due_at,
        "medication": drug.title,
        "amount": drug.plain,
        "unit": drug.unit,
        "state": dose.state.value,
        "on_hold": drug.on_hold,
        "charted": None
        if mark is None
        else {"id": mark.pk, "outcome": mark.outcome.value, "given_at": mark.at, "by": mark.by},
    }


def _prn(prn: PrnRow) -> dict[str, Any]:
    drug = prn.drug
    return {
        "order_id": drug.order_id,
        "medication": drug.title,
        "amount": drug.plain,
        "unit": drug.unit,
        "indication": prn.indication,
        "next_at": prn.next_at,
    }


def _row(row: Administration) -> dict[str, Any]:
    fields = ("id", "order_id", "due_at", "outcome", "amount", "unit", "reason", "note")
    times = ("given_at", "recorded_at", "wall_clock", "minutes_off")
    shown = {name: getattr(row, name) for name in fields + times} | {"by": row.by.signature}
    return shown | {"amount": None if row.amount is None else plain(row.amount)}
