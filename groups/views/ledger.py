"""Minutes against the week: who will fall short, make-ups with one tap, and one client's week as a ledger."""

from collections.abc import Sequence
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from audit.rules.findings import Finding, Refused, stop
from groups import actions, falls_board
from groups.access import client_at
from groups.actions.papers import open_weeks
from groups.forms import MakeUpForm
from groups.pdf.weeks import result
from groups.queries import ledger, week_from
from groups.queries.falls import FALLS, SHOWS, chosen
from groups.rules.asked import AskedWeek, ask_week, ask_weeks
from groups.views.common import act
from live.actions import current_seq
from programs.desk import Desk, DeskRequest, at_desk
from programs.models import Client
from programs.rules.dates import Asked
from staff.rules.capabilities import Capability

SEE, RUN = Capability.SEE_GROUPS, Capability.RUN_GROUPS
NOT_UNDERSTOOD = 400
WEEK = timedelta(days=7)


def asked_week(request: DeskRequest) -> AskedWeek:
    """The week of the address, or of the form that was sent."""
    typed = (request.POST if request.method == "POST" else request.GET).get("week", "").strip()
    return ask_week(typed, request.desk.now.astimezone(request.desk.tz).date())


def asked_range(request: DeskRequest) -> Asked:
    """The dates of the address, judged on the site's calendar."""
    start, end = (request.GET.get(name, "").strip() for name in ("from", "to"))
    return ask_weeks(start, end, request.desk.now.astimezone(request.desk.tz).date())


@require_safe
@at_desk(SEE)
def short(request: DeskRequest) -> HttpResponse:
    """Everyone whose level asks for a weekly minimum, by how their week stands."""
    desk, asked = request.desk, asked_week(request)
    if asked.wrong:
        return render(request, "groups/short.html", {"asked": asked, "may_run": desk.may(RUN)}, status=NOT_UNDERSTOOD)
    actions.ensure_planned(desk.site, asked.monday + WEEK, desk.now)
    look = _look(request, asked)
    seq = current_seq(falls_board.topic(look.key))  # before the rows: what changes meanwhile comes as a redraw
    drawn = [html for _, html in falls_board.regions(look, desk.site, desk.now, may_run=desk.may(RUN))]
    return render(request, "groups/short.html", _around(desk, asked) | {"look": look, "drawn": drawn, "seq": seq})


@require_POST
@at_desk(RUN)
def make_up(request: DeskRequest, client_id: int) -> HttpResponse:
    """Ask a client to a session that makes up for one they missed; answers their line as it stands now."""
    form = MakeUpForm(request.POST)
    if not form.is_valid():
        return _line(request, client_id, [stop("makeup.form", "Choose one of the sessions that are offered.")])
    found = {"session_id": form.cleaned_data["session"], "missed_id": form.cleaned_data["missed"]}
    try:
        act(request, actions.make_up, client_id=client_id, **found)
    except Refused as refused:
        return _line(request, client_id, refused.findings)
    return _line(request, client_id)


@require_POST
@at_desk(RUN)
def let_off(request: DeskRequest, client_id: int) -> HttpResponse:
    """Take a make-up back."""
    form = MakeUpForm(request.POST)
    if not form.is_valid():
        return _line(request, client_id, [stop("makeup.form", "Reload the page and try again.")])
    try:
        act(request, actions.withdraw, client_id=client_id, session_id=form.cleaned_data["session"])
    except Refused as refused:
        return _line(request, client_id, refused.findings)
    return _line(request, client_id)


@require_safe
@at_desk(SEE)
def weeks(request: DeskRequest, client_id: int) -> HttpResponse:
    """One client's week: sessions, minutes, units. No word of a note; that it was opened is on the trail."""
    desk, client, asked = request.desk, client_at(request.desk, client_id), asked_week(request)
    if asked.wrong:
        return _weeks(request, client, asked, asked_range(request), NOT_UNDERSTOOD)
    open_weeks(
        by=desk.person, at=desk.now, client_id=client.pk, site_id=desk.site.pk, first=asked.monday,
        last=asked.monday + timedelta(days=6),
    )  # fmt: skip
    return _weeks(request, client, asked, asked_range(request))


def refuse_range(request: DeskRequest, client: Client, asked: Asked) -> HttpResponse:
    """The page with the dates that were typed and what is wrong with them; nothing is printed."""
    return _weeks(request, client, asked_week(request), asked, NOT_UNDERSTOOD)


def _weeks(request: DeskRequest, client: Client, asked: AskedWeek, dates: Asked, status: int = 200) -> HttpResponse:
    desk = request.desk
    week = week_from(asked.monday, desk.tz)
    found = None if asked.wrong or dates.wrong else ledger(client, desk.site, week, desk.now)
    by_day = dict(found.by_day) if found else {}
    context = {
        "client": client, "ledger": found, "dates": dates, "may_chart": desk.may(Capability.OPEN_CHART),
        "days": [(on, by_day.get(on, 0)) for on in (asked.monday + timedelta(days=day) for day in range(7))],
        "missing": result(found.progress) if found else "",
    }  # fmt: skip
    return render(request, "groups/weeks.html", context | _around(desk, asked), status=status)


def _look(request: DeskRequest, asked: AskedWeek) -> falls_board.Look:
    """What is looked at: of a page address, or of the address from which a form was sent."""
    typed = request.POST if request.method == "POST" else request.GET
    program, page = typed.get("program", ""), typed.get("page", "")
    show = typed["show"] if typed.get("show") in SHOWS else FALLS
    return falls_board.Look(
        request.desk.site.pk, asked.monday, show, int(program) if program.isdecimal() else 0,
        int(page) if page.isdecimal() else 1,
    )  # fmt: skip


def _around(desk: Desk, asked: AskedWeek) -> dict[str, object]:
    """The week, those beside it, and what this person may do."""
    return {
        "asked": asked, "monday": asked.monday, "last_day": asked.monday + timedelta(days=6), "before": asked.monday - WEEK,
        "after": asked.monday + WEEK, "this": ask_week("", desk.now.astimezone(desk.tz).date()).monday,
        "may_run": desk.may(RUN),
    }  # fmt: skip


def _line(request: DeskRequest, client_id: int, findings: Sequence[Finding] = ()) -> HttpResponse:
    """The client's line as it stands now, and the counts beside it; without htmx the list."""
    desk, look = request.desk, _look(request, asked_week(request))
    if not request.headers.get("HX-Request"):
        if findings:
            raise Refused(*findings)
        return redirect(f"{reverse('groups:short')}?week={look.monday}&show=all#short-{client_id}")
    rows = falls_board.everyone(look, desk.site, desk.now)
    row = next((row for row in rows if row.client_id == client_id), None)
    asked = {"row": row, "findings": findings, "client_id": client_id, "may_run": True}
    line = falls_board.draw("short", look, **asked)
    tabs = falls_board.draw("short_tabs", look, falls=chosen(rows, look.show, str(look.program_id)), oob=True)
    return HttpResponse(line + tabs, status=422 if findings else 200)
