"""The tablets of a site: which keep the pass, who is how long unsent, and the one that is lost."""

from uuid import uuid4

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from audit.rules.findings import Finding, Refused
from emar import device
from emar.actions.offline import register_tablet, revoke_tablet
from emar.models import Tablet
from emar.queries.tablets import tablet_rows
from programs.desk import DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


@at_desk(Capability.TABLETS)
def show(request: DeskRequest) -> HttpResponse:
    """Every tablet of the site."""
    return _page(request)


@require_POST
@at_desk(Capability.TABLETS)
def register(request: DeskRequest) -> HttpResponse:
    """Make this device a tablet that keeps the pass."""
    desk, secret = request.desk, device.new_secret()
    try:
        register_tablet(
            by=desk.person, at=desk.now, site_id=desk.site.pk, name=request.POST.get("name", ""),
            secret_sha256=device.hashed(secret),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, refused.findings)
    answer = HttpResponseRedirect(reverse("emar:tablets"))
    device.set_cookie(answer, secret)
    return answer


@require_POST
@at_desk(Capability.TABLETS)
def revoke(request: DeskRequest, tablet_id: int) -> HttpResponse:
    """A tablet is lost."""
    desk = request.desk
    if not Tablet.objects.filter(pk=tablet_id, site=desk.site).exists():
        raise Http404("No such tablet here.")
    revoke_tablet(by=desk.person, at=desk.now, tablet_id=tablet_id, key=key_in(request))
    return HttpResponseRedirect(reverse("emar:tablets"))


def _page(request: DeskRequest, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    desk, here = request.desk, device.tablet_of(request)
    mine = here if here is not None and here.site_id == desk.site.pk and here.revoked_at is None else None
    context = {
        "rows": tablet_rows(desk.site, desk.now, here_id=mine.pk if mine else 0), "mine": mine, "findings": findings,
        "name": request.POST.get("name", "") if findings else "", "key": uuid4(),
    }  # fmt: skip
    return render(request, "emar/tablets.html", context, status=422 if findings else 200)
