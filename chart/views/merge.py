"""Records that may be one person: the list, two side by side, merge, and take apart again."""

from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from audit.rules.findings import Finding, Refused, Severity
from chart.access import client_with, ever_at_sites, sites_for
from chart.actions.merge import merge, unmerge
from chart.queries.merge import merged, pairs, sides
from chart.rules.merge import merge_findings
from programs.desk import Desk, DeskRequest, at_desk, key_in
from programs.models import Client, Merge
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

WHY = "reason-"


@require_safe
@at_desk(Capability.MERGE)
def duplicates(request: DeskRequest) -> HttpResponse:
    """Records of this site that may be one person, and those that are read as one."""
    desk = request.desk
    with timezone.override(desk.tz):
        context = {"pairs": pairs(desk.site), "merged": merged(desk.site)}
        return render(request, "chart/merge/pairs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.MERGE)
def compare(request: DeskRequest, client_id: int, other_id: int) -> HttpResponse:
    """Two records side by side. A POST reads the second as the first."""
    desk = request.desk
    kept, goes = _one(desk, client_id), _one(desk, other_id)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST":
        try:
            merge(
                by=desk.person, at=desk.now, client_id=goes.pk, into_id=kept.pk, site_id=desk.site.pk,
                why=request.POST.get("why", ""), overrides=_reasons(request), key=key_in(request),
            )  # fmt: skip
            return redirect("chart:chart", kept.pk)
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    left, right = sides(kept, goes, desk.now)
    known = findings or tuple(merge_findings(right.record, left.record))
    context = {
        "kept": left, "goes": right, "sent": request.method == "POST", "key": request.POST.get("key") or uuid4(),
        "stops": [each for each in known if each.severity is Severity.STOP],
        "doubts": [each for each in known if each.severity is Severity.OVERRIDE],
        "why": request.POST.get("why", ""), "reasons": _reasons(request),
    }  # fmt: skip
    with timezone.override(desk.tz):
        return render(request, "chart/merge/compare.html", context, status=422 if findings else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.MERGE)
def apart(request: DeskRequest, client_id: int, merge_id: int) -> HttpResponse:
    """Take a merged record out of the one that stays."""
    desk, kept = request.desk, client_with(request.desk, client_id, Capability.MERGE, anybody=True)
    row = Merge.objects.filter(pk=merge_id, into=kept).select_related("client", "into", "by").first()
    if row is None:
        raise Http404
    findings: tuple[Finding, ...] = ()
    if request.method == "POST":
        try:
            unmerge(
                by=desk.person, at=desk.now, merge_id=row.pk, site_id=desk.site.pk, why=request.POST.get("why", ""),
                key=key_in(request),
            )  # fmt: skip
            return redirect("chart:duplicates")
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    context = {
        "row": row,
        "stops": findings,
        "why": request.POST.get("why", ""),
        "key": request.POST.get("key") or uuid4(),
    }
    with timezone.override(desk.tz):
        return render(request, "chart/merge/apart.html", context, status=422 if findings else 200)


def _one(desk: Desk, pk: int) -> Client:
    """A record by itself, merged or not; Http404 where the person may not open its chart."""
    found = ever_at_sites(sites_for(desk, Capability.OPEN_CHART)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _reasons(request: DeskRequest) -> dict[str, str]:
    return {
        name.removeprefix(WHY): str(value).strip()
        for name, value in request.POST.items()
        if name.startswith(WHY) and str(value).strip()
    }
