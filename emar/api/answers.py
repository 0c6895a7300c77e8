"""What is answered: rows of the record, findings, and who was first."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Schema, Status

from audit.rules.findings import Finding, Refused, stop
from emar.api.fields import Instant
from emar.models import Administration
from emar.queries.rows import plain
from programs.desk import Desk, DeskRequest, at_desk
from staff.rules.capabilities import Capability

FIRST = frozenset({"dose.already_charted", "dose.corrected_already", "reassess.already"})
"""Codes that say a colleague was first: 409."""


class FindingOut(Schema):
    """A rule's word; ``severity`` is stop, or override where a reason may go past it."""

    code: str
    severity: str
    message: str


class RefusedOut(Schema):
    """Nothing was written, and why."""

    findings: list[FindingOut]


class FirstOut(RefusedOut):
    """Someone was first: what they charted, when, and who."""

    outcome: str | None = None
    at: Instant | None = None
    by: str | None = None


class MeasureOut(Schema):
    """A value that a hold limit was checked against."""

    measure: str
    value: str
    taken_at: Instant


class OverrideOut(Schema):
    """A finding that was gone past, and why."""

    code: str
    message: str
    reason: str


class AdministrationOut(Schema):
    """A row of the record. ``corrects`` is the row it stands for from now on.

    ``person_by`` is 'scan' for a wristband, else the identifiers; ``medication_by`` 'scan' or 'none'.
    """

    id: int
    order_id: int
    due_at: Instant | None
    outcome: str
    amount: str | None
    unit: str
    reason: str
    note: str
    body_site: str
    prn_reason: str
    scale: str
    score: str | None
    measures: list[MeasureOut]
    overrides: list[OverrideOut]
    given_at: Instant
    recorded_at: Instant
    wall_clock: str
    minutes_off: int | None
    by: str
    witnessed_by: str | None
    person_by: str
    medication_by: str
    unscanned: str
    corrects: int | None


_FIELDS = (
    "order_id", "due_at", "outcome", "unit", "reason", "note", "body_site", "prn_reason", "scale", "measures", "overrides",
    "given_at", "recorded_at", "wall_clock", "minutes_off",
    "person_by", "medication_by", "unscanned",
)  # fmt: skip


def row_of(row: Administration) -> dict[str, Any]:
    """An administration as it is answered."""
    witness = row.witnessed_by if row.witnessed_by_id else None
    return {name: getattr(row, name) for name in _FIELDS} | {
        "id": row.pk,
        "amount": None if row.amount is None else plain(row.amount),
        "score": None if row.score is None else plain(row.score),
        "by": row.by.signature,
        "witnessed_by": None if witness is None else witness.signature,
        "corrects": row.corrects_id,
    }


def findings_of(findings: tuple[Finding, ...]) -> list[dict[str, str]]:
    """Findings as they are answered."""
    return [{"code": each.code, "severity": each.severity.value, "message": each.message} for each in findings]


def first_of(findings: tuple[Finding, ...]) -> dict[str, Any] | None:
    """The answer that says who was first; None where that is not why it was refused."""
    finding = next((each for each in findings if each.code in FIRST), None)
    if finding is None:
        return None
    detail = {name: finding.detail.get(name) for name in ("outcome", "at", "by")}
    return {"findings": findings_of(findings), **detail}


def refused(error: Refused) -> Status[Any]:
    """409 with who was first; any other refusal goes on to the handler of the API (422, 403)."""
    first = first_of(error.findings)
    if first is None:
        raise error
    return Status(409, first)


def desk_of(request: HttpRequest, capability: Capability) -> Desk:
    """The desk of a signed-in request. Raises NotAllowed where no role there carries the capability."""
    found: list[Desk] = []

    @at_desk(capability)
    def seated(let_in: DeskRequest) -> HttpResponse:
        found.append(let_in.desk)
        return HttpResponse()

    seated(request)
    return found[0]


def key_of(request: HttpRequest, named: UUID | None) -> UUID | None:
    """The idempotency key: in the body, else in the header ``Idempotency-Key``. Raises Refused for one that is no UUID."""
    given = request.headers.get("Idempotency-Key")
    try:
        return named or (UUID(given) if given else None)
    except ValueError as error:
        sentence = "The Idempotency-Key is not a UUID. Make one for each dose you chart."
        raise Refused(stop("request.key", sentence)) from error
