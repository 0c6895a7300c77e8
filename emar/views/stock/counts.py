"""A blind count of a place: begin it, put the numbers in twice, see what agrees, hand the keys over; or drop it."""

from uuid import uuid4

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from audit.rules.findings import Finding, Refused
from emar.actions import stock as acts
from emar.models import KeyHandover
from emar.queries.stock import CountSheet, count_sheet
from emar.rules.stock import COUNT, KEYS, Shift, numbers_findings
from emar.stock_forms import BeginForm, DropForm, counted_in, typed_in
from emar.stock_forms.counts import shift_now
from emar.views.stock.common import SEES, count_at, counting, place_at
from programs.desk import Desk, DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.forms import SecondPersonForm
from staff.rules.capabilities import Capability

NOT_DONE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.STOCK)
def begin(request: DeskRequest, location_id: int) -> HttpResponse:
    """Which shift begins; where somebody began already, their count."""
    desk, place = request.desk, place_at(request.desk, location_id)
    running = counting(place.pk)
    if running is not None:
        return redirect("emar:stock_count", running.pk)
    form = BeginForm(request.POST or None)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            shift = Shift(form.cleaned_data["shift"])
            made = acts.start_count(by=desk.person, at=desk.now, location_id=place.pk, shift=shift, key=key_in(request))
            return redirect("emar:stock_count", made.pk)
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    chosen = request.POST.get("shift", shift_now(desk.now.astimezone(desk.tz)).value)
    context = {
        "place": place,
        "shifts": list(Shift),
        "chosen": chosen,
        "form": form,
        "findings": findings,
        "key": uuid4(),
    }
    return render(request, "emar/stock/begin.html", context, status=NOT_DONE if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(*SEES)
def show(request: DeskRequest, count_id: int) -> HttpResponse:
    """The sheet; a POST puts one person's numbers in. Nothing of the ledger is read before both are there."""
    desk, sheet = request.desk, _sheet(request.desk, count_id)
    if request.method != "POST" or sheet.count.ended_at is not None:
        return _render(request, sheet)
    lines = [line.line_id for line in sheet.lines]
    second, key = _counter(desk, sheet, request.POST), key_in(request)
    try:
        numbers = counted_in(request.POST, lines)
        if found := numbers_findings(lines, numbers):  # said before anybody's PIN is asked
            raise Refused(*found)
        proof = second.proof(purpose=COUNT, key=key)
        acts.put_numbers(
            by=desk.person, at=desk.now, count_id=count_id, numbers=numbers, proof_id=proof.pk, key=key
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _render(request, sheet, refused.findings, second=second)
    return redirect("emar:stock_count", count_id)


@require_POST
@at_desk(Capability.STOCK)
def drop(request: DeskRequest, count_id: int) -> HttpResponse:
    """Drop a count that nobody put numbers into."""
    desk, count, form = request.desk, count_at(request.desk, count_id), DropForm(request.POST)
    if not form.is_valid():
        return _render(request, _sheet(desk, count_id), drop=form)
    try:
        acts.drop_count(by=desk.person, at=desk.now, count_id=count.pk, key=key_in(request), **form.cleaned_data)
    except NotAllowed:
        raise
    except Refused as refused:
        return _render(request, _sheet(desk, count_id), refused.findings)
    return redirect("emar:stock")


@require_POST
@at_desk(Capability.STOCK, Capability.STOCK_SUPERVISE)
def hand_over(request: DeskRequest, count_id: int) -> HttpResponse:
    """The keys go to who enters their PIN."""
    desk, count, key = request.desk, count_at(request.desk, count_id), key_in(request)
    takes = _taker(desk, _sheet(desk, count_id), request.POST)
    try:
        proof = takes.proof(purpose=KEYS, key=key)
        acts.hand_over_keys(by=desk.person, at=desk.now, count_id=count.pk, proof_id=proof.pk, key=key)
    except NotAllowed:
        raise
    except Refused as refused:
        return _render(request, _sheet(desk, count_id), refused.findings, takes=takes)
    return redirect("emar:stock_count", count.pk)


def _sheet(desk: Desk, count_id: int) -> CountSheet:
    sheet = count_sheet(count_id)
    if sheet is None or sheet.count.location.site_id != desk.site.pk:
        raise Http404("No such count here.")
    return sheet


def _counter(desk: Desk, sheet: CountSheet, sent: object = None) -> SecondPersonForm:
    """Who counted: this desk's person unless they counted first."""
    first = [each.person_id for each in sheet.signed]
    form = SecondPersonForm(
        sent, site=desk.site, at=desk.now, capability=Capability.WITNESS if first else Capability.STOCK, but_not=first,  # type: ignore[arg-type]
        label="Who counted second" if first else "Who counted first",
    )  # fmt: skip
    form.fields["second"].error_messages["required"] = "Choose who counted."
    form.fields["pin"].error_messages["required"] = "Who counted enters their own PIN."
    form.initial = {} if desk.person.pk in first else {"second": desk.person.pk}
    return form


def _taker(desk: Desk, sheet: CountSheet, sent: object = None) -> SecondPersonForm:
    """Who takes the keys: the one of the two who does not have them."""
    last = KeyHandover.objects.filter(location=sheet.count.location_id).order_by("-pk").first()
    holder = desk.person.pk if last is None else last.to_person_id
    form = SecondPersonForm(
        sent, site=desk.site, at=desk.now, capability=Capability.STOCK, but_not=[holder], prefix="keys",  # type: ignore[arg-type]
        label="Who takes the keys",
    )  # fmt: skip
    form.initial = {
        "second": next((each.person_id for each in reversed(sheet.signed) if each.person_id != holder), None)
    }
    return form


def _render(
    request: DeskRequest, sheet: CountSheet, findings: tuple[Finding, ...] = (), *, second: forms.Form | None = None,
    takes: forms.Form | None = None, drop: DropForm | None = None,
) -> HttpResponse:  # fmt: skip
    desk, count = request.desk, sheet.count
    typed = typed_in(request.POST, [line.line_id for line in sheet.lines])
    context: dict[str, object] = {
        "sheet": sheet, "count": count, "findings": findings, "key": uuid4(), "may_stock": desk.may(Capability.STOCK),
        "missing": _missing(findings),
    }  # fmt: skip
    if count.ended_at is None:
        context |= {
            "rows": [(line, typed[line.line_id]) for line in sheet.lines], "second": second or _counter(desk, sheet),
            "drop": drop or DropForm(),
        }  # fmt: skip
        response = render(request, "emar/stock/count.html", context, status=NOT_DONE if findings or drop else 200)
        response["Cache-Control"] = "no-store"
        return response
    handover = KeyHandover.objects.select_related("from_person", "to_person").filter(count=count).first()
    may_keys = desk.may(Capability.STOCK) or desk.may(Capability.STOCK_SUPERVISE)
    open_keys = handover is None and not count.dropped_why and may_keys
    context |= {"handover": handover, "takes": (takes or _taker(desk, sheet)) if open_keys else None}
    return render(request, "emar/stock/counted.html", context, status=NOT_DONE if findings else 200)


def _missing(findings: tuple[Finding, ...]) -> set[int]:
    """The lines that have no number yet, of a refusal that names them."""
    lines = [finding.detail.get("lines") for finding in findings]
    return {pk for each in lines if isinstance(each, list) for pk in each}
