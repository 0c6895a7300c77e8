"""What waits to be settled, side by side: what a tablet says happened, and what stands on the record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from emar.models import TAKEN, Administration, Settlement, Unsettled
from emar.queries.walked import walked
from emar.rules.administration import REASONS, Outcome, say_amount
from programs.contributions import Place
from programs.models import Client

OUTCOMES = frozenset(each.value for each in Outcome)


@dataclass(frozen=True)
class Side:
    """One side: who says what happened when."""

    what: str
    outcome: str
    at: datetime
    by: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class UnsettledRow:
    """A dose to settle. ``client`` is None where the tablet names nobody of this site; ``verdicts`` are (code, words)."""

    pk: int
    client: Client | None
    place: Place | None
    title: str
    due_at: datetime | None
    tablet: str
    tablet_says: Side
    record_says: Side | None
    whys: tuple[str, ...]
    device_at: datetime
    offset_minutes: int
    received_at: datetime
    clock_moved: bool
    verdicts: tuple[tuple[str, str], ...]

    @property
    def extra(self) -> bool:
        """Whether both may have been given."""
        return any(code == Settlement.Verdict.BOTH for code, _ in self.verdicts)


def unsettled_rows(site_id: int, at: datetime, *, client_id: int | None = None) -> list[UnsettledRow]:
    """What waits at a site, or of one client, oldest first. Four queries at most."""
    found = open_ones(site_id)
    if client_id is not None:
        found = found.filter(client=client_id)
    related = ("client", "dose__order__medication", "dose__person", "dose__tablet", "other__by")
    rows = list(found.select_related(*related).order_by("dose__charted_at", "pk"))
    if not rows:
        return []
    standing, where = _standing(rows), walked(site_id, at)
    clients = {row.client_id for row in rows if row.client_id}
    episodes = dict(Client.objects.filter(pk__in=clients, episodes__in=list(where)).values_list("pk", "episodes"))
    return [_row(row, standing.get(row.pk), where.get(episodes.get(row.client_id or 0, 0))) for row in rows]


def count_unsettled(site_id: int) -> int:
    """How many wait at a site. One query."""
    return open_ones(site_id).count()


def open_ones(site_id: int) -> QuerySet[Unsettled]:
    """What nobody settled yet."""
    return Unsettled.objects.filter(site=site_id, settlement=None)


def _standing(rows: list[Unsettled]) -> Mapping[int, Administration]:
    """What stands for each now: what was there then, or what was charted or corrected since. One query."""
    wanted = [row.dose.order_id for row in rows if row.dose.order_id]
    charted = Administration.objects.filter(order__in=wanted, due_at__in=[row.dose.due_at for row in rows])
    newest = {(each.order_id, each.due_at): each for each in charted.filter(corrected_by=None).select_related("by")}
    found: dict[int, Administration] = {}
    for row in rows:
        dose = row.dose
        stands = newest.get((dose.order_id, dose.due_at)) if dose.order_id and dose.due_at else row.other
        if stands is not None and stands.outcome in OUTCOMES:
            found[row.pk] = stands
    return found


def _row(row: Unsettled, other: Administration | None, place: Place | None) -> UnsettledRow:
    dose, said = row.dose, row.dose.said
    codes = {finding["code"] for finding in row.findings}
    order = dose.order
    title = str(said.get("title") or "A dose") if order is None else f"{order.medication.shown}"
    return UnsettledRow(
        row.pk,
        row.client,
        place,
        title,
        dose.due_at,
        dose.tablet.name,
        Side(_amount(said), _outcome(said), dose.charted_at, dose.person.signature, tuple(_more(said))),
        None if other is None else _side(other),
        tuple(finding["message"] for finding in row.findings),
        dose.device_at,
        round(dose.offset_ms / 60_000),
        dose.received_at,
        "tablet.clock_moved" in codes,
        tuple(_verdicts(said, other, known=order is not None, scheduled=dose.due_at is not None)),
    )


def _verdicts(said: Mapping[str, Any], other: Administration | None, *, known: bool, scheduled: bool) -> list[Any]:
    """What can be said of it; the rule looks again when it is said."""
    both = other is not None and other.outcome in TAKEN and said.get("outcome") in TAKEN and known
    codes = [
        (Settlement.Verdict.SAME, other is not None),
        (Settlement.Verdict.BOTH, both),
        (Settlement.Verdict.RECORD, known and (other is None or not scheduled)),
        (Settlement.Verdict.NOT, True),
    ]
    return [(verdict.value, verdict.label) for verdict, fits in codes if fits]


def _side(row: Administration) -> Side:
    reason = dict(REASONS.get(Outcome(row.outcome), ())).get(row.reason, "")
    amount = "" if row.amount is None else say_amount(row.amount, row.unit)
    return Side(
        amount, Outcome(row.outcome).label, row.given_at, row.by.signature, tuple(filter(None, (reason, row.note)))
    )


def _outcome(said: Mapping[str, Any]) -> str:
    outcome = _said(said)
    return "Something that cannot be read" if outcome is None else outcome.label


def _said(said: Mapping[str, Any]) -> Outcome | None:
    value = said.get("outcome")
    return Outcome(value) if isinstance(value, str) and value in OUTCOMES else None


def _amount(said: Mapping[str, Any]) -> str:
    return f"{said['amount']} {said.get('unit') or ''}".strip() if said.get("amount") else ""


def _more(said: Mapping[str, Any]) -> list[str]:
    outcome = _said(said)
    reasons = {} if outcome is None else dict(REASONS.get(outcome, ()))
    words = [reasons.get(str(said.get("reason")), ""), said.get("prn_reason"), said.get("note")]
    return [str(each) for each in words if each]
