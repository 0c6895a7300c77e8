"""The log of drug screens, one screen with its results and custody, and its sheets."""

from typing import cast
from uuid import uuid4

from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from audit.rules.findings import Finding, Refused
from chart.access import client_with
from chart.actions import screens as actions
from chart.forms import facts as forms
from chart.models import DrugScreen, ScreenResult
from chart.queries.head import head
from chart.queries.screens import lines_of, screens
from chart.views.facts import held
from chart.views.sheets import Asked, Sheet
from programs.contributions import medications
from programs.desk import DeskRequest, at_desk, key_in
from programs.models import Client
from programs.people import ids_of
from staff.access import NotAllowed
from staff.rules.capabilities import Capability as C

SEES = (C.RESULT_SCREENS, C.COLLECT_SCREENS)
YES = {"yes": True, "no": False, "": None}


@require_safe
@at_desk(*SEES)
def log(request: DeskRequest, client_id: int) -> HttpResponse:
    """Every screen, newest first; results for those who may see them."""
    desk, client = request.desk, client_with(request.desk, client_id, *SEES)
    shown = head(client, desk.site, desk.now)
    found, _ = screens(ids_of(client), desk.now)
    context = {"head": shown, "here": "facts", "screens": found, "may": held(desk, shown.site.pk)}
    with timezone.override(shown.site.tz):
        return render(request, "chart/facts/screens.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(*SEES)
def screen(request: DeskRequest, client_id: int, pk: int) -> HttpResponse:
    """One screen; a POST writes results."""
    desk, client = request.desk, client_with(request.desk, client_id, *SEES)
    row = DrugScreen.objects.filter(pk=pk, client__in=ids_of(client)).select_related("by", "corrects__by").first()
    if row is None:
        raise Http404
    shown = head(client, desk.site, desk.now)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST":
        try:
            _write(request, row)
            return redirect("chart:screen", client.pk, row.pk)
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    may = held(desk, shown.site.pk)
    newer = DrugScreen.objects.filter(corrects=row).select_related("by").first()
    [line] = lines_of([row])
    context = {
        "head": shown, "here": "facts", "line": line, "newer": newer, "may": may, "findings": findings, "key": uuid4(),
        "results": ScreenResult.Result.choices, "typed": request.POST,
        "orders": medications(ids_of(client), desk.now) if may["result_screens"] else (),
    }  # fmt: skip
    with timezone.override(shown.site.tz):
        return render(request, "chart/facts/screen.html", context, status=422 if findings else 200)


def _write(request: DeskRequest, row: DrugScreen) -> None:
    sent = request.POST
    codes = [code for code, _ in row.substances]
    rest = ScreenResult.Result.NEGATIVE.value if sent.get("fill") == "negative" else ""
    results = {code: value for code in codes if (value := sent.get(f"result-{code}", "") or rest)}
    seen = {
        code: int(value) for code in codes if (value := sent.get(f"seen-{code}", "")).isdecimal() and len(value) < 16
    }
    actions.write_results(
        by=request.desk.person, at=request.desk.now, screen_id=row.pk, results=results, seen=seen, key=key_in(request),
        explained={code: sent.get(f"explained-{code}", "") for code in codes}, why=sent.get("why", ""),
    )  # fmt: skip


def _collect(asked: Asked) -> Model:
    old, data = cast("DrugScreen | None", asked.row), asked.data
    return asked.call(
        actions.collect_screen, client_id=old.client_id if old else asked.client.pk, corrects_id=old.pk if old else None,
        observed=YES[asked.text("observed")], temperature_ok=YES[asked.text("temperature")], mistake=bool(data.get("mistake")),
        collected_at=data["collected_at"], **{name: asked.text(name) for name in ("outcome", "specimen", "panel", "note", "why")},
    )  # fmt: skip


def _step(asked: Asked) -> Model:
    assert asked.row is not None
    return asked.call(
        actions.write_step,
        screen_id=asked.row.pk,
        kind=asked.text("kind"),
        to=asked.text("to"),
        when=asked.data["when"],
    )


def _to_screen(client: Client, made: Model) -> str:
    """The screen itself: its results and custody come next."""
    return reverse("chart:screen", args=[client.pk, getattr(made, "screen_id", None) or made.pk])


SHEETS = {
    "screen_new": Sheet(
        "A drug screen", "Write", C.COLLECT_SCREENS, forms.CollectForm, _collect, back="chart:screens", after=_to_screen,
    ),
    "screen_correct": Sheet(
        "A drug screen is corrected", "Write the correction", C.COLLECT_SCREENS, forms.CollectForm, _collect, DrugScreen,
        about="The one before stays on record. Its results are written again.", back="chart:screens", after=_to_screen,
    ),
    "screen_step": Sheet(
        "A step of custody", "Write", C.COLLECT_SCREENS, forms.StepForm, _step, DrugScreen, back="chart:screens",
        after=_to_screen,
    ),
}  # fmt: skip
