"""Whether doses as needed helped: what is to be looked at, and what was seen."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status

from audit.rules.findings import Refused
from emar import actions
from emar.access import administration_at, order_at
from emar.api.answers import FirstOut, RefusedOut, desk_of, key_of, refused
from emar.api.fields import Amount, Asked, Instant, Line
from emar.api.passes import EffectOut, effect_of
from emar.models import Reassessment, ReassessmentResult
from emar.queries.effects import site_effects
from emar.queries.rows import plain
from staff.rules.capabilities import Capability

router = Router(tags=["Follow-ups of as-needed doses"])


class ClientEffectOut(EffectOut):
    """A follow-up that is open, and whose."""

    client_id: int


class EffectsOut(Schema):
    """Every open follow-up of the site, the most overdue first."""

    now: Instant
    effects: list[ClientEffectOut]


class EffectIn(Asked):
    """What was seen: ``score`` on the scale of the score before, ``seen_at`` where it was not just now."""

    key: UUID | None = None
    effect: ReassessmentResult.Effect
    score: Amount | None = None
    words: Line = ""
    seen_at: Instant | None = None


class ResultOut(Schema):
    """What was recorded. ``corrects`` is the result it stands for from now on."""

    id: int
    administration_id: int
    effect: str
    score: str | None
    words: str
    seen_at: Instant
    recorded_at: Instant
    by: str
    corrects: int | None


ANSWERS = {200: ResultOut, 201: ResultOut, 409: FirstOut, 422: RefusedOut}


@router.get("/effects", response=EffectsOut, summary="Open follow-ups")
def effects(request: HttpRequest, due_by: Instant | None = None) -> dict[str, Any]:
    """The open follow-ups of the desk's site; with ``due_by`` those due by then."""
    desk = desk_of(request, Capability.SEE_PASS)
    rows = site_effects(desk.site, at=desk.now, due_by=due_by)
    return {"now": desk.now, "effects": [effect_of(row) | {"client_id": row.client_id} for row in rows]}


@router.post("/administrations/{int:administration_id}/effect", response=ANSWERS, summary="Record an effect")
def record(request: HttpRequest, administration_id: int, body: EffectIn) -> Status[Any]:
    """Say whether a dose as needed helped. 409 where a colleague did so first."""
    desk = desk_of(request, Capability.GIVE_DOSES)
    dose = administration_at(desk, administration_id)
    key = key_of(request, body.key)
    try:
        row = actions.reassess(
            by=desk.person, at=desk.now, administration_id=dose.pk, key=key, **body.dict(exclude={"key"})
        )
    except Refused as error:
        return refused(error)
    except Reassessment.DoesNotExist as error:
        raise Http404("This dose is not to be looked at again.") from error
    return Status(201 if row.recorded_at == desk.now else 200, _row(row))


@router.post("/effects/{int:result_id}/corrections", response=ANSWERS, summary="Correct an effect")
def correct(request: HttpRequest, result_id: int, body: EffectIn) -> Status[Any]:
    """Replace what was recorded; ``words`` says why."""
    desk = desk_of(request, Capability.GIVE_DOSES)
    old = ReassessmentResult.objects.select_related("reassessment__administration").filter(pk=result_id).first()
    if old is None:
        raise Http404("No such effect here.")
    order_at(desk, old.reassessment.administration.order_id)
    key = key_of(request, body.key)
    try:
        row = actions.amend_reassessment(
            by=desk.person, at=desk.now, result_id=old.pk, key=key, **body.dict(exclude={"key"})
        )
    except Refused as error:
        return refused(error)
    return Status(201 if row.recorded_at == desk.now else 200, _row(row))


def _row(row: ReassessmentResult) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in ("effect", "words", "seen_at", "recorded_at")}
    return shown | {
        "id": row.pk,
        "administration_id": row.reassessment.administration_id,
        "score": None if row.score is None else plain(row.score),
        "by": row.by.signature,
        "corrects": row.corrects_id,
    }
