"""Accounts of other systems: make one, give it a token (shown once), revoke, close."""

from datetime import timedelta
from uuid import uuid4

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from audit.rules.findings import Finding, Refused
from programs.desk import DeskRequest, at_desk, key_in
from staff.actions import close_service, give_token, make_service, new_token, revoke_token
from staff.models import ServiceAccount, ServiceToken
from staff.queries import services
from staff.rules.capabilities import Capability
from staff.rules.services import Scope

DAYS = ("30", "90", "365")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.SERVICES)
def show(request: DeskRequest) -> HttpResponse:
    """Every account with its tokens; POST makes one."""
    if request.method != "POST":
        return _page(request)
    desk, typed = request.desk, request.POST
    chosen = [scope for scope in Scope if scope.value in typed.getlist("scope")]
    try:
        make_service(
            by=desk.person, at=desk.now, site_id=desk.site.pk, name=typed.get("name", ""), scopes=chosen,
            only_site=bool(typed.get("only_site")), key=key_in(request),
        )  # fmt: skip
    except Refused as refused:
        return _page(request, refused.findings)
    return HttpResponseRedirect(reverse("staff:services"))


@never_cache
@require_POST
@at_desk(Capability.SERVICES)
def token(request: DeskRequest, pk: int) -> HttpResponse:
    """Make a token: this answer is the only place it ever stands."""
    desk, account = request.desk, ServiceAccount.objects.filter(pk=pk).first()
    if account is None:
        raise Http404
    days, made = request.POST.get("days", ""), new_token()
    try:
        give_token(
            by=desk.person, at=desk.now, site_id=desk.site.pk, account_id=pk, token=made,
            good_for=timedelta(days=int(days) if days in DAYS else 0),
        )  # fmt: skip
    except Refused as refused:
        return _page(request, refused.findings)
    return _page(request, token=made, token_of=account.name)


@require_POST
@at_desk(Capability.SERVICES)
def revoke(request: DeskRequest, pk: int) -> HttpResponse:
    """A token is good no longer."""
    desk = request.desk
    try:
        revoke_token(by=desk.person, at=desk.now, site_id=desk.site.pk, token_id=pk)
    except Refused as refused:
        return _page(request, refused.findings)
    except ServiceToken.DoesNotExist:
        raise Http404 from None
    return HttpResponseRedirect(reverse("staff:services"))


@require_POST
@at_desk(Capability.SERVICES)
def close(request: DeskRequest, pk: int) -> HttpResponse:
    """The system asks no more."""
    desk = request.desk
    try:
        close_service(by=desk.person, at=desk.now, site_id=desk.site.pk, account_id=pk)
    except Refused as refused:
        return _page(request, refused.findings)
    except ServiceAccount.DoesNotExist:
        raise Http404 from None
    return HttpResponseRedirect(reverse("staff:services"))


def _page(
    request: DeskRequest, findings: tuple[Finding, ...] = (), token: str = "", token_of: str = ""
) -> HttpResponse:  # fmt: skip
    context = {
        "services": services(request.desk.now), "scopes": list(Scope), "findings": findings, "token": token, "token_of": token_of,
        "typed": request.POST, "typed_scopes": request.POST.getlist("scope"), "key": uuid4(),
    }  # fmt: skip
    return render(request, "staff/services.html", context, status=422 if findings else 200)
