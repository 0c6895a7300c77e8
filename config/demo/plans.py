"""Treatment plans of those in care, and of who left lately: signed, answered, reviewed; one due, one refused, one never signed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from audit.rules.seal import digest
from chart.actions.plan_common import content
from chart.actions.plans import carry
from chart.models import Goal, Intervention, Objective, ObjectiveStatus, Plan, PlanAgreement, PlanReview, Problem
from chart.plan_rules import plan_rules
from chart.queries.plan_tree import trees
from chart.rules.agreement import INTENT
from config.demo import plan_words as words
from config.demo.stage import DAY, HOUR, MINUTE, Path, Stage
from groups.models import MemberNoteObjective, Part
from programs.rules.signature import read_strokes, svg_of
from staff.models import Person, Signature
from staff.rules.capabilities import Role

MOST_REVIEWS = 3
NEVER, DRAFTING, REFUSED, LATE, DUE = "never", "drafting", "refused", "late", "due"


@dataclass
class Planned:
    """A plan while it is written: whose, by whom, signed when (None: never), and its objectives."""

    path: Path
    plan: Plan
    author: Person
    signed_at: datetime | None
    role: str
    objectives: list[Objective] = field(default_factory=list)


def write(stage: Stage) -> dict[int, list[Objective]]:
    """Plans of everybody in care, and of who left in the last month. Answers the objectives of each client's plan, by client."""
    dice = stage.dice("plans")
    wanted = [path for path in stage.paths if path.ends is None or path.ends > stage.now - 30 * DAY]
    here = [path for path in wanted if path.ends is None]
    roles = _roles(stage, here)
    found = [each for path in wanted if (each := _plan(stage, dice, path, roles.get(id(path), ""))) is not None]
    Plan.objects.bulk_create([each.plan for each in found])
    _lines(stage, dice, found)
    _sign(stage, found)
    signed = [each for each in found if each.signed_at is not None]
    again = _again(stage, signed)
    _sign(stage, again)
    _answers(stage, dice, [*signed, *again])
    replaced = {each.plan.supersedes_id for each in again}
    signed = [each for each in (*signed, *again) if each.plan.pk not in replaced]
    _reviews(stage, dice, signed)
    return {each.path.who.pk: each.objectives for each in signed if each.path.ends is None}


def link(stage: Stage, parts: list[Part], objectives: dict[int, list[Objective]]) -> None:
    """Keep these parts of group notes, the recent ones of members with the objective each is about, and seal them then."""
    dice, links, signed = stage.dice("golden thread"), [], []
    for part in parts:
        mine = objectives.get(part.client_id or 0, [])
        about = [each for each in mine if part.saved_at and each.plan.begun_at < part.saved_at]
        if len(about) > 1 and (part.client_id or 0) % 3 == 0:
            about.pop()  # what nobody works on is loud
        if not about or part.saved_at is None or part.author is None or part.saved_at < stage.now - 21 * DAY:
            continue
        links.append(MemberNoteObjective(part=part, objective=dice.choice(about), at=part.saved_at, by=part.author))
        signed.append((part, part.signed_at, part.sha256))
        part.signed_at, part.sha256 = None, ""
    Part.objects.bulk_create(parts, batch_size=2_000)
    MemberNoteObjective.objects.bulk_create(links, batch_size=2_000)
    for part, at, sealed in signed:
        part.signed_at, part.sha256 = at, sealed
    Part.objects.bulk_update([part for part, at, _ in signed if at], ["signed_at", "sha256"], batch_size=500)


def _roles(stage: Stage, here: list[Path]) -> dict[int, str]:
    """Who plays which part: about one in twelve has no plan, some are late, due today, refused or only drafted."""
    old = [path for path in here if stage.now - path.starts > 10 * DAY]
    parts = (REFUSED, DUE, LATE, DRAFTING, REFUSED, DUE, LATE, DRAFTING)
    found = {id(path): part for path, part in zip(old, parts, strict=False)}
    for path in here[::60]:
        found.setdefault(id(path), NEVER)
    return found


def _plan(stage: Stage, dice: Random, path: Path, role: str) -> Planned | None:
    if role == NEVER or stage.now - path.starts < 8 * HOUR:
        return None
    author = path.care.primary_clinician or stage.people["facilitator"]
    begun = path.starts + dice.randrange(3, 30) * HOUR
    begun = min(begun, stage.now - 2 * HOUR)
    drafting = role == DRAFTING or (stage.now - path.starts < 2 * DAY and dice.random() < 0.3)
    signed = None if drafting else begun + 40 * MINUTE
    plan = Plan(
        episode=path.care, number=1, wish=dice.choice(words.WISHES), begun_at=begun, begun_by=author, saved_at=begun + 30 * MINUTE,
        saved_by=author, revision=dice.randrange(9, 24),
    )  # fmt: skip
    return Planned(path, plan, author, signed, role)


def _lines(stage: Stage, dice: Random, found: list[Planned]) -> None:
    """Two problems each, with what is under them. A draft lacks the last words of some."""
    problems, goals, objectives, interventions = [], [], [], []
    for each in found:
        for rank, posed in enumerate(dice.sample(words.PROBLEMS, 2 if dice.random() < 0.8 else 3), 1):
            problem = Problem(plan=each.plan, rank=rank, text=posed.words, dimension=posed.dimension)
            goal = Goal(plan=each.plan, problem=problem, rank=1, text=posed.goal)
            problems.append(problem)
            goals.append(goal)
            for place, aimed in enumerate(posed.aims, 1):
                objective = _objective(stage, each, goal, place, aimed, drafted=each.signed_at is None and rank > 1)
                each.objectives.append(objective)
                objectives.append(objective)
                interventions += [
                    Intervention(
                        plan=each.plan, objective=objective, rank=at, text=text, frequency=often, owner_role=role
                    )
                    for at, (text, often, role) in enumerate(aimed.steps, 1)
                ]
    Problem.objects.bulk_create(problems, batch_size=1_000)
    Goal.objects.bulk_create(goals, batch_size=1_000)
    Objective.objects.bulk_create(objectives, batch_size=1_000)
    Intervention.objects.bulk_create(interventions, batch_size=1_000)


def _objective(stage: Stage, each: Planned, goal: Goal, rank: int, aimed: words.Aimed, *, drafted: bool) -> Objective:
    measure = "scale" if aimed.scale else "count" if aimed.unit else "words"
    return Objective(
        plan=each.plan, goal=goal, rank=rank, text=aimed.words, measure=measure, scale=aimed.scale, unit=aimed.unit,
        baseline=aimed.baseline, target="" if drafted else aimed.target,
        by_date=None if drafted else each.plan.begun_at.astimezone(_tz(stage, each)).date() + timedelta(days=aimed.days),
    )  # fmt: skip


def _again(stage: Stage, signed: list[Planned]) -> list[Planned]:
    """A second version for every fifth of those here for two weeks: carried over, a target raised, a problem more."""
    made = []
    for each in [each for each in signed if not each.role and each.path.ends is None][::5]:
        at = stage.now - 6 * DAY
        if each.signed_at is None or each.signed_at > at - 8 * DAY:
            continue
        plan = Plan.objects.create(
            episode=each.path.care, number=2, supersedes=each.plan, wish=each.plan.wish, begun_at=at, begun_by=each.author,
            saved_at=at, saved_by=each.author,
        )  # fmt: skip
        carry(each.plan, plan, at, _tz(stage, each))
        first = plan.objectives.order_by("pk")[0]
        first.target, first.version = ("6" if first.target == "5" else first.target), 1
        first.save()
        Problem.objects.create(
            plan=plan, rank=plan.problems.count() + 1, text="Fines from the old apartment", dimension="5"
        )
        more = Planned(each.path, plan, each.author, at + HOUR, "")
        more.objectives = list(plan.objectives.order_by("pk"))
        made.append(more)
    return made


def _sign(stage: Stage, found: Iterable[Planned]) -> None:
    """Seal what is signed, as the act does."""
    sealed, found = [], [each for each in found if each.signed_at is not None]
    written = trees([each.plan for each in found], stage.now)
    for each in found:
        plan = each.plan
        assert each.signed_at is not None
        level = _level(stage, each.path, each.signed_at)
        plan.review_on = (each.signed_at + timedelta(days=plan_rules().review_in(level))).date()
        plan.sha256 = digest(content(written[plan.pk]))
        plan.signed_at, plan.signed_by = each.signed_at, each.author
        sealed.append(plan)
    Plan.objects.bulk_update(sealed, ["review_on", "sha256", "signed_at", "signed_by"], batch_size=500)
    Signature.objects.bulk_create(
        Signature(
            person=plan.signed_by, credentials=plan.signed_by.credentials, meaning="author", subject_kind=Plan._meta.label,
            subject_id=plan.pk, content_sha256=plan.sha256, at=plan.signed_at,
        )
        for plan in sealed if plan.signed_by is not None and plan.signed_at is not None
    )  # fmt: skip


def _answers(stage: Stage, dice: Random, signed: list[Planned]) -> None:
    """Most sign on the tablet, a few agree by word before a nurse, some refuse, and some were not asked yet."""
    rows = []
    for each in signed:
        assert each.signed_at is not None
        at, throw = each.signed_at + dice.randrange(5, 40) * MINUTE, dice.random()
        asked = throw < 0.9 or at < stage.now - 5 * DAY
        kind = "refused" if each.role == REFUSED else "drawn" if throw < 0.82 else "word" if asked else ""
        if not kind or at > stage.now:
            continue
        drawn = scribble(dice) if kind == "drawn" else []
        said = (
            dice.choice(words.REFUSALS)
            if kind == "refused"
            else "His right hand is in plaster."
            if kind == "word"
            else ""
        )
        nurse = stage.on_duty(stage.site_of(each.path.steps[0].program), Role.NURSE, at)
        rows.append(
            PlanAgreement(
                plan=each.plan, kind=kind, intent=INTENT[kind], words=said, strokes=drawn, at=at, by=each.author,
                svg=svg_of(read_strokes(drawn) or ()) if drawn else "", witness=nurse if kind == "word" else None,
                sha256=digest([each.plan.sha256, kind, INTENT[kind], said, drawn, at.isoformat()]),
            )
        )  # fmt: skip
    PlanAgreement.objects.bulk_create(rows)


def _reviews(stage: Stage, dice: Random, signed: list[Planned]) -> None:
    """The last reviews of each plan: up to date but for those who are late or due today, and those on leave."""
    reviews: list[PlanReview] = []
    said: dict[int, list[tuple[Objective, str, int | None]]] = defaultdict(list)
    for each in signed:
        for at, on in _when(stage, each):
            changes = dice.random() < 0.2
            outcome, change = ("changes", dice.choice(words.CHANGES)) if changes else ("goes_on", "")
            found = dice.choice(words.REVIEWS)
            review = PlanReview(
                plan=each.plan, found=found, outcome=outcome, changes=change, level=_level(stage, each.path, at), next_on=on, at=at,
                by=each.author, sha256=digest([each.plan.sha256, found, outcome, change, str(on), at.isoformat()]),
            )  # fmt: skip
            reviews.append(review)
            far = min(90, int((at - each.plan.begun_at) / DAY * 2))
            for number, objective in enumerate(each.objectives):
                reached = number == 0 and far > 60 and not objective.scale  # a scale says by itself where it stands
                status = "met" if reached else "deferred" if number == 3 else "progressing"
                said[id(review)].append(
                    (objective, status, 100 if status == "met" else None if objective.scale else far)
                )
    PlanReview.objects.bulk_create(reviews)
    ObjectiveStatus.objects.bulk_create(
        ObjectiveStatus(
            objective=objective, status=status, percent=percent, words=dice.choice(words.FOUND[status]), review=review, at=review.at,
            by=review.by,
        )
        for review in reviews for objective, status, percent in said[id(review)]
    )  # fmt: skip


def _when(stage: Stage, each: Planned) -> list[tuple[datetime, date]]:
    """When a plan was reviewed, and when it was to be looked at next: the last few, up to now or the end of care."""
    assert each.signed_at is not None
    until = min(each.path.ends or stage.now, stage.now)
    today, found, at = stage.now.astimezone(_tz(stage, each)).date(), [], each.signed_at
    every = max(plan_rules().review_in(_level(stage, each.path, until)), 3)
    stepped = [step.starts + DAY for step in each.path.steps[1:] if each.signed_at < step.starts + DAY < until]
    while at + every * DAY < until or stepped:
        at = min([at + every * DAY, *stepped])  # after a step to another level the plan is looked at the next day
        stepped = [later for later in stepped if later > at]
        found.append((at, at.astimezone(_tz(stage, each)).date() + timedelta(days=every)))
    found = found[-MOST_REVIEWS:]
    if each.role in (LATE, DUE):
        at = min(found[-1][0] if found else each.signed_at + DAY, stage.now - 3 * DAY)
        at = max(at, each.signed_at + HOUR)
        found = [*found[:-1], (at, today - timedelta(days=2) if each.role == LATE else today)]
    elif not found and each.plan.review_on is not None and each.plan.review_on < today and each.path.ends is None:
        found = [(max(each.signed_at + HOUR, stage.now - DAY), today + timedelta(days=every))]
    return [(at, max(on, at.date() + DAY)) for at, on in found]


def _level(stage: Stage, path: Path, at: datetime) -> str:
    step = next((step for step in reversed(path.steps) if step.starts <= at), path.steps[0])
    return stage.programs[step.program].level


def _tz(stage: Stage, each: Planned) -> ZoneInfo:
    return stage.tz(stage.site_of(each.path.steps[0].program))


def scribble(dice: Random) -> list[list[list[int]]]:
    """A line of loops from left to right, as a finger draws a name: two strokes."""
    x, at, strokes = dice.randrange(90, 180), 0, []
    for _ in range(2):
        stroke = []
        for step in range(dice.randrange(14, 26)):
            x = min(980, x + dice.randrange(8, 30))
            y = 210 + (60 if step % 2 else -70) + dice.randrange(-45, 45)
            at += dice.randrange(12, 40)
            stroke.append([x, max(10, min(390, y)), at])
        strokes.append(stroke)
        x, at = min(930, x + 30), at + 200
    return strokes
