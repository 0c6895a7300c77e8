"""The golden thread of one objective: what was done for it, how its scores moved, what was said of it, through all versions."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from chart.models import Objective, ObjectiveStatus, Plan
from chart.plan_rules import plan_rules
from chart.queries.plan_page import Going, plan_page, threads
from chart.queries.plan_tree import ObjectiveRow
from chart.queries.scores import reading, standing, value
from chart.queries.trends import WIDE, Marks, Trend
from chart.rules.objectives import Aim, aims
from chart.rules.trend import picture
from chart.scales import scale
from programs.contributions import Work, objective_work
from programs.models import Site
from programs.people import mine

MOST = 200  # scores that are drawn


@dataclass(frozen=True)
class ObjectivePage:
    """``row`` is the line as the version says it; ``counts`` whether that version is in force; ``trend`` and ``aims`` draw the scores
    since it was first signed, with baseline and target (None and nothing where it is measured otherwise)."""

    row: ObjectiveRow
    plan: Plan
    counts: bool
    going: Going
    quiet_after: int
    since: datetime | None
    versions: tuple[int, ...]
    statuses: tuple[ObjectiveStatus, ...]
    work: tuple[Work, ...]
    trend: Trend | None
    aims: tuple[Aim, ...]


def objective_page(objective: Objective, site: Site, at: datetime) -> ObjectivePage:
    """One objective (with its plan and episode) as known at an instant. A constant number of queries."""
    page = plan_page(objective.plan, site, at)
    row = next(each for each in page.tree.objectives if each.pk == objective.pk)
    life = threads({objective.thread})[objective.thread]
    statuses = ObjectiveStatus.objects.filter(objective__thread=objective.thread, at__lte=at).select_related("by")
    numbers = Objective.objects.filter(thread=objective.thread, plan__signed_at__lte=at)
    trend = _trend(row, objective.plan.episode.client_id, life.since or objective.plan.begun_at, at, site.tz)
    return ObjectivePage(
        row=row, plan=objective.plan, counts=page.state == "counts", going=page.going[row.thread],
        quiet_after=plan_rules().quiet_days, since=life.since,
        versions=tuple(numbers.order_by("plan__number").values_list("plan__number", flat=True)),
        statuses=tuple(statuses.order_by("-at", "-pk")), work=tuple(objective_work(life.keys, at)), trend=trend,
        aims=aims(trend.drawn, trend.measure, row.baseline, row.target) if trend is not None else (),
    )  # fmt: skip


def _trend(row: ObjectiveRow, client_id: int, since: datetime, at: datetime, tz: tzinfo) -> Trend | None:
    """The scores of the objective's scale since it was first signed, newest first. One query."""
    known = scale(row.scale) if row.scale else None
    if known is None or known.whole is None:
        return None
    rows = standing(at).filter(mine(client_id), scale=row.scale, at__gte=since, at__lte=at).select_related("by")
    scores = list(rows.order_by("-at", "-pk")[:MOST])
    readings = tuple(reading(each, known.whole) for each in scores if value(each, known.whole) is not None)
    if not readings:
        return None
    drawn = picture(
        [(each.at, each.total) for each in reversed(readings)], known.whole, since=since, until=at, tz=tz, whole=True, size=WIDE,
    )  # fmt: skip
    return Trend(client_id, known, known.whole, readings, (), Marks(), drawn, long=True)
