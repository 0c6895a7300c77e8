"""Score a scale on one screen, and look at all of them over time."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_http_methods, require_safe

from audit.rules.findings import Finding, Refused, Severity, stop
from chart import queries
from chart.access import client_for
from chart.actions.scores import capability_for, score
from chart.forms.scores import ScoreForm, answers_in, by_clock, choices, reasons_in
from chart.models import Score
from chart.queries.handovers import waiting
from chart.queries.head import head
from chart.queries.scores import said
from chart.rules.scales import Scale
from chart.scales import scale as scale_of
from chart.scales import scales
from programs.desk import Desk, DeskRequest, at_desk
from programs.models import Client, Episode, Site
from programs.people import mine
from programs.placed import last
from staff.access import NotAllowed
from staff.rules.capabilities import Capability, who_may


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.SCORE, Capability.SCALES)
def score_sheet(request: DeskRequest, client_id: int, code: str) -> HttpResponse:
    """One scale on one screen; a POST keeps it. ``?corrects=`` opens a score to correct it, ``?back=`` says where to go after."""
    desk, client, scale = request.desk, client_for(request.desk, client_id), found(code)
    allowed(desk, scale)
    episode, site = newest_episode(client, desk)
    old = _old(request, client, code)
    findings: tuple[Finding, ...] = ()
    with timezone.override(site.tz):
        if request.method == "POST":
            try:
                made = _keep(desk, old.episode if old else episode, scale, request.POST, old, site)
                return HttpResponseRedirect(_after(request, client, scale, made))
            except NotAllowed:
                raise
            except Refused as refused:
                findings = refused.findings
        context = _context(request, client, scale, old, findings)
        return render(request, "chart/scales/score.html", context, status=422 if findings else 200)


@require_safe
@at_desk(Capability.OPEN_CHART)
def kept(request: DeskRequest, client_id: int, score_id: int) -> HttpResponse:
    """A score that must be seen to at once: what to do, right after it was kept."""
    desk, client = request.desk, client_for(request.desk, client_id)
    row = Score.objects.filter(mine(client.pk), pk=score_id).select_related("by").first()
    scale = None if row is None else scale_of(row.scale)
    if row is None or scale is None:
        raise Http404("No such score.")
    context = {
        "head": head(client, desk.site, desk.now), "row": row, "scale": scale, "alarms": scale.alarms(row.answers),
        "said": said(scale, row), "back": back_of(request, client), "may": desk.may(Capability.SAFETY_TASKS),
        "tasks": queries.safety_open(client.pk, desk.now), "who": who_may(Capability.SAFETY_TASKS),
    }  # fmt: skip
    return render(request, "chart/scales/kept.html", context)


@require_safe
@at_desk(Capability.OPEN_CHART)
def overview(request: DeskRequest, client_id: int) -> HttpResponse:
    """Every scale of a client at one look: what is due, the pictures, and what waits to be signed."""
    desk, client = request.desk, client_for(request.desk, client_id)
    top = head(client, desk.site, desk.now)
    tz = top.site.tz
    due = queries.scales_due([top.episode.pk], desk.now).get(top.episode.pk, ()) if top.episode else ()
    with timezone.override(tz):
        context = {
            "head": top, "client": client, "trends": queries.series(client.pk, desk.now, tz),
            "withdrawal": queries.trends(client.pk, desk.now, tz), "waiting": [
                (each, scale_of(each.scale)) for each in waiting(client.pk, desk.now)
            ],
            "due": due, "may_scale": desk.may(Capability.SCALES) and top.episode is not None,
            "scales": [each for each in scales().values() if desk.may(capability_for(each)) and top.episode is not None],
        }  # fmt: skip
        return render(request, "chart/scales/overview.html", context)


@require_safe
@at_desk(Capability.OPEN_CHART)
def history(request: DeskRequest, client_id: int, code: str) -> HttpResponse:
    """One scale over time, with every score in a table."""
    return _trend(request, client_id, code, "chart/scales/history.html")


@require_safe
@at_desk(Capability.OPEN_CHART)
def picture(request: DeskRequest, client_id: int, code: str) -> HttpResponse:
    """The trend alone, to be put into another page."""
    return _trend(request, client_id, code, "components/trend.html")


def found(code: str) -> Scale:
    """The scale of an address; Http404 where there is none."""
    scale = scale_of(code)
    if scale is None:
        raise Http404("There is no such scale here.")
    return scale


def allowed(desk: Desk, scale: Scale) -> None:
    """Raise NotAllowed where the person may not fill this one in."""
    wanted = capability_for(scale)
    if not desk.may(wanted):
        raise NotAllowed(stop("staff.not_allowed", f"You may not {wanted.label} here. Ask {who_may(wanted)}."))


def newest_episode(client: Client, desk: Desk) -> tuple[Episode, Site]:
    """The newest episode and the site of its newest placement; Http404 where the client was never in a program."""
    episode = Episode.objects.filter(mine(client.pk), started_at__lte=desk.now).order_by("-started_at").first()
    placement = None if episode is None else last(episode.pk, desk.now)
    if episode is None or placement is None:
        raise Http404("This client is in no program.")
    return episode, placement.program.site


def back_of(request: HttpRequest, client: Client) -> str:
    """Where the person came from, on this site alone; else the chart."""
    asked = request.POST.get("back") or request.GET.get("back") or ""
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and not urlsplit(asked).netloc
    return asked if asked.startswith("/") and safe else reverse("chart:chart", args=[client.pk])


def _trend(request: DeskRequest, client_id: int, code: str, template: str) -> HttpResponse:
    desk, client, scale = request.desk, client_for(request.desk, client_id), found(code)
    if scale.kind == "withdrawal":
        drawn = queries.trends(client.pk, desk.now, desk.tz, [code])
    else:
        drawn = queries.series(client.pk, desk.now, desk.tz, [code], wide=True)
    context = {
        "client": client, "scale": scale, "trend": drawn[0] if drawn else None, "drawn_all": drawn,
        "may_score": desk.may(capability_for(scale)),
    }  # fmt: skip
    return render(request, template, context)


def _keep(desk: Desk, episode: Episode, scale: Scale, sent: Mapping[str, str], old: Score | None, site: Site) -> Score:
    form = ScoreForm(scale, sent)
    about, note = form.read(desk.now.astimezone(site.tz))
    key: UUID = form.cleaned_data["key"]
    return score(
        by=desk.person, at=desk.now, episode_id=episode.pk, scale=scale.code, answers=answers_in(scale, sent),
        about_at=about, note=note, overrides=reasons_in(sent), corrects_id=None if old is None else old.pk, key=key,
    )  # fmt: skip


def _after(request: HttpRequest, client: Client, scale: Scale, made: Score) -> str:
    """Where to go: what must be seen to comes first."""
    back = back_of(request, client)
    if not scale.alarms(made.answers):
        return back
    return f"{reverse('chart:score_kept', args=[client.pk, made.pk])}?{urlencode({'back': back})}"


def _context(
    request: HttpRequest, client: Client, scale: Scale, old: Score | None, findings: tuple[Finding, ...]
) -> dict[str, object]:
    answers: Mapping[str, object] = {} if old is None else old.answers
    if request.method == "POST":
        answers = answers_in(scale, request.POST)
    chosen = {code: value for code, value in answers.items() if isinstance(value, int)}
    return {
        "client": client, "scale": scale, "old": old, "findings": findings, "back": back_of(request, client),
        "choices": choices(scale, chosen, findings), "by_clock": by_clock(scale),
        "skips": json.dumps([{"items": sorted(each.items), "when": dict(each.when)} for each in scale.skips]),
        "ranks": json.dumps([{"value": each.value, "items": each.items} for each in scale.ranks]),
        "doubts": [each for each in findings if each.severity is Severity.OVERRIDE],
        "stops": [each for each in findings if each.severity is Severity.STOP], "reasons": reasons_in(request.POST),
        "key": request.POST.get("key") or uuid4(), "note": request.POST.get("note", ""),
        "about_at": request.POST.get("about_at", ""),
    }  # fmt: skip


def _old(request: HttpRequest, client: Client, code: str) -> Score | None:
    asked = request.POST.get("corrects") or request.GET.get("corrects") or ""
    if not asked.isdecimal() or len(asked) > 12:
        return None
    row = Score.objects.select_related("by", "episode").filter(mine(client.pk), pk=int(asked), scale=code).first()
    if row is None:
        raise Http404("No such score.")
    return row
