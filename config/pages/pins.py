"""My PIN: set it, change it; an administrator takes one away."""

from allauth.core import ratelimit
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from audit.rules.findings import Refused, stop
from config.pages.staff import people_page
from programs.desk import DeskRequest, at_desk, key_in
from staff.actions import set_pin, take_pin
from staff.forms import GiveRoleForm, PinForm
from staff.models import RoleAssignment
from staff.queries import pin_state
from staff.rules.capabilities import Capability


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def mine(request: DeskRequest) -> HttpResponse:
    """Set or change one's own PIN."""
    desk, form = request.desk, PinForm(request.POST or None)
    context = {"form": form, "pin": pin_state(desk.person.pk, desk.now), "saved": "saved" in request.GET}
    if request.method != "POST":
        return render(request, "staff/pin.html", context)
    try:
        if form.is_valid():
            _slow_down(request)
            asked = {"pin": form.cleaned_data["pin"], "password": form.cleaned_data["password"]}
            set_pin(by=desk.person, at=desk.now, site_id=desk.site.pk, **asked)
            return HttpResponseRedirect(reverse("staff:pin") + "?saved")
    except Refused as refused:
        context["findings"] = refused.findings
    return render(request, "staff/pin.html", context, status=422)


def _slow_down(request: DeskRequest) -> None:
    """As often as a password may be asked again elsewhere, and no oftener (allauth's 'reauthenticate': ten a minute)."""
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        raise Refused(stop("pin.too_often", "That was too many passwords in a minute. Wait a minute and try again."))


@require_POST
@at_desk(Capability.MANAGE_STAFF)
def take(request: DeskRequest, pk: int) -> HttpResponse:
    """Take someone's PIN away; they set a new one themselves."""
    desk = request.desk
    if not RoleAssignment.objects.filter(person=pk, site=desk.site).exists():
        raise Http404
    try:
        take_pin(by=desk.person, at=desk.now, person_id=pk, site_id=desk.site.pk, key=key_in(request))
    except Refused as refused:
        return people_page(request, GiveRoleForm(), refused.findings)
    return HttpResponseRedirect(reverse("staff:people"))
