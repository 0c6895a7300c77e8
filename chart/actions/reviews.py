"""Look at a plan again: what was found of each objective, what changes, and when it is looked at next."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.rules.seal import digest, plain
from chart.actions.objectives import Said, findings_of, write_statuses
from chart.actions.plan_common import LEVEL_REVIEW, in_force, record
from chart.actions.tasks import close_for
from chart.models import PlanReview
from chart.plan_rules import plan_rules
from programs.placed import told
from staff.models import Person

LONGEST_FOUND = 4000


@action("chart.review_plan")
def review_plan(
    *,
    by: Person,
    at: datetime,
    plan_id: int,
    found: str,
    outcome: str,
    changes: str = "",
    next_on: date | None,
    said: Mapping[int, Said],
    after: int | None = None,
    key: UUID | None = None,
) -> PlanReview:
    """Keep a review of the version that counts. ``said`` maps objectives (their keys in this version) to what was found of each;
    ``after`` is the newest review the writer saw. A review for a new level that was asked is done; the next is a deadline.

    Raises Refused: ``review.meanwhile``, ``review.found``, ``review.changes`` where the plan is to change and nothing says how,
    ``review.next``, ``review.objectives`` where an objective is none of this version's, what ``say_objective`` refuses.
    """
    scene, plan = in_force(plan_id, by, at)
    newest = plan.reviews.select_related("by").order_by("-at", "-pk").first()
    if newest is not None and newest.pk != after:
        words = f"{newest.by.signature} reviewed this plan at {told(newest.at, scene.site.tz)}. Read that review first."
        raise Refused(stop("review.meanwhile", words))
    rows = {row.pk: row for row in plan.objectives.filter(pk__in=said, closed_at=None)}
    if set(rows) != set(said):
        raise Refused(stop("review.objectives", "An objective here is none of this version. Reload the page."))
    today = at.astimezone(scene.site.tz).date()
    kept = {rows[pk]: each._replace(words=plain(each.words).strip()) for pk, each in said.items()}
    words, change = plain(found).strip(), plain(changes).strip()
    findings = _check(words, outcome, change, next_on, today) + findings_of(plan, kept, at, scene.site)
    if findings or next_on is None:
        raise Refused(*findings)

    content = [plan.sha256, words, outcome, change, str(next_on), [[str(o.thread), *s[:3]] for o, s in kept.items()]]
    review = PlanReview.objects.create(
        plan=plan, found=words, outcome=outcome, changes=change, level=scene.placement.level, next_on=next_on,
        sha256=digest(content), at=at, by=by,
    )  # fmt: skip
    write_statuses(kept, by, at, review)
    record("chart.review_plan", scene, by, at, review, f"Plan version {plan.number} reviewed", sha256=review.sha256)
    close_for(plan, LEVEL_REVIEW, by, at, "The plan was reviewed")
    return review


def _check(found: str, outcome: str, changes: str, next_on: date | None, today: date) -> list[Finding]:
    longest = plan_rules().longest_review_days
    said = []
    if not found:
        said.append(stop("review.found", "Write what was found: how it goes, what helped, what stood in the way."))
    if max(len(found), len(changes)) > LONGEST_FOUND:
        said.append(stop("review.long", f"Write at most {LONGEST_FOUND:,} characters."))
    if outcome not in PlanReview.Outcome.values:
        said.append(stop("review.outcome", "Choose whether the plan goes on or changes."))
    if outcome == PlanReview.Outcome.CHANGES and not changes:
        said.append(stop("review.changes", "Write what is to change. The next version is drafted from this one."))
    if next_on is None or not today < next_on <= today + timedelta(days=longest):
        said.append(stop("review.next", f"Say when it is looked at next: a later day, within {longest} days."))
    return said
