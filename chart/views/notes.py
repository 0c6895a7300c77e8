"""The notes of a chart: read them, amend one, co-sign it, print it; and what waits for my words or my name."""

from uuid import uuid4

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.rules.findings import Finding, Refused
from chart.access import client_for
from chart.actions.amendments import amend
from chart.actions.note_reading import read_note
from chart.actions.note_signing import cosign_note
from chart.forms.notes import FIELD, AmendForm
from chart.models import Note
from chart.pdf.notes import note_document
from chart.queries.head import head
from chart.queries.note_queue import waiting
from chart.queries.notes import Thread, parts_of, standing, thread
from documents import render as render_pdf
from programs.desk import Desk, DeskRequest, at_desk, key_in
from programs.files import pdf_file
from programs.models import Client
from programs.people import ids_of
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

ON_A_PAGE = 30
WRITE, OPEN = Capability.WRITE_NOTES, Capability.OPEN_CHART


@require_safe
@at_desk(OPEN)
def of_client(request: DeskRequest, client_id: int) -> HttpResponse:
    """Every note of the chart that stands, the newest first."""
    desk, client = request.desk, client_for(request.desk, client_id)
    top = head(client, desk.site, desk.now)
    rows = standing(Note.objects.filter(episode__client__in=ids_of(client), written_at__lte=desk.now))
    found = Paginator(rows.select_related("by", "cosign").order_by("-about_at", "-pk"), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    with timezone.override(top.site.tz):
        context = {
            "head": top, "client": client, "found": found, "may_write": top.episode and desk.may(WRITE),
            "apart": desk.may(Capability.WRITE_COUNSELING) and not desk.glass,
        }  # fmt: skip
        return render(request, "chart/notes/of_client.html", context)


@require_safe
@at_desk(OPEN)
def note(request: DeskRequest, client_id: int, pk: int) -> HttpResponse:
    """One note with all that amends it. Reading it is on the trail."""
    client, found = _found(request, client_id, pk)
    read_note(by=request.desk.person, at=request.desk.now, note_id=found.root, site_id=request.desk.site.pk)
    return _page(request, client, found)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(WRITE)
def amend_note(request: DeskRequest, client_id: int, pk: int, kind: str) -> HttpResponse:
    """Add to a note, correct it, or mark it as entered in error. GET asks, POST does it."""
    desk = request.desk
    client, found = _found(request, client_id, pk)
    old = Note.objects.select_related("by", "site").get(pk=pk)
    if kind not in {Note.Amendment.ADDENDUM, Note.Amendment.CORRECTION, Note.Amendment.RETRACTION}:
        raise Http404("A note is added to, corrected, or marked as an error.")
    findings: tuple[Finding, ...] = ()
    with timezone.override(old.site.tz):
        form = AmendForm(request.POST if request.method == "POST" else None)
        fields = {each.name: request.POST.get(f"{FIELD}{each.name}", each.text) for each in parts_of(old)}
        if request.method == "POST" and form.is_valid():
            typed = form.cleaned_data
            try:
                made = amend(
                    by=desk.person, at=desk.now, note_id=pk, kind=kind, reason=typed["reason"],
                    text=typed["text"] or fields.get("text", ""), fields=fields if old.fields else None,
                    about_at=typed["about_at"], key=key_in(request),
                )  # fmt: skip
                return redirect("chart:note", client.pk, made.pk)
            except NotAllowed:
                raise
            except Refused as refused:
                findings = refused.findings
        parts = [{"name": each.name, "label": each.label, "text": fields[each.name]} for each in parts_of(old)]
        context = {
            "head": head(client, desk.site, desk.now), "client": client, "thread": found, "old": old, "kind": kind,
            "title": _TITLES[kind], "form": form, "parts": parts, "findings": findings, "key": uuid4(),
        }  # fmt: skip
        return render(request, "chart/notes/amend.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@at_desk(WRITE)
def cosign(request: DeskRequest, client_id: int, pk: int) -> HttpResponse:
    """My name under a note that waits for a supervisor's."""
    client, found = _found(request, client_id, pk)
    try:
        cosign_note(by=request.desk.person, at=request.desk.now, note_id=pk, key=key_in(request))
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, client, found, refused.findings)
    return redirect("chart:note", client.pk, pk)


@require_safe
@at_desk(OPEN)
def paper(request: DeskRequest, client_id: int, pk: int) -> HttpResponse:
    """The note on paper: what stands, and all that was written before."""
    desk = request.desk
    client, found = _found(request, client_id, pk)
    first = Note.objects.select_related("site__organisation").get(pk=found.root)
    read_note(by=desk.person, at=desk.now, note_id=found.root, site_id=desk.site.pk, printed=True)
    document = note_document(found, first.site, printed_by=f"Printed by {desk.person.signature}")
    day = f"{first.about_at.astimezone(first.site.tz):%Y-%m-%d}"
    return pdf_file(render_pdf(document), f"note-{client.record_number}-{day}-{found.root}.pdf")


@require_safe
@at_desk(WRITE)
def mine(request: DeskRequest) -> HttpResponse:
    """Notes to write, to sign, to co-sign."""
    desk = request.desk
    context = {"waiting": waiting(desk.person, desk.site, desk.now)}
    return render(request, "chart/notes/mine.html", context)


_TITLES = {
    Note.Amendment.ADDENDUM.value: "Add to this note",
    Note.Amendment.CORRECTION.value: "Correct this note",
    Note.Amendment.RETRACTION.value: "Entered in error",
}


def _found(request: DeskRequest, client_id: int, pk: int) -> tuple[Client, Thread]:
    client = client_for(request.desk, client_id)
    found = thread(client, pk)
    if found is None:
        raise Http404("This chart has no such note.")
    return client, found


def _page(request: DeskRequest, client: Client, found: Thread, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    desk, newest = request.desk, found.newest
    top = head(client, desk.site, desk.now)
    with timezone.override(top.site.tz):
        context = {
            "head": top, "client": client, "thread": found, "findings": findings, "key": uuid4(),
            "may_add": desk.may(WRITE) and found.retraction is None, "mine": newest.author_id == desk.person.pk,
            "may_retract": _may_retract(desk, newest.author_id), "cosigns": _waits(found),
        }  # fmt: skip
        return render(request, "chart/notes/note.html", context, status=422 if findings else 200)


def _may_retract(desk: Desk, author_id: int) -> bool:
    return author_id == desk.person.pk or desk.may(Capability.KEEP_NOTES)


def _waits(found: Thread) -> list[tuple[int, str]]:
    """The words of the thread that wait for a supervisor's name: key, and what they are."""
    rows = [found.newest, *(chain[-1] for chain in found.additions)]
    return [(each.pk, each.title) for each in rows if each.cosign_due and each.stands and found.retraction is None]
