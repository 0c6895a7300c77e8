"""Withdrawal: the site's protocols, two people scored by CIWA-Ar and one by COWS for a day, with the doses that went with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random

from chart.models import Allergy, Score
from chart.rules.scales import Scale
from chart.scales import scales
from config.demo.stage import DAY, HOUR, MINUTE, Path, Stage
from emar.models import Administration, DoseChecks, Medication, Order, Protocol
from emar.protocols import examples
from emar.rules.schedule import AsNeeded, to_json
from staff.rules.capabilities import Role

PARTS = (
    ("alcohol-chlordiazepoxide", "Alcohol withdrawal", (18, 21, 17, 15, 12, 13, 9, 10, 7, 8)),
    ("alcohol-chlordiazepoxide", "Alcohol withdrawal", (12, 14, 11, 9, 6, 7, 5)),
    ("opioid-clonidine", "Opioid withdrawal", (15, 18, 22, 19, 16, 14, 11)),
)
"""Which protocol, what for, and the scores of the last day, the newest last."""


@dataclass(frozen=True)
class Given:
    """A dose that was given by a score."""

    row: Administration
    score: Score
    protocol: Protocol
    proposed: Decimal


def write(stage: Stage) -> list[Administration]:
    """Protocols, orders that go by them, scores and doses; the doses that were given."""
    dice = stage.dice("withdrawal")
    protocols = {slug: _protocol(stage, slug) for slug in dict.fromkeys(part[0] for part in PARTS)}
    given: list[Given] = []
    used: set[int] = set()
    for slug, why, totals in PARTS:
        protocol = protocols[slug]
        path = _who(stage, protocol.ingredient, used)
        if path is None:
            continue
        used.add(path.who.pk)
        order = _order(stage, path, protocol, why)
        given += _day(stage, dice, path, protocol, order, totals)
    rows = Administration.objects.bulk_create([each.row for each in given])
    DoseChecks.objects.bulk_create(
        DoseChecks(administration=row, score=each.score, protocol=each.protocol, proposed=each.proposed)
        for row, each in zip(rows, given, strict=True)
    )
    return rows


def answers(scale: Scale, total: int, dice: Random) -> dict[str, int]:
    """Answers that add up to a total, a little of each item rather than much of one."""
    found = {item.code: 0 for item in scale.items}
    while (left := total - sum(found.values())) > 0:
        steps = [
            (item.code, value)
            for item in scale.items
            for value in item.values
            if 0 < value - found[item.code] <= left and value - found[item.code] <= 2
        ] or [(i.code, v) for i in scale.items for v in i.values if 0 < v - found[i.code] <= left]
        code, value = dice.choice(steps)
        found[code] = value
    return found


def _protocol(stage: Stage, slug: str) -> Protocol:
    example = examples()[slug]
    at = stage.now - 30 * DAY
    site = stage.sites["riverbend"]
    bands: Iterable[Mapping[str, object]] = example["bands"]
    return Protocol.objects.create(
        site=site, name=example["name"], scale=example["scale"], top=scales()[str(example["scale"])].top,
        ingredient=example["ingredient"], unit=example["unit"], low=example["low"], stretches=example["stretches"],
        end_hours=example.get("end_hours"), source="The medical director's table, attested for this site",
        bands=[{"amount": None, "call": False} | dict(band) for band in bands], attested=True,
        by=stage.on_duty("riverbend", Role.PRESCRIBER, at), started_at=at,
    )  # fmt: skip


def _who(stage: Stage, ingredient: str, used: set[int]) -> Path | None:
    """Somebody who sleeps here, plays no other part today, and has neither an allergy nor an order of it."""
    taken = {path.who.pk for path in stage.cast.values()} | used
    allergic = set(Allergy.objects.filter(substance__iexact=ingredient).values_list("client_id", flat=True))
    ordered = set(
        Order.objects.current(stage.now).filter(medication__ingredient=ingredient).values_list("client_id", flat=True)
    )
    for path in stage.paths:
        step = path.steps[-1]
        here = (
            step.ends is None
            and step.beds
            and stage.site_of(step.program) == "riverbend"
            and not path.away_at(stage.now)
        )
        if here and step.starts < stage.now - 30 * HOUR and path.who.pk not in taken | allergic | ordered:
            return path
    return None


def _order(stage: Stage, path: Path, protocol: Protocol, why: str) -> Order:
    begins = stage.now - 25 * HOUR
    table = protocol.table
    medication = _strength(protocol)
    return Order.objects.create(
        episode=path.care, client=path.who, medication=medication, dose=table.amounts[0],
        dose_max=table.amounts[-1] if len(table.amounts) > 1 else None, unit=protocol.unit, route=medication.route,
        schedule=to_json(AsNeeded(HOUR, 12)), indication=why, started_at=begins, protocol=protocol,
        by=stage.on_duty("riverbend", Role.PRESCRIBER, begins),
    )  # fmt: skip


def _strength(protocol: Protocol) -> Medication:
    """The largest strength of which every dose of the table is a whole number: nobody cuts a capsule."""
    found = list(Medication.objects.filter(ingredient=protocol.ingredient, is_active=True).order_by("pk"))
    strengths = {each.pk: Decimal(each.strength.split()[0]) for each in found if each.strength.endswith(protocol.unit)}
    whole = [
        each
        for each in found
        if each.pk in strengths and all(amount % strengths[each.pk] == 0 for amount in protocol.table.amounts)
    ]
    return max(whole, key=lambda each: strengths[each.pk], default=found[0])


def _day(
    stage: Stage, dice: Random, path: Path, protocol: Protocol, order: Order, totals: tuple[int, ...]
) -> Iterator[Given]:
    """A score every few hours, the last one not long ago; a dose where the table has one."""
    table, scale = protocol.table, scales()[protocol.scale]
    gap = 22 * HOUR / len(totals)
    for number, total in enumerate(totals):
        back = (len(totals) - 1 - number) * gap + 40 * MINUTE
        at = (stage.now - back + dice.randrange(-6, 7) * MINUTE).replace(second=0, microsecond=0)
        nurse = stage.on_duty("riverbend", Role.NURSE, at)
        score = Score.objects.create(
            client=path.who, episode=path.care, scale=scale.code, edition=scale.edition, answers=answers(scale, total, dice),
            total=total, at=at, written_at=at, by=nurse,
        )  # fmt: skip
        amount = table.band(total).amount
        if amount is None or number == len(totals) - 1:  # the last one still waits for a nurse
            continue
        row = _dose(stage, order, score, amount, at + 6 * MINUTE)
        yield Given(row, score, protocol, amount)


def _dose(stage: Stage, order: Order, score: Score, amount: Decimal, at: datetime) -> Administration:
    return Administration(
        order=order, due_at=None, outcome="given", amount=amount, unit=order.unit, identifiers=["wristband"], given_at=at,
        recorded_at=at, prn_reason=f"{scales()[score.scale].name} {score.total}", scale=score.scale, score=score.total,
        wall_clock=at.astimezone(stage.tz("riverbend")).isoformat(timespec="minutes"), by=score.by,
    )  # fmt: skip
