"""SUD counseling notes of a client: one's own, and what a grant lets one read. For everybody else there is no such page.

Broken glass opens none of it (42 CFR 2.31(b)(1) has no emergency): a chart behind glass has no counseling notes but one's own.
"""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from audit.rules.findings import Finding, Refused
from chart.access import client_with, sites_for
from privacy.actions.counseling import open_counseling_note, write_counseling_note
from privacy.forms.counseling import CounselingNoteForm
from privacy.models import CounselingNoteGrant
from privacy.queries.counseling import Readable, grants, newest, of_grant, own, readable, versions
from privacy.rules.counseling import ReadBasis
from privacy.sealing import Secret
from programs.desk import Desk, DeskRequest, at_desk, key_in
from programs.models import Client
from programs.people import ids_of, stays
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

WRITE = Capability.WRITE_COUNSELING


@dataclass(frozen=True)
class Reached:
    """A client whose counseling page opens: with ``writes`` for one's own notes; ``sites``: where one keeps such notes."""

    client: Client
    ids: tuple[int, ...]
    sites: frozenset[int]
    writes: bool
    grants: list[CounselingNoteGrant]


@never_cache
@require_safe
@at_desk()
def notes(request: DeskRequest, client_id: int) -> HttpResponse:
    """One's own, then what was granted: when each session was, never a word of it."""
    desk, here = request.desk, _reached(request.desk, client_id)
    with timezone.override(desk.tz):
        granted = [(grant, newest(of_grant(grant, here.ids))) for grant in here.grants]
        context = {
            "here": here,
            "client": here.client,
            "own": newest(own(desk.person.pk, here.ids, here.sites)),
            "granted": granted,
        }
        return render(request, "chart/counseling/list.html", context)


@never_cache
@sensitive_post_parameters("text")
@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def new(request: DeskRequest, client_id: int) -> HttpResponse:
    """Write one."""
    here = _reached(request.desk, client_id)
    if not here.writes:
        raise Http404
    return _write(request, here, None)


@never_cache
@require_safe
@at_desk()
def note(request: DeskRequest, client_id: int, pk: int) -> HttpResponse:
    """One note, opened; each opening is on the trail."""
    desk, here = request.desk, _reached(request.desk, client_id)
    found = _found(desk, here, pk)
    text, findings = _words(desk, found)
    with timezone.override(desk.tz):
        rows = versions(found.note)
        context = {
            "here": here, "client": here.client, "found": found, "note": found.note, "text": text, "findings": findings, "rows": rows,
            "last": rows[0], "corrects": found.basis is ReadBasis.ORIGINATOR and here.writes and rows[0] == found.note and not findings,
        }  # fmt: skip
        return render(request, "chart/counseling/note.html", context)


@never_cache
@sensitive_post_parameters("text")
@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def correct(request: DeskRequest, client_id: int, pk: int) -> HttpResponse:
    """A new version of one's own."""
    here = _reached(request.desk, client_id)
    found = _found(request.desk, here, pk)
    if found.basis is not ReadBasis.ORIGINATOR or not here.writes:
        raise Http404
    return _write(request, here, found)


def _write(request: DeskRequest, here: Reached, old: Readable | None) -> HttpResponse:
    desk, findings, first = request.desk, tuple[Finding, ...](), {}
    with timezone.override(desk.tz):
        if old is not None and request.method != "POST":
            words, findings = _words(desk, old)
            first = {"about_at": old.note.about_at, "text": words}
        form = CounselingNoteForm(desk, desk.site, request.POST if request.method == "POST" else None, initial=first)
        if form.is_bound and form.is_valid():
            try:
                row = write_counseling_note(
                    by=desk.person, at=desk.now, client_id=here.client.pk, text=Secret(form.cleaned_data["text"]),
                    about_at=form.cleaned_data["about_at"], corrects=old.note.pk if old else None, key=key_in(request),
                )  # fmt: skip
                return redirect("chart:counseling_note", here.client.pk, row.pk)
            except NotAllowed:
                raise
            except Refused as refused:
                findings = tuple(form.take(refused.findings))
        context = {
            "here": here,
            "client": here.client,
            "form": form,
            "findings": findings,
            "old": old.note if old else None,
        }
        return render(request, "chart/counseling/write.html", context, status=422 if form.errors or findings else 200)


def _reached(desk: Desk, client_id: int) -> Reached:
    """The client, for who keeps notes about them and for who may read some; Http404 for everybody else, as for nobody's number."""
    sites = sites_for(desk, WRITE)
    client = _open_to(desk, client_id) if sites else None
    writes = client is not None
    if client is None:
        client = Client.objects.filter(pk=stays(client_id)).first()
    if client is None:
        raise Http404
    ids = ids_of(client)
    held = [
        each for each in grants(desk.person.pk, desk.now, ids) if each.site.organisation_id == desk.site.organisation_id
    ]
    if not writes and not held and not own(desk.person.pk, ids, sites).exists():
        raise Http404
    return Reached(client, ids, sites, writes, held)


def _open_to(desk: Desk, client_id: int) -> Client | None:
    """The client, where their chart is one's own; what stands behind glass, broken or not, is not."""
    try:
        client = client_with(desk, client_id, WRITE)
    except (Http404, NotAllowed):
        return None
    if desk.glass:
        desk.glass.clear()
        return None
    return client


def _found(desk: Desk, here: Reached, pk: int) -> Readable:
    found = readable(pk, desk.person.pk, here.ids, here.sites, desk.now)
    if found is None:
        raise Http404
    return found


def _words(desk: Desk, found: Readable) -> tuple[str, tuple[Finding, ...]]:
    try:
        return open_counseling_note(by=desk.person, at=desk.now, site_id=desk.site.pk, found=found), ()
    except Refused as refused:
        return "", refused.findings
