"""The placement list and one line of it: read, and what is done with a line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from admissions.access import line_for, list_sites, program_for
from admissions.actions import requests as acts
from admissions.actions.capacity import tell_state
from admissions.board import NAME, draw
from admissions.forms import (
    ApproveForm,
    ChangeForm,
    InterimForm,
    ReferForm,
    ScheduleForm,
    SeenForm,
    WithdrawForm,
    facts_of,
    now_on_clock,
)
from admissions.queries.line import line_page
from admissions.queries.lines import Shown, shown
from audit.rules.findings import Finding, Refused
from beds.topics import board_topic
from live.queries import current_seq
from programs.desk import DeskRequest, at_desk, key_in
from programs.forms import RuledForm
from programs.models import PlacementRequest, Site
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


@dataclass(frozen=True)
class Act:
    """What is done with a line: the form that asks, and the action that takes its fields by name."""

    form: type[RuledForm]
    do: Callable[..., PlacementRequest]


ACTS: Mapping[str, Act] = {
    "screen": Act(SeenForm, acts.screen),
    "approve": Act(ApproveForm, acts.approve),
    "schedule": Act(ScheduleForm, acts.schedule),
    "unschedule": Act(SeenForm, acts.unschedule),
    "unapprove": Act(SeenForm, acts.unapprove),
    "withdraw": Act(WithdrawForm, acts.withdraw),
    "refer": Act(ReferForm, acts.refer),
    "reopen": Act(SeenForm, acts.reopen),
    "interim": Act(InterimForm, acts.begin_interim),
    "change": Act(ChangeForm, acts.change),
}


def shown_in(request: DeskRequest, sites: list[Site]) -> tuple[Site, Shown]:
    """Which list an address asks for: one of the person's sites (the desk's, where none is named), and the filters."""
    wanted = request.GET.get("site", "")
    desk_site = request.desk.site
    mine = [*(site for site in sites if site == desk_site), *sites]
    site = next((site for site in mine if site.slug == wanted), mine[0])
    return site, shown(site.slug, request.GET.get("state", ""), request.GET.get("level", ""))


@require_safe
@at_desk(Capability.ADMIT)
def listed(request: DeskRequest) -> HttpResponse:
    """Who asks for a place, in federal order."""
    sites = list_sites(request.desk)
    site, look = shown_in(request, sites)
    seq = current_seq(board_topic(site))
    context = {
        "site": site, "sites": sites if len(sites) > 1 else [], "look": look,
        "region": draw(look, site, request.desk.now), "live": True, "live_board": NAME, "live_key": look.key,
        "live_seq": seq,
    }  # fmt: skip
    return render(request, "admissions/requests.html", context)


@require_safe
@at_desk(Capability.ADMIT)
def line(request: DeskRequest, pk: int) -> HttpResponse:
    """One line: its facts, clocks, history, and what may be done."""
    return _line(request, line_for(request.desk, pk))


@require_POST
@at_desk(Capability.ADMIT)
def act(request: DeskRequest, pk: int, act: str) -> HttpResponse:
    """Do one act. From the list the list comes back, else the line's page, with what was refused beside what was typed."""
    found = line_for(request.desk, pk)
    if act not in ACTS:
        raise Http404
    from_list = bool(request.headers.get("HX-Request"))
    with timezone.override(found.site.tz):
        form = ACTS[act].form(request.desk, found.site, request.POST)
        if not form.is_valid():
            return _line(request, found, typed={act: form})
        values = {name: value for name, value in form.cleaned_data.items() if name != "key"}
        try:
            _do(request, found, act, values, form.cleaned_data["key"])
        except NotAllowed:
            raise
        except Refused as refused:
            if from_list:
                raise
            return _line(request, line_for(request.desk, pk), typed={act: form}, refused=form.take(refused.findings))
    if from_list:
        site, look = shown_in(request, list_sites(request.desk))
        return HttpResponse(draw(look, site, request.desk.now))
    # The form was sent to its own place on the page; what was done is looked at from the top.
    return redirect(reverse("admissions:requests:line", args=[pk]) + "#main")


def _do(request: DeskRequest, found: PlacementRequest, act: str, values: dict[str, Any], key: UUID | None) -> None:
    ACTS[act].do(by=request.desk.person, at=request.desk.now, request_id=found.pk, key=key, **values)


@require_POST
@at_desk(Capability.ADMIT)
def told_state(request: DeskRequest, pk: int) -> HttpResponse:
    """The state was told that a program reached 90 %; the list comes back."""
    program = program_for(request.desk, pk)
    tell_state(by=request.desk.person, at=request.desk.now, program_id=program.pk, key=key_in(request))
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('admissions:requests:list')}?site={program.site.slug}")
    site, look = shown_in(request, list_sites(request.desk))
    return HttpResponse(draw(look, site, request.desk.now))


def _line(
    request: DeskRequest,
    found: PlacementRequest,
    *,
    typed: Mapping[str, RuledForm] | None = None,
    refused: list[Finding] | None = None,
) -> HttpResponse:
    """The page of a line as it stands now, with the form that was typed in."""
    desk, site = request.desk, found.site
    with timezone.override(site.tz):
        page = line_page(found, desk.now, site.tz)
        context = {
            "page": page, "line": page.line, "asked": found, "client": found.client, "site": site,
            "at_site": site == desk.site, "forms": _forms(request, found, page.version) | dict(typed or {}),
            "open": next(iter(typed or ()), ""), "refused": refused, "key": uuid4(),
            "age": found.client.age(desk.now.astimezone(site.tz).date()),
        }  # fmt: skip
        return render(request, "admissions/request.html", context, status=422 if typed else 200)


def _forms(request: DeskRequest, found: PlacementRequest, version: int) -> dict[str, RuledForm]:
    """Every act's form as it is first shown."""
    first: dict[str, dict[str, object]] = {
        "approve": {"level_wanted": found.level_wanted},
        "schedule": {"on": found.scheduled_on},
        "interim": {"begun_at": now_on_clock(request.desk)},
        "change": facts_of(found, version),
    }
    seen = {"seen_state": found.state}
    return {
        name: act.form(request.desk, found.site, initial=first.get(name, {}) | seen, auto_id=f"{name}_%s")
        for name, act in ACTS.items()
    }
