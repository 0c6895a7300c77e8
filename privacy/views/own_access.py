"""Clients' requests for their own record: one of them with its clock, and what happened to it."""

from functools import partial
from typing import Any

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from privacy.actions.own_access import step_access_request
from privacy.forms.own_access import AccessStepForm
from privacy.queries.own_access import Access, given_since, request_of
from privacy.views.acting import DUTY, act, sites_of
from programs.desk import Desk, DeskRequest, at_desk, key_in
from programs.people import ids_of


@require_safe
@at_desk(DUTY)
def asked(request: DeskRequest, pk: int) -> HttpResponse:
    """One request: what was asked, until when, what was done."""
    with timezone.override(request.desk.tz):
        return render(request, "privacy/access.html", {"access": _access(request.desk, pk)})


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(DUTY)
def step(request: DeskRequest, pk: int) -> HttpResponse:
    """More time, or the answer."""
    desk, found = request.desk, _access(request.desk, pk)
    back = reverse("privacy:access_request", args=[pk])
    form_of = partial(AccessStepForm, list(given_since(found.row, ids_of(found.row.client))))

    def run(form: Form) -> str:
        typed: dict[str, Any] = {name: form.cleaned_data[name] for name in ("kind", "until", "reason", "review")}
        disclosure = int(form.cleaned_data["disclosure"] or 0) or None
        step_access_request(
            by=desk.person, at=desk.now, request_id=pk, disclosure_id=disclosure, key=key_in(request), **typed
        )
        return back

    about = (
        "What is given is best released on this request: that answers it. A refusal never says that there is no record."
    )
    return act(request, form_of, run, f"Access request {pk}: what happened", about, back)


def _access(desk: Desk, pk: int) -> Access:
    found = request_of(sites_of(desk), desk.now, pk)
    if found is None:
        raise Http404
    return found
