"""The evacuation list, as a page that opens without a network after a visit, and on paper; door cards beside it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from beds.pdf.doors import doors_pdf
from beds.pdf.evacuation import evacuation_pdf
from beds.queries.evacuation import evacuation
from programs.desk import DeskRequest, at_desk
from programs.files import pdf_file
from staff.rules.capabilities import Capability


@require_safe
@at_desk(Capability.SEE_BEDS)
def evacuation_list(request: DeskRequest) -> HttpResponse:
    """Who is in the building now. With names for all who see beds: in a fire everybody needs them."""
    answer = render(request, "beds/evacuation.html", {"list": evacuation(request.desk.site, request.desk.now)})
    answer["Cache-Control"] = (
        "private, no-store"  # the one copy that is kept is the one offline.js keeps, and drops again
    )
    return answer


@require_safe
@at_desk(Capability.SEE_BEDS)
def evacuation_paper(request: DeskRequest) -> HttpResponse:
    """The same as a PDF."""
    return pdf_file(evacuation_pdf(request.desk, evacuation(request.desk.site, request.desk.now)), "evacuation.pdf")


@require_safe
@at_desk(Capability.ASSIGN_BEDS)
def door_cards(request: DeskRequest) -> HttpResponse:
    """Door cards of a unit (``?unit=``) or of one bed (``?bed=``); of the whole site where neither is named."""
    return pdf_file(doors_pdf(request.desk, _number(request, "unit"), _number(request, "bed")), "doors.pdf")


def _number(request: DeskRequest, name: str) -> int | None:
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 12 else None
