"""Vital signs: of one client over time, taken for one, and taken on a round of a unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from audit.rules.findings import Finding, Refused, Severity
from chart.access import client_for
from chart.actions.vitals import take_vitals
from chart.forms.scores import reasons_in
from chart.forms.vitals import ROUND, VitalsForm, fields, key_of, measured_in, units_in
from chart.models import Vitals
from chart.queries.head import head
from chart.queries.vitals import REACHES, Walked, limits_of, pictures, said, taken, walked
from chart.views.scores import back_of, newest_episode
from chart.vitals import signs
from programs.contributions import wards
from programs.desk import Desk, DeskRequest, at_desk
from programs.models import Client
from programs.people import mine
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

USUAL = {"temperature": "F", "weight": "lb", "height": "in", "glucose": "mg/dL"}
"""The units the pages begin with."""


@dataclass(frozen=True)
class RoundRow:
    """A row of the round: who, what was typed, and what became of it (``kept``: what was kept, in words)."""

    who: Walked
    values: tuple[tuple[str, str, str], ...]  # code, name, what was typed
    key: UUID | str
    kept: str = ""
    findings: tuple[Finding, ...] = ()
    doubts: tuple[Finding, ...] = ()


@require_safe
@at_desk(Capability.OPEN_CHART)
def show(request: DeskRequest, client_id: int) -> HttpResponse:
    """A client's vital signs: pictures, and every row in a table."""
    desk, client = request.desk, client_for(request.desk, client_id)
    top = head(client, desk.site, desk.now)
    reach = request.GET.get("of", "")
    reach = reach if reach in REACHES else "2 weeks"
    rows = taken(client.pk, top.site.pk, desk.now, desk.now - REACHES[reach])
    since = rows[-1].row.at if rows else desk.now
    with timezone.override(top.site.tz):
        context = {
            "head": top, "rows": rows, "reach": reach, "reaches": list(REACHES), "client": client,
            "trends": pictures(rows, limits_of(top.site.pk, desk.now), since, desk.now, top.site.tz),
            "may": desk.may(Capability.VITALS) and top.episode is not None, "takes": desk.may(Capability.VITALS),
        }  # fmt: skip
        return render(request, "chart/vitals/show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.VITALS)
def take(request: DeskRequest, client_id: int) -> HttpResponse:
    """Enter what was measured of one client; ``?corrects=`` opens vitals to correct them."""
    desk, client = request.desk, client_for(request.desk, client_id)
    episode, site = newest_episode(client, desk)
    old = _old(request, client)
    findings: tuple[Finding, ...] = ()
    with timezone.override(site.tz):
        if request.method == "POST":
            try:
                typed = VitalsForm(request.POST).read()
                take_vitals(
                    by=desk.person, at=desk.now, episode_id=old.episode_id if old else episode.pk,
                    measured=measured_in(request.POST), units=units_in(request.POST), overrides=reasons_in(request.POST),
                    corrects_id=None if old is None else old.pk, **typed,
                )  # fmt: skip
                return HttpResponseRedirect(back_of(request, client))
            except NotAllowed:
                raise
            except Refused as refused:
                findings = refused.findings
        sent: Mapping[str, str] = request.POST if request.method == "POST" else _typed(old)
        context = {
            "client": client, "old": old, "old_said": said(old) if old else "", "key": sent.get("key") or uuid4(),
            "fields": fields(sent, findings, USUAL), "sent": sent, "back": back_of(request, client),
            "positions": Vitals.Position.choices, "arms": Vitals.Arm.choices,
            "stops": [each for each in findings if each.severity is Severity.STOP],
            "doubts": [each for each in findings if each.severity is Severity.OVERRIDE], "reasons": reasons_in(request.POST),
        }  # fmt: skip
        return render(request, "chart/vitals/take.html", context, status=422 if findings else 200)


@require_safe
@at_desk(Capability.VITALS)
def units(request: DeskRequest) -> HttpResponse:
    """Which unit to walk; with one alone, straight to it."""
    desk = request.desk
    found = wards(desk.site.pk)
    if len(found) == 1:
        return redirect("chart:vitals_round", unit_id=found[0].pk)
    return render(request, "chart/vitals/units.html", {"units": found})


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.VITALS)
def round_(request: DeskRequest, unit_id: int) -> HttpResponse:
    """A round of a unit: a row a client. A POST keeps each row that has something in it; one that cannot be kept stays, with why."""
    desk = request.desk
    try:
        name, people = walked(desk.site.pk, unit_id, desk.now)
    except LookupError as error:
        raise Http404("There is no such unit here.") from error
    unit = request.POST.get("unit-temperature", USUAL["temperature"])
    rows = [_row(desk, request.POST, each, unit) for each in people]
    kept = sum(bool(each.kept) for each in rows)
    left = sum(bool(each.findings or each.doubts) for each in rows)
    context = {
        "unit": name, "unit_id": unit_id, "rows": rows, "signs": [signs()[code] for code in ROUND], "kept": kept,
        "left": left, "temperature": unit, "now": desk.now, "units": signs()["temperature"].units,
    }  # fmt: skip
    return render(request, "chart/vitals/round.html", context, status=422 if left else 200)


def _row(desk: Desk, sent: Mapping[str, str], who: Walked, unit: str) -> RoundRow:
    """Keep a row where something was typed in it, and say what became of it."""
    prefix = f"{who.episode_id}-"
    typed = measured_in(sent, prefix)
    if not typed:
        return RoundRow(who, _values({}), uuid4())
    key = key_of(sent, f"{prefix}key")
    reason = str(sent.get(f"{prefix}why", "")).strip()
    try:
        made = take_vitals(
            by=desk.person, at=desk.now, episode_id=who.episode_id, measured=typed, units={"temperature": unit},
            overrides={f"vitals.unlikely_{code}": reason for code in signs()} if reason else {}, key=key,
        )  # fmt: skip
        return RoundRow(who, _values({}), uuid4(), kept=said(made))
    except NotAllowed:
        raise
    except Refused as refused:
        stops = tuple(each for each in refused.findings if each.severity is Severity.STOP)
        return RoundRow(
            who, _values(typed), key or uuid4(), findings=stops,
            doubts=tuple(each for each in refused.findings if each.severity is Severity.OVERRIDE),
        )  # fmt: skip


def _values(typed: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    return tuple((code, signs()[code].name, typed.get(code, "")) for code in ROUND)


def _typed(old: Vitals | None) -> dict[str, str]:
    """What stands in the fields when vitals are corrected: as they were entered."""
    if old is None:
        return {}
    found = {code: f"{value:g}" for code in signs() if (value := getattr(old, code)) is not None}
    return found | {f"unit-{code}": unit for code, unit in old.units.items()} | {
        "position": old.position, "arm": old.arm,
    }  # fmt: skip


def _old(request: DeskRequest, client: Client) -> Vitals | None:
    asked = request.POST.get("corrects") or request.GET.get("corrects") or ""
    if not asked.isdecimal() or len(asked) > 12:
        return None
    row = Vitals.objects.select_related("by").filter(mine(client.pk), pk=int(asked)).first()
    if row is None:
        raise Http404("No such vitals.")
    return row
