"""Treatment plans for tests, made by the acts themselves."""

from datetime import date, datetime, timedelta

from chart.actions.plan_lines import add_line
from chart.actions.plans import draft_plan, sign_plan, write_wish
from chart.models import Objective, Plan
from chart.models.plans import Line
from programs.models import Episode
from staff.models import Person

SIGNATURE = [[[100, 200, 0], [300, 120, 80], [520, 260, 160], [800, 180, 260]]]
"""A line across the frame, as a tablet sends it."""


def draft(episode: Episode, by: Person, at: datetime, supersedes: Plan | None = None) -> Plan:
    """A draft; the first is empty."""
    return draft_plan(by=by, at=at, episode_id=episode.pk, supersedes_id=None if supersedes is None else supersedes.pk)


def line(plan: Plan, kind: str, by: Person, at: datetime, parent: Line | None = None, **values: str) -> Line:
    """One line of a draft."""
    return add_line(
        by=by, at=at, plan_id=plan.pk, kind=kind, parent_id=None if parent is None else parent.pk, values=values
    )


def filled(episode: Episode, by: Person, at: datetime, *, days: int = 30) -> Plan:
    """A draft without a gap: one problem, one goal, an objective measured by a scale and one that counts, with what is done."""
    plan, on = draft(episode, by, at), at.date()
    write_wish(
        by=by, at=at, plan_id=plan.pk, before=("", None), wish="I want my kids back on weekends.",
        review_on=on + timedelta(days=7),
    )  # fmt: skip
    problem = line(plan, "problem", by, at, text="Drinking to sleep", dimension="4")
    goal = line(plan, "goal", by, at, problem, text="Sleep without alcohol")
    due = (on + timedelta(days=days)).isoformat()
    one = line(
        plan, "objective", by, at, goal, text="Fewer withdrawal signs", measure="scale", scale="ciwa_ar", baseline="18",
        target="6", by_date=due,
    )  # fmt: skip
    two = line(
        plan, "objective", by, at, goal, text="Use the sleep plan", measure="count", unit="nights a week", baseline="1",
        target="5", by_date=due,
    )  # fmt: skip
    for each in (one, two):
        line(plan, "intervention", by, at, each, text="Sleep skills group", frequency="weekly", owner="r:facilitator")
    plan.refresh_from_db()
    return plan


def signed(episode: Episode, by: Person, at: datetime, *, days: int = 30) -> Plan:
    """The same, signed."""
    plan = filled(episode, by, at, days=days)
    return sign_plan(by=by, at=at, plan_id=plan.pk, revision=plan.revision)


def objective(plan: Plan, place: int = 0) -> Objective:
    """An objective of a version by its place, beginning with 0."""
    return list(plan.objectives.order_by("goal", "rank"))[place]


def later(at: datetime, **more: int) -> datetime:
    """``later(at, hours=2)``."""
    return at + timedelta(**more)


def day(at: datetime, days: int) -> date:
    """So many days after an instant's date."""
    return at.date() + timedelta(days=days)
