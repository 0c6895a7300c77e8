"""Write a note: choose a template, the form with its autosave, sign."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.rules.findings import Finding, Refused, Severity
from chart.access import client_for
from chart.actions.drafts import Typed, copy_forward, drop_draft, save_draft
from chart.actions.note_signing import NO_REASONS, sign_draft
from chart.actions.note_store import place_of
from chart.forms.notes import WhenForm, typed_in, which_in
from chart.models import Note, NoteDraft
from chart.queries.head import Head, head
from chart.queries.note_form import NoteForm, choices, note_form
from chart.rules.notes import unedited
from programs.desk import Desk, DeskRequest, at_desk, key_in
from programs.models import Client, Episode, Site
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

WRITE = Capability.WRITE_NOTES


@dataclass(frozen=True)
class Scene:
    """Whose note it is, of which episode, and at which site it is written: its clock is the one times are shown on."""

    desk: Desk
    client: Client
    head: Head
    episode: Episode
    site: Site


@require_safe
@at_desk(WRITE)
def choose(request: DeskRequest, client_id: int) -> HttpResponse:
    """The templates, and the drafts that wait in this chart."""
    scene = _scene(request, client_id)
    with timezone.override(scene.site.tz):
        offered = choices(scene.site, scene.episode, scene.desk.person)
        return render(request, "chart/notes/choose.html", {**_around(scene), "choices": offered})


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(WRITE)
def write(request: DeskRequest, client_id: int, code: str) -> HttpResponseBase:
    """The form of one template; a POST signs it. What cannot be signed is kept as the draft, and the page says what it lacks."""
    scene = _scene(request, client_id)
    with timezone.override(scene.site.tz):
        if request.method != "POST":
            form = _form(scene, code)
            return render(request, "chart/notes/write.html", _context(scene, form, _drawn(form.draft), ()))
        return _sign(request, scene, code)


@require_POST
@at_desk(WRITE)
def save(request: DeskRequest, client_id: int, code: str) -> HttpResponse:
    """An autosave. 200: the draft's key and version, and when; 409: what another window saved; 422: a sentence."""
    scene = _scene(request, client_id)
    typed, which = typed_in(request.POST), which_in(request.POST, scene.episode.pk, code)
    with timezone.override(scene.site.tz):
        try:
            draft = save_draft(
                by=scene.desk.person, at=scene.desk.now, which=which, typed=typed, key=key_in(request)
            )  # fmt: skip
        except NotAllowed as refused:
            return JsonResponse({"said": str(refused)}, status=403)
        except Refused as refused:
            first = refused.findings[0]
            if first.code not in {"note.changed", "note.signed_already"}:
                return JsonResponse({"said": first.message}, status=422)
            return JsonResponse(_conflict(scene, _form(scene, code), typed, first), status=409)
        said = f"Saved {timezone.localtime(draft.saved_at):%H:%M}"
        return JsonResponse({"draft": draft.pk, "version": draft.version, "said": said})


@require_POST
@at_desk(WRITE)
def copy(request: DeskRequest, client_id: int, code: str) -> HttpResponse:
    """Bring an earlier note forward, into what is still empty."""
    scene, note = _scene(request, client_id), request.POST.get("note", "")
    which = which_in(request.POST, scene.episode.pk, code)
    with timezone.override(scene.site.tz):
        try:
            copy_forward(
                by=scene.desk.person, at=scene.desk.now, which=which,
                note_id=int(note) if note.isdecimal() and len(note) < 18 else 0, key=key_in(request),
            )  # fmt: skip
        except NotAllowed:
            raise
        except Refused as refused:
            form = _form(scene, code)
            context = _context(scene, form, _drawn(form.draft), refused.findings)
            return render(request, "chart/notes/write.html", context, status=422)
    return redirect(_address(scene, code))


@require_POST
@at_desk(WRITE)
def drop(request: DeskRequest, client_id: int, code: str) -> HttpResponse:
    """Put one's own draft away."""
    scene = _scene(request, client_id)
    draft = NoteDraft.objects.filter(
        by=scene.desk.person, episode=scene.episode, template=code, note=None, dropped_at=None
    ).first()
    if draft is not None:
        drop_draft(by=scene.desk.person, at=scene.desk.now, draft_id=draft.pk, key=key_in(request))
    return redirect("chart:write_note", scene.client.pk)


def _sign(request: DeskRequest, scene: Scene, code: str) -> HttpResponseBase:
    typed, which = typed_in(request.POST), which_in(request.POST, scene.episode.pk, code)
    when, findings = WhenForm(request.POST), tuple[Finding, ...]()
    reasons = {
        name.removeprefix("reason-"): str(words).strip()
        for name, words in request.POST.items()
        if name.startswith("reason-") and str(words).strip()
    }
    if when.is_valid():
        try:
            note = sign_draft(
                by=scene.desk.person, at=scene.desk.now, which=which, typed=typed, reasons=reasons,
                key=key_in(request), **when.cleaned_data,
            )  # fmt: skip
            return _done(request, scene, note)
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    signed = findings and findings[0].detail.get("note") if findings else None
    if isinstance(signed, int) and findings[0].code == "note.signed_already":
        form = _form(scene, code)
        context = _context(scene, form, typed, findings) | {"signed": signed}
        return render(request, "chart/notes/write.html", context, status=422)
    try:
        save_draft(by=scene.desk.person, at=scene.desk.now, which=which, typed=typed)
    except Refused as refused:
        findings = tuple({each.code: each for each in (*refused.findings, *findings)}.values())
    form = _form(scene, code)
    context = _context(scene, form, typed, findings, when=when, reasons=reasons)
    return render(request, "chart/notes/write.html", context, status=422)


def _done(request: DeskRequest, scene: Scene, note: Note) -> HttpResponseBase:
    where = reverse("chart:note", args=[scene.client.pk, note.pk])
    return JsonResponse({"to": where}) if request.headers.get("Accept") == "application/json" else redirect(where)


def _scene(request: DeskRequest, client_id: int) -> Scene:
    """Raises Http404 for a chart that is not theirs or an episode that is not the client's, NotAllowed where they may not write."""
    desk, client = request.desk, client_for(request.desk, client_id)
    top = head(client, desk.site, desk.now)
    asked = request.POST.get("episode") or request.GET.get("episode") or ""
    episode = next((each for each in top.episodes if str(each.pk) == asked), None if asked else top.episode)
    if episode is None:
        raise Http404("This client has no such episode of care.")
    try:
        placement = place_of(episode.pk, desk.now, desk.now, desk.person)
    except NotAllowed:
        raise
    except Refused as refused:
        raise Http404(str(refused)) from refused
    return Scene(desk, client, top, episode, placement.program.site)


def _form(scene: Scene, code: str) -> NoteForm:
    found = note_form(scene.client, scene.episode, scene.site, code, scene.desk.person, scene.desk.now)
    if found is None:
        raise Http404("There is no such template here.")
    return found


def _drawn(draft: NoteDraft | None) -> Typed:
    return Typed(draft.fields, draft.times, tuple(draft.objectives)) if draft else Typed({})


def _address(scene: Scene, code: str) -> str:
    address = reverse("chart:write", args=[scene.client.pk, code])
    return address if scene.episode == scene.head.episode else f"{address}?episode={scene.episode.pk}"


def _around(scene: Scene) -> dict[str, object]:
    return {"head": scene.head, "here": "notes", "client": scene.client, "episode": scene.episode}


@dataclass(frozen=True)
class Shown:
    """A field of the form with its words. ``copied``: as brought forward. ``saved``: other words that another window saved."""

    name: str
    label: str
    help: str
    required: bool
    text: str
    wrong: bool
    copied: bool
    saved: str | None


def _context(
    scene: Scene,
    form: NoteForm,
    typed: Typed,
    findings: tuple[Finding, ...],
    *,
    when: WhenForm | None = None,
    reasons: Mapping[str, str] = NO_REASONS,
) -> dict[str, object]:
    draft = form.draft
    stops = [each for each in findings if each.severity is Severity.STOP]
    conflict = any(each.code == "note.changed" for each in findings)
    times = {f"t-{name}": text for name, text in typed.times.items()}
    asks = [each for each in findings if each.severity is Severity.OVERRIDE]
    return {
        **_around(scene),
        "template": form.template,
        "form": form,
        "draft": draft,
        "fields": _fields(form, typed, findings, conflict=conflict),
        "when": when or WhenForm(times or None),
        "chosen": set(typed.objectives),
        "stops": stops,
        "asks": [(each, reasons.get(each.code, "")) for each in asks],
        "conflict": conflict,
        "key": uuid4(),
        "address": _address(scene, form.template.code),
        "now": scene.desk.now,
    }


def _fields(form: NoteForm, typed: Typed, findings: tuple[Finding, ...], *, conflict: bool) -> list[Shown]:
    draft = form.draft
    held = draft.fields if draft else {}
    same = unedited(typed.fields, draft.copied if draft else {})
    wrong = {str(each.detail.get("field", "")) for each in findings}
    return [
        Shown(
            each.name, each.label, each.help, each.required or each.risk, typed.fields.get(each.name, ""), each.name in wrong,
            each.name in same,
            held.get(each.name, "") if conflict and held.get(each.name, "") != typed.fields.get(each.name, "") else None,
        )
        for each in form.template.fields
    ]  # fmt: skip


def _conflict(scene: Scene, form: NoteForm, typed: Typed, finding: Finding) -> dict[str, object]:
    """What an autosave is told when another window was quicker: what that one saved, drawn, and its version."""
    draft = form.draft
    html = render_to_string(
        "chart/notes/_conflict.html",
        {
            "finding": finding,
            "fields": _fields(form, typed, (), conflict=True),
            "signed": finding.detail.get("note"),
            "client": scene.client,
            "address": _address(scene, form.template.code),
        },
    )
    return {
        "said": finding.message, "html": html, "draft": draft.pk if draft else "", "version": draft.version if draft else 0,
    }  # fmt: skip
