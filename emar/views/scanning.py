"""A wristband that was scanned on the pass, and what a tablet knows scans by."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from audit.rules.findings import Refused
from emar.actions.scanned import refuse_band
from emar.actions.walk import begin_pass
from emar.identified import remember
from emar.queries.scanning import scan_codes
from emar.rules.administration import Identifier
from emar.views.passes import page_of
from programs.desk import DeskRequest, at_desk
from staff.rules.capabilities import Capability


@require_POST
@at_desk(Capability.GIVE_DOSES)
def band(request: DeskRequest, unit_id: int, minute: int, client_id: int) -> HttpResponse:
    """A wristband was scanned for the client who is open: 204 where it is theirs, else 422 with the sentence."""
    desk, code = request.desk, request.POST.get("band", "")[:40]
    page, _ = page_of(request, unit_id, minute, str(client_id))
    try:
        refuse_band(client_id, code, at=desk.now, tz=desk.tz)
    except Refused as refused:
        return HttpResponse(str(refused), status=422)
    remember(request.session, client_id, [Identifier.WRISTBAND.value], desk.now, band=code)
    begin_pass(by=desk.person, at=desk.now, site_id=desk.site.pk, unit_id=unit_id, pass_at=page.at)
    return HttpResponse(status=204)


@at_desk(Capability.GIVE_DOSES)
def codes(request: DeskRequest, unit_id: int, minute: int) -> HttpResponse:
    """What a tablet needs to know a scan by, read again where one was not known."""
    page, client = page_of(request, unit_id, minute, request.GET.get("client"))
    return JsonResponse(scan_codes(page, client), headers={"Cache-Control": "private, no-store"})
