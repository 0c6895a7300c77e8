"""To settle: what tablets say happened beside what stands on the record, and a person's word on it."""

from datetime import datetime, time
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from audit.rules.findings import Finding, Refused, stop
from emar.actions.offline import settle
from emar.models import Unsettled
from emar.queries.unsettled import unsettled_rows
from programs.desk import DeskRequest, at_desk, key_in
from programs.rules.wall import shown_last
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


@at_desk(Capability.CORRECT_DOSES)
def show(request: DeskRequest) -> HttpResponse:
    """Everything at the site that waits to be settled, oldest first."""
    return _page(request)


@require_POST
@at_desk(Capability.CORRECT_DOSES)
def settle_one(request: DeskRequest, unsettled_id: int) -> HttpResponse:
    """Settle one."""
    desk = request.desk
    if not Unsettled.objects.filter(pk=unsettled_id, site=desk.site).exists():
        raise Http404("Nothing of that kind is to be settled here.")
    try:
        settle(
            by=desk.person, at=desk.now, unsettled_id=unsettled_id, verdict=request.POST.get("verdict", ""),
            why=request.POST.get("why", ""), given_at=_given(request.POST.get("given_at", ""), desk.tz, desk.now),
            key=key_in(request),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, unsettled_id, refused.findings)
    return HttpResponseRedirect(reverse("emar:unsettled"))


def _page(request: DeskRequest, about: int = 0, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    desk = request.desk
    context = {
        "rows": unsettled_rows(desk.site.pk, desk.now), "about": about, "findings": findings, "key": uuid4(),
        "kept": request.POST if findings else {},
    }  # fmt: skip
    return render(request, "emar/unsettled.html", context, status=422 if findings else 200)


def _given(clock: str, tz: ZoneInfo, now: datetime) -> datetime | None:
    """The last time the site's wall showed this; None where nothing is entered. Raises Refused for what is no time."""
    if not clock.strip():
        return None
    try:
        wall = time.fromisoformat(clock.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise Refused(stop("settle.time", "Enter the time like 08:12.")) from error
    given = shown_last(wall, tz, now)
    if given is None:
        raise Refused(
            stop("settle.time", f"The clock went forward and skipped {wall:%H:%M}. Enter when it really was.")
        )
    return given
