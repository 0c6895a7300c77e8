"""Who works here, and in which roles."""

from uuid import uuid4

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from audit.rules.findings import Finding, Refused
from programs.desk import DeskRequest, at_desk, key_in
from staff.actions import end_role, give_role
from staff.forms import GiveRoleForm
from staff.models import RoleAssignment
from staff.queries import PinState, members, pin_states
from staff.rules.capabilities import Capability, Role


def people_page(request: DeskRequest, form: GiveRoleForm, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    """The page of who works here, with what was wrong."""
    desk = request.desk
    manages = desk.may(Capability.MANAGE_STAFF)
    here = members(desk.site.pk, desk.now)
    pins = pin_states(member.person.pk for member in here) if manages else {}
    context = {
        "members": [(member, pins.get(member.person.pk, PinState.NONE)) for member in here],
        "form": form,
        "manages": manages,
        "tablets": desk.may(Capability.TABLETS),
        "services": desk.may(Capability.SERVICES),
        "access_rules": desk.may(Capability.ACCESS_RULES),
        "ends": desk.may(Capability.END_SESSIONS),
        "findings": findings,
        "key": uuid4(),
    }
    return render(request, "staff/people.html", context, status=422 if findings or form.errors else 200)


@at_desk(Capability.SEE_STAFF)
def people(request: DeskRequest) -> HttpResponse:
    """Who works at this site."""
    return people_page(request, GiveRoleForm())


@require_POST
@at_desk(Capability.MANAGE_STAFF)
def give(request: DeskRequest) -> HttpResponse:
    """Give someone a role."""
    desk, form = request.desk, GiveRoleForm(request.POST)
    if not form.is_valid():
        return people_page(request, form)
    who, role = form.cleaned_data["person"], Role(form.cleaned_data["role"])
    try:
        give_role(by=desk.person, at=desk.now, person_id=who.pk, site_id=desk.site.pk, role=role, key=key_in(request))
    except Refused as refused:
        return people_page(request, form, refused.findings)
    return HttpResponseRedirect(reverse("staff:people"))


@require_POST
@at_desk(Capability.MANAGE_STAFF)
def end(request: DeskRequest, pk: int) -> HttpResponse:
    """End a role."""
    if not RoleAssignment.objects.filter(pk=pk, site=request.desk.site).exists():
        raise Http404
    try:
        end_role(by=request.desk.person, at=request.desk.now, assignment_id=pk, key=key_in(request))
    except Refused as refused:
        return people_page(request, GiveRoleForm(), refused.findings)
    return HttpResponseRedirect(reverse("staff:people"))
