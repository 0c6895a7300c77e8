"""After a dose: undo what was a slip, and write down whether a dose as needed helped."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from audit.rules.findings import Refused, stop
from emar import actions
from emar.access import administration_at
from emar.board import Viewer, effects_html
from emar.forms import EffectForm
from emar.keys import asked_key, form_key
from emar.models import Administration, ReassessmentResult
from emar.queries.clients import effect_row
from emar.queries.rows import EffectRow
from emar.rules.administration import SCALES, say_amount
from emar.views.charting import refuse_in_sheet, row_answer
from programs.desk import DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

TEN = 10
"""A scale that ends here is a row of buttons."""

SLIPS = ("Wrong tap", "Wrong client", "Wrong dose", "Not given after all")
"""What one tap says about an entry that is undone."""


@at_desk(Capability.GIVE_DOSES)
def undo_sheet(request: DeskRequest, administration_id: int) -> HttpResponse:
    """Ask why, in one tap."""
    old = administration_at(request.desk, administration_id)
    amount = old.order.dose if old.amount is None else old.amount
    title = f"{old.order.medication.shown} {say_amount(amount, old.order.unit)}"
    context = {"old": old, "title": title, "slips": SLIPS, "key": form_key(f"undo-{old.pk}", 0)}
    return render(request, "emar/_undo.html", context)


@require_POST
@at_desk(Capability.GIVE_DOSES)
def undo_charted(request: DeskRequest, administration_id: int) -> HttpResponse:
    """Take back what was charted; the dose is due again."""
    old = administration_at(request.desk, administration_id)
    try:
        actions.undo(
            by=request.desk.person,
            at=request.desk.now,
            administration_id=old.pk,
            note=request.POST.get("note", "").strip()[:300] or SLIPS[0],
            key=_key(request, old),
        )
    except NotAllowed:
        raise
    except Refused as refused:
        return refuse_in_sheet(request, refused)
    return row_answer(request, old.order, old.due_at)


@at_desk(Capability.GIVE_DOSES)
def effect_sheet(request: DeskRequest, reassessment_id: int) -> HttpResponse:
    """Ask how a dose worked: one more tap records it."""
    row = _effect(request, reassessment_id)
    top = dict(SCALES.values()).get(row.scale)
    context = {
        "row": row,
        "effects": ReassessmentResult.Effect.choices,
        "steps": range(TEN + 1) if top == TEN else (),
        "key": form_key(f"effect-{row.pk}", 0),
    }
    return render(request, "emar/_effect.html", context)


@require_POST
@at_desk(Capability.GIVE_DOSES)
def record_effect(request: DeskRequest, reassessment_id: int) -> HttpResponse:
    """Record how a dose worked."""
    row, form, desk = _effect(request, reassessment_id), EffectForm(request.POST), request.desk
    try:
        if not form.is_valid():
            wrong = [str(message) for messages in form.errors.values() for message in messages]
            raise Refused(*(stop("form.invalid", message) for message in wrong))
        asked: dict[str, Any] = {name: form.cleaned_data[name] for name in ("effect", "score", "words")}
        who = (desk.person.pk, request.session.session_key)
        key = asked_key(form.cleaned_data["key"], who, sorted((name, str(value)) for name, value in asked.items()))
        actions.reassess(by=desk.person, at=desk.now, administration_id=row.administration_id, key=key, **asked)
    except NotAllowed:
        raise
    except Refused as refused:
        return refuse_in_sheet(request, refused)
    drawn = effects_html(row.client_id, Viewer(True, desk.person.pk))
    return render(request, "emar/_recorded.html", {"drawn": drawn})


def _effect(request: DeskRequest, reassessment_id: int) -> EffectRow:
    row = effect_row(reassessment_id, request.desk.site.pk, request.desk.now)
    if row is None:
        raise Http404("No such dose to look at here.")
    return row


def _key(request: DeskRequest, old: Administration) -> Any:
    key = key_in(request)
    if key is None:
        raise Refused(stop("form.invalid", "Reload the pass and try again."))
    return asked_key(key, request.desk.person.pk, request.session.session_key, old.pk, request.POST.get("note", ""))
