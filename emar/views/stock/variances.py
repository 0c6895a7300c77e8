"""Counts that did not agree: which wait and by when, how one is resolved, and what was sent to the authority."""

from datetime import timedelta
from uuid import uuid4

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from audit.rules.findings import Finding, Refused
from emar.actions import stock as acts
from emar.queries.stock import VarianceRow, open_variances, variance, variances_between
from emar.rules.stock import Cause, Kind, Told
from emar.stock_forms import ResolveForm, ToldForm
from emar.views.stock.common import SEES, variance_at
from programs.desk import Desk, DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.forms import SecondPersonForm
from staff.rules.capabilities import Capability

NOT_DONE = 422
LATELY = timedelta(days=90)


@require_safe
@at_desk(*SEES)
def show(request: DeskRequest) -> HttpResponse:
    """What waits, the oldest first; and what was found in the last 90 days."""
    desk = request.desk
    waiting = open_variances(desk.site, desk.now)
    known = {row.pk for row in waiting}
    lately = [row for row in variances_between(desk.site, desk.now - LATELY, desk.now, desk.now) if row.pk not in known]
    return render(request, "emar/stock/variances.html", {"waiting": waiting, "lately": lately[::-1]})


@require_safe
@at_desk(*SEES)
def one(request: DeskRequest, variance_id: int) -> HttpResponse:
    """One difference: what each counted, what the ledger said, and what is to be done by when."""
    return _page(request, variance_id)


@require_POST
@at_desk(Capability.STOCK_SUPERVISE)
def resolve(request: DeskRequest, variance_id: int) -> HttpResponse:
    """A cause, what was found out, what was counted again, and two names."""
    desk, found, key = request.desk, variance_at(request.desk, variance_id), key_in(request)
    form, second = ResolveForm(request.POST), _second(desk, _row(desk, variance_id), request.POST)
    if not form.is_valid():
        return _page(request, variance_id, form=form, second=second)
    typed = form.cleaned_data
    try:
        proof = second.proof(purpose=Kind.ADJUST.purpose, key=key)
        acts.resolve(
            by=desk.person, at=desk.now, variance_id=found.pk, cause=Cause(typed["cause"]), words=typed["words"],
            recounted=typed["recounted"], proof_id=proof.pk, key=key,
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, variance_id, refused.findings, form=form, second=second)
    return redirect("emar:stock_variance", found.pk)


@require_POST
@at_desk(Capability.STOCK_SUPERVISE)
def told(request: DeskRequest, variance_id: int) -> HttpResponse:
    """The notice, or the form, was sent."""
    desk, found, form = request.desk, variance_at(request.desk, variance_id), ToldForm(request.POST)
    if not form.is_valid():
        return _page(request, variance_id, told=form)
    typed = form.cleaned_data
    try:
        acts.tell_loss(
            by=desk.person, at=desk.now, variance_id=found.pk, what=Told(typed["what"]), reference=typed["reference"],
            sent_at=typed["sent_at"], key=key_in(request),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, variance_id, refused.findings, told=form)
    return redirect("emar:stock_variance", found.pk)


def _row(desk: Desk, variance_id: int) -> VarianceRow:
    variance_at(desk, variance_id)
    row = variance(variance_id, desk.now)
    if row is None:
        raise Http404("No such difference here.")
    return row


def _second(desk: Desk, row: VarianceRow, sent: object = None) -> SecondPersonForm:
    """The second name is neither the supervisor's nor that of who counted first."""
    first = [person for person, _ in row.counters[:1]]
    return SecondPersonForm(
        sent, site=desk.site, at=desk.now, capability=Capability.WITNESS, but_not=[desk.person.pk, *first],  # type: ignore[arg-type]
    )  # fmt: skip


def _page(
    request: DeskRequest, variance_id: int, findings: tuple[Finding, ...] = (), *, form: forms.Form | None = None,
    second: SecondPersonForm | None = None, told: ToldForm | None = None,
) -> HttpResponse:  # fmt: skip
    desk, row = request.desk, _row(request.desk, variance_id)
    may = desk.may(Capability.STOCK_SUPERVISE)
    unsent = [(each, _told(each.what, told)) for each in row.reports if each.sent_at is None]
    wrong = findings or form is not None or told is not None
    return render(request, "emar/stock/variance.html", {
        "row": row, "findings": findings, "key": uuid4(), "may": may, "counted_it": desk.person.pk in dict(row.counters),
        "form": form or ResolveForm(), "second": second or _second(desk, row), "unsent": unsent if may else [],
    }, status=NOT_DONE if wrong else 200)  # fmt: skip


def _told(what: Told, sent: ToldForm | None) -> ToldForm:
    """The form of one report: what was typed into it, where that was this one."""
    if sent is not None and sent.data.get("what") == what.value:
        return sent
    return ToldForm(initial={"what": what.value}, auto_id=f"{what.value}_%s")
