"""The page of a client's treatment plan: the version that counts, its draft, what the client said, reviews, and what is quiet."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from uuid import UUID

from django.db.models import Q

from chart.models import Objective, Plan, PlanAgreement, PlanReview
from chart.plan_rules import plan_rules
from chart.queries.plan_tree import ObjectiveRow, Tree, tree
from chart.queries.plans import REST
from chart.queries.scores import Reading, newest
from chart.rules.plan_changes import Change, changes
from chart.rules.plans import progress, quiet_days
from programs.contributions import Work, objective_work
from programs.models import Site
from programs.people import mine

STATES = {
    "draft": ("Draft", "held"), "dropped": ("Given up", "off"), "replaced": ("Replaced", "off"),
    "ended": ("Ended with the episode", "off"), "counts": ("In force", "free"),
}  # fmt: skip


@dataclass(frozen=True)
class Going:
    """How one objective goes: ``percent`` is what was said or what the scale says (None: nobody knows), ``newest`` its scale's last
    reading, ``quiet`` the days nothing was done for it, where they are too many (0: not quiet)."""

    percent: int | None
    newest: Reading | None
    quiet: int
    worked: datetime | None


@dataclass(frozen=True)
class PlanPage:
    """One version on a page. ``state`` is a key of STATES; ``draft`` the open draft of the episode; ``answer`` the client's newest word;
    ``review_on`` when it is looked at next and ``late`` whether that day is over."""

    tree: Tree
    state: str
    draft: Plan | None
    answers: tuple[PlanAgreement, ...]
    reviews: tuple[PlanReview, ...]
    review_on: date | None
    late: bool
    due: bool
    going: Mapping[UUID, Going]

    @property
    def plan(self) -> Plan:
        """The version."""
        return self.tree.plan

    @property
    def label(self) -> str:
        """The state in words."""
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        """The state as a word of the look."""
        return STATES[self.state][1]

    @property
    def answer(self) -> PlanAgreement | None:
        """What the client said last."""
        return self.answers[0] if self.answers else None

    @property
    def quiet(self) -> int:
        """For how many objectives too long nothing was done."""
        return sum(1 for each in self.going.values() if each.quiet)


def shown(client_id: int, at: datetime, plan_id: int | None = None) -> Plan | None:
    """The version to show: the one asked for, else the newest signed one of the newest episode that has a plan, else its draft.
    None where there is none. One query."""
    rows = Plan.objects.filter(mine(client_id, "episode__client"), begun_at__lte=at).select_related(
        "episode__client", "signed_by", "begun_by", "saved_by", "dropped_by", "supersedes"
    )
    if plan_id is not None:
        return rows.filter(pk=plan_id).first()
    standing = rows.filter(dropped_at=None).order_by("-episode__started_at", "-number")
    found = list(standing[:2])
    signed = [each for each in found if each.signed_at is not None and each.episode_id == found[0].episode_id]
    return next(iter(signed or found), None)


def plan_page(plan: Plan, site: Site, at: datetime) -> PlanPage:
    """A version with everything that became of it. About thirteen queries, whatever its length."""
    others = list(Plan.objects.filter(episode=plan.episode_id, dropped_at=None).select_related("saved_by"))
    newer = any(each.signed_at is not None and each.number > plan.number for each in others)
    found = tree(plan, at)
    reviews = tuple(plan.reviews.filter(at__lte=at).select_related("by").order_by("-at", "-pk"))
    review_on = reviews[0].next_on if reviews else plan.review_on
    state = _state(plan, at, newer=newer)
    today = at.astimezone(site.tz).date()
    counts = state == "counts"
    return PlanPage(
        tree=found, state=state, draft=next((each for each in others if each.signed_at is None), None),
        answers=tuple(plan.agreements.filter(at__lte=at).select_related("by", "witness").order_by("-at", "-pk")),
        reviews=reviews, review_on=review_on if counts else None,
        late=counts and review_on is not None and review_on < today, due=counts and review_on == today,
        going=goes(found, plan.episode.client_id, site.tz, at, counts=counts),
    )  # fmt: skip


def goes(found: Tree, client_id: int, tz: tzinfo, at: datetime, *, counts: bool) -> Mapping[UUID, Going]:
    """How each objective of a version goes, by its thread. Two queries, and those of the providers of work."""
    rows = found.objectives
    lives = threads({row.thread for row in rows})
    work = objective_work([pk for life in lives.values() for pk in life.keys], at) if rows else []
    last: dict[UUID, datetime] = {}
    of = {pk: thread for thread, life in lives.items() for pk in life.keys}
    for each in work:
        last[of[each.objective_id]] = max(each.at, last.get(of[each.objective_id], each.at))
    codes = {row.scale for row in rows if row.scale}
    scored = newest(client_id, codes, at) if codes else {}
    open_ones = {row.thread for row in found.open_objectives}
    return {
        row.thread: _going(row, lives[row.thread], last.get(row.thread), scored.get(row.scale), tz, at,
                           asked=counts and row.thread in open_ones)
        for row in rows
    }  # fmt: skip


@dataclass(frozen=True)
class Life:
    """The lines of one objective through the versions: their ``keys``, and since when it was signed (None: never)."""

    keys: tuple[int, ...]
    since: datetime | None


def threads(wanted: Collection[UUID]) -> Mapping[UUID, Life]:
    """The lives of objectives. One query."""
    keys: dict[UUID, list[int]] = defaultdict(list)
    since: dict[UUID, datetime | None] = {}
    rows = Objective.objects.filter(thread__in=wanted).order_by("pk")
    for thread, pk, signed in rows.values_list("thread", "pk", "plan__signed_at"):
        keys[thread].append(pk)
        known = since.get(thread)
        since[thread] = min(each for each in (known, signed) if each) if known or signed else None
    return {thread: Life(tuple(keys[thread]), since[thread]) for thread in keys}


@dataclass(frozen=True)
class VersionLine:
    """A version in the list of them."""

    plan: Plan
    state: str
    answer: PlanAgreement | None

    @property
    def label(self) -> str:
        """The state in words."""
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        """The state as a word of the look."""
        return STATES[self.state][1]


def versions(client_id: int, at: datetime) -> list[VersionLine]:
    """Every version of every episode of a client, newest first, also drafts that were given up. Two queries."""
    rows = list(
        Plan.objects.filter(
            mine(client_id, "episode__client"), Q(signed_at=None) | Q(signed_at__lte=at), begun_at__lte=at
        )
        .select_related("episode", "signed_by", "begun_by", "dropped_by")
        .order_by("-episode__started_at", "-number", "-begun_at")
    )
    answers = {
        row.plan_id: row
        for row in PlanAgreement.objects.filter(plan__in=rows, at__lte=at)
        .select_related("by", "witness")
        .order_by("pk")
    }
    newest_signed: dict[int, int] = {}
    for row in rows:
        if row.signed_at is not None:
            newest_signed.setdefault(row.episode_id, row.number)
    return [
        VersionLine(row, _state(row, at, newer=newest_signed.get(row.episode_id, 0) > row.number), answers.get(row.pk))
        for row in rows
    ]


def compared(old: Plan, new: Plan, at: datetime) -> list[Change]:
    """What changed from one version to another. Two readings of a version."""
    return changes(tree(old, at).lines, tree(new, at).lines)


def work_of(life: Life, at: datetime) -> list[Work]:
    """What was done for one objective, in all versions."""
    return objective_work(life.keys, at)


def _state(plan: Plan, at: datetime, *, newer: bool) -> str:
    if plan.dropped_at is not None and plan.dropped_at <= at:
        return "dropped"
    if plan.signed_at is None or plan.signed_at > at:
        return "draft"
    if newer:
        return "replaced"
    ended = plan.episode.ended_at
    return "ended" if ended is not None and ended <= at else "counts"


def _going(
    row: ObjectiveRow,
    life: Life,
    worked: datetime | None,
    scored: Reading | None,
    tz: tzinfo,
    at: datetime,
    *,
    asked: bool,
) -> Going:
    said = row.status.percent if row.status is not None else None
    by_scale = progress(row.baseline, row.target, scored.total) if scored is not None else None
    rests = row.status is not None and row.status.status in REST
    quiet = 0
    if asked and not rests and life.since is not None:
        days = quiet_days(worked, life.since, at, tz)
        quiet = days if days >= plan_rules().quiet_days else 0
    return Going(by_scale if said is None else said, scored, quiet, worked)
