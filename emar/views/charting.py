"""Taps that write: a dose charted, an as-needed dose given, a row corrected. The answer is the row as it now stands."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from audit.rules.findings import Finding, Refused, Severity, stop
from emar import actions
from emar.access import administration_at, order_at
from emar.board import Viewer, row_html
from emar.forms import MEASURE, ChartForm, measures_in, overrides_in
from emar.identified import identified, tablet
from emar.keys import asked_key, dose_pk
from emar.models import Order
from emar.rules.administration import TAKEN, WATCHED_DOSE, Outcome
from emar.stock_forms.draws import drawn_in
from emar.views.behind import checks_in
from emar.views.common import due_of
from emar.views.sheets import asks_for, sheet
from emar.views.taken import dose_witness
from programs.desk import Desk, DeskRequest, at_desk
from programs.rules.wall import shown_near
from staff.rules.capabilities import Capability

STAYS = ("contact_id", "patch_off")
"""What a correction leaves as it was: whom one spoke to, and what became of the old patch. Who watched stays too."""


@require_POST
@at_desk(Capability.GIVE_DOSES)
def chart_dose(request: DeskRequest, order_id: int, minute: int) -> HttpResponse:
    """Chart a dose of the schedule."""
    order = order_at(request.desk, order_id)
    return _chart(request, order, due_of(request.desk, order_id, minute))


@require_POST
@at_desk(Capability.GIVE_DOSES)
def chart_prn(request: DeskRequest, order_id: int) -> HttpResponse:
    """Give an as-needed dose, with what it is for."""
    return _chart(request, order_at(request.desk, order_id), None)


@require_POST
@at_desk(Capability.GIVE_DOSES)
def correct_charted(request: DeskRequest, administration_id: int) -> HttpResponse:
    """Replace what was charted by what is right."""
    old = administration_at(request.desk, administration_id)

    def act(form: ChartForm, asked: dict[str, Any]) -> object:
        desk, clock = request.desk, form.cleaned_data["given_at"]
        given_at = old.given_at if clock is None else _instant(desk, clock, near=old.given_at)
        return actions.correct(
            by=desk.person,
            at=desk.now,
            administration_id=old.pk,
            given_at=given_at,
            key=_key(request, form),
            **{name: value for name, value in asked.items() if name not in STAYS}
            | _measured(request, form, given_at=given_at)
            | drawn_in(desk, old.order, form, asked, request.POST, _key(request, form)),
        )

    return _answer(request, old.order, old.due_at, act)


def _chart(request: DeskRequest, order: Order, due_at: datetime | None) -> HttpResponse:
    desk = request.desk
    known = identified(request.session, order.client_id, desk.now)

    def act(form: ChartForm, asked: dict[str, Any]) -> object:
        return actions.administer(
            by=desk.person,
            at=desk.now,
            order_id=order.pk,
            due_at=due_at,
            client_id=order.client_id,
            identifiers=known.by if known else (),
            band=form.cleaned_data["band"] or (known.band if known else ""),
            given_at=_instant(desk, form.cleaned_data["given_at"]),
            overrides=overrides_in(request.POST),
            device=tablet(request.session.session_key),
            key=_key(request, form),
            **asked
            | form.scanned()
            | _measured(request, form)
            | checks_in(form)
            | drawn_in(desk, order, form, asked, request.POST, _key(request, form))
            | _watched(request, form),
        )

    return _answer(request, order, due_at, act)


def _answer(
    request: DeskRequest, order: Order, due_at: datetime | None, act: Callable[[ChartForm, dict[str, Any]], object]
) -> HttpResponse:
    form = ChartForm(request.POST)
    try:
        if not form.is_valid():
            errors = [message for messages in form.errors.values() for message in messages]
            raise Refused(*(stop("form.invalid", str(message)) for message in errors))
        act(form, form.asked())
    except Refused as refused:
        return _refuse(request, order, due_at, refused)
    return row_answer(request, order, due_at)


def _refuse(request: DeskRequest, order: Order, due_at: datetime | None, refused: Refused) -> HttpResponse:
    """Charted by another: the row, and who was first (409). What may be gone past: the sheet asks why.

    Else what is wrong.
    """
    first = actions.refused_as(refused)
    if first is not None:
        return row_answer(request, order, due_at, first=first, status=409)
    if "sheet" in request.POST:
        return refuse_in_sheet(request, refused)
    if all(finding.severity is Severity.OVERRIDE for finding in refused.findings):
        return sheet(request, order, due_at, findings=refused.findings)
    return row_answer(request, order, due_at, findings=refused.findings, status=422)


def refuse_in_sheet(request: DeskRequest, refused: Refused) -> HttpResponse:
    """The sheet stays open, with what is wrong and the reasons given so far."""
    kept = {"reasons": overrides_in(request.POST), "contact": request.POST.get("contact_id", "")}
    context = asks_for(request.desk, refused.findings) | kept
    response = render(request, "emar/_sheet_findings.html", context, status=422)
    response["HX-Retarget"], response["HX-Reswap"] = "#sheet-findings", "outerHTML"
    return response


def row_answer(
    request: DeskRequest,
    order: Order,
    due_at: datetime | None,
    *,
    first: Finding | None = None,
    findings: tuple[Finding, ...] = (),
    status: int = 200,
) -> HttpResponse:
    """The row as it now stands, what is to be said under it, and an empty sheet."""
    pk = str(order.pk) if due_at is None else dose_pk(order.pk, due_at)
    row = row_html(request.desk.site, pk, Viewer(True, request.desk.person.pk))
    context = {"row": row, "pk": pk, "first": first, "findings": findings, "order": order}
    response = render(request, "emar/_charted.html", context, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = f"#{'prn' if due_at is None else 'dose'}-{pk}", "outerHTML"
    return response


def _key(request: DeskRequest, form: ChartForm) -> Any:
    """One tap is one request: the same row, person, session and answers; a later tap on a newer row is another."""
    who = (request.desk.person.pk, request.session.session_key)
    sent = form.cleaned_data | {name: value for name, value in request.POST.items() if name.startswith(MEASURE)}
    answers = sorted((name, str(value)) for name, value in sent.items())
    return asked_key(form.cleaned_data["key"], who, answers)


def _measured(request: DeskRequest, form: ChartForm, *, given_at: datetime | None = None) -> dict[str, Any]:
    """The values that were entered for hold limits; nothing where none was. Of a correction: measured when it was given."""
    clock = form.cleaned_data["measured_at"]
    taken_at = _instant(request.desk, clock, near=given_at) or given_at or request.desk.now
    values = measures_in(request.POST, taken_at)
    return {"measures": values} if values else {}


def _watched(request: DeskRequest, form: ChartForm) -> dict[str, Any]:
    """Who watched a dose that was taken, where somebody is named: they sign with their own PIN. Raises Refused."""
    second = dose_witness(request.desk, request.POST)
    if not any(request.POST.get(second.add_prefix(name)) for name in ("second", "pin")):
        return {}
    if Outcome(form.cleaned_data["outcome"]) not in TAKEN:
        return {}
    proof = second.proof(purpose=WATCHED_DOSE, key=_key(request, form))
    return {"witness_id": proof.person_id, "witness_proof_id": proof.pk}


def _instant(desk: Desk, clock: time | None, *, near: datetime | None = None) -> datetime | None:
    """The last time the site's wall showed it, or what it showed nearest to an instant; None for now."""
    return None if clock is None else shown_near(clock, desk.tz, desk.now, near or desk.now)
