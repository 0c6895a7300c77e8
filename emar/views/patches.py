"""A patch that is on: what became of it, in two taps."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from audit.rules.findings import Refused
from emar.access import administration_at
from emar.actions import see_patch
from emar.board import Viewer, patches_html
from emar.keys import asked_key, form_key
from emar.models import PatchSeen
from emar.queries.patches import Worn, worn
from emar.views.charting import refuse_in_sheet
from programs.desk import DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

SLIPS = ("Wrong tap", "Wrong patch", "Put back on")
"""Why a patch that was written down as off is on after all."""


@at_desk(Capability.GIVE_DOSES)
def sheet(request: DeskRequest, administration_id: int) -> HttpResponse:
    """Ask what became of the patch; of one that is off, why it is on after all."""
    patch = _patch(request, administration_id)
    context = {
        "patch": patch, "client_id": patch.row.order.client_id, "slips": SLIPS,
        "states": [each for each in PatchSeen.State.choices if each[0] != PatchSeen.State.ON],
        "key": form_key(f"patch-{administration_id}", patch.seen.pk if patch.seen else 0),
    }  # fmt: skip
    return render(request, "emar/_patch_sheet.html", context)


@require_POST
@at_desk(Capability.GIVE_DOSES)
def record(request: DeskRequest, administration_id: int) -> HttpResponse:
    """Write it down, and answer the client's patches as they stand now."""
    desk, client_id = request.desk, administration_at(request.desk, administration_id).order.client_id
    state, note, form = request.POST.get("state", ""), request.POST.get("note", "").strip()[:300], key_in(request)
    key = None if form is None else asked_key(form, desk.person.pk, request.session.session_key, state, note)
    try:
        see_patch(by=desk.person, at=desk.now, administration_id=administration_id, state=state, note=note, key=key)
    except NotAllowed:
        raise
    except Refused as refused:
        return refuse_in_sheet(request, refused)
    return render(request, "emar/_recorded.html", {"drawn": patches_html(client_id, Viewer(True, desk.person.pk))})


def _patch(request: DeskRequest, administration_id: int) -> Worn:
    row = administration_at(request.desk, administration_id)
    found = next((each for each in worn(row.order.client_id, request.desk.now) if each.row.pk == row.pk), None)
    if found is None:
        raise Http404("No such patch is on.")
    return found
