"""From which vital signs on somebody looks at a site: what holds and held, and setting it from now on."""

from collections.abc import Mapping
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from audit.rules.findings import Finding, Refused
from chart.actions.vitals_limits import LONGEST_SOURCE, set_limits
from chart.queries.vitals_limits import held_limits
from chart.vitals import signs
from programs.desk import DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.VITALS, Capability.VITALS_LIMITS)
def limits(request: DeskRequest) -> HttpResponse:
    """What holds here; the director sets it."""
    desk, sent = request.desk, request.POST
    findings: tuple[Finding, ...] = ()
    if request.method == "POST":
        typed = {code: (sent.get(f"{code}-under", "")[:12], sent.get(f"{code}-over", "")[:12]) for code in signs()}
        try:
            set_limits(
                by=desk.person, at=desk.now, site_id=desk.site.pk, typed=typed, source=sent.get("source", ""),
                key=key_in(request),
            )  # fmt: skip
            return redirect("chart:vitals_limits")
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    held = held_limits(desk.site.pk, desk.now)
    wrong: Mapping[str, str] = {
        str(each.detail["field"]): each.message for each in findings if each.detail.get("field")
    }
    rows = [
        (
            line.sign,
            sent.get(f"{line.sign.code}-under", "") if findings else line.under,
            sent.get(f"{line.sign.code}-over", "") if findings else line.over,
            wrong.get(line.sign.code, ""),
        )
        for line in held[0].lines
    ]
    context = {
        "held": held, "rows": rows, "findings": findings, "key": sent.get("key") or uuid4(), "source": sent.get("source", ""),
        "source_wrong": wrong.get("source", ""), "longest": LONGEST_SOURCE, "may": desk.may(Capability.VITALS_LIMITS),
    }  # fmt: skip
    return render(request, "chart/vitals/limits.html", context, status=422 if findings else 200)
