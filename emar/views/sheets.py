"""The sheets that rise from a row.

Other outcomes, an as-needed dose, a correction, and reasons to go past a finding.
"""

from collections.abc import Iterable
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from audit.rules.findings import Finding
from emar.access import administration_at, order_at
from emar.keys import dose_pk, form_key, minute_of
from emar.models import Order
from emar.queries import dose_row, prn_row
from emar.queries.rows import DoseRow, PrnRow, plain
from emar.rules.administration import REASONS, TAKEN, Outcome
from emar.rules.orders import Mode
from emar.stock_forms.draws import draw_context
from emar.views.common import due_of
from emar.views.taken import prescribers, taken_context
from programs.desk import Desk, DeskRequest, at_desk
from staff.rules.capabilities import Capability

CONTACT = "dose.contact_needed"
TONES = {
    Outcome.GIVEN: "free",
    Outcome.PARTIAL: "free",
    Outcome.SELF_ADMINISTERED: "free",
    Outcome.VOMITED: "caution",
    Outcome.REFUSED: "stop",
    Outcome.HELD: "held",
    Outcome.NOT_AVAILABLE: "caution",
    Outcome.ABSENT: "other",
}
SHORT = {Outcome.SELF_ADMINISTERED: "Self-taken", Outcome.VOMITED: "Vomited", Outcome.NOT_AVAILABLE: "Not in stock"}
NOT_GIVEN = (Outcome.REFUSED, Outcome.HELD, Outcome.ABSENT, Outcome.NOT_AVAILABLE)
OTHERS = (*NOT_GIVEN, Outcome.PARTIAL, Outcome.SELF_ADMINISTERED, Outcome.VOMITED)


@at_desk(Capability.GIVE_DOSES)
def dose_sheet(request: DeskRequest, order_id: int, minute: int) -> HttpResponse:
    """What else can have become of a dose; with ``?give``, giving one that asks for more than a tap."""
    order = order_at(request.desk, order_id)
    return sheet(request, order, due_of(request.desk, order_id, minute), give="give" in request.GET)


@at_desk(Capability.GIVE_DOSES)
def prn_sheet(request: DeskRequest, order_id: int) -> HttpResponse:
    """Give an as-needed dose: what it is for."""
    return sheet(request, order_at(request.desk, order_id), None)


@at_desk(Capability.GIVE_DOSES)
def correct_sheet(request: DeskRequest, administration_id: int) -> HttpResponse:
    """Correct what was charted."""
    old = administration_at(request.desk, administration_id)
    row = _row(request, old.order, old.due_at)
    context = _context(request.desk, old.order, row, old.due_at, Outcome(old.outcome), tuple(Outcome), correcting=True)
    context |= {
        "action": reverse("emar:correct", args=[old.pk]),
        "key": form_key(f"correct-{old.pk}", 0),
        "correcting": old,
    }
    return render(request, "emar/_sheet.html", context)


@at_desk(Capability.GIVE_DOSES)
def reasons(request: DeskRequest, order_id: int) -> HttpResponse:
    """The reasons of an outcome, and the amount where something was taken."""
    order = order_at(request.desk, order_id)
    value = request.GET.get("outcome", "")
    outcome = Outcome(value) if value in set(Outcome) else Outcome.REFUSED
    context = {"order": order, "outcome": outcome, "reasons": REASONS.get(outcome, ())}
    row = _row(request, order, None) if order.protocol_id is not None else None
    context |= taken_context(request.desk, order, outcome, row)
    context |= draw_context(request.desk, order, outcome, order.dose, correcting="correcting" in request.GET)
    asks = outcome is Outcome.PARTIAL or order.dose_max is not None
    # what was said about another outcome does not hold for this one, and a reason asked for it would block the form
    return render(request, "emar/_reasons.html", context | {
        "amount": "" if asks else plain(order.dose), "anew": True, "correcting": "correcting" in request.GET,
    })  # fmt: skip


def sheet(
    request: DeskRequest,
    order: Order,
    due_at: datetime | None,
    *,
    findings: Iterable[Finding] = (),
    give: bool = False,
) -> HttpResponse:
    """The sheet of a dose; with ``findings`` it asks for the reasons to give it all the same."""
    findings = tuple(findings)
    row = _row(request, order, due_at)
    if due_at is None:
        outcomes: tuple[Outcome, ...] = (Outcome.GIVEN, Outcome.SELF_ADMINISTERED)
    elif findings or give or (isinstance(row, DoseRow) and row.state.value in ("missed", "upcoming")):
        outcomes = (Outcome.GIVEN, *OTHERS)
    else:
        outcomes = OTHERS
    chosen = Outcome.HELD if row and row.drug.on_hold else outcomes[0]
    if order.mode == Mode.OBSERVED and chosen is Outcome.GIVEN:
        chosen = Outcome.SELF_ADMINISTERED
    context = _context(request.desk, order, row, due_at, chosen, outcomes) | asks_for(request.desk, findings)
    response = render(request, "emar/_sheet.html", context, status=422 if findings else 200)
    response["HX-Retarget"], response["HX-Reswap"] = "#sheet", "innerHTML"
    return response


def _row(request: DeskRequest, order: Order, due_at: datetime | None) -> DoseRow | PrnRow | None:
    desk = request.desk
    if due_at is None:
        return prn_row(desk.site, order.pk, at=desk.now)
    return dose_row(desk.site, order.pk, minute_of(due_at), at=desk.now)


def asks_for(desk: Desk, findings: tuple[Finding, ...]) -> dict[str, object]:
    """The findings of a sheet, and whom the nurse may have spoken to where one asks for the prescriber."""
    asks = any(finding.detail.get("ask") == "prescriber" or finding.code == CONTACT for finding in findings)
    return {"findings": findings, "contacts": prescribers(desk) if asks else []}


def _context(
    desk: Desk,
    order: Order,
    row: DoseRow | PrnRow | None,
    due_at: datetime | None,
    chosen: Outcome,
    outcomes: tuple[Outcome, ...],
    *,
    correcting: bool = False,
) -> dict[str, object]:
    pk = str(order.pk) if due_at is None else dose_pk(order.pk, due_at)
    args = [order.pk] if due_at is None else [order.pk, minute_of(due_at)]
    return (
        {
            "order": order,
            "row": row,
            "due_at": due_at,
            "target": f"#{'prn' if due_at is None else 'dose'}-{pk}",
            "action": reverse("emar:chart_prn" if due_at is None else "emar:chart_dose", args=args),
            "key": row.key if row is not None else form_key(pk, 0),
            "groups": [
                (
                    words,
                    [(each, SHORT.get(each, each.label), TONES[each]) for each in outcomes if (each in TAKEN) is taken],
                )
                for words, taken in (("Not taken", False), ("Taken", True))
                if any((each in TAKEN) is taken for each in outcomes)
            ],
            "outcome": chosen,
            "reasons": REASONS.get(chosen, ()),
            "amount": "" if order.dose_max is not None else row.drug.plain if row is not None else plain(order.dose),
            "clock": desk.now,
        }
        | taken_context(desk, order, chosen, row)
        | draw_context(desk, order, chosen, order.dose if row is None else row.drug.amount, correcting=correcting)
    )
