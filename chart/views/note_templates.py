"""What notes ask for at the organisation: read by who writes, changed by the director."""

from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.rules.findings import Finding, Refused
from chart.actions.note_templates import keep_policy, keep_template
from chart.forms.notes import BLANK_ROWS, template_in
from chart.models import Note, NoteTemplate
from chart.queries.note_templates import late_after, templates
from chart.rules.note_templates import MOST_FIELDS, Field, Template
from programs.desk import DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

WRITE, KEEP = Capability.WRITE_NOTES, Capability.KEEP_NOTES
NEEDS = (("", "May stay empty"), ("required", "Required"), ("risk", "Safety: required, or a reason"))


@require_safe
@at_desk(WRITE)
def listed(request: DeskRequest) -> HttpResponse:
    """Every template, and when a note is late."""
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(KEEP)
def change(request: DeskRequest, code: str = "") -> HttpResponse:
    """Change a template, or make a new one; a POST writes its next version."""
    desk = request.desk
    old = templates(desk.site.organisation_id).get(code) if code else None
    if code and old is None:
        raise Http404("There is no such template.")
    if request.method != "POST":
        return _form(request, old or Template("", "", "progress", "", ()), old, ())
    typed = template_in(request.POST, old)
    try:
        keep_template(by=desk.person, at=desk.now, site_id=desk.site.pk, template=typed, key=key_in(request))
    except NotAllowed:
        raise
    except Refused as refused:
        return _form(request, typed, old, refused.findings)
    return redirect("chart:note_templates")


@require_POST
@at_desk(KEEP)
def policy(request: DeskRequest) -> HttpResponse:
    """From how many hours on a note is late."""
    desk, hours = request.desk, request.POST.get("hours", "").strip()
    try:
        keep_policy(
            by=desk.person, at=desk.now, site_id=desk.site.pk,
            late_hours=int(hours) if hours.isdecimal() and len(hours) < 5 else 0, key=key_in(request),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _list(request, refused.findings)
    return redirect("chart:note_templates")


def _list(request: DeskRequest, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    desk = request.desk
    after = late_after(desk.site.organisation_id, desk.now)
    context = {
        "templates": templates(desk.site.organisation_id).values(), "late_hours": int(after.total_seconds() // 3600),
        "may_keep": desk.may(KEEP), "findings": findings, "key": uuid4(),
    }  # fmt: skip
    return render(request, "chart/notes/templates.html", context, status=422 if findings else 200)


def _form(
    request: DeskRequest, shown: Template, old: Template | None, findings: tuple[Finding, ...]
) -> HttpResponse:  # fmt: skip
    blank = max(BLANK_ROWS, 4 - len(shown.fields)) if len(shown.fields) < MOST_FIELDS else 0
    rows = [*shown.fields, *(Field("", "") for _ in range(blank))]
    past = NoteTemplate.objects.filter(organisation=request.desk.site.organisation_id, code=shown.code)
    context = {
        "template": shown, "old": old, "rows": rows, "kinds": Note.Kind.choices, "needs": NEEDS, "findings": findings,
        "versions": past.select_related("by").order_by("-version"), "key": uuid4(),
    }  # fmt: skip
    return render(request, "chart/notes/template.html", context, status=422 if findings else 200)
