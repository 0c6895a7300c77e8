"""The accounting of disclosures of a client: on the page, and as the paper that the client is given."""

from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from chart.access import client_with
from chart.queries.head import head
from privacy.actions.accounting import account
from privacy.models import AccountingGiven
from privacy.queries import accounting as told
from privacy.rules.accounting import YEARS
from programs.desk import DeskRequest, at_desk, key_in
from programs.files import pdf_file
from programs.people import ids_of
from staff.rules.capabilities import Capability

MAY = Capability.RELEASE


@require_safe
@at_desk(MAY)
def accounting(request: DeskRequest, client_id: int) -> HttpResponse:
    """What left in three years, or six."""
    desk, client = request.desk, client_with(request.desk, client_id, MAY)
    years = 6 if request.GET.get("years") == "6" else 3
    given = AccountingGiven.objects.filter(client__in=ids_of(client)).select_related("by").order_by("-at")
    context = {
        "head": head(client, desk.site, desk.now), "found": told.accounting(client, desk.site, years, desk.now), "years": YEARS,
        "given": given[:10], "key": uuid4(),
    }  # fmt: skip
    with timezone.override(desk.tz):
        return render(request, "chart/release/accounting.html", context)


@require_POST
@at_desk(MAY)
def give(request: DeskRequest, client_id: int) -> HttpResponse:
    """The paper for the client; it is kept as it was given."""
    desk, client = request.desk, client_with(request.desk, client_id, MAY)
    years = 6 if request.POST.get("years") == "6" else 3
    row = account(
        by=desk.person, at=desk.now, client_id=client.pk, site_id=desk.site.pk, years=years, key=key_in(request)
    )
    return pdf_file(bytes(row.file.content), row.file.name)
