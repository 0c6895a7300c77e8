"""What waits for a nurse or a prescriber today: effects to look at, verbal orders to co-sign, an order refused again, old patches.

Everything before is closed: each dose as needed was looked at, and each patch came off as the next went on.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

from chart.models import Allergy
from config.demo.orders import Ordered
from config.demo.stage import HOUR, MINUTE, Stage
from emar.models import (
    TAKEN,
    Administration,
    Medication,
    Order,
    PatchSeen,
    Reassessment,
    ReassessmentResult,
    VerbalOrder,
)
from emar.rules.orders.kinds import Sites
from emar.rules.schedule import AsNeeded, to_json
from staff.rules.capabilities import Role

Effect = ReassessmentResult.Effect
LOOK = 60 * MINUTE
OPEN = 2  # how many doses as needed still wait for a look
COSIGN = 24 * HOUR
SAID: tuple[tuple[str, str, str, int, str, timedelta], ...] = (
    ("Ondansetron", "4", "mg", 8, "Nausea", 5 * HOUR),
    ("Loperamide", "2", "mg", 4, "Loose stool", 30 * HOUR),
)
"""Verbal orders: what, how much, how many hours apart, what for, how long ago. The second one's signature is overdue."""


def write(stage: Stage, ordered: list[Ordered], given: list[Administration]) -> None:
    """After the doses."""
    dice = stage.dice("owed")
    _looked_at(stage, dice, given, {each.order.pk for each in ordered if each.site == "riverbend"})
    _patches(given)
    _verbal(stage, ordered)


def _looked_at(stage: Stage, dice: Random, given: list[Administration], here: set[int]) -> None:
    """Every dose as needed was looked at an hour later, but for the newest ones of Riverbend (the orders ``here``), which wait."""
    taken = [row for row in given if row.due_at is None and row.outcome in TAKEN]
    waiting = {row.pk for row in taken if row.given_at > stage.now - LOOK - 2 * MINUTE}
    waiting |= {row.pk for row in [each for each in taken if each.order_id in here][-OPEN:]}
    looks = Reassessment.objects.bulk_create(
        [Reassessment(administration=row, due_at=row.given_at + LOOK) for row in taken], batch_size=2_000
    )
    ReassessmentResult.objects.bulk_create(
        [_result(dice, look) for look in looks if look.administration_id not in waiting], batch_size=2_000
    )


def _result(dice: Random, look: Reassessment) -> ReassessmentResult:
    row = look.administration
    effect = dice.choices((Effect.WORKED, Effect.PARTLY, Effect.NONE, Effect.ASLEEP), (60, 25, 8, 7))[0]
    better = {Effect.WORKED: 5, Effect.PARTLY: 2}.get(effect, 0)
    score = None if row.score is None or effect is Effect.ASLEEP else max(Decimal(0), row.score - better)
    seen_at = look.due_at - dice.randrange(0, 2) * MINUTE
    return ReassessmentResult(
        reassessment=look, effect=effect, score=score, seen_at=seen_at, recorded_at=seen_at, by=row.by
    )  # fmt: skip


def _patches(given: list[Administration]) -> None:
    """Each old patch came off as the next one went on."""
    worn: dict[int, list[Administration]] = defaultdict(list)
    for row in given:
        if row.outcome in TAKEN and row.order.medication.sites == Sites.PATCH.value:
            worn[row.order.client_id].append(row)
    PatchSeen.objects.bulk_create(
        [
            PatchSeen(administration=old, state="off", seen_at=new.given_at, recorded_at=new.recorded_at, by=new.by)
            for rows in worn.values()
            for old, new in pairwise(rows)
        ],
        batch_size=2_000,
    )


def _verbal(stage: Stage, ordered: list[Ordered]) -> None:
    """Two orders that a nurse wrote down on the prescriber's word."""
    taken: set[int] = set()
    for name, dose, unit, hours, why, ago in SAID:
        medication = Medication.objects.filter(name=name).order_by("pk")[0]
        at = stage.now - ago
        each = next(_free(ordered, medication, at, taken))
        taken.add(each.path.who.pk)
        nurse, prescriber = (stage.on_duty(each.site, role, at) for role in (Role.NURSE, Role.PRESCRIBER))
        order = Order.objects.create(
            episode=each.path.care, client=each.path.who, medication=medication, dose=Decimal(dose), unit=unit,
            route=medication.route, schedule=to_json(AsNeeded(timedelta(hours=hours), 3)), indication=why, started_at=at,
            by=nurse,
        )  # fmt: skip
        VerbalOrder.objects.create(
            order=order, act=VerbalOrder.Act.WRITE, heard="telephone", prescriber=prescriber, by=nurse, at=at,
            read_back=True, cosign_due_at=at + COSIGN,
        )  # fmt: skip


def _free(ordered: list[Ordered], medication: Medication, at: datetime, taken: set[int]) -> Iterator[Ordered]:
    """Somebody in a bed at Riverbend with none of it, no allergy to it, and an order that runs."""
    has = {each.path.who.pk for each in ordered if each.order.medication.ingredient == medication.ingredient}
    allergic = set(Allergy.objects.filter(substance=medication.ingredient).values_list("client_id", flat=True))
    for each in ordered:
        step, who = each.step, each.path.who.pk
        here = each.site == "riverbend" and step.beds and step.ends is None and step.starts < at - HOUR
        if here and who not in has | allergic | taken and not each.path.away_at(at):
            yield each
