"""The housekeeping page: beds to clean, and nothing clinical."""

from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from audit.rules.findings import Finding, Refused
from beds.access import job_for
from beds.queries import jobs
from beds.views.acts import clean_step
from programs.desk import DeskRequest, at_desk
from staff.rules.capabilities import Capability


@at_desk(Capability.CLEAN_BEDS)
def cleaning(request: DeskRequest) -> HttpResponse:
    """What waits to be cleaned."""
    return render(request, "beds/cleaning.html", _context(request))


@require_POST
@at_desk(Capability.CLEAN_BEDS)
def act(request: DeskRequest, pk: int, step: str) -> HttpResponse:
    """Accept or finish a job; the list comes back as it is now."""
    job = job_for(request.desk, pk)
    refused: tuple[Finding, ...] = ()
    try:
        clean_step(request, step, job.bed_id, job.pk)
    except Refused as error:
        refused = error.findings
    context = _context(request) | {"findings": refused}
    return render(request, "beds/jobs.html" if request.headers.get("HX-Request") else "beds/cleaning.html", context)


def _context(request: DeskRequest) -> dict[str, object]:
    desk = request.desk
    return {"jobs": jobs(desk.site, desk.now, desk.person.pk), "key": uuid4()}
