"""What is done with one bed. Each answers 204 with HX-Trigger, or the sheet again with what was refused."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from audit.rules.findings import Refused, Severity
from beds.access import bed_for
from beds.actions import cleaning, closures, holds, stays
from beds.forms import CloseForm, HoldForm, MoveForm
from beds.models import CleaningJob
from beds.queries import cards
from beds.views.board import free_beds, sheet_context
from programs.desk import DeskRequest, at_desk, key_in
from staff.rules.capabilities import Capability


def reasons_in(request: DeskRequest) -> dict[str, str]:
    """Reasons for overrides: fields named ``reason-<code>``."""
    return {
        name.removeprefix("reason-"): value.strip()
        for name, value in request.POST.items()
        if name.startswith("reason-") and isinstance(value, str) and value.strip()
    }


def done() -> HttpResponse:
    """The sheet closes; the board moves by itself."""
    return HttpResponse("", headers={"HX-Trigger": "stepwell:done"})


def _acted(request: DeskRequest, pk: int, act: Callable[[], object], **context: object) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        return refused_sheet(request, pk, refused, **context)
    return done()


def refused_sheet(request: DeskRequest, pk: int, refused: Refused, **context: object) -> HttpResponse:
    """The sheet again, with what was refused and every reason that was written. No reason is asked for while a stop stands."""
    stops = tuple(finding for finding in refused.findings if finding.severity is Severity.STOP)
    asked = {finding.code for finding in refused.findings} if not stops else set()
    written = reasons_in(request)
    values = sheet_context(request, pk) | context
    values |= {"refused": stops or refused.findings, "reasons_missing": not stops, "reasons": written}
    values |= {"kept_reasons": [(code, words) for code, words in written.items() if code not in asked]}
    return render(request, "beds/sheet.html", values, status=422)


@require_POST
@at_desk(Capability.ASSIGN_BEDS)
def hold(request: DeskRequest, pk: int) -> HttpResponse:
    """Keep a bed for someone on the placement list."""
    bed, form = bed_for(request.desk, pk), HoldForm(request.desk, request.POST)
    if not form.is_valid():
        return render(
            request, "beds/sheet.html", sheet_context(request, pk) | {"hold_form": form, "open": "hold"}, status=422
        )
    who, until = form.cleaned_data["request"].client_id, form.cleaned_data["until"]
    return _acted(
        request, pk, lambda: holds.hold(
            by=request.desk.person, at=request.desk.now, bed_id=bed.pk, client_id=who, until=until, key=key_in(request)
        ),
    )  # fmt: skip


@require_POST
@at_desk(Capability.ASSIGN_BEDS)
def release(request: DeskRequest, pk: int) -> HttpResponse:
    """Let a held bed go."""
    desk, bed = request.desk, bed_for(request.desk, pk)
    [card] = cards(desk.site, desk.now, [bed.pk])
    return _acted(
        request, pk, lambda: card.hold_id and holds.release(
            by=desk.person, at=desk.now, hold_id=card.hold_id, key=key_in(request)
        ),
    )  # fmt: skip


@require_POST
@at_desk(Capability.ASSIGN_BEDS)
def move(request: DeskRequest, pk: int) -> HttpResponse:
    """Move who is in the bed to another."""
    desk, bed = request.desk, bed_for(request.desk, pk)
    [card] = cards(desk.site, desk.now, [bed.pk])
    form = MoveForm(free_beds(desk.site, desk.now, bed), request.POST)
    if not form.is_valid() or card.stay_id is None:
        return render(
            request,
            "beds/sheet.html",
            sheet_context(request, pk)
            | {"move_form": form, "open": "move", "kept_reasons": list(reasons_in(request).items())},
            status=422,
        )
    stay_id, bed_id = card.stay_id, form.cleaned_data["bed"].pk
    return _acted(
        request, pk, lambda: stays.move(
            by=desk.person, at=desk.now, stay_id=stay_id, bed_id=bed_id, level=card.level,
            reasons=reasons_in(request), key=key_in(request),
        ), move_form=form, open="move",
    )  # fmt: skip


@require_POST
@at_desk(Capability.ASSIGN_BEDS)
def close(request: DeskRequest, pk: int) -> HttpResponse:
    """Take a bed out of service."""
    bed, form = bed_for(request.desk, pk), CloseForm(request.POST)
    if not form.is_valid():
        return render(
            request, "beds/sheet.html", sheet_context(request, pk) | {"close_form": form, "open": "close"}, status=422
        )
    return _acted(
        request, pk, lambda: closures.close(
            by=request.desk.person, at=request.desk.now, bed_id=bed.pk, key=key_in(request), **form.cleaned_data
        ), close_form=form, open="close",
    )  # fmt: skip


@require_POST
@at_desk(Capability.ASSIGN_BEDS)
def reopen(request: DeskRequest, pk: int) -> HttpResponse:
    """Bring a bed back."""
    bed = bed_for(request.desk, pk)
    return _acted(
        request, pk, lambda: closures.reopen(
            by=request.desk.person, at=request.desk.now, bed_id=bed.pk, key=key_in(request)
        ),
    )  # fmt: skip


@require_POST
@at_desk(Capability.CLEAN_BEDS)
def clean(request: DeskRequest, pk: int, step: str) -> HttpResponse:
    """Ask for cleaning, accept it, or finish it, from the board."""
    desk, bed = request.desk, bed_for(request.desk, pk)
    job = CleaningJob.objects.current(desk.now).filter(bed=bed).first()
    return _acted(request, pk, lambda: clean_step(request, step, bed.pk, job.pk if job else None))


def clean_step(request: DeskRequest, step: str, bed_id: int, job_id: int | None) -> object:
    """One step of a cleaning job, by its word in the address."""
    by, at, key = request.desk.person, request.desk.now, key_in(request)
    if step == "ask" or job_id is None:
        return cleaning.ask(by=by, at=at, bed_id=bed_id, key=key)
    if step == "accept":
        return cleaning.accept(by=by, at=at, job_id=job_id, key=key)
    return cleaning.finish(by=by, at=at, job_id=job_id, key=key)
