"""Write a safety plan, have it signed, read its versions, print it."""

from collections.abc import Mapping
from typing import cast
from uuid import uuid4

from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from audit.rules.findings import Finding, Refused
from chart.access import client_for
from chart.actions.safety import sign_safety_plan, write_safety_plan
from chart.forms import facts as forms
from chart.models import SafetyPlan
from chart.pdf.safety import paper
from chart.queries.head import head
from chart.queries.safety import version, versions
from chart.rules.safety import LIFELINE, SECTIONS
from chart.views.facts import held
from chart.views.sheets import Asked, Sheet, drawn
from documents import render as render_pdf
from programs.desk import DeskRequest, at_desk, key_in
from programs.files import pdf_file
from programs.people import ids_of
from staff.access import NotAllowed
from staff.rules.capabilities import Capability as C


@require_safe
@at_desk(C.OPEN_CHART)
def plan(request: DeskRequest, client_id: int) -> HttpResponse:
    """The safety plan that counts, and the versions before it."""
    desk, client = request.desk, client_for(request.desk, client_id)
    shown = head(client, desk.site, desk.now)
    found = versions(ids_of(client))
    context = {
        "head": shown,
        "here": "facts",
        "versions": found,
        "may": held(desk, shown.site.pk),
        "lifeline": LIFELINE,
    }
    with timezone.override(shown.site.tz):
        return render(request, "chart/facts/safety.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(C.SAFETY_PLANS)
def write(request: DeskRequest, client_id: int) -> HttpResponse:
    """Write the next version, begun from the words of the last."""
    desk, client = request.desk, client_for(request.desk, client_id)
    shown = head(client, desk.site, desk.now)
    newest = next(iter(versions((client.pk,), most=1)), None)
    sent = request.POST if request.method == "POST" else None
    findings: tuple[Finding, ...] = ()
    before: Mapping[str, str] = newest.plan.sections if newest else {}
    words = {each.code: (before if sent is None else sent).get(each.code, "") for each in SECTIONS}
    if sent is not None:
        try:
            seen = sent.get("seen", "")
            made = write_safety_plan(
                by=desk.person, at=desk.now, client_id=client.pk, sections=words, key=key_in(request),
                seen=int(seen) if seen.isdecimal() and len(seen) < 6 else 0,
            )  # fmt: skip
            return redirect("chart:safety_sign", client.pk, made.pk)
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    wrong = _wrong(findings)
    context = {
        "head": shown, "here": "facts", "parts": [(each, words[each.code], wrong.get(each.code, "")) for each in SECTIONS],
        "findings": findings, "seen": newest.plan.number if newest else 0, "newest": newest,
        "key": request.POST.get("key") or uuid4(), "lifeline": LIFELINE,
    }  # fmt: skip
    with timezone.override(shown.site.tz):
        return render(request, "chart/facts/safety_write.html", context, status=422 if sent is not None else 200)


@require_safe
@at_desk(C.OPEN_CHART)
def pdf(request: DeskRequest, client_id: int, pk: int) -> HttpResponse:
    """One version on paper, for the client to keep."""
    desk, client = request.desk, client_for(request.desk, client_id)
    found = version(pk, ids_of(client))
    if found is None:
        raise Http404
    shown = head(client, desk.site, desk.now)
    return pdf_file(
        render_pdf(paper(shown, found, by=desk.person, at=desk.now)), f"safety-plan-{client.record_number}.pdf"
    )


def _wrong(findings: tuple[Finding, ...]) -> dict[str, str]:
    return {str(each.detail["field"]): each.message for each in findings if each.detail.get("field")}


def _sign(asked: Asked) -> Model:
    row = cast("SafetyPlan", asked.row)
    how = asked.text("how")
    return asked.call(
        sign_safety_plan, plan_id=row.pk, how=how, note=asked.text("note"),
        strokes=drawn(asked.text("strokes")) if how == "drawn" else None,
    )  # fmt: skip


SHEETS = {
    "safety_sign": Sheet(
        "The client's answer", "Keep the answer", C.SAFETY_PLANS, forms.AnswerForm, _sign, SafetyPlan, back="chart:safety",
        draws=True, paper="safety", texts=("note",),
        about="Hand the tablet to the client: they sign this version in their own words, or say that they would not.",
    ),
}  # fmt: skip
