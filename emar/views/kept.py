"""The pass without the network: an empty page that draws what the tablet keeps, and the worker that shows it."""

from pathlib import Path

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programs.desk import DeskRequest, at_desk
from staff.rules.capabilities import Capability

WORKER = Path(__file__).resolve().parent.parent.parent / "static" / "js" / "kept" / "worker.js"


@require_safe
@at_desk(Capability.GIVE_DOSES)
def shell(request: DeskRequest) -> HttpResponse:
    """The frame of the kept pass. Nothing in it is about a client or a person: what it shows, it reads on the tablet."""
    answer = render(request, "emar/kept.html")
    answer["Cache-Control"] = "no-store"  # the one copy is the one the worker keeps
    return answer


@require_safe
@at_desk(Capability.GIVE_DOSES)
def worker(request: DeskRequest) -> HttpResponse:
    """The service worker of the pass; asked for anew each time."""
    headers = {"Service-Worker-Allowed": "/pass/", "Cache-Control": "no-cache"}
    return HttpResponse(WORKER.read_text(), content_type="text/javascript; charset=utf-8", headers=headers)
