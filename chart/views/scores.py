"""Score a scale on one screen, and look at its trend."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from audit.rules.findings import Finding, Refused, Severity, stop
from chart import queries
from chart.access import client_for
from chart.actions import score
from chart.models import Score
from chart.rules.scales import Scale
from chart.scales import scale as scale_of
from programs.desk import Desk, DeskRequest, at_desk
from programs.models import Client, Episode, Site
from programs.placed import last
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

WHY = "why-"
ITEM = "item-"


class ScoreForm(forms.Form):
    """What is typed beside the answers: when (the site's clock, empty: now) and a note."""

    key = forms.UUIDField(
        error_messages={"required": "Reload the page and send it again.", "invalid": "Reload the page."}
    )
    about_at = forms.TimeField(required=False, error_messages={"invalid": "Enter the time as 08:10."})
    note = forms.CharField(required=False, max_length=1000)


@dataclass(frozen=True)
class Choice:
    """An item with its buttons; ``chosen`` is the value pressed, None where none is. ``missing``: sent without one."""

    code: str
    label: str
    values: tuple[int, ...]
    chosen: int | None
    missing: bool


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.SCORE)
def score_sheet(request: DeskRequest, client_id: int, code: str) -> HttpResponse:
    """One scale on one screen; a POST keeps it. ``?corrects=`` opens a score to correct it, ``?back=`` says where to go after."""
    desk, client, scale = request.desk, client_for(request.desk, client_id), _scale(code)
    episode = Episode.objects.filter(client=client, started_at__lte=desk.now).order_by("-started_at").first()
    placement = None if episode is None else last(episode.pk, desk.now)
    if episode is None or placement is None:
        raise Http404("This client is in no program.")
    old = _old(request, client, code)
    sent = request.POST if request.method == "POST" else None
    findings: tuple[Finding, ...] = ()
    with timezone.override(placement.program.site.tz):
        if sent is not None:
            try:
                _keep(desk, episode, scale, sent, old, placement.program.site)
                return HttpResponseRedirect(_back(request, client))
            except NotAllowed:
                raise
            except Refused as refused:
                findings = refused.findings
        context = _context(request, client, scale, old, findings) | {"place": placement.program}
        return render(request, "chart/score.html", context, status=422 if findings else 200)


@require_safe
@at_desk(Capability.OPEN_CHART)
def history(request: DeskRequest, client_id: int, code: str) -> HttpResponse:
    """The trend of one scale, with every score in a table."""
    return _trend(request, client_id, code, "chart/scores.html")


@require_safe
@at_desk(Capability.OPEN_CHART)
def picture(request: DeskRequest, client_id: int, code: str) -> HttpResponse:
    """The trend alone, to be put into another page."""
    return _trend(request, client_id, code, "components/trend.html")


def _trend(request: DeskRequest, client_id: int, code: str, template: str) -> HttpResponse:
    desk, client, scale = request.desk, client_for(request.desk, client_id), _scale(code)
    trend = queries.trend(client.pk, code, desk.now, desk.tz)
    context = {"client": client, "scale": scale, "trend": trend, "may_score": desk.may(Capability.SCORE)}
    return render(request, template, context)


def _keep(desk: Desk, episode: Episode, scale: Scale, sent: Mapping[str, str], old: Score | None, site: Site) -> Score:
    form = ScoreForm(sent)
    if not form.is_valid():
        raise Refused(*(stop("score.form", str(each)) for errors in form.errors.values() for each in errors))
    clock = form.cleaned_data["about_at"]
    key: UUID = form.cleaned_data["key"]
    return score(
        by=desk.person, at=desk.now, episode_id=episode.pk, scale=scale.code, answers=_answers(scale, sent),
        about_at=None if clock is None else _instant(desk.now.astimezone(site.tz), clock.hour, clock.minute),
        note=form.cleaned_data["note"], overrides=_reasons(sent), corrects_id=None if old is None else old.pk, key=key,
    )  # fmt: skip


def _context(
    request: HttpRequest, client: Client, scale: Scale, old: Score | None, findings: tuple[Finding, ...]
) -> dict[str, object]:
    answers: Mapping[str, object] = {} if old is None else old.answers
    if request.method == "POST":
        answers = _answers(scale, request.POST)
    missing = _missing(findings)
    chosen = {code: value for code, value in answers.items() if isinstance(value, int)}
    total = sum(chosen.values())
    complete = len(chosen) == len(scale.items)
    return {
        "client": client, "scale": scale, "old": old, "findings": findings, "back": _back(request, client),
        "choices": [Choice(i.code, i.label, i.values, chosen.get(i.code), i.code in missing) for i in scale.items],
        "doubts": [each for each in findings if each.severity is Severity.OVERRIDE],
        "stops": [each for each in findings if each.severity is Severity.STOP], "reasons": _reasons(request.POST),
        "total": total, "left": len(scale.items) - len(chosen), "complete": complete,
        "band": scale.band(total) if complete and 0 <= total <= scale.top else None,
        "key": request.POST.get("key") or uuid4(), "note": request.POST.get("note", ""),
        "about_at": request.POST.get("about_at", ""),
    }  # fmt: skip


def _missing(findings: tuple[Finding, ...]) -> set[str]:
    """The items a finding names as not answered."""
    named = [each.detail.get("items") for each in findings]
    return {str(code) for items in named if isinstance(items, list) for code in items}


def _answers(scale: Scale, sent: Mapping[str, str]) -> dict[str, int]:
    """What was pressed, as numbers; what is no number is left out, so that it is told as missing."""
    found = {}
    for item in scale.items:
        value = str(sent.get(f"{ITEM}{item.code}", "")).strip()
        if value.isdecimal() and len(value) < 4:
            found[item.code] = int(value)
    return found


def _reasons(sent: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(WHY): str(value).strip()[:500]
        for name, value in sent.items()
        if name.startswith(WHY) and str(value).strip()
    }


def _instant(local: datetime, hour: int, minute: int) -> datetime:
    """The last time the site's wall showed it; a little ahead is left for the rule to name."""
    found = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return found - timedelta(days=1) if found - local > timedelta(hours=12) else found


def _scale(code: str) -> Scale:
    found = scale_of(code)
    if found is None:
        raise Http404("There is no such scale here.")
    return found


def _old(request: HttpRequest, client: Client, code: str) -> Score | None:
    asked = request.POST.get("corrects") or request.GET.get("corrects") or ""
    if not asked.isdecimal() or len(asked) > 12:
        return None
    found = Score.objects.select_related("by").filter(pk=int(asked), client=client, scale=code).first()
    if found is None:
        raise Http404("No such score.")
    return found


def _back(request: HttpRequest, client: Client) -> str:
    """Where the person came from, on this site alone; else the chart."""
    asked = request.POST.get("back") or request.GET.get("back") or ""
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and not urlsplit(asked).netloc
    return asked if asked.startswith("/") and safe else reverse("chart:chart", args=[client.pk])
