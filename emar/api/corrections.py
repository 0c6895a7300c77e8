"""Correcting and undoing what was charted: a new row that names the old one. Both stay."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import StringConstraints

from audit.rules.findings import Refused
from emar import actions
from emar.access import administration_at
from emar.actions.asked import measured
from emar.api.answers import AdministrationOut, FirstOut, RefusedOut, desk_of, key_of, refused, row_of
from emar.api.doses import What, drawn_of
from emar.api.fields import Asked, Line
from staff.rules.capabilities import Capability

router = Router(tags=["Corrections"])
ANSWERS = {200: AdministrationOut, 201: AdministrationOut, 409: FirstOut, 422: RefusedOut}


class CorrectIn(What):
    """What is right instead, and ``note``: why it is corrected. What is left out stays as it was charted."""

    key: UUID | None = None
    note: Annotated[Line, StringConstraints(min_length=1)]


class UndoIn(Asked):
    """Nothing happened: the dose is due again."""

    key: UUID | None = None
    note: Line = ""


@router.post("/administrations/{int:administration_id}/corrections", response=ANSWERS, summary="Correct a dose")
def correct(request: HttpRequest, administration_id: int, body: CorrectIn) -> Status[Any]:
    """Replace what a row says. 409 where a colleague corrected it first."""
    desk = desk_of(request, Capability.CORRECT_DOSES)
    old = administration_at(desk, administration_id)
    sent = {name: getattr(body, name) for name in body.model_fields_set - {"key"}}
    if "measures" in sent:
        sent["measures"] = measured(dict(each) for each in body.measures)
    if "draws" in sent:
        sent["draws"] = drawn_of(body)
    try:
        row = actions.correct(
            by=desk.person, at=desk.now, administration_id=old.pk, key=key_of(request, body.key), **sent
        )
    except Refused as error:
        return refused(error)
    return Status(201 if row.recorded_at == desk.now else 200, row_of(row))


@router.post("/administrations/{int:administration_id}/undo", response=ANSWERS, summary="Undo one's own mistake")
def undo(request: HttpRequest, administration_id: int, body: UndoIn) -> Status[Any]:
    """Take back what one charted oneself, for as long as the site allows; after that it is corrected."""
    desk = desk_of(request, Capability.GIVE_DOSES)
    old = administration_at(desk, administration_id)
    key = key_of(request, body.key)
    try:
        row = actions.undo(by=desk.person, at=desk.now, administration_id=old.pk, note=body.note, key=key)
    except Refused as error:
        return refused(error)
    return Status(201 if row.recorded_at == desk.now else 200, row_of(row))
