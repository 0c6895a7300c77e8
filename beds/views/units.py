"""The sheet of a unit: how many people it is staffed for."""

from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import render

from audit.rules.findings import Finding, Refused
from beds.actions import staffing
from beds.forms import StaffForm
from beds.models import Unit
from beds.queries.fit import staffed_units
from beds.views.act import done
from programs.desk import DeskRequest, at_desk, key_in
from staff.rules.capabilities import Capability


@at_desk(Capability.ASSIGN_BEDS)
def unit(request: DeskRequest, pk: int) -> HttpResponse:
    """GET shows it, POST says how many people there is staff for from now on."""
    desk = request.desk
    found = next((unit for unit in staffed_units(desk.site, desk.now) if unit.pk == pk), None)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _sheet(request, found, StaffForm(initial={"places": getattr(found, "staffed", None)}))
    form = StaffForm(request.POST)
    if not form.is_valid():
        return _sheet(request, found, form)
    try:
        staffing.staff(
            by=desk.person, at=desk.now, unit_id=pk, places=form.cleaned_data["places"], key=key_in(request)
        )  # fmt: skip
    except Refused as refused:
        return _sheet(request, found, form, refused.findings)
    return done(request)


def _sheet(request: DeskRequest, found: Unit, form: StaffForm, refused: tuple[Finding, ...] = ()) -> HttpResponse:
    values = {"unit": found, "form": form, "refused": refused, "key": uuid4()}
    wrong = bool(refused) or (form.is_bound and not form.is_valid())
    return render(request, "beds/unit_sheet.html", values, status=422 if wrong else 200)
