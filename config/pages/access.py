"""A site's rules of access: when sessions lock, whose charts are one's own, how long a broken glass lasts."""

from uuid import uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from audit.rules.findings import Finding, Refused
from chart.actions.access_rules import set_access
from programs.desk import DeskRequest, at_desk, key_in
from programs.rules.access_policy import RANGES, ChartAccess
from staff.rules.capabilities import Capability

LABELS = {
    "idle_minutes": ("A desk locks after", "minutes without a touch"),
    "tablet_minutes": ("A registered tablet locks after", "minutes without a touch"),
    "discharged_days": ("A discharged client stays one's own for", "days"),
    "assigned_days": ("Having worked with somebody counts for", "days, where people open only their own charts"),
    "glass_minutes": ("A chart opened in an emergency closes after", "minutes"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.ACCESS_RULES)
def rules(request: DeskRequest) -> HttpResponse:
    """What holds, and what is set from now on."""
    if request.method != "POST":
        return _page(request)
    desk, typed = request.desk, request.POST
    numbers = {
        name: int(value) for name in RANGES if (value := typed.get(name, "").strip()).isdecimal() and len(value) < 5
    }
    try:
        set_access(
            by=desk.person, at=desk.now, site_id=desk.site.pk, numbers=numbers, charts=typed.get("chart_access", ""),
            source=typed.get("source", ""), key=key_in(request),
        )  # fmt: skip
    except Refused as refused:
        return _page(request, refused.findings)
    return HttpResponseRedirect(reverse("staff:access"))


def _page(request: DeskRequest, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    access = request.desk.access
    standing = {name: getattr(access, name) for name in RANGES} | {
        "chart_access": access.chart_access.value,
        "source": "",
    }
    typed = request.POST.dict() if findings else standing
    hints = [(name, label, f"{hint}, {RANGES[name][0]} to {RANGES[name][1]}") for name, (label, hint) in LABELS.items()]
    context = {
        "access": access, "typed": typed, "numbers": hints, "choices": list(ChartAccess), "findings": findings, "key": uuid4(),
    }  # fmt: skip
    return render(request, "staff/access.html", context, status=422 if findings else 200)
