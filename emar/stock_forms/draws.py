"""What the sheet of a dose says of the line it was drawn from: asked for, read, and signed where something was wasted."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms

from audit.rules.findings import Refused, stop
from emar.actions.asked import Draw
from emar.models import Order
from emar.queries.policy import policy_of
from emar.queries.stock import Choice, Draws, draws_for
from emar.rules.administration import TAKEN, Outcome
from emar.rules.stock import Kind
from programs.contributions import places
from programs.desk import Desk
from staff.forms import SecondPersonForm
from staff.rules.capabilities import Capability

SHOWN = 6
"""How many lines a sheet offers, the best first."""

NONE = Decimal(0)


def _amount(words: str) -> forms.DecimalField:
    return forms.DecimalField(required=False, max_digits=12, error_messages={"invalid": f"Enter {words} as a number."})


class DrawFields(forms.Form):
    """The fields of a sheet that say what was drawn. ``also_...``: the rest of it from a second line."""

    draw_line = forms.IntegerField(required=False)
    draw_drawn = _amount("what was drawn")
    draw_wasted = _amount("what was wasted")
    draw_returned = _amount("what was put back")
    draw_why = forms.CharField(required=False, max_length=300, strip=True)
    also_line = forms.IntegerField(required=False)
    also_drawn = _amount("what was drawn")


@dataclass(frozen=True)
class DrawAsked:
    """What the sheet asks. ``blank`` is the words for no line ('': one has to be named); ``open``: more than a line is asked."""

    choices: tuple[Choice, ...]
    best: Choice | None
    blank: str
    second: SecondPersonForm

    @property
    def open(self) -> bool:
        """Whether the amounts stand open: what is drawn is more than is given."""
        return self.best is not None and bool(self.best.over)


def draw_context(
    desk: Desk, order: Order, outcome: Outcome, amount: Decimal, *, correcting: bool = False
) -> dict[str, object]:
    """What a sheet asks about stock; ``draw`` is None where the medication is not counted here."""
    draws = _draws(desk, order, amount)
    if not draws.asked:
        return {"draw": None}
    taken = outcome in TAKEN
    blank = "As it stands in the ledger" if correcting else "" if taken else "Nothing was drawn"
    best = next((each for each in draws.choices if each.fits), None) if not blank else None
    return {"draw": DrawAsked(draws.choices[:SHOWN], best, blank, waste_witness(desk))}


def waste_witness(desk: Desk, sent: Mapping[str, object] | None = None) -> SecondPersonForm:
    """Who watched what was wasted: another person on duty, with their own PIN."""
    form = SecondPersonForm(
        sent, site=desk.site, at=desk.now, capability=Capability.WITNESS, but_not=(desk.person.pk,), prefix="waste",
        label="Who watched the waste",
    )  # fmt: skip
    form.use_required_attribute = False  # most doses waste nothing
    return form


def drawn_in(
    desk: Desk, order: Order, form: DrawFields, asked: Mapping[str, Any], sent: Mapping[str, object], key: UUID
) -> dict[str, tuple[Draw, ...]]:
    """The draws of a form as the action takes them; nothing where no line is named. The PIN of a waste is proved here, before the
    act. Left empty, what was drawn is what the charted amount takes of that line. Raises Refused."""
    typed = form.cleaned_data
    line_id: int | None = typed["draw_line"]
    wasted, returned = typed["draw_wasted"] or NONE, typed["draw_returned"] or NONE
    if line_id is None:
        if wasted or returned or typed["draw_drawn"]:
            raise Refused(stop("stock.line_needed", "Choose the line it was drawn from."))
        return {}
    drawn = typed["draw_drawn"]
    if drawn is None:
        drawn = _needed(desk, order, line_id, asked) if asked["outcome"] in TAKEN else wasted + returned
    proof = waste_witness(desk, sent).proof(purpose=Kind.DOSE.purpose, key=key) if wasted > 0 else None
    first = Draw(
        line_id=line_id, drawn=drawn, wasted=wasted, returned=returned, why=typed["draw_why"],
        proof_id=None if proof is None else proof.pk,
    )  # fmt: skip
    if typed["also_line"] is None:
        return {"draws": (first,)}
    return {"draws": (first, Draw(line_id=typed["also_line"], drawn=typed["also_drawn"] or NONE))}


def _needed(desk: Desk, order: Order, line_id: int, asked: Mapping[str, Any]) -> Decimal:
    """How many of a line the charted amount takes."""
    amount = asked.get("amount") or order.dose
    for each in _draws(desk, order, amount).choices if amount.is_finite() and amount > 0 else ():
        if each.line.pk == line_id and each.drawn is not None:
            return each.drawn
    raise Refused(stop("stock.drawn", "Enter how much was drawn: the formulary does not say how many that is."))


def _draws(desk: Desk, order: Order, amount: Decimal) -> Draws:
    if not order.medication.dea_schedule:
        return draws_for(order, desk.site, desk.now, amount=amount, unit_id=None, required=False)
    place = places(desk.site.pk, desk.now, order.episode_id).get(order.episode_id)
    required = policy_of(desk.site.pk, desk.now).counts_required
    unit_id = None if place is None else place.unit_id
    return draws_for(order, desk.site, desk.now, amount=amount, unit_id=unit_id, required=required)
