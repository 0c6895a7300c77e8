"""The housekeeping page: beds to clean, and nothing clinical."""

from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from audit.rules.findings import Finding, Refused
from beds.access import job_for
from beds.actions import cleaning as actions
from beds.queries import jobs
from programs.desk import DeskRequest, at_desk, key_in
from staff.rules.capabilities import Capability

STEPS = {"accept": actions.accept, "finish": actions.finish, "hand-back": actions.hand_back}


@at_desk(Capability.CLEAN_BEDS)
def cleaning(request: DeskRequest) -> HttpResponse:
    """What waits to be cleaned."""
    return render(request, "beds/cleaning.html", _context(request))


@require_POST
@at_desk(Capability.CLEAN_BEDS)
def act(request: DeskRequest, pk: int, step: str) -> HttpResponse:
    """Accept a job, finish it or hand it back; the list comes back as it is now."""
    desk, job = request.desk, job_for(request.desk, pk)
    refused: tuple[Finding, ...] = ()
    try:
        STEPS[step](by=desk.person, at=desk.now, job_id=job.pk, key=key_in(request))
    except Refused as error:
        refused = error.findings
    context = _context(request) | {"findings": refused}
    return render(request, "beds/jobs.html" if request.headers.get("HX-Request") else "beds/cleaning.html", context)


def _context(request: DeskRequest) -> dict[str, object]:
    desk = request.desk
    return {"jobs": jobs(desk.site, desk.now, desk.person.pk), "key": uuid4()}
