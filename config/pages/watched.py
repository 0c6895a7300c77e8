"""Records to watch over: marked, and every opening is told. Nobody is refused for it."""

from uuid import uuid4

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from audit.rules.findings import Finding, Refused, stop
from chart.access import ever_at_sites, sites_for
from config.pages.audit import find_client
from privacy.actions.watch import end_mark, mark
from privacy.models import RecordMark
from programs.desk import DeskRequest, at_desk, key_in
from staff.rules.capabilities import Capability


@require_safe
@at_desk(Capability.WATCH)
def page(request: DeskRequest) -> HttpResponse:
    """What is watched over at one's sites."""
    return _page(request)


@require_POST
@at_desk(Capability.WATCH)
def mark_one(request: DeskRequest) -> HttpResponse:
    """Watch over a record from now on."""
    desk, typed = request.desk, request.POST
    client = find_client(typed.get("record", "").replace("\x00", "").strip()[:20], desk)
    try:
        if client is None:
            words = "There is no record of this number at your sites. Write the whole number, as R00123."
            raise Refused(stop("mark.nobody", words, field="record"))
        mark(
            by=desk.person,
            at=desk.now,
            site_id=desk.site.pk,
            client_id=client.pk,
            why=typed.get("why", ""),
            key=key_in(request),
        )
    except Refused as refused:
        return _page(request, refused.findings)
    return HttpResponseRedirect(reverse("audit:watched"))


@require_POST
@at_desk(Capability.WATCH)
def end_one(request: DeskRequest, mark_id: int) -> HttpResponse:
    """No longer."""
    desk = request.desk
    there = ever_at_sites(sites_for(desk, Capability.WATCH))
    if not RecordMark.objects.filter(pk=mark_id, client__in=there).exists():
        raise Http404("There is no such mark here.")
    end_mark(by=desk.person, at=desk.now, site_id=desk.site.pk, mark_id=mark_id, key=key_in(request))
    return HttpResponseRedirect(reverse("audit:watched"))


def _page(request: DeskRequest, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    there = ever_at_sites(sites_for(request.desk, Capability.WATCH))
    marks = (
        RecordMark.objects.filter(client__in=there, ended_at=None)
        .select_related("client", "by")
        .order_by("-started_at")
    )
    typed = request.POST
    context = {
        "marks": list(marks), "findings": findings, "record": typed.get("record", "")[:20], "why": typed.get("why", "")[:200],
        "key": uuid4(),
    }  # fmt: skip
    return render(request, "audit/watched.html", context, status=422 if findings else 200)
