"""One version of a plan as a tree: problems, their goals, objectives and interventions, as pages and papers read it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from chart.models import Goal, Intervention, Objective, ObjectiveStatus, Plan, Problem
from chart.models.plans import Line
from chart.queries.plans import numbered, statuses
from chart.rules.plan_changes import PlanLine
from chart.rules.plans import GoalFacts, InterventionFacts, ObjectiveFacts, PlanFacts, ProblemFacts
from chart.scales import scale
from programs.rules.dates import said
from staff.models import Person
from staff.rules.capabilities import Role

M = TypeVar("M", bound=Line)


@dataclass(frozen=True)
class Row:
    """What every line has on a page. ``fresh``: it stands in no earlier version; ``closed_why`` is '' while it is open."""

    pk: int
    thread: UUID
    kind: str
    version: int
    number: str
    words: str
    fresh: bool
    closed_why: str

    @property
    def open(self) -> bool:
        """Whether it goes on in this version."""
        return not self.closed_why


@dataclass(frozen=True)
class InterventionRow(Row):
    """``owner`` is who does it in words ('' where nobody does), ``owner_key`` the choice of a form: p12 or r:nurse."""

    frequency: str
    owner: str
    owner_key: str


@dataclass(frozen=True)
class ObjectiveRow(Row):
    """``measured`` says by what ('PHQ-9', 'drinks a week'); ``status`` is the newest of its thread, None where nobody said any."""

    measure: str
    scale: str
    unit: str
    measured: str
    baseline: str
    target: str
    by_date: date | None
    status: ObjectiveStatus | None
    interventions: tuple[InterventionRow, ...]


@dataclass(frozen=True)
class GoalRow(Row):
    """A goal with its objectives."""

    objectives: tuple[ObjectiveRow, ...]


@dataclass(frozen=True)
class ProblemRow(Row):
    """A problem with its goals; ``dimension`` is '' or the number of its ASAM dimension."""

    dimension: str
    goals: tuple[GoalRow, ...]


@dataclass(frozen=True)
class Tree:
    """A version and everything in it."""

    plan: Plan
    problems: tuple[ProblemRow, ...]

    @property
    def objectives(self) -> list[ObjectiveRow]:
        """Every objective, in the order of the plan."""
        return [objective for problem in self.problems for goal in problem.goals for objective in goal.objectives]

    @property
    def open_objectives(self) -> list[ObjectiveRow]:
        """The objectives that nobody closed, nor their goal or problem."""
        return [
            objective
            for problem in self.problems if problem.open
            for goal in problem.goals if goal.open
            for objective in goal.objectives if objective.open
        ]  # fmt: skip

    @property
    def lines(self) -> list[PlanLine]:
        """The version flat, as versions are compared and sealed."""
        return list(_lines(self.problems))

    @property
    def facts(self) -> PlanFacts:
        """What is open of it, as the rule sees it."""
        return PlanFacts(self.plan.wish, tuple(_problem_facts(self.problems)), self.plan.review_on)


def tree(plan: Plan, at: datetime) -> Tree:
    """A version with its lines and the newest status of each objective. Five queries, and one more for a later version's draft."""
    return trees([plan], at)[plan.pk]


def trees(plans: Collection[Plan], at: datetime) -> Mapping[int, Tree]:
    """The same for many versions, by key: five queries, and one more for each that follows another."""
    here = [plan.pk for plan in plans]
    problems = _by(Problem.objects.filter(plan__in=here), "plan_id")
    goals = _by(Goal.objects.filter(plan__in=here), "problem_id")
    objectives = list(
        Objective.objects.filter(plan__in=here)
        .select_related("goal__problem")
        .order_by("goal__problem__rank", "goal__problem", "goal__rank", "goal", "rank", "pk")
    )
    interventions = _by(Intervention.objects.filter(plan__in=here).select_related("owner"), "objective_id")
    newest = statuses({each.thread for each in objectives}, at) if objectives else {}
    mine = _by(objectives, "plan_id")
    return {
        plan.pk: _tree(plan, problems.get(plan.pk, []), goals, mine.get(plan.pk, []), interventions, newest)
        for plan in plans
    }


def _tree(
    plan: Plan,
    problems: Iterable[Problem],
    goals: Mapping[int, list[Goal]],
    objectives: list[Objective],
    interventions: Mapping[int, list[Intervention]],
    newest: Mapping[UUID, ObjectiveStatus],
) -> Tree:
    """One version of what was read."""
    numbers, of_goal = numbered(objectives), _by(objectives, "goal_id")
    known = _known(plan.supersedes_id)

    def made_objective(row: Objective) -> ObjectiveRow:
        mine = interventions.get(row.pk, [])
        return _objective(row, numbers[row.pk], newest.get(row.thread), mine, known)

    def made_goal(row: Goal, number: str) -> GoalRow:
        mine = tuple(made_objective(each) for each in of_goal.get(row.pk, []))
        return GoalRow(*_line(row, "goal", number, known), objectives=mine)

    def made(row: Problem) -> ProblemRow:
        number = str(row.rank)
        mine = tuple(made_goal(each, number) for each in goals.get(row.pk, []))
        return ProblemRow(*_line(row, "problem", number, known), dimension=row.dimension, goals=mine)

    return Tree(plan, tuple(made(row) for row in problems))


def measured_by(objective: Objective) -> str:
    """By what an objective is measured, in words: the scale's name, what is counted, or 'words'."""
    if objective.measure == Objective.Measure.SCALE:
        found = scale(objective.scale)
        return found.name if found else objective.scale
    if objective.measure == Objective.Measure.COUNT:
        return objective.unit or "a count"
    return "words" if objective.measure else ""


def _objective(
    row: Objective,
    number: str,
    status: ObjectiveStatus | None,
    interventions: Iterable[Intervention],
    known: frozenset[UUID],
) -> ObjectiveRow:
    return ObjectiveRow(
        *_line(row, "objective", number, known), measure=row.measure, scale=row.scale, unit=row.unit,
        measured=measured_by(row), baseline=row.baseline, target=row.target, by_date=row.by_date, status=status,
        interventions=tuple(_intervention(each, number, known) for each in interventions),
    )  # fmt: skip


def _intervention(row: Intervention, number: str, known: frozenset[UUID]) -> InterventionRow:
    owner, key = owner_of(row.owner, row.owner_role)
    return InterventionRow(
        *_line(row, "intervention", number, known), frequency=row.frequency, owner=owner, owner_key=key
    )


def owner_of(person: Person | None, role: str) -> tuple[str, str]:
    """Who does something, in words and as a form's choice; ('', '') for nobody."""
    if person is not None:
        return person.signature, f"p{person.pk}"
    return (Role(role).label, f"r:{role}") if role else ("", "")


def _line(row: Line, kind: str, number: str, known: frozenset[UUID]) -> tuple[int, UUID, str, int, str, str, bool, str]:
    return row.pk, row.thread, kind, row.version, number, row.text, row.thread not in known, row.closed_why


def _known(plan_id: int | None) -> frozenset[UUID]:
    """The threads of the version before. One query."""
    if plan_id is None:
        return frozenset()
    first, *others = (
        model.objects.filter(plan=plan_id).order_by().values_list("thread", flat=True)
        for model in (Problem, Goal, Objective, Intervention)
    )
    return frozenset(first.union(*others, all=True))


def _by(rows: Iterable[M], name: str) -> Mapping[int, list[M]]:
    found = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _lines(problems: Iterable[ProblemRow]) -> Iterator[PlanLine]:
    for problem in problems:
        yield _flat(problem, "Problem", ("Dimension", problem.dimension))
        for goal in problem.goals:
            yield _flat(goal, "Goal")
            for each in goal.objectives:
                by = said(each.by_date) if each.by_date else ""
                facts = (("Measure", each.measured), ("Baseline", each.baseline), ("Target", each.target), ("By", by))
                yield _flat(each, "Objective", *facts)
                for step in each.interventions:
                    yield _flat(step, "Intervention", ("How often", step.frequency), ("Owner", step.owner))


def _flat(row: Row, kind: str, *facts: tuple[str, str]) -> PlanLine:
    return PlanLine(row.thread, kind, row.number, row.words, tuple(each for each in facts if each[1]), row.closed_why)


def _problem_facts(problems: Iterable[ProblemRow]) -> Iterator[ProblemFacts]:
    for problem in problems:
        if problem.open:
            goals = tuple(_goal_facts(goal) for goal in problem.goals if goal.open)
            yield ProblemFacts(problem.number, problem.words, goals)


def _goal_facts(goal: GoalRow) -> GoalFacts:
    return GoalFacts(goal.number, goal.words, tuple(_objective_facts(each) for each in goal.objectives if each.open))


def _objective_facts(row: ObjectiveRow) -> ObjectiveFacts:
    found = scale(row.scale) if row.scale else None
    steps = tuple(
        InterventionFacts(each.words, each.frequency, bool(each.owner)) for each in row.interventions if each.open
    )
    return ObjectiveFacts(
        row.number, row.words, row.measure, row.baseline, row.target, row.by_date, steps,
        scale=found.name if found else row.scale, top=found.whole.top if found and found.whole else None, unit=row.unit,
    )  # fmt: skip
