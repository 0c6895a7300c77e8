"""The calendar: the groups of a day, and of a week by room or by program."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from groups.actions import ensure_planned
from groups.forms import DayForm
from groups.queries import week_from
from groups.queries.calendar import Look, day_sheet, week_grid
from programs.desk import DeskRequest, at_desk
from staff.rules.capabilities import Capability

ROWS = (("room", "By room"), ("program", "By program"))
SEE, RUN, PLAN = Capability.SEE_GROUPS, Capability.RUN_GROUPS, Capability.PLAN_GROUPS


@require_GET
@at_desk(SEE)
def day(request: DeskRequest) -> HttpResponse:
    """The sessions of a day at the desk's site, mine first."""
    desk, look = request.desk, _look(request)
    today = desk.now.astimezone(desk.tz).date()
    on = _on(request) or today
    ensure_planned(desk.site, on + timedelta(days=1), desk.now)
    sheet = day_sheet(desk.site, desk.person, on, look, desk.now)
    context = _shared(request, look, on, today, sheet.programs) | {
        "day": sheet,
        "before": on - timedelta(days=1), "after": on + timedelta(days=1), "this": on == today,
    }  # fmt: skip
    return render(request, "groups/day.html", context)


@require_GET
@at_desk(SEE)
def week(request: DeskRequest) -> HttpResponse:
    """The sessions of a week at the desk's site, by room or by program."""
    desk, look = request.desk, _look(request)
    today = desk.now.astimezone(desk.tz).date()
    on = _on(request) or today
    monday = on - timedelta(days=on.weekday())
    shown = week_from(monday, desk.tz)
    ensure_planned(desk.site, monday + timedelta(days=7), desk.now)
    grid = week_grid(desk.site, desk.person, shown, look, desk.now)
    context = _shared(request, look, on, today, grid.programs) | {
        "grid": grid, "week": shown, "this": monday <= today <= shown.last_day,
        "before": on - timedelta(days=7), "after": on + timedelta(days=7),
    }  # fmt: skip
    return render(request, "groups/week.html", context)


def _on(request: DeskRequest) -> date | None:
    form = DayForm(request.GET)
    return form.cleaned_data["on"] if form.is_valid() else None


def _look(request: DeskRequest) -> Look:
    """What the address asks to see; what cannot be read asks for everything."""
    program = request.GET.get("program", "")
    return Look(
        by="program" if request.GET.get("by") == "program" else "room",
        program=int(program) if program.isdecimal() and len(program) < 10 else None,
        mine=request.GET.get("mine") == "1",
    )


def _shared(
    request: DeskRequest, look: Look, on: date, today: date, programs: Iterable[tuple[int, str]]
) -> dict[str, object]:
    """What both views need: the filters as links that keep the rest of the address."""
    desk = request.desk
    kept = "" if on == today else on.isoformat()
    return {
        "look": look, "today": today, "rest": _address(look, ""), "may_run": desk.may(RUN), "may_plan": desk.may(PLAN),
        "rows": [(name, _address(replace(look, by=by), kept), look.by == by) for by, name in ROWS],
        "mine": _address(replace(look, mine=not look.mine), kept), "all": _address(replace(look, program=None), kept),
        "every": _address(Look(by=look.by), kept),
        "programs": [(name, _address(replace(look, program=pk), kept), look.program == pk) for pk, name in programs],
    }  # fmt: skip


def _address(look: Look, on: str) -> str:
    """'by=program&mine=1&on=2026-03-02': only what is not usual."""
    asked = {
        "by": look.by if look.by != "room" else "", "program": str(look.program or ""), "mine": "1" if look.mine else "", "on": on,
    }  # fmt: skip
    return urlencode({name: value for name, value in asked.items() if value})
