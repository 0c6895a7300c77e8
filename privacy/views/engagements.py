"""Audits and research: write one down, look at it, end it, record that copies were destroyed."""

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from privacy.actions.engagements import keep_engagement, step_engagement
from privacy.forms import engagements as forms
from privacy.queries.engagements import Engaged, engagement, seen
from privacy.views.acting import DUTY, act, sites_of
from programs.desk import Desk, DeskRequest, at_desk, key_in

SHOWN = 50


@require_safe
@at_desk(DUTY)
def engaged(request: DeskRequest, pk: int) -> HttpResponse:
    """One of them: what was agreed, what it permits today, what was seen on it."""
    found, rows = _engaged(request.desk, pk), seen(pk)
    context = {"engaged": found, "seen": rows[:SHOWN], "times": rows.count()}
    with timezone.override(request.desk.tz):
        return render(request, "privacy/engagement.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(DUTY)
def new(request: DeskRequest) -> HttpResponse:
    """Write one down."""
    desk = request.desk

    def run(form: Form) -> str:
        asked = dict(form.cleaned_data)
        asked["recipient_id"] = int(asked.pop("recipient") or 0) or None
        asked.pop("key")
        row = keep_engagement(by=desk.person, at=desk.now, site=desk.site, key=key_in(request), **asked)
        return reverse("privacy:engagement", args=[row.pk])

    about = "As it was agreed in writing. Nothing is released by this; the gate holds each release to what stands here."
    return act(request, forms.EngagementForm, run, "An audit or research", about)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(DUTY)
def step(request: DeskRequest, pk: int) -> HttpResponse:
    """It ended, or its copies were destroyed."""
    desk, back = request.desk, reverse("privacy:engagement", args=[_engaged(request.desk, pk).row.pk])

    def run(form: Form) -> str:
        asked = {name: form.cleaned_data[name] for name in ("kind", "words", "destroyed_on", "proof")}
        step_engagement(by=desk.person, at=desk.now, engagement_id=pk, key=key_in(request), **asked)
        return back

    return act(request, forms.EngagementStepForm, run, f"Engagement {pk}: what happened", back=back)


def _engaged(desk: Desk, pk: int) -> Engaged:
    found = engagement(sites_of(desk), desk.now, pk)
    if found is None:
        raise Http404
    return found
