"""The page that releases one client's chart as a FHIR Bundle, through the gate."""

from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from audit.rules.findings import Refused
from chart.access import client_with
from chart.queries.head import head
from fhir_r4.actions.export import export_chart
from fhir_r4.forms import ExportForm
from privacy.actions.release import PURPOSE
from privacy.queries.gate import offered
from programs.desk import DeskRequest, at_desk, key_in
from programs.people import ids_of
from programs.step_up import StepUpForm
from staff.rules.capabilities import Capability


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.RELEASE)
def export(request: DeskRequest, client_id: int) -> HttpResponse:
    """Choose to whom, what for and what; the answer to the form is the file."""
    desk, client = request.desk, client_with(request.desk, client_id, Capability.RELEASE)
    whom = offered(client.organisation_id, ids_of(client), desk.now)
    form = ExportForm(desk, client, whom, request.POST or None)
    signing = StepUpForm(request.POST or None, desk=desk, capability=Capability.RELEASE)
    findings: tuple[object, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            proof = signing.proof(purpose=PURPOSE, key=key_in(request))
            file = export_chart(
                by=desk.person,
                at=desk.now,
                going=form.going,
                proof_id=proof.pk,
                reasons=form.reasons,
                key=key_in(request),
            )
            made = HttpResponse(bytes(file.content), content_type="application/fhir+json")
            made["Content-Disposition"] = f'attachment; filename="{file.name}"'
            made["Cache-Control"] = "no-store"
            return made
        except Refused as refused:
            findings = refused.findings
    top = head(client, desk.site, desk.now)
    with timezone.override(top.site.tz):
        context = {"head": top, "form": form, "signing": signing, "findings": findings, "key": uuid4()}
        return render(request, "fhir_r4/export.html", context, status=422 if request.method == "POST" else 200)
