"""A plan's versions: begin a draft (the first, or from the one that counts), give it up, sign it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, refuse_unless_overridden, stop
from audit.rules.seal import digest, plain
from chart.actions.plan_common import (
    LEVEL_REVIEW,
    content,
    draft_of,
    end_of_day,
    record,
    replaced,
    scene,
    touch,
)
from chart.actions.tasks import close_for, raise_task
from chart.models import Goal, Intervention, Objective, ObjectiveStatus, Plan, Problem, Task
from chart.models.plans import Line
from chart.plan_rules import plan_rules
from chart.queries.plan_tree import tree
from chart.queries.plans import OVER, counting, statuses
from chart.rules.plans import gaps
from programs.contributions import wishes
from programs.models import Placement, Site
from programs.placed import told
from programs.rules.dates import said
from staff.actions.signatures import sign
from staff.models import Person
from staff.rules.capabilities import Capability

NO_REASONS: Mapping[str, str] = {}
LONGEST_WISH = 2000
LONGEST_WHY = 200
KEPT = {
    Problem: ("text", "dimension"),
    Goal: ("text",),
    Objective: ("text", "measure", "scale", "unit", "baseline", "target", "by_date"),
    Intervention: ("text", "frequency", "owner_id", "owner_role"),
}


def drafted_meanwhile(asked: Mapping[str, Any]) -> Finding:
    """What the second person to begin a draft is told."""
    draft = Plan.objects.select_related("begun_by").get(episode=asked["episode_id"], signed_at=None, dropped_at=None)
    words = f"{draft.begun_by.signature} began version {draft.number} meanwhile. Open that draft: both of you can write in it."
    return stop("plan.drafting", words, plan_id=draft.pk)


WALLS = {"chart_plan_one_draft": drafted_meanwhile, "chart_plan_number_once": drafted_meanwhile}


@action("chart.draft_plan", explain=WALLS)
def draft_plan(
    *, by: Person, at: datetime, episode_id: int, supersedes_id: int | None = None, key: UUID | None = None
) -> Plan:
    """Begin the next version: every open line of the one that counts, each with its identity. The first begins
    without lines, with what the client wants as they said it when they were rated (dimension 6), to be gone over.

    Objectives that are met or dropped come along closed, with what was said of them. Raises Refused: ``plan.drafting`` where a draft
    is open, ``plan.old_version`` where ``supersedes_id`` is not the version that counts, ``plan.episode_ended``; NotAllowed.
    """
    found = scene(episode_id, by, at)
    if Plan.objects.filter(episode=found.episode, signed_at=None, dropped_at=None).exists():
        raise Refused(drafted_meanwhile({"episode_id": episode_id}))
    newest = counting(at).filter(episode=found.episode).select_related("signed_by").first()
    if newest is not None and newest.pk != supersedes_id:
        raise Refused(replaced(newest, found.site))
    if newest is None and supersedes_id is not None:
        raise Refused(stop("plan.unsigned", "No version of this plan is signed yet. Begin the first one."))

    wish = _said_before(found.episode.client_id, at) if newest is None else newest.wish
    plan = Plan.objects.create(
        episode=found.episode, number=1 if newest is None else newest.number + 1, supersedes=newest,
        wish=wish, begun_at=at, begun_by=by, saved_at=at, saved_by=by,
    )  # fmt: skip
    if newest is not None:
        carry(newest, plan, at, found.site.tz)
    record("chart.draft_plan", found, by, at, plan, f"Plan version {plan.number} begun", supersedes=supersedes_id)
    return plan


def _said_before(client_id: int, at: datetime) -> str:
    return "\n".join(each.words for each in wishes(client_id, at))[:LONGEST_WISH]


@action("chart.write_wish")
def write_wish(
    *,
    by: Person,
    at: datetime,
    plan_id: int,
    before: tuple[str, date | None],
    wish: str,
    review_on: date | None,
    key: UUID | None = None,
) -> Plan:
    """Write what the client wants, in their own words, and when the plan is looked at again.

    ``before`` is both as the writer found them: what they did not change stays as it is now. Raises Refused ``plan.changed`` where a
    colleague changed the same meanwhile, ``plan.long``.
    """
    found, plan = draft_of(plan_id, by, at)
    words, earlier = plain(wish).strip(), plain(before[0]).strip()
    if words != earlier and earlier != plan.wish:
        said_by = f"{plan.saved_by.signature} wrote meanwhile: '{plan.wish[:200]}'."
        raise Refused(stop("plan.changed", f"{said_by} Reload the page, then write what is missing."))
    if review_on != before[1] and before[1] != plan.review_on:
        there = "no day" if plan.review_on is None else said(plan.review_on)
        words = f"{plan.saved_by.signature} chose {there} for the review meanwhile. Reload the page, then choose."
        raise Refused(stop("plan.changed", words))
    if len(words) > LONGEST_WISH:
        raise Refused(stop("plan.long", f"Write what the client wants in at most {LONGEST_WISH:,} characters."))
    kept = words if words != earlier else plan.wish, review_on if review_on != before[1] else plan.review_on
    if kept == (plan.wish, plan.review_on):
        return plan

    plan.wish, plan.review_on = kept
    touch(plan, by, at, "wish", "review_on")
    record("chart.write_wish", found, by, at, plan, f"Plan version {plan.number}: what the client wants")
    return plan


@action("chart.drop_plan")
def drop_plan(*, by: Person, at: datetime, plan_id: int, why: str, key: UUID | None = None) -> Plan:
    """Give a draft up, with a reason; it stays readable. Raises Refused ``plan.why``, ``plan.signed``, ``plan.dropped``."""
    found, plan = draft_of(plan_id, by, at)
    reason = plain(why).strip()
    if not reason or len(reason) > LONGEST_WHY:
        words = f"Say in at most {LONGEST_WHY} characters why this draft is given up."
        raise Refused(stop("plan.why", words))

    plan.dropped_at, plan.dropped_by, plan.dropped_why = at, by, reason
    plan.save(update_fields=["dropped_at", "dropped_by", "dropped_why"])
    record("chart.drop_plan", found, by, at, plan, f"Draft of plan version {plan.number} dropped")
    return plan


@action("chart.sign_plan")
def sign_plan(
    *,
    by: Person,
    at: datetime,
    plan_id: int,
    revision: int,
    reasons: Mapping[str, str] = NO_REASONS,
    key: UUID | None = None,
) -> Plan:
    """Sign a draft: it is sealed and counts from now on, and the version before it no longer does. When it is looked at again
    becomes a deadline (``chart.queries.deadlines``); a review for a new level that was asked of the version before is done.

    ``revision`` is the one the signer saw. Raises Refused: ``plan.changed`` where somebody changed it since, ``plan.signed`` where it
    is signed already, and each gap (``chart.rules.plans.gaps``) that may not stay open or has no reason.
    """
    found, plan = draft_of(plan_id, by, at)
    if plan.revision != revision:
        when = told(plan.saved_at, found.site.tz)
        words = (
            f"{plan.saved_by.signature} changed this plan at {when}, after what you see here. Read it again, then sign."
        )
        raise Refused(stop("plan.changed", words))
    whole = tree(plan, at)
    overridden = refuse_unless_overridden(gaps(whole.facts, at.astimezone(found.site.tz).date()), reasons)

    plan.sha256 = digest(content(whole))
    plan.signed_at, plan.signed_by = at, by
    codes = {each.code: [f.message for f in overridden if f.code == each.code] for each in overridden}
    plan.overrides = [{"code": code, "messages": said, "reason": reasons[code].strip()} for code, said in codes.items()]
    plan.save(update_fields=["sha256", "signed_at", "signed_by", "overrides"])
    sign(by=by, at=at, meaning="author", subject=plan, sealed=plan.sha256)
    trail.record(
        "chart.sign_plan", by=by, at=at, subject=plan, site_id=found.site.pk, client_id=found.episode.client_id,
        summary=f"Plan version {plan.number} signed", detail={"sha256": plan.sha256}, overridden=overridden, reasons=reasons,
    )  # fmt: skip
    if plan.supersedes is not None:
        close_for(plan.supersedes, LEVEL_REVIEW, by, at, f"Version {plan.number} was signed")
    return plan


def ask_level_review(
    *,
    episode_id: int,
    by: Person,
    at: datetime,
    site: Site,
    moved: str,
    plan: Plan | None = None,
    placement: Placement | None = None,
) -> Task | None:
    """Ask for the plan that counts to be looked at for a new level, within the days of ``plans.toml``; None where no plan counts.

    A plain function for use inside the act that changed the level: the plan itself goes on as it is.
    """
    plan = plan or counting(at).filter(episode=episode_id).first()
    if plan is None:
        return None
    on = at.astimezone(site.tz).date() + timedelta(days=plan_rules().level_review_days)
    return raise_task(
        episode_id=episode_id, kind=LEVEL_REVIEW, title="Review the plan for the new level", due_at=end_of_day(on, site), at=at,
        by=by, capability=Capability.WRITE_PLANS, line=f"{moved}. Version {plan.number} goes on", subject=plan,
        placement=placement,
    )  # fmt: skip


def review_date(level: str, today: date) -> date:
    """When a plan of this level is looked at again, where nobody says otherwise."""
    return today + timedelta(days=plan_rules().review_in(level))


def carry(old: Plan, new: Plan, at: datetime, tz: tzinfo) -> None:
    """Copy every open line of a version into the next, the same in thread and words. A closed line's children stay
    behind. For use inside an act. Nine queries at most."""
    newest = statuses(set(old.objectives.values_list("thread", flat=True)), at)
    problems = _copies(Problem, old.problems.filter(closed_at=None), new, {}, "")
    goals = _copies(Goal, old.goals.filter(closed_at=None), new, problems, "problem_id")
    objectives = _copies(Objective, old.objectives.filter(closed_at=None), new, goals, "goal_id", newest, tz)
    _copies(Intervention, old.interventions.filter(closed_at=None), new, objectives, "objective_id")


def _copies(
    model: type[Line],
    rows: Iterable[Any],
    plan: Plan,
    parents: Mapping[int, int],
    parent: str,
    newest: Mapping[UUID, ObjectiveStatus] | None = None,
    tz: tzinfo | None = None,
) -> dict[int, int]:
    """The open copies by the key of what was copied, ranks dense within each parent. One query to read, one to write."""
    ranks: dict[int | None, int] = {}
    pairs: list[tuple[int, Line]] = []
    for row in rows:
        above = parents.get(getattr(row, parent)) if parent else None
        if parent and above is None:
            continue
        ranks[above] = ranks.get(above, 0) + 1
        values = {name: getattr(row, name) for name in KEPT[model]} | ({parent: above} if parent else {})
        values |= _over((newest or {}).get(row.thread), tz)
        pairs.append((row.pk, model(plan=plan, thread=row.thread, rank=ranks[above], **values)))
    made = model._default_manager.bulk_create([copy for _, copy in pairs])
    return {pk: copy.pk for (pk, _), copy in zip(pairs, made, strict=True) if copy.closed_at is None}


def _over(status: ObjectiveStatus | None, tz: tzinfo | None) -> dict[str, object]:
    """An objective that is met or dropped comes along closed, with the words of whoever said so."""
    if status is None or tz is None or status.status not in OVER:
        return {}
    on = said(status.at.astimezone(tz).date())
    why = f"{ObjectiveStatus.Status(status.status).label} on {on}, {status.by.signature}: {status.words}"
    return {"closed_at": status.at, "closed_why": why[:300]}
