"""Somebody outside asks for a person: what they are told."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from audit.rules.findings import Finding, Refused
from privacy.actions.callers import answer_caller
from privacy.forms.recipients import CallerForm
from privacy.models import CallerInquiry
from privacy.rules.presence import NEUTRAL
from programs.desk import DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.ANSWER_CALLERS)
def callers(request: DeskRequest) -> HttpResponse:
    """Ask for the names; the answer is the neutral words, unless a client agreed that this caller may be told. Names stay out of the
    address."""
    desk = request.desk
    form = CallerForm(desk, desk.site, request.POST if request.method == "POST" else None)
    findings: tuple[Finding, ...] = ()
    row: CallerInquiry | None = None
    if form.is_bound and form.is_valid():
        asked = {name: form.cleaned_data[name] for name in ("asked_for", "caller", "way")}
        try:
            row = answer_caller(by=desk.person, at=desk.now, site=desk.site, key=key_in(request), **asked)
        except NotAllowed:
            raise
        except Refused as refused:
            findings = tuple(form.take(refused.findings))
    if row is not None:
        form = CallerForm(desk, desk.site)
    context = {"form": form, "findings": findings, "row": row, "neutral": NEUTRAL}
    return render(request, "privacy/callers.html", context, status=422 if findings or form.errors else 200)
