"""Who is on duty, and coming on and going off oneself."""

from uuid import uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from audit.rules.findings import Finding, Refused
from programs.desk import DeskRequest, at_desk, key_in
from staff.actions import come_on, go_off
from staff.queries import duty_of, on_duty, pin_state


def _page(request: DeskRequest, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    desk = request.desk
    context = {
        "people": on_duty(desk.site.pk, desk.now),
        "duty": duty_of(desk.person.pk, desk.site.pk, desk.now),
        "pin": pin_state(desk.person.pk, desk.now),
        "findings": findings,
        "key": uuid4(),
    }
    return render(request, "staff/duty.html", context, status=422 if findings else 200)


@at_desk()
def people(request: DeskRequest) -> HttpResponse:
    """Who is on duty at this site now."""
    return _page(request)


@require_POST
@at_desk()
def on(request: DeskRequest) -> HttpResponse:
    """Come on duty."""
    try:
        come_on(by=request.desk.person, at=request.desk.now, site_id=request.desk.site.pk, key=key_in(request))
    except Refused as refused:
        return _page(request, refused.findings)
    return HttpResponseRedirect(reverse("home"))


@require_POST
@at_desk()
def off(request: DeskRequest) -> HttpResponse:
    """Go off duty."""
    try:
        go_off(by=request.desk.person, at=request.desk.now, site_id=request.desk.site.pk, key=key_in(request))
    except Refused as refused:
        return _page(request, refused.findings)
    return HttpResponseRedirect(reverse("home"))
