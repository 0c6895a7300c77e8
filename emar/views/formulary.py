"""The formulary: its list, one line of it with its labels, and the file of it."""

from uuid import uuid4

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from audit.rules.findings import Finding, Refused
from documents import spreadsheet
from emar.actions import formulary as actions
from emar.models import Barcode
from emar.models.formulary import SCHEDULES
from emar.queries import formulary as queries
from emar.rules.formulary import COLUMNS
from programs.desk import DeskRequest, at_desk, key_in
from programs.files import csv_file
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


@require_GET
@at_desk(Capability.SEE_PASS, Capability.FORMULARY)
def show(request: DeskRequest) -> HttpResponse:
    """The list, narrowed by what is asked for."""
    asked = request.GET
    wanted = queries.Wanted(
        text=asked.get("q", "").strip()[:80],
        drug_class=asked.get("class", "")[:60],
        schedule=asked.get("schedule", "")[:4],
        mark=asked.get("mark", "")[:20],
        inactive=asked.get("off") == "1",
    )
    pieces = asked.copy()
    pieces.pop("page", None)
    context = {
        "page": queries.formulary_page(wanted, asked.get("page")),
        "wanted": wanted,
        "schedules": SCHEDULES[1:],
        "marks": queries.MARKS.items(),
        "narrowed_by": pieces.urlencode(),
        "imported": queries.imported(asked.get("imported", "")),
        "may_keep": request.desk.may(Capability.FORMULARY),
    }
    return render(request, f"emar/formulary{'_list' if request.headers.get('HX-Request') else ''}.html", context)


@require_GET
@at_desk(Capability.FORMULARY)
def export(request: DeskRequest) -> HttpResponse:
    """The whole formulary as the file that the import reads."""
    return csv_file(spreadsheet(COLUMNS, queries.file_rows()), f"formulary-{request.desk.now:%Y-%m-%d}.csv")


@require_GET
@at_desk(Capability.SEE_PASS, Capability.FORMULARY)
def medication(request: DeskRequest, medication_id: int) -> HttpResponse:
    """One line of the formulary."""
    return _one(request, medication_id)


@require_POST
@at_desk(Capability.FORMULARY)
def add_label(request: DeskRequest, medication_id: int) -> HttpResponse:
    """Let a label name this medication."""
    desk, code = request.desk, request.POST.get("code", "")
    if queries.medication_page(medication_id, desk.now) is None:
        raise Http404("No such medication.")
    try:
        actions.add_label(
            by=desk.person,
            at=desk.now,
            site_id=desk.site.pk,
            medication_id=medication_id,
            code=code,
            key=key_in(request),
        )
    except NotAllowed:
        raise
    except Refused as refusal:
        return _one(request, medication_id, refusal.findings, code)
    return _to(medication_id)


@require_POST
@at_desk(Capability.FORMULARY)
def retire_label(request: DeskRequest, label_id: int) -> HttpResponse:
    """Let a label name nothing any more."""
    desk, label = request.desk, Barcode.objects.filter(pk=label_id).first()
    if label is None:
        raise Http404("No such label.")
    actions.retire_label(by=desk.person, at=desk.now, site_id=desk.site.pk, label_id=label_id, key=key_in(request))
    return _to(label.medication_id)


@require_POST
@at_desk(Capability.FORMULARY)
def set_on(request: DeskRequest, medication_id: int) -> HttpResponse:
    """Take the line off the formulary, or put it back."""
    desk = request.desk
    if queries.medication_page(medication_id, desk.now) is None:
        raise Http404("No such medication.")
    actions.set_on_formulary(
        by=desk.person, at=desk.now, site_id=desk.site.pk, medication_id=medication_id,
        active=request.POST.get("on") == "1", key=key_in(request),
    )  # fmt: skip
    return _to(medication_id)


def _to(medication_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("emar:medication", args=[medication_id]))


def _one(request: DeskRequest, medication_id: int, refused: tuple[Finding, ...] = (), code: str = "") -> HttpResponse:
    page = queries.medication_page(medication_id, request.desk.now)
    if page is None:
        raise Http404("No such medication.")
    may_keep = request.desk.may(Capability.FORMULARY)
    context = {
        "page": page,
        "line": page.medication,
        "refused": refused,
        "code": code,
        "may_keep": may_keep,
        "key": uuid4(),
    }
    return render(request, "emar/formulary_medication.html", context, status=422 if refused else 200)
