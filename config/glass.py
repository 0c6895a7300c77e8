"""A chart behind glass: where its pages lead, that each page seen through it is written down, and that no paper leaves through it."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from audit import trail
from chart.access import Glass, GlassShut
from chart.models import BreakGlass
from chart.queries.break_glass import SEEN
from programs.desk import Desk

PAPER_SENTENCE = "Printing needs a second step on a chart that is not yours: say why, and give your PIN again."


def shut(request: HttpRequest, error: GlassShut) -> HttpResponse:
    """A page leads to the form that breaks the glass; anything else is a 403 with the sentence."""
    where = f"{reverse('chart:glass', args=[error.client.pk])}?{urlencode({'next': _page(request)})}"
    return _lead(request, where, str(error))


class GlassMiddleware:
    """After a view that opened a chart through broken glass (``desk.glass``)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        desk: Desk | None = getattr(request, "desk", None)
        if desk is None or not desk.glass or response.status_code >= 300:
            return response
        glass = desk.glass[0]
        assert isinstance(glass, Glass)
        if _is_paper(response) and glass.paper_until is None:
            where = f"{reverse('chart:glass_print', args=[glass.client_id])}?{urlencode({'next': _page(request)})}"
            return _lead(request, where, PAPER_SENTENCE)
        _write_down(request, desk, glass)
        return response


def _write_down(request: HttpRequest, desk: Desk, glass: Glass) -> None:
    with transaction.atomic():
        trail.record(
            SEEN, by=desk.person, at=desk.now, subject=BreakGlass(pk=glass.pk), site_id=desk.site.pk,
            client_id=glass.client_id, summary=f"Saw {request.path} through broken glass"[:300],
            detail={"method": request.method or "", "path": request.path},
        )  # fmt: skip


def _is_paper(response: HttpResponse) -> bool:
    """A file, or anything a browser would not show as a page: PDF, spreadsheet, bundle."""
    kind = response.get("Content-Type", "").partition(";")[0]
    return "Content-Disposition" in response or kind not in ("text/html", "application/json", "")


def _lead(request: HttpRequest, where: str, sentence: str) -> HttpResponse:
    if request.headers.get("Accept") == "application/json" or request.path.startswith("/api/"):
        return JsonResponse(
            {"findings": [{"code": "chart.glass", "severity": "stop", "message": sentence}]}, status=403
        )
    if request.headers.get("HX-Request"):
        return HttpResponse(sentence, status=403, headers={"HX-Redirect": where})
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return HttpResponse(sentence, status=403)
    return HttpResponseRedirect(where)


def _page(request: HttpRequest) -> str:
    return request.get_full_path() if request.method in ("GET", "HEAD") else ""
