"""One client's level of care, and a record of old."""

from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from asam import queries
from asam.access import assessment_for, placement_for
from asam.forms import ClientPartForm
from asam.pdf.determination import determination
from asam.queries.level import record
from asam.queries.pictures import drawn, pictures
from asam.queries.reviews import due_of
from documents import render as printed
from programs.desk import DeskRequest, at_desk
from programs.files import pdf_file
from programs.rules.signature import HIGH, WIDE
from staff.rules.capabilities import Capability


@require_safe
@at_desk(Capability.SEE_LEVELS)
def level(request: DeskRequest, episode_id: int) -> HttpResponse:
    """Where a client stands, what was rated, decided and authorised."""
    desk, placement = request.desk, placement_for(request.desk, episode_id)
    page = queries.level_page(placement, desk.now)
    context = {
        "page": page,
        "pictures": pictures(placement, page.band, desk.now),
        "due": due_of(placement, desk.now),
        "key": uuid4(),
        "part": ClientPartForm(),
        "may_rate": desk.may(Capability.RATE) and page.current,
        "may_decide": desk.may(Capability.DECIDE) and page.current,
        "may_authorise": desk.may(Capability.AUTHORISE),
        "wide": WIDE,
        "high": HIGH,
    }
    return render(request, "asam/level.html", context)


@require_safe
@at_desk(Capability.SEE_LEVELS)
def assessment(request: DeskRequest, pk: int) -> HttpResponse:
    """A saved assessment, with its own catalog."""
    desk = request.desk
    found, placement = assessment_for(desk, pk)
    shown = record(found, desk.site.organisation_id, desk.now)
    return render(
        request, "asam/record.html", {"record": shown, "placement": placement, "client": placement.episode.client}
    )


@require_safe
@at_desk(Capability.SEE_LEVELS)
def determination_pdf(request: DeskRequest, pk: int) -> HttpResponse:
    """The determination on paper."""
    desk = request.desk
    found, placement = assessment_for(desk, pk)
    shown = record(found, desk.site.organisation_id, desk.now)
    paper = determination(
        shown,
        placement,
        at=desk.now,
        printed_by=f"Printed by {desk.person.signature}",
        drawn=drawn(placement, found.at),
    )
    return pdf_file(printed(paper), f"determination-{placement.episode.client.record_number}-{found.pk}.pdf")
