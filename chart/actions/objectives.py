"""Say how an objective goes. A statement is never changed: the newest counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.rules.seal import plain
from chart.actions.plan_common import in_force, record
from chart.models import Objective, ObjectiveStatus, Plan, PlanReview
from chart.queries.plans import counting, numbered, statuses
from chart.rules.objectives import status_findings
from programs.models import Site
from programs.placed import told
from staff.models import Person


class Said(NamedTuple):
    """What is said of an objective; ``after`` is the key of the newest statement its writer saw, None where there was none."""

    status: str
    percent: int | None
    words: str
    after: int | None = None


@action("chart.say_objective")
def say_objective(
    *,
    by: Person,
    at: datetime,
    objective_id: int,
    status: str,
    words: str,
    percent: int | None = None,
    after: int | None = None,
    key: UUID | None = None,
) -> ObjectiveStatus:
    """Say how an objective of the plan that counts goes, in words; ``percent`` from 0 to 100 where it can be told.

    An objective of an older version is the one with its thread. Raises Refused: ``objective.said`` where somebody said something
    since ``after``, ``objective.status``, ``objective.words``, ``objective.percent``, ``objective.gone`` where the plan no longer
    names it; what ``plan_common.in_force`` raises.
    """
    named = Objective.objects.select_related("plan").get(pk=objective_id)
    newest = counting(at).filter(episode=named.plan.episode_id).first()
    found, plan = in_force(named.plan_id if newest is None else newest.pk, by, at)
    objective = Objective.objects.filter(plan=plan, thread=named.thread).first()
    if objective is None:
        words = f"Version {plan.number} of the plan no longer names this objective. Open the plan as it is now."
        raise Refused(stop("objective.gone", words))
    said = {objective: Said(status, percent, plain(words).strip(), after)}
    if findings := findings_of(plan, said, at, found.site):
        raise Refused(*findings)

    [row] = write_statuses(said, by, at)
    label = ObjectiveStatus.Status(row.status).label.lower()
    record(
        "chart.say_objective", found, by, at, row, f"An objective of the plan: {label}", thread=str(objective.thread)
    )
    return row


def findings_of(plan: Plan, said: Mapping[Objective, Said], at: datetime, site: Site) -> list[Finding]:
    """What stands against these statements about objectives of one version. Two queries."""
    rows = plan.objectives.select_related("goal__problem").order_by(
        "goal__problem__rank", "goal__problem", "goal__rank", "goal", "rank", "pk"
    )
    numbers = numbered(list(rows))
    newest = statuses({each.thread for each in said}, at)
    found: list[Finding] = []
    for objective, each in said.items():
        standing = newest.get(objective.thread)
        if standing is not None and standing.pk != each.after:
            when = told(standing.at, site.tz)
            words = (
                f"{standing.by.signature} said at {when} of objective {numbers[objective.pk]}: "
                f"{standing.get_status_display().lower()}, {standing.words[:200]} Read that first, then say what is new."
            )
            found.append(stop("objective.said", words))
        found += status_findings(numbers[objective.pk], each.status, each.percent, each.words)
    return found


def write_statuses(
    said: Mapping[Objective, Said], by: Person, at: datetime, review: PlanReview | None = None
) -> list[ObjectiveStatus]:
    """Keep statements that were judged; for use inside an action. One query."""
    return ObjectiveStatus.objects.bulk_create(
        ObjectiveStatus(
            objective=objective, status=each.status, words=each.words, review=review, at=at, by=by,
            percent=100 if each.status == "met" else each.percent,
        )
        for objective, each in said.items()
    )  # fmt: skip
