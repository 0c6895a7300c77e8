"""What is ordered for whom: by what brought them here, with tapers, doses as needed, and doses that are due now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random

from chart.models import Allergy
from config.demo import formulary
from config.demo.stage import DAY, HOUR, MINUTE, Path, Stage, Step
from emar.models import Medication, Order
from emar.rules.schedule import AsNeeded, EveryHours, FixedTimes, Schedule, Taper, TaperStep, to_json
from staff.rules.capabilities import Role

MORNING, NOON, AFTERNOON, SUPPER, NIGHT = time(8), time(12), time(14), time(17), time(21)
DAILY, TWICE = FixedTimes((MORNING,)), FixedTimes((MORNING, NIGHT))
THRICE, AT_NIGHT = FixedTimes((MORNING, AFTERNOON, NIGHT)), FixedTimes((NIGHT,))


def _taper(*amounts: tuple[str, int]) -> Taper:
    """A day of each amount, at so many of the day's times."""
    times = {4: (MORNING, NOON, SUPPER, NIGHT), 3: (MORNING, AFTERNOON, NIGHT), 2: (MORNING, NIGHT), 1: (NIGHT,)}
    return Taper(tuple(TaperStep(1, times[number], Decimal(amount)) for amount, number in amounts))


# medication, dose, unit, schedule, indication, instructions
Line = tuple[str, str, str, Schedule, str, str]
BY_SUBSTANCE: dict[str, tuple[Line, ...]] = {
    "opioid": (("bup", "16", "mg", DAILY, "Opioid use disorder", "Watch until dissolved"),),
    "alcohol": (
        ("thiamine", "100", "mg", DAILY, "Alcohol use disorder", ""),
        ("folic", "1", "mg", DAILY, "Alcohol use disorder", ""),
        ("acamprosate", "666", "mg", THRICE, "Alcohol use disorder", ""),
    ),
    "stimulant": (
        ("mirtazapine", "15", "mg", AT_NIGHT, "Sleep and low mood", ""),
        ("multivitamin", "1", "tablet", DAILY, "", ""),
    ),
    "sedative": (("gabapentin", "300", "mg", THRICE, "Anxiety", ""), ("multivitamin", "1", "tablet", DAILY, "", "")),
}
WITHDRAWAL: dict[str, Line] = {
    "opioid": ("clonidine", "0.1", "mg", _taper(("0.1", 4), ("0.1", 4), ("0.1", 3), ("0.1", 2), ("0.1", 1)),
               "Opioid withdrawal", "Hold if systolic is under 90"),
    "alcohol": ("librium", "50", "mg", _taper(("50", 4), ("50", 3), ("25", 4), ("25", 2), ("25", 1)),
                "Alcohol withdrawal", "Hold if sedated"),
    "stimulant": ("hydroxyzine", "25", "mg", THRICE, "Anxiety", ""),
    "sedative": ("phenobarbital", "64.8", "mg", _taper(("64.8", 4), ("64.8", 3), ("32.4", 3), ("32.4", 2), ("32.4", 1)),
                 "Sedative withdrawal", "Hold if sedated"),
}  # fmt: skip
OFTEN: tuple[Line, ...] = (
    ("sertraline", "50", "mg", DAILY, "Depression", ""), ("escitalopram", "10", "mg", DAILY, "Anxiety", ""),
    ("bupropion", "150", "mg", DAILY, "Depression", ""), ("quetiapine", "50", "mg", AT_NIGHT, "Bipolar disorder", ""),
    ("prazosin", "2", "mg", AT_NIGHT, "Nightmares", ""), ("lisinopril", "10", "mg", DAILY, "High blood pressure", ""),
    ("amlodipine", "5", "mg", DAILY, "High blood pressure", ""), ("lamotrigine", "100", "mg", DAILY, "Bipolar disorder", ""),
    ("metformin", "500", "mg", FixedTimes((MORNING, SUPPER)), "Diabetes", "With food"),
    ("levothyroxine", "50", "mcg", FixedTimes((time(6, 30),)), "Thyroid", "Empty stomach"),
    ("omeprazole", "20", "mg", FixedTimes((time(7),)), "Reflux", "Before breakfast"),
    ("nicotine", "21", "mg", DAILY, "Tobacco", "Rotate sites; take off the old one"),
    ("gabapentin", "300", "mg", THRICE, "Nerve pain", ""), ("aripiprazole", "5", "mg", DAILY, "Bipolar disorder", ""),
    ("topiramate", "50", "mg", TWICE, "Migraine", ""), ("melatonin", "3", "mg", AT_NIGHT, "Sleep", ""),
    ("insulin", "12", "units", AT_NIGHT, "Diabetes", "Check glucose first"),
)  # fmt: skip
AT_MEALS: Line = (
    "lispro", "4", "units", FixedTimes((time(7, 30), time(11, 30), SUPPER)), "Diabetes", "Check glucose first, then the meal",
)  # fmt: skip
AS_NEEDED: tuple[Line, ...] = (
    ("acetaminophen", "650", "mg", AsNeeded(6 * HOUR, 4), "Pain or fever", "At most 3 g a day from all sources"),
    ("hydroxyzine", "25", "mg", AsNeeded(6 * HOUR, 4), "Anxiety", ""),
    ("ondansetron", "4", "mg", AsNeeded(8 * HOUR, 3), "Nausea", ""),
    ("trazodone", "50", "mg", AsNeeded(20 * HOUR, 1), "Sleep", "At bedtime"),
    ("loperamide", "2", "mg", AsNeeded(4 * HOUR, 4), "Loose stool", ""),
    ("ibuprofen", "400", "mg", AsNeeded(6 * HOUR, 3), "Pain", "With food"),
    ("albuterol", "2", "puffs", AsNeeded(4 * HOUR, 6), "Wheeze", ""),
)
EVERY_SIX: tuple[Line, ...] = (
    ("methocarbamol", "500", "mg", EveryHours(6), "Muscle pain", ""),
    ("gabapentin", "300", "mg", EveryHours(6), "Anxiety", ""),
    ("dicyclomine", "20", "mg", EveryHours(6), "Cramps", ""),
    ("clonidine", "0.1", "mg", EveryHours(6), "Withdrawal", ""),
    ("acetaminophen", "650", "mg", EveryHours(6), "Dental pain", ""),
    ("ibuprofen", "400", "mg", EveryHours(6), "Back pain", "With food"),
)
BY_DAY: tuple[Line, ...] = (
    ("naltrexone", "50", "mg", FixedTimes((time(10),)), "Alcohol use disorder", "Given when they come to the program"),
)
DAY_CLIENTS = 3
# Minutes from now at which a unit's doses every 6 hours fall: together their windows (an hour each side) leave no hour out,
# and so many stand open about now. Each unit is shifted by a little, so that they do not fall on one minute.
PHASES = (-25, -10, 5, 15, 100, 190, 280)


@dataclass(frozen=True)
class Ordered:
    """An order with what the doses need to know: whose, in which stretch, at which site, on which schedule."""

    order: Order
    path: Path
    step: Step
    site: str
    schedule: Schedule


def write(stage: Stage) -> list[Ordered]:
    """Orders of every residential stretch that reaches into the written history.

    People in the recovery residence and in outpatient programs keep their own medication, but for a few who are given theirs
    when they come to PHP.
    """
    dice = stage.dice("orders")
    medications = formulary.build()
    avoid: dict[int, set[str]] = {}
    for client, substance in Allergy.objects.values_list("client_id", "substance"):
        avoid.setdefault(client, set()).add(substance)
    ordered: list[Ordered] = []
    phases = {unit: iter([phase + 5 * number for phase in PHASES]) for number, unit in enumerate(stage.units)}
    by_day = 0
    for path in stage.paths:
        for step in path.steps:
            if step.program == "2.5" and step.ends is None and path.residence is None and by_day < DAY_CLIENTS:
                by_day += 1
                ordered += [_order(stage, path, step, medications[line[0]], line, None) for line in BY_DAY]
            if not step.beds or (step.ends is not None and step.ends <= stage.since + DAY):
                continue
            lines = list(_lines(dice, path, step))
            here = step.ends is None and not path.away_at(stage.now)
            if here and (phase := next(phases[step.beds[-1][0].room.unit.name], None)) is not None:
                out = avoid.get(path.who.pk, set()) | {line[0] for line, _ in lines}
                free = [line for line in EVERY_SIX if line[0] not in out]
                lines.insert(0, (dice.choice(free), _six_hourly(stage, step, phase)))
            had = set(avoid.get(path.who.pk, ()))
            for line, starts in lines:
                medication = medications[line[0]]
                if medication.ingredient not in had:
                    had.add(medication.ingredient)
                    ordered.append(_order(stage, path, step, medication, line, starts))
    Order.objects.bulk_create([each.order for each in ordered], batch_size=1_000)
    return ordered


def _lines(dice: Random, path: Path, step: Step) -> Iterator[tuple[Line, datetime | None]]:
    """What is ordered in this stretch, the most needed first."""
    if step.program == "3.7":
        yield WITHDRAWAL[path.substance], None
    for line in BY_SUBSTANCE[path.substance]:
        yield line, None
    for line in dice.sample(OFTEN, dice.choice((0, 1, 1, 2, 2, 3))):
        yield line, None
        if line[0] == "insulin":
            yield AT_MEALS, None
    for line in dice.sample(AS_NEEDED, dice.choice((1, 2, 2, 3))):
        yield line, None


def _six_hourly(stage: Stage, step: Step, phase: int) -> datetime:
    """A start from which a dose every 6 hours falls ``phase`` minutes from now."""
    rounded = stage.now.replace(minute=stage.now.minute // 5 * 5)
    back = (stage.now - max(step.starts, stage.now - 3 * DAY)) // (6 * HOUR)
    return rounded + phase * MINUTE - max(1, back - 1) * 6 * HOUR


def _order(
    stage: Stage, path: Path, step: Step, medication: Medication, line: Line, starts: datetime | None
) -> Ordered:
    _, dose, unit, schedule, indication, instructions = line
    site = stage.site_of(step.program)
    begins = starts or max(step.starts + timedelta(minutes=45), stage.since)
    ends = step.ends
    if isinstance(schedule, Taper):
        last = begins + schedule.days * DAY
        ends = min(ends, last) if ends else last
    order = Order(
        episode=path.care,
        client=path.who,
        medication=medication,
        dose=Decimal(dose),
        unit=unit,
        route=medication.route,
        schedule=to_json(schedule),
        time_critical=medication.time_critical,
        indication=indication,
        instructions=instructions,
        started_at=begins,
        ended_at=ends,
        by=stage.on_duty(site, Role.PRESCRIBER, begins),
    )
    return Ordered(order, path, step, site, schedule)
