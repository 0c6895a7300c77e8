"""Controlled stock on paper: the ledger, the blank count sheet, the discrepancy report."""

from datetime import datetime, time, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from documents import render as render_pdf
from emar.models import Count, StockLine, StockLocation
from emar.pdf.stock.differences import differences_document
from emar.pdf.stock.ledger import PlaceLedger, ledger_document
from emar.pdf.stock.sheet import BlankLine, sheet_document
from emar.queries.stock import ledger_between, lines_to_count, variance, variances_between
from emar.rules.asked import Asked, ask_range
from emar.views.stock.common import SEES, place_at, variance_at
from programs.desk import Desk, DeskRequest, at_desk
from programs.files import pdf_file
from programs.rules.dates import DateField, said

NOT_UNDERSTOOD = 400


@require_safe
@at_desk(*SEES)
def choose(request: DeskRequest) -> HttpResponse:
    """Which days, and which paper."""
    return _ask(request, _asked(request))


@require_safe
@at_desk(*SEES)
def ledger(request: DeskRequest) -> HttpResponse:
    """The controlled ledger of a stretch of days; a place that is being counted is left out."""
    desk, asked = request.desk, _asked(request)
    if asked.wrong:
        return _ask(request, asked)
    running = set(Count.objects.filter(location__site=desk.site, ended_at=None).values_list("location_id", flat=True))
    since, until = _stretch(desk, asked)
    places = [
        PlaceLedger(
            place.name,
            [] if place.pk in running else ledger_between(desk.site, since, until, location_id=place.pk),
            place.pk in running,
        )
        for place in StockLocation.objects.filter(site=desk.site).order_by("kind", "name")
    ]
    document = ledger_document(desk.site, places, said=_said(asked), at=desk.now, printed_by=_printed(desk))
    return pdf_file(render_pdf(document), f"controlled-ledger-{asked.first}-{asked.last}.pdf")


@require_safe
@at_desk(*SEES)
def sheet(request: DeskRequest, location_id: int) -> HttpResponse:
    """A blank count sheet of a place."""
    desk, place = request.desk, place_at(request.desk, location_id)
    asked = lines_to_count(place.pk)
    rows = {row.pk: row for row in StockLine.objects.filter(pk__in=asked).select_related("medication", "owner")}
    lines = [
        BlankLine(
            str(row.medication), "" if row.owner is None else f"Own of {row.owner.called}",
            f"{row.lot}\n{row.expires_on:%-d %b %Y}", row.unit,
        )
        for row in (rows[pk] for pk in asked)
    ]  # fmt: skip
    document = sheet_document(desk.site, place, lines, at=desk.now, printed_by=_printed(desk))
    return pdf_file(render_pdf(document), f"count-sheet-{place.pk}.pdf")


@require_safe
@at_desk(*SEES)
def differences(request: DeskRequest) -> HttpResponse:
    """Every difference found in a stretch of days."""
    desk, asked = request.desk, _asked(request)
    if asked.wrong:
        return _ask(request, asked)
    since, until = _stretch(desk, asked)
    rows = variances_between(desk.site, since, until, desk.now)
    document = differences_document(desk.site, rows, said=_said(asked), at=desk.now, printed_by=_printed(desk))
    return pdf_file(render_pdf(document), f"discrepancies-{asked.first}-{asked.last}.pdf")


@require_safe
@at_desk(*SEES)
def difference(request: DeskRequest, variance_id: int) -> HttpResponse:
    """One difference, to sign."""
    desk = request.desk
    variance_at(desk, variance_id)
    row = variance(variance_id, desk.now)
    if row is None:
        raise Http404("No such difference here.")
    words = f"Difference {row.pk}"
    document = differences_document(desk.site, [row], said=words, at=desk.now, printed_by=_printed(desk))
    return pdf_file(render_pdf(document), f"discrepancy-{row.pk}.pdf")


def _asked(request: DeskRequest) -> Asked:
    start, end = (request.GET.get(name, "").strip() for name in ("from", "to"))
    return ask_range(start, end, request.desk.now.astimezone(request.desk.tz).date())


def _ask(request: DeskRequest, asked: Asked) -> HttpResponse:
    fields = tuple(
        DateField(name, label, asked.typed[name] or meant.isoformat(), asked.wrong.get(name, ""))
        for name, label, meant in (("from", "From", asked.first), ("to", "To", asked.last))
    )
    return render(request, "emar/stock/papers.html", {"fields": fields}, status=NOT_UNDERSTOOD if asked.wrong else 200)


def _stretch(desk: Desk, asked: Asked) -> tuple[datetime, datetime]:
    """From the first midnight to the one after the last day, on the site's clock."""
    since = datetime.combine(asked.first, time(), desk.tz)
    return since, datetime.combine(asked.last + timedelta(days=1), time(), desk.tz)


def _said(asked: Asked) -> str:
    return f"{said(asked.first)} to {said(asked.last)}"


def _printed(desk: Desk) -> str:
    return f"Printed by {desk.person.signature}"
