"""Import a file of the formulary in two steps: look at what it would do, then confirm exactly that.

Between the two the file travels in a field of the page, signed for this person: nothing is kept on the server, nobody can
change it, and the action refuses where its plan is not the one that was shown.
"""

from urllib.parse import urlencode
from uuid import uuid4

from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from audit.rules.findings import Finding, Refused, stop
from emar.actions.formulary import import_formulary
from emar.formulary import starter
from emar.queries.formulary import known, labels
from emar.rules.formulary import COLUMNS, COUNTED_IN, REQUIRED, Kind, Plan, Unreadable, decode, plan, read, summary
from programs.desk import DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

LARGEST = 5_000_000  # bytes of a file
LARGEST_FIELD = 2_000_000  # characters of the signed field: what Django takes in a form
GOOD_FOR = 2 * 60 * 60  # seconds between looking and confirming
LINES = 300  # of each kind that the page shows


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.FORMULARY)
def check(request: DeskRequest) -> HttpResponse:
    """Choose a file; a POST shows what it would do and changes nothing."""
    if request.method != "POST":
        return _page(request)
    sent = request.FILES.get("file")
    if sent is None and "starter" not in request.POST:
        return _refused(request, stop("formulary.no_file", "Choose the file first: a table saved as CSV."))
    if sent is not None and (sent.size or 0) > LARGEST:
        return _refused(request, stop("formulary.too_large", "The file is larger than 5 MB. Split it."))
    try:
        text = decode(starter() if sent is None else sent.read())
    except Unreadable as error:
        return _refused(request, stop("formulary.unreadable", str(error)))
    return _shown(request, text, "the starter set" if sent is None else str(sent.name))


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.FORMULARY)
def confirm(request: DeskRequest) -> HttpResponse:
    """Import what was shown."""
    desk = request.desk
    if request.method != "POST":  # the address of a refused import, opened again
        return HttpResponseRedirect(reverse("emar:formulary_import"))
    try:
        kept = signing.loads(request.POST.get("kept", ""), salt=_salt(request), max_age=GOOD_FOR)
    except signing.BadSignature:
        return _refused(request, stop("formulary.kept", "Too long ago, or not your own: choose the file again."))
    try:
        event = import_formulary(
            by=desk.person, at=desk.now, site_id=desk.site.pk, rows=read(kept["text"]), shown=kept["digest"],
            key=key_in(request),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refusal:
        return _shown(request, kept["text"], kept["called"], refusal.findings)
    return HttpResponseRedirect(f"{reverse('emar:formulary')}?{urlencode({'imported': event.pk})}")


def _shown(request: DeskRequest, text: str, called: str, refused: tuple[Finding, ...] = ()) -> HttpResponse:
    will = plan(read(text), known(request.desk.now), labels())
    kept = signing.dumps({"text": text, "digest": will.digest, "called": called}, salt=_salt(request), compress=True)
    if len(kept) > LARGEST_FIELD:
        return _refused(
            request, stop("formulary.too_large", "The file is too large to be looked at in one go. Split it.")
        )
    more = {"called": called, "plan": will, "kept": kept, "key": uuid4(), **_counted(will)}
    return _page(request, refused, **more)


def _counted(will: Plan) -> dict[str, object]:
    numbers = summary(will.entries)
    parts = {"fresh": will.of(Kind.NEW), "changed": will.of(Kind.CHANGED), "problems": will.problems}
    shown = {name: rows[:LINES] for name, rows in parts.items()}
    more = {f"{name}_more": max(0, len(rows) - LINES) for name, rows in parts.items()}
    counts = [(kind.value, numbers[kind]) for kind in Kind]
    ready = not will.problems and numbers[Kind.NEW] + numbers[Kind.CHANGED] > 0
    return {**shown, **more, "counts": counts, "ready": ready}


def _refused(request: DeskRequest, *findings: Finding) -> HttpResponse:
    return _page(request, findings)


def _page(request: DeskRequest, refused: tuple[Finding, ...] = (), **more: object) -> HttpResponse:
    context = {"refused": refused, "columns": COLUMNS, "required": REQUIRED, "counted_in": COUNTED_IN, **more}
    return render(request, "emar/formulary_import.html", context, status=422 if refused else 200)


def _salt(request: DeskRequest) -> str:
    return f"emar.formulary.{request.desk.person.pk}"
