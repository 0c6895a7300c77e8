"""Admit the chosen person into a bed."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from admissions.actions.admit import admit as admit_person
from audit.rules.findings import Refused
from beds.access import bed_for
from beds.views.act import done, reasons_in
from beds.views.sheet import refused_sheet
from programs.desk import DeskRequest, at_desk, key_in
from programs.models import PlacementRequest
from staff.rules.capabilities import Capability


@require_POST
@at_desk(Capability.ADMIT)
def admit(request: DeskRequest, pk: int, bed: int) -> HttpResponse:
    """The sheet closes and the board, without a chosen person, moves on; a refusal comes back in the sheet."""
    desk, place = request.desk, bed_for(request.desk, bed)
    try:
        asked = PlacementRequest.objects.get(pk=pk, site=desk.site)
        admit_person(
            by=desk.person,
            at=desk.now,
            request_id=asked.pk,
            bed_id=place.pk,
            reasons=reasons_in(request),
            key=key_in(request),
        )
    except PlacementRequest.DoesNotExist:
        return HttpResponse(status=404)
    except Refused as refused:
        return refused_sheet(request, bed, refused)
    return done(request, back=True)
