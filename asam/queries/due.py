"""Why episodes are due for review, and when, for many of them in at most six queries: rule, last review, what happened, hours."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

from asam.models import Assessment, Decision, LevelReview, ReviewPolicy
from asam.queries.happened import happened
from asam.review_rules import house
from asam.rules.review_policy import Event, Policy, policy_for
from asam.rules.triggers import Clock, Happened, Reasons, reasons
from groups.models import Presence
from programs.models import ExpectedDischarge, Placement, Program
from programs.together import Asking, asks, together

FRESH = timedelta(days=3)  # ratings this long before a step are the ones it rests on
REACH = timedelta(days=90)  # how far back what happened is looked for


@dataclass(frozen=True)
class Rated:
    """The newest ratings of an episode, without what was rated."""

    pk: int
    at: datetime
    by: str
    recommendation: Mapping[str, object]
    decided: str


@dataclass(frozen=True)
class Standing:
    """What a review of one placement counts from, and why it is due."""

    policy: Policy
    clock: Clock
    rated: Rated | None
    decided: str
    decided_at: datetime | None
    last: LevelReview | None
    reasons: Reasons


def current_placements(at: datetime) -> QuerySet[Placement]:
    """Treatment placements that hold an instant, with the newest ratings and decision, and the level before. One query."""
    newest = Assessment.objects.filter(episode=OuterRef("episode"), at__lte=at).order_by("-at", "-pk")
    decided = Decision.objects.filter(assessment__episode=OuterRef("episode"), at__lte=at).order_by("-at", "-pk")
    before = Placement.objects.filter(
        episode=OuterRef("episode"), kind=Program.Kind.TREATMENT, started_at__lt=OuterRef("started_at")
    ).order_by("-started_at")
    leaves = ExpectedDischarge.objects.current(at).filter(episode=OuterRef("episode"))
    return (
        Placement.objects.current(at)
        .filter(kind=Program.Kind.TREATMENT)
        .select_related("episode__client", "program__site")
        .annotate(
            rated=Subquery(
                newest.values(
                    json=JSONObject(
                        pk="pk", at="at", by="by__name", recommendation="recommendation", decided="decision__selected"
                    )
                )[:1]
            ),
            decided=Subquery(decided.values(json=JSONObject(at="at", selected="selected"))[:1]),
            came_from=Subquery(before.values("level")[:1]),
            expected_at=Subquery(leaves.values("expected_at")[:1]),
        )
    )


def why_due(
    placements: Sequence[Placement], levels: Mapping[int, str], at: datetime, tz: ZoneInfo | None = None
) -> dict[int, Standing]:
    """By episode: why each of these is due. They come from ``current_placements``; ``levels`` reads them in the 4th edition.

    At most four queries: last reviews with the rules of programs, what happened (two), hours where a rule counts them.
    """
    episodes = [each.episode_id for each in placements]
    asked: list[Asking[Any]] = [
        newest_reviews.ask(episodes, at), own_policies.ask({each.program_id for each in placements}, at),
    ]  # fmt: skip
    last, policies = together(asked)
    parts = {}
    for each in placements:
        rated, decided = _rated(each), getattr(each, "decided", None)
        decided_at = parse_datetime(decided["at"]) if decided else None
        review = last.get(each.episode_id)
        held = [each.started_at, decided_at, review.reviewed_at if review else None]
        dealt = max(moment for moment in held if moment)
        level = levels.get(each.pk) or each.level
        policy = policy_for(level, house(), policies.get(each.program_id))
        since = max(dealt, rated.at) if rated else dealt
        named = review.next_on if review and review.outcome == "continue" and review.reviewed_at == dealt else None
        clock = Clock(since, dealt, each.episode.started_at, named)
        parts[each.episode_id] = (each, policy, clock, rated, decided, decided_at, review)
    since = max(min((part[2].dealt for part in parts.values()), default=at), at - REACH)
    found = happened({each.episode.client_id: each.episode_id for each in placements}, since, at)
    hours = _hours(parts.values(), at)
    made = {}
    for pk, (each, policy, clock, rated, decided, decided_at, review) in parts.items():
        if policy.hours is not None:
            minutes, reached = hours.get(pk, (0, None))
            clock = Clock(clock.since, clock.dealt, clock.began, clock.set_on, minutes, reached)
        rows = [*found.get(each.episode.client_id, ()), *_own(each, rated, at)]
        zone = tz or each.program.site.tz
        why = reasons(policy, clock, rows, at, zone)
        made[pk] = Standing(policy, clock, rated, decided["selected"] if decided else "", decided_at, review, why)
    return made


@asks
def newest_reviews(episodes: Collection[int], at: datetime) -> Asking[dict[int, LevelReview]]:
    """The last review of each episode as known at an instant. One query."""
    wanted = (
        LevelReview.objects.filter(episode__in=episodes, at__lte=at)
        .select_related("by", "confirmation")
        .order_by("episode_id", "-at", "-pk")
        .distinct("episode_id")
    )
    (rows,) = yield (wanted,)
    return {row.episode_id: row for row in rows}


@asks
def own_policies(
    programs: Collection[int], at: datetime
) -> Asking[dict[int, tuple[int, int | None, Collection[str], str]]]:
    """The rules of programs that have their own: days, hours, events that are off, why. One query."""
    wanted = (
        ReviewPolicy.objects.filter(program__in=programs, at__lte=at)
        .order_by("program_id", "-at", "-pk")
        .distinct("program_id")
    )
    (rows,) = yield (wanted,)
    return {row.program_id: (row.days, row.hours, row.off, row.why) for row in rows}


def _rated(placement: Placement) -> Rated | None:
    kept = getattr(placement, "rated", None)
    if not kept:
        return None
    at = parse_datetime(kept["at"])
    assert at is not None
    return Rated(kept["pk"], at, kept["by"], kept["recommendation"], kept["decided"] or "")


def _own(placement: Placement, rated: Rated | None, at: datetime) -> Iterable[Happened]:
    """What the placement itself says: it is another level than before and nobody rated since; a discharge is expected."""
    before = getattr(placement, "came_from", None)
    if before and before != placement.level and (rated is None or rated.at < placement.started_at - FRESH):
        words = f"From {before} to {placement.level}, not rated since"
        yield Happened(Event.MOVED, placement.started_at, words)
    expected = getattr(placement, "expected_at", None)
    if expected is not None and expected > at:
        yield Happened(Event.DISCHARGE, expected, "Discharge is expected on")


def _hours(
    parts: Iterable[tuple[Placement, Policy, Clock, object, object, object, object]], at: datetime
) -> dict[int, tuple[int, datetime | None]]:
    """Minutes delivered since each clock began, and when they came to the rule's hours. One query, none where no rule counts them."""
    asked = {part[0].episode.client_id: part for part in parts if part[1].hours is not None}
    if not asked:
        return {}
    rows = Presence.objects.filter(
        client__in=asked, started_at__gte=min(part[2].since for part in asked.values()), started_at__lte=at
    )
    came: defaultdict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for client_id, start, end in rows.order_by("started_at").values_list("client", "started_at", "ended_at"):
        came[client_id].append((start, min(end, at)))
    found = {}
    for client_id, (placement, policy, clock, *_) in asked.items():
        minutes, reached = 0, None
        for start, end in came[client_id]:
            if start >= clock.since:
                minutes += int((end - start).total_seconds() // 60)
                if reached is None and minutes >= (policy.hours or 0) * 60:
                    reached = end
        found[placement.episode_id] = (minutes, reached)
    return found
