"""Release a record: the form with what the gate says as it is filled in, the act, the file, and share links."""

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from audit.rules.findings import Finding, Refused, Severity, stop
from chart.access import client_with
from chart.pdf.released import released
from chart.queries.head import Head, head
from privacy.actions.links import share, unshare
from privacy.actions.release import PURPOSE, Content, release
from privacy.forms.release import ReleaseForm
from privacy.models import Disclosure, ShareLink
from privacy.queries.gate import Going, look, offered
from privacy.queries.links import standing_links
from privacy.rules.classes import InfoClass
from privacy.rules.notices import Channel
from programs.desk import Desk, DeskRequest, at_desk, key_in
from programs.files import pdf_file
from programs.models import Client
from programs.people import ids_of
from programs.step_up import StepUpForm
from staff.rules.capabilities import Capability

TAKEN_WITHIN = timedelta(minutes=15)
MAY = Capability.RELEASE


@require_safe
@at_desk(MAY)
def form(request: DeskRequest, client_id: int) -> HttpResponse:
    """The form, with what the gate says of what stands in it."""
    client = client_with(request.desk, client_id, MAY)
    filled = _form(request.desk, client)
    filled.begin(request.GET.get("access", ""))
    return _page(request, client, filled)


@require_POST
@at_desk(MAY)
def gate(request: DeskRequest, client_id: int) -> HttpResponse:
    """What the gate says now of what was filled in so far, as a piece of the page."""
    client = client_with(request.desk, client_id, MAY)
    return render(request, "chart/release/_gate.html", _said(_form(request.desk, client, request), request.desk))


@require_POST
@at_desk(MAY)
def send(request: DeskRequest, client_id: int) -> HttpResponse:
    """Release it: the gate decides once more, now."""
    desk, client = request.desk, client_with(request.desk, client_id, MAY)
    filled = _form(desk, client, request)
    if not filled.is_valid():
        return _page(request, client, filled, status=422)
    try:
        signing = StepUpForm(request.POST, desk=desk, capability=MAY)
        proof = signing.proof(purpose=PURPOSE, key=key_in(request))
        return _done(request, client, filled, proof.pk)
    except Refused as refused:
        return _page(request, client, filled, refused.findings, status=422)


def _done(request: DeskRequest, client: Client, filled: ReleaseForm, proof_id: int) -> HttpResponse:
    """Hand the file over, or show the new link with its code, which is said once."""
    desk, data, going = request.desk, filled.cleaned_data, filled.going
    first, last = data["first"], data["last"]
    content = Content(
        "Record", f"record-{client.record_number}-{first}-{last}.pdf", lambda permit: released(permit, first, last)
    )
    reasons = _reasons(going, data["reason"].strip(), desk)
    if going.channel is Channel.LINK:
        made = share(
            by=desk.person, at=desk.now, going=going, content=content, proof_id=proof_id, reasons=reasons, key=key_in(request),
            until=desk.now + timedelta(hours=data["hours"] or 24), openings=data["openings"] or 1,
        )  # fmt: skip
        address = request.build_absolute_uri(reverse("shared:open", args=[made.token])) if made.token else ""
        context = {"head": _head(desk, client), "made": made, "address": address}
        with timezone.override(desk.tz):
            return render(request, "chart/release/link.html", context)
    row = release(
        by=desk.person, at=desk.now, going=going, content=content, proof_id=proof_id, reasons=reasons, key=key_in(request)
    )  # fmt: skip
    return redirect("chart:released", client.pk, row.pk)


@require_safe
@at_desk(MAY)
def done(request: DeskRequest, client_id: int, pk: int) -> HttpResponse:
    """What was written of a release, with the file while it may still be taken."""
    desk, client = request.desk, client_with(request.desk, client_id, MAY)
    row = _row(client, pk)
    context = {"head": _head(desk, client), "row": row, "open": _may_take(row, desk)}
    with timezone.override(desk.tz):
        return render(request, "chart/release/done.html", context)


@never_cache
@require_safe
@at_desk(MAY)
def file(request: DeskRequest, client_id: int, pk: int) -> HttpResponse:
    """The file of a release just made, to whoever made it; later it is released again, as another disclosure."""
    desk, client = request.desk, client_with(request.desk, client_id, MAY)
    row = _row(client, pk)
    if row.channel == Channel.SHOWN:
        raise Refused(stop("release.shown", "It was shown here and nothing is taken away. Release it in another form."))
    if row.file is None or not _may_take(row, desk):
        raise Refused(stop("release.taken", "This file could be taken for fifteen minutes. Release the record again."))
    return pdf_file(bytes(row.file.content), row.file.name)


@require_POST
@at_desk(MAY)
def take_back(request: DeskRequest, client_id: int, pk: int) -> HttpResponse:
    """Take a link back."""
    desk, client = request.desk, client_with(request.desk, client_id, MAY)
    if not ShareLink.objects.filter(pk=pk, client__in=ids_of(client)).exists():
        raise Http404
    unshare(by=desk.person, at=desk.now, link_id=pk, key=key_in(request))
    return redirect("chart:release", client.pk)


def _row(client: Client, pk: int) -> Disclosure:
    row = Disclosure.objects.select_related("file", "by", "consent", "recipient").filter(
        pk=pk, client__in=ids_of(client)
    )
    found = row.first()
    if found is None:
        raise Http404
    return found


def _may_take(row: Disclosure, desk: Desk) -> bool:
    """By whoever released it, for a while; what was shown here is taken by nobody."""
    lately = row.at <= desk.now < row.at + TAKEN_WITHIN
    return row.by_id == desk.person.pk and lately and row.link_id is None and row.channel != Channel.SHOWN


def _form(desk: Desk, client: Client, request: DeskRequest | None = None) -> ReleaseForm:
    people = offered(client.organisation_id, ids_of(client), desk.now)
    return ReleaseForm(desk, client, people, request.POST if request is not None else None)


def _head(desk: Desk, client: Client) -> Head:
    return head(client, desk.site, desk.now)


def _said(filled: ReleaseForm, desk: Desk) -> dict[str, object]:
    """What the gate says of a form that is whole enough to ask."""
    if not filled.is_bound or not filled.is_valid():
        return {"decision": None}
    decision = look(filled.going, desk.now).decision
    goes, stays = ([each.label for each in InfoClass if each in some] for some in (decision.classes, decision.withheld))
    return {"decision": decision, "goes": goes, "stays": stays}


def _reasons(going: Going, reason: str, desk: Desk) -> dict[str, str]:
    """The one reason, for whatever the gate asks a reason for."""
    if not reason:
        return {}
    findings = look(going, desk.now).decision.findings
    return {each.code: reason for each in findings if each.severity is Severity.OVERRIDE}


def _page(
    request: DeskRequest, client: Client, filled: ReleaseForm, findings: tuple[Finding, ...] = (), status: int = 200
) -> HttpResponse:
    desk = request.desk
    context = {
        "head": _head(desk, client), "form": filled, "signing": StepUpForm(desk=desk, capability=MAY), "findings": findings,
        "links": standing_links(ids_of(client), desk.now), **_said(filled, desk),
    }  # fmt: skip
    with timezone.override(desk.tz):
        return render(request, "chart/release/release.html", context, status=status)
