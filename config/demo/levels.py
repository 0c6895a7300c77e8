"""Level-of-care ratings, what the catalog made of them, what was decided, and what each decision moved."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from asam.actions.assessments import stored
from asam.actions.catalogs import kept
from asam.models import Assessment, Authorisation, Catalog, ClientPart, Decision, Transition
from asam.queries.catalogs import shipped
from asam.rules.decision import review_due_days
from asam.rules.level_of_care import Recommendation, load_catalog, recommend
from asam.rules.levels import covers
from config.demo.stage import HOUR, MINUTE, Path, Stage, Step
from emar.models import Order
from staff.rules.capabilities import Role

Ratings = dict[str, list[str]]
CATALOG = load_catalog()

_QUIET: Ratings = {
    "d1_intox": ["0"], "d1_wd": ["0"], "d1_med": ["ANY"], "d2_phys": ["0"], "d2_preg": ["0"], "d3_psych": ["0"],
    "d3_disab": ["0"], "d4_use": ["A"], "d4_behav": ["0"], "d5_func": ["0"], "d5_safe": ["0"], "d5_supp": ["0"],
}  # fmt: skip
# What stands out for each level, two ways to come to it.
_STANDS_OUT: dict[str, tuple[Ratings, ...]] = {
    "1.5": ({}, {"d4_behav": ["A"], "d3_psych": ["ANY"]}),
    "1.7": ({"d1_med": ["A"]}, {"d1_med": ["A"], "d2_phys": ["1"]}),
    "2.1": ({"d4_use": ["B"]}, {"d4_use": ["B"], "d5_func": ["A"], "d3_psych": ["ANY"]}),
    "2.5": ({"d4_use": ["C"], "d5_func": ["A"]}, {"d4_use": ["B"], "d4_behav": ["C"], "d5_func": ["B"]}),
    "3.1": ({"d4_use": ["D"], "d5_supp": ["B"]}, {"d4_use": ["B"], "d5_func": ["C"]}),
    "3.5": (
        {"d4_use": ["E"], "d5_func": ["C"]},
        {"d4_use": ["D"], "d4_behav": ["C"], "d5_func": ["D"], "d5_safe": ["A"]},
    ),
    "3.7": (
        {"d1_wd": ["3A"], "d4_use": ["E"]},
        {"d1_wd": ["3A"], "d1_intox": ["ANY"], "d2_phys": ["1"], "d4_use": ["D"]},
    ),
}
_EVIDENCE = {
    "d1_wd": "Score of the last day and what is expected at the peak.",
    "d1_med": "Started this month; needs regular medical contact.",
    "d4_use": "Used within a day of every try to stop since spring.",
    "d4_behav": "Two risky situations in the last month.",
    "d5_func": "Cannot keep a day's structure without help.",
    "d5_safe": "Someone in the household uses.",
    "d5_supp": "One sober friend, no family nearby.",
}
_VIEWS: tuple[dict[str, str], ...] = (
    {}, {"d6_1": "Wants to be near the children, and to sleep at home as soon as it is safe."},
    {"d6_1": "Would rather stay until the job starts in spring.", "d6_2": "No car; the last bus goes at nine."},
    {"d6_2": "Afraid to lose the apartment.", "d6_3": "Meeting somebody who did it."},
)  # fmt: skip
HOURS_A_DAY = {"1.5": 1.0, "1.7": 1.0, "2.1": 2.0, "2.5": 4.5}  # of service, as payers authorise it here
_ENHANCED = {"3.5": "3A", "2.5": "2A"}  # a psychiatric need that these programs meet without being enhanced for it


def of_level(level: str) -> Ratings:
    """Ratings that come to a level, in the plainest way."""
    return {**_QUIET, **_STANDS_OUT[level][0]}


def write(stage: Stage) -> None:
    """Assessments and decisions of every step, reassessments between, transitions where a step followed another."""
    dice = stage.dice("levels")
    assessments: list[Assessment] = []
    decisions: list[Decision] = []
    transitions: list[Transition] = []
    goes, source = _Goes.along(stage), kept(shipped(), stage.since)
    for path in stage.paths:
        before: Step | None = None
        for step in path.steps:
            at = step.starts - dice.randrange(20, 90) * MINUTE
            assessment, made = _assess(stage, dice, path, step, at, source, first=before is None)
            decision = _decide(stage, dice, step, assessment, made, at + 15 * MINUTE)
            assessments.append(assessment)
            decisions.append(decision)
            if before is not None:
                transitions.append(_moved(stage, path, before, step, decision, goes))
            assessments += _reassess(stage, dice, path, step, source)
            before = step
    Assessment.objects.bulk_create(assessments, batch_size=1_000)
    Decision.objects.bulk_create(decisions, batch_size=1_000)
    Transition.objects.bulk_create(transitions, batch_size=1_000)
    ClientPart.objects.bulk_create([_says(dice, decision) for decision in decisions], batch_size=1_000)
    Authorisation.objects.bulk_create(_paid(stage), batch_size=1_000)


def _assess(
    stage: Stage, dice: Random, path: Path, step: Step, at: datetime, source: Catalog, *, first: bool
) -> tuple[Assessment, Recommendation]:
    level = stage.programs[step.program].level
    ratings: Ratings = {**_QUIET, **dice.choice(_STANDS_OUT[level])}
    if path.residence is not None and step is path.steps[-1]:
        ratings["d5_safe"] = ["A"]
    if path.substance == "opioid" and ratings["d1_med"] == ["ANY"]:
        ratings["d1_med"] = ["ANY", "MOUD-C"]
    if level in _ENHANCED and dice.random() < 0.08:
        ratings["d3_psych"] = [_ENHANCED[level]]
    made = recommend(ratings, CATALOG)
    site = stage.site_of(step.program)
    assessment = Assessment(
        episode=path.care,
        kind=Assessment.Kind.LEVEL if first else Assessment.Kind.REASSESSMENT,
        edition=str(CATALOG.edition),
        catalog=CATALOG.name,
        catalog_version=CATALOG.version,
        source=source,
        ratings=ratings,
        views=dice.choice(_VIEWS),
        evidence={key: _EVIDENCE[key] for key, _ in made.drivers if key in _EVIDENCE},
        recommendation=stored(made),
        at=at,
        by=stage.on_duty(site, Role.FACILITATOR, at),
    )
    return assessment, made


def _decide(
    stage: Stage, dice: Random, step: Step, assessment: Assessment, made: Recommendation, at: datetime
) -> Decision:
    level, site = stage.programs[step.program].level, stage.site_of(step.program)
    director = stage.on_duty(site, Role.DIRECTOR, at)
    differs = level != made.level
    return Decision(
        assessment=assessment,
        recommended=made.level,
        recovery_residence=made.recovery_residence,
        selected=level,
        reasons=["NOT_OFFERED"] if differs else [],
        consequences=["LOSS"] if differs and not covers(level, made.level) else [],
        safety_strategy="Weekly visit of the psychiatric nurse, safety plan on the chart." if differs else "",
        supervisor=stage.people["director2" if director.username == "director" else "director"] if differs else None,
        at=at,
        by=director,
    )


@dataclass(frozen=True)
class _Goes:
    """What goes along in a step: orders by episode, groups by program."""

    orders: dict[int, list[Order]]
    groups: dict[int, set[str]]

    @classmethod
    def along(cls, stage: Stage) -> "_Goes":
        orders: dict[int, list[Order]] = {}
        for order in Order.objects.select_related("medication").order_by("pk"):
            orders.setdefault(order.episode_id, []).append(order)
        groups = {program.pk: set(program.series.values_list("name", flat=True)) for program in stage.programs.values()}
        return cls(orders, groups)


def _says(dice: Random, decision: Decision) -> ClientPart:
    """What the client said a quarter of an hour later; now and then somebody declines."""
    declines = dice.random() < 0.05
    return ClientPart(
        decision=decision,
        says=ClientPart.Says.DECLINES if declines else ClientPart.Says.AGREES,
        willing=not declines,
        able=True,
        would_accept="Evening groups, and a call a day." if declines else "",
        at=decision.at + 15 * MINUTE,
        by=decision.by,
    )


def _paid(stage: Stage) -> list[Authorisation]:
    """What payers answered for everybody who is here: most goes together, a few ran out or are for another level."""
    dice, found = stage.dice("payers"), []
    for path in stage.paths:
        step = path.steps[-1]
        payer = path.care.payer
        if not payer or payer == "Self-pay" or step.ends is not None:
            continue
        site = stage.site_of(step.program)
        tz = stage.tz(site)
        first = step.starts.astimezone(tz).date()
        here = (stage.now.astimezone(tz).date() - first).days + 1
        luck = dice.random()
        days = here + dice.choice((2, 5, 9, 14)) if luck > 0.05 else max(here - dice.randrange(1, 4), 1)
        named = path.steps[-2] if len(path.steps) > 1 and luck > 0.92 else step
        older = stage.programs[named.program].level
        hours = older in HOURS_A_DAY
        found.append(
            Authorisation(
                episode=path.care, payer=payer, reference=f"A{dice.randrange(10_000, 99_999)}", level=older, reads_as=older,
                unit=Authorisation.Unit.HOURS if hours else Authorisation.Unit.DAYS,
                approved=Decimal(round(days * HOURS_A_DAY[older]) + 2 if hours else days), first_on=first,
                last_on=first + timedelta(days=days - 1),
                review_on=first + timedelta(days=max(days - 2, 0)), at=step.starts + HOUR,
                by=stage.on_duty(site, Role.DIRECTOR, step.starts),
            )
        )  # fmt: skip
    return found


def _moved(stage: Stage, path: Path, before: Step, step: Step, decision: Decision, goes: _Goes) -> Transition:
    """As ``admissions.actions.step`` writes it: the bed was freed, the groups follow the program."""
    assert before.placement is not None and step.placement is not None
    program, left = stage.programs[step.program], stage.programs[before.program]
    at = step.starts
    orders = [
        f"{order.medication}, {order.dose.normalize():f} {order.unit}"
        for order in goes.orders.get(path.care.pk, [])
        if order.started_at < at and (order.ended_at is None or order.ended_at >= at)
    ]
    bed = before.beds[-1][0] if before.beds else None
    return Transition(
        decision=decision,
        left=before.placement,
        entered=step.placement,
        program=program,
        moved={
            "by": decision.by.signature,
            "left": left.name,
            "entered": program.name,
            "bed": f"{bed.room.unit.name} {bed.room.name}-{bed.label}" if bed else "",
            "bed_kept": False,
            "orders": orders,
            "groups_left": sorted(goes.groups[left.pk] - goes.groups[program.pk]),
            "groups_joined": sorted(goes.groups[program.pk] - goes.groups[left.pk]),
        },
        at=at,
    )


def _reassess(stage: Stage, dice: Random, path: Path, step: Step, source: Catalog) -> list[Assessment]:
    """Reviews on time, nearly; today's last one may be overdue."""
    level = stage.programs[step.program].level
    every, found = review_due_days(level), []
    at = step.starts + timedelta(days=every) - dice.randrange(1, 20) * HOUR
    until = (step.ends or stage.now) - timedelta(hours=20)
    while at < until:
        if at > stage.since and not (
            step.ends is None and at + timedelta(days=every) > stage.now and dice.random() < 0.3
        ):
            made, _ = _assess(stage, dice, path, step, at, source, first=False)
            found.append(made)
        at += timedelta(days=every) - dice.randrange(0, 24) * HOUR
    return found
