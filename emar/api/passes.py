"""The due list of a pass."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from emar import actions
from emar.api.answers import desk_of
from emar.api.fields import Instant
from emar.queries import ClientCard, DoseRow, PrnRow, pass_page
from emar.queries.rows import Drug, EffectRow, Mark, plain
from staff.rules.capabilities import Capability

router = Router(tags=["Medication pass"])


class MarkOut(Schema):
    """What was charted last."""

    id: int
    outcome: str
    given_at: Instant
    by: str
    corrected: bool


class DrugOut(Schema):
    """An order as a nurse reads it; ``most`` is the top of a range order."""

    order_id: int
    medication: str
    sig: str
    amount: str
    most: str | None
    unit: str
    on_hold: str


class DoseOut(DrugOut):
    """A dose of the schedule: its window, its state, and what was charted for it."""

    due_at: Instant
    opens_at: Instant
    closes_at: Instant | None
    state: str
    minutes_late: int
    charted: MarkOut | None


class PrnOut(DrugOut):
    """An as-needed order; ``next_at`` is when it may be given, null where not within a day."""

    indication: str
    taken_in_24h: int
    next_at: Instant | None
    last: MarkOut | None


class EffectOut(Schema):
    """A dose as needed whose effect is to be recorded by ``due_at``."""

    administration_id: int
    order_id: int
    title: str
    given_at: Instant
    given_for: str
    scale: str
    score: str | None
    due_at: Instant
    overdue: bool


class ClientOut(Schema):
    """A client on the pass."""

    client_id: int
    name: str
    born_on: date
    place: str
    allergies: list[str]
    no_known_allergies: bool
    away: str
    doses: list[DoseOut]
    as_needed: list[PrnOut]
    effects: list[EffectOut]


class PassOut(Schema):
    """One pass of one unit; ``at`` is the pass nearest to the instant asked for, ``now`` when it was read."""

    unit_id: int
    unit: str
    at: Instant
    now: Instant
    total: int
    done: int
    late: int
    clients: list[ClientOut]


@router.get("/pass/{int:unit_id}", response=PassOut, summary="What is due on a pass")
def due_list(request: HttpRequest, unit_id: int, at: Instant | None = None) -> dict[str, Any]:
    """The pass of a unit that is nearest to ``at`` (now where left out), clients in walking order."""
    desk = desk_of(request, Capability.SEE_PASS)
    if at is not None:
        actions.refuse_strange_times(desk.now, at)
    page = pass_page(desk.site, unit_id, at or desk.now, at=desk.now)
    if page is None:
        raise Http404("Nobody sleeps in this unit.")
    shown = {name: getattr(page, name) for name in ("unit_id", "unit", "at", "now", "total", "done", "late")}
    return shown | {"clients": [client_of(client) for client in page.clients]}


def client_of(client: ClientCard) -> dict[str, Any]:
    """A client's card as it is answered."""
    return {
        "client_id": client.client_id,
        "name": client.name,
        "born_on": client.born_on,
        "place": client.place.short,
        "allergies": list(client.allergies),
        "no_known_allergies": client.allergies.none is not None,
        "away": client.away.words if client.away else "",
        "doses": [_dose(dose) for dose in client.doses],
        "as_needed": [_prn(prn) for prn in client.prns],
        "effects": [effect_of(effect) for effect in client.effects],
    }


def effect_of(effect: EffectRow) -> dict[str, Any]:
    """A follow-up as it is answered."""
    fields = ("order_id", "title", "given_at", "scale", "due_at", "overdue")
    return {name: getattr(effect, name) for name in fields} | {
        "administration_id": effect.administration_id,
        "given_for": effect.why,
        "score": None if effect.score is None else plain(effect.score),
    }


def _drug(drug: Drug) -> dict[str, Any]:
    return {
        "order_id": drug.order_id,
        "medication": drug.title,
        "sig": drug.sig,
        "amount": drug.plain,
        "most": None if drug.most is None else plain(drug.most),
        "unit": drug.unit,
        "on_hold": drug.on_hold,
    }


def _dose(dose: DoseRow) -> dict[str, Any]:
    fields = ("due_at", "opens_at", "closes_at", "minutes_late")
    times = {name: getattr(dose, name) for name in fields}
    return _drug(dose.drug) | times | {"state": dose.state.value, "charted": _mark(dose.mark)}


def _prn(prn: PrnRow) -> dict[str, Any]:
    more = {"indication": prn.indication, "taken_in_24h": prn.taken, "next_at": prn.next_at, "last": _mark(prn.last)}
    return _drug(prn.drug) | more


def _mark(mark: Mark | None) -> dict[str, Any] | None:
    if mark is None:
        return None
    return {
        "id": mark.pk, "outcome": mark.outcome.value, "given_at": mark.at, "by": mark.by, "corrected": mark.corrected,
    }  # fmt: skip
