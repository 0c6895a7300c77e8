"""One transition as it was carried out: its lines, how it was handed on, and what belongs on its paper."""

from dataclasses import dataclass
from datetime import datetime

from asam.models import Transition, TransitionLine, WarmHandoff
from asam.rules.transition_kinds import Kind
from chart.queries.plans import ObjectiveLine, objectives_of
from emar.models import TAKEN, Administration
from emar.rules.administration import say_amount
from programs.models import Placement


@dataclass(frozen=True)
class LastDose:
    """When the newest dose of an order was given: the medication, how much, when (the site's clock) and by whom."""

    medication: str
    amount: str
    when: str
    by: str


@dataclass(frozen=True)
class Done:
    """A transition that happened. ``newest``: no later step stands on it, so that it may be taken back."""

    row: Transition
    lines: tuple[TransitionLine, ...]
    handoff: WarmHandoff | None
    taken_back: Transition | None
    newest: bool
    signs: bool  # taking it back asks for a prescriber


def done(row: Transition, at: datetime) -> Done:
    """The page of a transition. Four queries."""
    lines = tuple(row.lines.order_by("rank"))
    back = Transition.objects.filter(reverses=row).select_related("by").first()
    open_now = Placement.objects.current(at).filter(pk=row.entered_id, episode__ended_at=None).exists()
    touched = any(line.kind == Kind.ORDER and line.choice in ("stop", "rewrite", "self", "change") for line in lines)
    return Done(
        row, lines, WarmHandoff.objects.filter(transition=row).first(), back,
        newest=open_now and back is None and row.reverses_id is None, signs=touched,
    )  # fmt: skip


def last_doses(row: Transition) -> tuple[LastDose, ...]:
    """The newest dose given of each medication up to the step. One query."""
    rows = (
        Administration.objects.filter(
            order__episode=row.left.episode_id, given_at__lte=row.at, outcome__in=TAKEN, corrected_by=None
        )
        .select_related("order__medication", "by")
        .order_by("order__medication_id", "-given_at")
        .distinct("order__medication_id")
    )
    tz = row.program.site.tz
    return tuple(
        LastDose(
            each.order.medication.shown, say_amount(each.amount, each.unit) if each.amount is not None else "",
            f"{each.given_at.astimezone(tz):%-d %b %H:%M}", each.by.signature,
        )
        for each in rows
    )  # fmt: skip


def goals(row: Transition, at: datetime) -> tuple[ObjectiveLine, ...]:
    """The open objectives of the plan that counts. Two queries."""
    client = row.left.episode.client_id
    return objectives_of([client], at).get(client, ())
