"""The papers of the group rooms. Every one that is opened is on the trail."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from chart.access import client_for
from documents import Document
from documents import render as render_pdf
from groups.access import client_at, session_for
from groups.actions.papers import open_weeks, print_note, print_sheet
from groups.models import Session
from groups.pdf.notes import note_document
from groups.pdf.sheets import sign_in_document
from groups.pdf.weeks import attendance_document, hours_document
from groups.queries.documents import chart_note, weeks
from groups.queries.roster import roster
from groups.views.ledger import asked_range, refuse_range
from programs.desk import Desk, DeskRequest, at_desk
from programs.files import pdf_file
from programs.models import Client
from programs.rules.dates import Asked
from staff.rules.capabilities import Capability

SEE = Capability.SEE_GROUPS


@require_safe
@at_desk(SEE)
def sign_in_paper(request: DeskRequest, pk: int) -> HttpResponse:
    """The sheet that goes round the room."""
    desk = request.desk
    found, _ = session_for(desk.person, pk, desk.now)
    session = print_sheet(by=desk.person, at=desk.now, session_id=found.pk)
    rows = session.facilitator_rows.filter(removed_at=None).select_related("person").order_by("pk")
    leaders = [row.person.signature for row in rows]
    document = sign_in_document(session, roster(session, desk.now), leaders, printed_by=_printed(desk))
    return _paper(document, f"sign-in-{session.pk}-{session.started_at.astimezone(session.site.tz):%Y-%m-%d}")


@require_safe
@at_desk(Capability.OPEN_CHART)
def note_paper(request: DeskRequest, pk: int, client_id: int) -> HttpResponse:
    """A session's note as one chart has it: for whoever may open that chart."""
    desk, client = request.desk, client_for(request.desk, client_id)
    found = Session.objects.select_related("site").filter(pk=pk, site__organisation=client.organisation_id).first()
    read = chart_note(found, client, desk.now) if found else None
    if read is None:
        raise Http404("This chart has no note of that session.")
    print_note(by=desk.person, at=desk.now, session_id=pk, client_id=client.pk, site_id=desk.site.pk)
    day = f"{read.session.started_at.astimezone(read.session.site.tz):%Y-%m-%d}"
    return _paper(note_document(read, printed_by=_printed(desk)), f"group-note-{client.record_number}-{day}-{pk}")


@require_safe
@at_desk(SEE)
def attendance_paper(request: DeskRequest, client_id: int) -> HttpResponse:
    """Every session of a range of weeks, with what it counts for."""
    desk, client, asked = request.desk, client_at(request.desk, client_id), asked_range(request)
    if asked.wrong:
        return refuse_range(request, client, asked)
    _open(desk, client, asked, "attendance")
    found = weeks(client, desk.site, asked.first, asked.last, desk.now)
    document = attendance_document(client, desk.site, found, at=desk.now, printed_by=_printed(desk))
    return _paper(document, f"attendance-{_name(client, asked)}")


@require_safe
@at_desk(SEE)
def hours_paper(request: DeskRequest, client_id: int) -> HttpResponse:
    """The letter for a payer. Whole weeks, so that each can be held against its minimum; nothing is released by printing it."""
    desk, client, asked = request.desk, client_at(request.desk, client_id), asked_range(request)
    if asked.wrong:
        return refuse_range(request, client, asked)
    _open(desk, client, asked, "hours letter")
    found = weeks(client, desk.site, asked.first, asked.last, desk.now)
    first = found[0].week.monday
    last = min(found[-1].week.last_day, desk.now.astimezone(desk.tz).date())
    document = hours_document(
        client, desk.site, found, first=first, last=last, at=desk.now, printed_by=_printed(desk)
    )  # fmt: skip
    return _paper(document, f"hours-{_name(client, asked)}")


def _open(desk: Desk, client: Client, asked: Asked, paper: str) -> None:
    open_weeks(
        by=desk.person, at=desk.now, client_id=client.pk, site_id=desk.site.pk, first=asked.first, last=asked.last,
        paper=paper,
    )  # fmt: skip


def _printed(desk: Desk) -> str:
    return f"Printed by {desk.person.signature}"


def _name(client: Client, asked: Asked) -> str:
    return f"{client.record_number}-{asked.first}-to-{asked.last}"


def _paper(document: Document, name: str) -> HttpResponse:
    return pdf_file(render_pdf(document), f"{name}.pdf")
