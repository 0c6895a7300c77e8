"""Who records may go to: the list, one of them with its agreements, and writing both."""

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.rules.findings import Finding, Refused
from privacy.actions.recipients import end_agreement, end_recipient, keep_agreement, keep_recipient
from privacy.forms.recipients import AgreementForm, EndForm, RecipientForm
from privacy.models import Agreement, Recipient
from privacy.queries.recipients import lines
from privacy.rules.recipients import counts
from programs.desk import DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.rules.capabilities import Capability as C

FIELDS = ("name", "kind", "address", "phone", "hipaa", "part2", "medical")


@require_safe
@at_desk(C.RECIPIENTS, C.KEEP_CONSENTS)
def recipients(request: DeskRequest) -> HttpResponse:
    """All of them by name; ``find`` narrows it."""
    desk, find = request.desk, request.GET.get("find", "").replace("\x00", "")[:60]
    found = lines(desk.site.organisation_id, desk.now.astimezone(desk.tz).date(), find)
    context = {"lines": found, "find": find, "may": desk.may(C.RECIPIENTS)}
    return render(request, "privacy/recipients.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(C.RECIPIENTS)
def write(request: DeskRequest, pk: int | None = None) -> HttpResponse:
    """A new one, or one that is known, with its agreements."""
    desk, row = request.desk, _row(request, pk) if pk is not None else None
    first = {name: getattr(row, name) for name in FIELDS} if row is not None else {}
    form = RecipientForm(desk, desk.site, request.POST if request.method == "POST" else None, initial=first)
    findings: tuple[Finding, ...] = ()
    if form.is_bound and form.is_valid():
        asked = {name: form.cleaned_data[name] for name in FIELDS}
        try:
            made = keep_recipient(
                by=desk.person, at=desk.now, site=desk.site, recipient_id=pk, key=key_in(request), **asked
            )
            return redirect("privacy:recipient", made.pk)
        except NotAllowed:
            raise
        except Refused as refused:
            findings = tuple(form.take(refused.findings))
    return _page(request, row, form, AgreementForm(desk, desk.site, auto_id="agreement_%s"), findings)


@require_POST
@at_desk(C.RECIPIENTS)
def end(request: DeskRequest, pk: int) -> HttpResponse:
    """Take one out of the lists."""
    end_recipient(
        by=request.desk.person, at=request.desk.now, site=request.desk.site, recipient_id=_row(request, pk).pk
    )
    return redirect("privacy:recipients")


@require_POST
@at_desk(C.RECIPIENTS)
def agree(request: DeskRequest, pk: int) -> HttpResponse:
    """Write an agreement with one of them."""
    desk, row = request.desk, _row(request, pk)
    form = AgreementForm(desk, desk.site, request.POST, auto_id="agreement_%s")
    findings: tuple[Finding, ...] = ()
    if form.is_valid():
        asked = {name: form.cleaned_data[name] for name in ("kind", "starts_on", "ends_on", "reference")}
        try:
            keep_agreement(by=desk.person, at=desk.now, site=desk.site, recipient_id=pk, key=key_in(request), **asked)
            return redirect("privacy:recipient", pk)
        except NotAllowed:
            raise
        except Refused as refused:
            findings = tuple(form.take(refused.findings))
    about = RecipientForm(desk, desk.site, initial={name: getattr(row, name) for name in FIELDS})
    return _page(request, row, about, form, findings)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(C.RECIPIENTS)
def end_agreement_page(request: DeskRequest, pk: int) -> HttpResponse:
    """Write the last day of an agreement."""
    desk = request.desk
    row = get_object_or_404(
        Agreement.objects.select_related("recipient"), pk=pk, recipient__organisation=desk.site.organisation_id
    )
    form = EndForm(desk, desk.site, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            end_agreement(
                by=desk.person, at=desk.now, site=desk.site, agreement_id=pk, ends_on=form.cleaned_data["ends_on"],
                key=key_in(request),
            )  # fmt: skip
            return redirect("privacy:recipient", row.recipient_id)
        except NotAllowed:
            raise
        except Refused as refused:
            form.take(refused.findings)
    context = {"row": row, "form": form}
    return render(request, "privacy/agreement_end.html", context, status=422 if form.errors else 200)


def _row(request: DeskRequest, pk: int) -> Recipient:
    row = Recipient.objects.filter(
        pk=pk, organisation=request.desk.site.organisation_id, client=None, ended_at=None
    ).first()
    if row is None:
        raise Http404
    return row


def _page(
    request: DeskRequest, row: Recipient | None, form: Form, agreement: Form, findings: tuple[Finding, ...]
) -> HttpResponse:  # fmt: skip
    today = request.desk.now.astimezone(request.desk.tz).date()
    agreements = row.agreements.select_related("by").order_by("-starts_on", "-pk") if row is not None else ()
    context = {
        "row": row, "form": form, "agreement": agreement, "findings": findings, "opened": agreement.is_bound,
        "agreements": [(each, counts(each.starts_on, each.ends_on, today)) for each in agreements],
    }  # fmt: skip
    wrong = bool(findings or form.errors or agreement.errors)
    return render(request, "privacy/recipient.html", context, status=422 if wrong else 200)
