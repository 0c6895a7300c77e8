"""Papers of a chart: the face sheet, the whole chart of some days, and the way to a discharge summary."""

from datetime import datetime, time, timedelta
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from chart.access import client_for
from chart.actions.drafts import Typed, Which, save_draft
from chart.actions.papers import print_paper
from chart.models import NoteDraft
from chart.pdf.face import face_document
from chart.pdf.whole import whole_document
from chart.queries.head import Head, head
from chart.queries.papers import face
from chart.queries.summary import TEMPLATE, drafted
from chart.rules.papers_asked import ask_days
from documents import render as render_pdf
from programs.desk import DeskRequest, at_desk, key_in
from programs.files import pdf_file
from programs.papers import Span, sections
from programs.people import ids_of
from programs.rules.dates import Asked
from staff.rules.capabilities import Capability


@require_safe
@at_desk(Capability.OPEN_CHART)
def papers(request: DeskRequest, client_id: int) -> HttpResponse:
    """What can be printed of this chart."""
    desk, client = request.desk, client_for(request.desk, client_id)
    top = head(client, desk.site, desk.now)
    with timezone.override(top.site.tz):
        context = {
            "head": top,
            "asked": _asked(request, top),
            "may_print": desk.may(Capability.PRINT_CHART),
            "may_release": desk.may(Capability.RELEASE),
            "key": uuid4(),
        }
        return render(request, "chart/papers/papers.html", context)


@require_safe
@at_desk(Capability.OPEN_CHART)
def face_paper(request: DeskRequest, client_id: int) -> HttpResponse:
    """The face sheet as PDF."""
    desk, client = request.desk, client_for(request.desk, client_id)
    found = face(client, desk.site, desk.now)
    print_paper(
        by=desk.person, at=desk.now, client_id=client.pk, site_id=desk.site.pk, what="Face sheet",
        capability=Capability.OPEN_CHART,
    )  # fmt: skip
    paper = face_document(found, printed_by=f"Printed by {desk.person.signature}")
    return pdf_file(render_pdf(paper), f"face-sheet-{client.record_number}.pdf")


@require_safe
@at_desk(Capability.PRINT_CHART)
def chart_paper(request: DeskRequest, client_id: int) -> HttpResponse:
    """The chart of some days as PDF; dates that cannot be are answered with the page and its sentences."""
    desk, client = request.desk, client_for(request.desk, client_id)
    found = face(client, desk.site, desk.now)
    asked = _asked(request, found.head)
    if asked.wrong:
        context = {"head": found.head, "asked": asked, "may_print": True, "key": uuid4()}
        return render(request, "chart/papers/papers.html", context, status=422)
    tz = found.head.site.tz
    span = Span(
        ids_of(client),
        datetime.combine(asked.first, time(), tzinfo=tz),
        datetime.combine(asked.last + timedelta(days=1), time(), tzinfo=tz),
        desk.now,
        tz,
    )
    print_paper(
        by=desk.person, at=desk.now, client_id=client.pk, site_id=desk.site.pk,
        what=f"Chart from {asked.first:%-d %b %Y} to {asked.last:%-d %b %Y}", capability=Capability.PRINT_CHART,
    )  # fmt: skip
    paper = whole_document(found, span, sections(span), printed_by=f"Printed by {desk.person.signature}")
    return pdf_file(render_pdf(paper), f"chart-{client.record_number}-{asked.first}-{asked.last}.pdf")


def _asked(request: DeskRequest, top: Head) -> Asked:
    tz = top.site.tz
    began = top.episode.started_at.astimezone(tz).date() if top.episode else None
    start, end = (request.GET.get(name, "").strip()[:20] for name in ("from", "to"))
    return ask_days(start, end, top.at.astimezone(tz).date(), began)


@require_POST
@at_desk(Capability.WRITE_NOTES)
def draft_summary(request: DeskRequest, client_id: int) -> HttpResponse:
    """Begin a discharge summary of the newest episode with what the chart knows; one that was begun is gone on with as it is."""
    desk, client = request.desk, client_for(request.desk, client_id)
    top = head(client, desk.site, desk.now)
    if top.episode is None:
        raise Http404
    begun = NoteDraft.objects.filter(
        by=desk.person, episode=top.episode, template=TEMPLATE, note=None, dropped_at=None
    ).exists()
    if not begun:
        save_draft(
            by=desk.person, at=desk.now, which=Which(top.episode.pk, TEMPLATE),
            typed=Typed(drafted(top.episode, desk.now, top.site.tz)), key=key_in(request),
        )  # fmt: skip
    return redirect("chart:write", client.pk, TEMPLATE)
