"""Consents of a client: what holds and what ended, a new one, one of them with its text, and its paper."""

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.rules.findings import Finding, Refused
from chart.access import client_with
from chart.forms.consents import ConsentForm
from chart.queries.head import Head, head
from chart.views.hand_sign import hand
from documents import render as render_pdf
from privacy.actions.consents import write_consent
from privacy.actions.recipients import keep_recipient
from privacy.consent_texts import forms
from privacy.models import Consent
from privacy.pdf.consents import consent_document
from privacy.queries.consents import Standing, standing, standings
from privacy.queries.presence import told_names
from privacy.queries.proposing import Sheet, Sketch, sheet
from privacy.rules.classes import RecipientKind
from privacy.rules.consents import ConsentType
from privacy.rules.elements import Signer, elements
from privacy.rules.revoking import may_revoke
from programs.desk import Desk, DeskRequest, at_desk, key_in
from programs.files import pdf_file
from programs.models import Client
from programs.people import ids_of
from staff.access import NotAllowed
from staff.rules.capabilities import Capability as C

SIGHT = (C.SEE_CONSENTS, C.KEEP_CONSENTS)


@require_safe
@at_desk(*SIGHT)
def consents(request: DeskRequest, client_id: int) -> HttpResponse:
    """What holds, what waits for a signature, what ended and why."""
    desk, client = request.desk, client_with(request.desk, client_id, *SIGHT)
    found = [each for each in standings(ids_of(client), desk.now) if not each.dropped]
    context = {
        "counting": [each for each in found if each.counts],
        "waiting": [each for each in found if each.held is None],
        "held": [each for each in found if each.codes and not each.over],
        "ended": [each for each in found if each.over],
        "told": sorted(told_names(ids_of(client), desk.now)),
        "has_tpo": any(each.counts and each.row.type == ConsentType.TPO_SINGLE for each in found),
    }
    return _page(request, "chart/consents/list.html", client, context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(C.KEEP_CONSENTS)
def new(request: DeskRequest, client_id: int) -> HttpResponse:
    """A new one, begun with what is usual for its type. A POST checks it as it is filled in, adds somebody, or writes it."""
    desk, client = request.desk, client_with(request.desk, client_id, C.KEEP_CONSENTS)
    shown = head(client, desk.site, desk.now)
    asked = (request.POST if request.method == "POST" else request.GET).get("type", "")
    type = ConsentType(asked) if asked in set(ConsentType) else ConsentType.TPO_SINGLE
    before = _before(client, type, desk)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    form = ConsentForm(desk, shown.site, client, type, before, request.POST if act else None)
    valid = not act or form.is_valid()
    made = sheet(form.sketch(), client, shown.site, desk.now)
    findings: tuple[Finding, ...] = ()
    if act == "add":
        form, findings, made = _added(request, client, shown, type, before, form)
    elif act in {"write", "hand"} and valid:
        try:
            return _written(
                request, client, form.sketch(), before if form.cleaned_data.get("replaces") else None, act == "hand"
            )
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    context = {
        "form": form, "type": type, "types": _types(type), "before": before, "findings": findings, "act": act,
        **_checked(made), "chosen": forms()[type],
    }  # fmt: skip
    if act == "check":
        return _page(request, "chart/consents/_check.html", client, context, shown=shown)
    wrong = bool(findings) or not valid
    return _page(request, "chart/consents/new.html", client, context, shown=shown, status=422 if wrong else 200)


@require_safe
@at_desk(*SIGHT)
def consent(request: DeskRequest, client_id: int, pk: int) -> HttpResponse:
    """One of them: its words, who signed, what happened to it, and what can be done."""
    desk, client = request.desk, client_with(request.desk, client_id, *SIGHT)
    found = _found(client, pk, desk)
    today = desk.now.astimezone(head(client, desk.site, desk.now).site.tz).date()
    context = {
        "each": found, "missing": [Signer(role) for role in found.missing],
        "revocable": not may_revoke(ConsentType(found.row.type), found.row.revocable_on, today),
    }  # fmt: skip
    return _page(request, "chart/consents/one.html", client, context)


@require_POST
@at_desk(C.KEEP_CONSENTS)
def begin(request: DeskRequest, client_id: int, pk: int) -> HttpResponse:
    """Hand the tablet to the client to sign it."""
    client = client_with(request.desk, client_id, C.KEEP_CONSENTS)
    row = Consent.objects.filter(pk=pk, client__in=ids_of(client)).first()
    if row is None:
        raise Http404
    return hand(request, client, "consent", row, {"role": Signer.CLIENT.value})


@require_safe
@at_desk(*SIGHT)
def paper(request: DeskRequest, client_id: int, pk: int) -> HttpResponse:
    """The consent on paper: the client's copy, and what goes along with a release."""
    desk, client = request.desk, client_with(request.desk, client_id, *SIGHT)
    found = _found(client, pk, desk)
    site = head(client, desk.site, desk.now).site
    return pdf_file(
        render_pdf(consent_document(found, site, by=desk.person, at=desk.now)),
        f"consent-{client.record_number}-{pk}.pdf",
    )


def _found(client: Client, pk: int, desk: Desk) -> Standing:
    found = standing(ids_of(client), desk.now, pk)
    if found is None:
        raise Http404
    return found


def _before(client: Client, type: ConsentType, desk: Desk) -> Consent | None:
    """The newest of this type that counts, which a new one may take the place of."""
    found = [each.row for each in standings(ids_of(client), desk.now) if each.counts and each.row.type == type]
    return next((row for row in found if row.client_id == client.pk), None)


def _written(request: DeskRequest, client: Client, sketch: Sketch, before: Consent | None, go: bool) -> HttpResponse:
    """Written; and where it is to be signed at once by the client, the tablet is theirs."""
    desk = request.desk
    row = write_consent(
        by=desk.person,
        at=desk.now,
        client_id=client.pk,
        sketch=sketch,
        replaces_id=before.pk if before else None,
        key=key_in(request),
    )
    if go and row.signers[0] == Signer.CLIENT:
        return hand(request, client, "consent", row, {"role": Signer.CLIENT.value})
    return redirect("chart:consent", client.pk, row.pk)


def _added(
    request: DeskRequest, client: Client, shown: Head, type: ConsentType, before: Consent | None, form: ConsentForm
) -> tuple[ConsentForm, tuple[Finding, ...], Sheet]:  # fmt: skip
    """Somebody who belongs to the client is written, and ticked."""
    desk, sent = request.desk, request.POST.copy()
    findings: tuple[Finding, ...] = ()
    try:
        row = keep_recipient(
            by=desk.person, at=desk.now, site=shown.site, client=client, kind=RecipientKind.PERSON.value, hipaa="neither", part2="no",
            name=request.POST.get("new_name", ""), relation=request.POST.get("new_relation", ""),
        )  # fmt: skip
        sent.appendlist("recipients", str(row.pk))
        sent["new_name"] = sent["new_relation"] = ""
    except NotAllowed:
        raise
    except Refused as refused:
        findings = tuple(replace(each, detail={**each.detail, "field": "new_name"}) for each in refused.findings)
    form = ConsentForm(desk, shown.site, client, type, before, sent)
    form.is_valid()
    return form, findings, sheet(form.sketch(), client, shown.site, desk.now)


def _checked(made: Sheet) -> dict[str, object]:
    """What is still missing, and the text as it would be signed."""
    return {"missing": elements(made.proposed), "words": made.words, "title": made.form.title}


def _types(chosen: ConsentType) -> list[tuple[ConsentType, str, bool]]:
    return [(each, form.line, each is chosen) for each, form in forms().items()]


def _page(
    request: DeskRequest, template: str, client: Client, context: dict[str, object], shown: Head | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    """A page of this tab on the clock of the client's site."""
    desk = request.desk
    top = shown or head(client, desk.site, desk.now)
    with timezone.override(top.site.tz):
        return render(
            request,
            template,
            {
                "head": top,
                "here": "consents",
                "may": desk.may(C.KEEP_CONSENTS),
                "may_release": desk.may(C.RELEASE),
                **context,
            },
            status=status,
        )
