"""CarePlan and Goal: every signed version of a treatment plan, with who signed it and what the client said to it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chart.models import Goal, Intervention, Objective, ObjectiveStatus, Plan, PlanAgreement, PlanReview, Problem
from chart.scales import scale
from fhir_r4.rules.elements import Resource, clean, concept, day, extension, instant, note, own, period, ref
from fhir_r4.rules.provenance import Agent, provenance, staff
from staff.rules.capabilities import Role


@dataclass
class Parts:
    """What belongs to the versions of a batch of plans, by the key of what it hangs on."""

    goals: dict[int, list[Goal]] = field(default_factory=lambda: defaultdict(list))
    problems: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    objectives: dict[int, list[Objective]] = field(default_factory=lambda: defaultdict(list))
    interventions: dict[int, list[Intervention]] = field(default_factory=lambda: defaultdict(list))
    agreements: dict[int, list[PlanAgreement]] = field(default_factory=lambda: defaultdict(list))
    reviews: dict[int, list[PlanReview]] = field(default_factory=lambda: defaultdict(list))
    statuses: dict[int, list[ObjectiveStatus]] = field(default_factory=lambda: defaultdict(list))


def care_plan(row: Plan, parts: Parts, *, newest: bool, at: datetime) -> Resource:
    """One signed version. ``newest``: no later version was signed."""
    over = row.episode.ended_at is not None and row.episode.ended_at <= at
    goals = parts.goals[row.pk]
    made: Resource = clean(
        {
            "resourceType": "CarePlan",
            "id": str(row.pk),
            "status": "active" if newest and not over else "completed",
            "intent": "plan",
            "title": f"Treatment plan, version {row.number}",
            "description": row.wish,
            "replaces": [ref("CarePlan", row.supersedes_id)],
            "subject": ref("Patient", row.episode.client_id),
            "period": period(row.signed_at, None),
            "created": instant(row.signed_at),
            "author": ref("Practitioner", row.signed_by_id),
            "addresses": [ref("Condition", f"problem-{pk}") for pk in parts.problems[row.pk]],
            "goal": [ref("Goal", each.pk) for each in goals],
            "activity": [{"detail": _detail(each)} for each in parts.interventions[row.pk]],
            "note": [
                note(
                    f"Review: {each.found}" + (f" Changes: {each.changes}" if each.changes else ""), each.at, each.by_id
                )
                for each in parts.reviews[row.pk]
            ],
        }
    )
    return made


def _detail(each: Intervention) -> Resource:
    role = own("role", each.owner_role, Role(each.owner_role).label) if each.owner_role else None
    return {
        "extension": [{"url": "urn:stepwell:role", "valueCodeableConcept": clean(role)}] if role else None,
        "status": "stopped" if each.closed_at else "in-progress",
        "statusReason": concept(each.closed_why),
        "goal": [ref("Goal", each.objective.goal_id)],
        "scheduledString": each.frequency,
        "performer": [ref("Practitioner", each.owner_id)],
        "description": each.text or "Not in words",
    }


def goal(row: Goal, client_id: int, objectives: Sequence[Objective], statuses: Sequence[ObjectiveStatus]) -> Resource:
    """One goal: each objective is a target, each word on how it goes a note."""
    met = [each for each in statuses if each.status == ObjectiveStatus.Status.MET]
    lifecycle = "cancelled" if row.closed_at else "active"
    done = bool(objectives) and {each.thread for each in objectives} <= {each.objective.thread for each in met}
    made: Resource = clean(
        {
            "resourceType": "Goal",
            "id": str(row.pk),
            "lifecycleStatus": "completed" if done and not row.closed_at else lifecycle,
            "description": concept(row.text or "Not in words"),
            "subject": ref("Patient", client_id),
            "startDate": day(row.plan.signed_at.date()) if row.plan.signed_at else None,
            "target": [_target(each) for each in objectives],
            "statusReason": row.closed_why,
            "addresses": [ref("Condition", f"problem-{row.problem_id}")],
            "note": [note(f"{each.get_status_display()}: {each.words}", each.at, each.by_id) for each in statuses],
        }
    )
    return made


def _target(row: Objective) -> Resource:
    known = scale(row.scale) if row.scale else None
    measure = known.name if known else row.unit or row.get_measure_display()
    return {
        "extension": [extension("objective", valueString=row.text)] if row.text.strip() else None,
        "measure": concept(measure or "Words"),
        "detailString": (f"From {row.baseline} to {row.target}" if row.baseline and row.target else row.target)
        or "Not in words",
        "dueDate": day(row.by_date),
    }


def care_plans(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """Plans, then goals, with Provenance. Eight queries."""
    signed = {"plan__episode__client__in": client_ids, "plan__signed_at__isnull": False}
    rows = list(
        Plan.objects.filter(episode__client__in=client_ids, signed_at__isnull=False)
        .select_related("episode")
        .order_by("pk")
    )
    parts, superseded = Parts(), {row.supersedes_id for row in rows}
    for problem_id, plan_id in Problem.objects.filter(**signed).order_by("rank", "pk").values_list("pk", "plan_id"):
        parts.problems[plan_id].append(problem_id)
    for each in Goal.objects.filter(**signed).select_related("plan").order_by("rank", "pk"):
        parts.goals[each.plan_id].append(each)
    for objective in Objective.objects.filter(**signed).order_by("rank", "pk"):
        parts.objectives[objective.goal_id].append(objective)
    for done in Intervention.objects.filter(**signed).select_related("objective").order_by("rank", "pk"):
        parts.interventions[done.plan_id].append(done)
    mine = {f"plan__{name.removeprefix('plan__')}": value for name, value in signed.items()}
    for said in PlanAgreement.objects.filter(**mine).order_by("at"):
        parts.agreements[said.plan_id].append(said)
    for review in PlanReview.objects.filter(**mine).order_by("at"):
        parts.reviews[review.plan_id].append(review)
    how = ObjectiveStatus.objects.filter(objective__plan__episode__client__in=client_ids).select_related("objective")
    for status in how.order_by("at", "pk"):
        parts.statuses[status.objective.goal_id].append(status)
    for row in rows:
        yield care_plan(row, parts, newest=row.pk not in superseded, at=at)
        for each in parts.goals[row.pk]:
            yield goal(each, row.episode.client_id, parts.objectives[each.pk], parts.statuses[each.pk])
        yield from _told(row, parts)


def _told(row: Plan, parts: Parts) -> Iterator[Resource]:
    target = [f"CarePlan/{row.pk}", *(f"Goal/{each.pk}" for each in parts.goals[row.pk])]
    assert row.signed_at is not None
    prior = f"CarePlan/{row.supersedes_id}" if row.supersedes_id else ""
    found = [
        provenance(
            f"plan-{row.pk}", target, staff(row.signed_by_id, signed="author"), at=row.signed_at, replaces=prior,
            activity="UPDATE" if prior else "CREATE", sha256=row.sha256,
        )
    ]  # fmt: skip
    for said in parts.agreements[row.pk]:
        agent = Agent(
            f"Patient/{row.episode.client_id}",
            "attester",
            "" if said.kind == "refused" else "consent",
            said.get_kind_display(),
        )
        agents = [agent, *staff(said.witness_id, "verifier", "witness", "Witness"), *staff(said.by_id, "enterer")]
        found.append(
            provenance(
                f"agreement-{said.pk}",
                target[:1],
                agents,
                at=said.at,
                activity="UPDATE",
                why=said.words,
                sha256=said.sha256,
            )
        )
    yield from (each for each in found if each)
