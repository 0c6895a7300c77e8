"""Where many episodes stand: newest ratings, the decision on them, what is authorised, the level they are at, the next review.

The number of queries does not depend on how many episodes there are. Pages of one client and the queue of a site both use it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from asam.models import Assessment, Decision, Draft
from asam.queries.authorised import Authorised, authorised
from asam.queries.readings import readings
from asam.queries.said import said
from asam.rules.editions import Reading
from asam.rules.levels import compare, covers
from asam.rules.reviews import Review, review
from programs.models import Placement, Program


@dataclass(frozen=True)
class Standing:
    """Recommended, selected, authorised and actual side by side. ``reading`` is how the placement's level reads in the 4th
    edition; ``decision`` is the one on the newest ratings that were decided, ``decided`` those ratings; ``draft`` is open."""

    placement: Placement
    reading: Reading
    newest: Assessment | None
    decided: Assessment | None
    decision: Decision | None
    authorised: Authorised
    draft: Draft | None
    review: Review

    @property
    def episode_id(self) -> int:
        """Whose it is."""
        return self.placement.episode_id

    @property
    def level(self) -> str:
        """The level of the 4th edition they are at; '' where nobody read an older one yet."""
        return self.reading.level

    @property
    def recommended(self) -> str:
        """The newest recommendation in words: 'at least 2.5 + recovery residence'; '' where nothing was rated."""
        return said(self.newest.recommendation) if self.newest else ""

    @property
    def open(self) -> Assessment | None:
        """The newest ratings, where nobody has decided on them."""
        return self.newest if self.newest is not None and self.newest != self.decided else None

    @property
    def order(self) -> str:
        """How the newest recommendation stands to the level they are at: same, lower, higher, different; '' where it cannot be said."""
        if self.newest is None or not self.level:
            return ""
        return compare(self.newest.recommendation["level"], self.level)

    @property
    def uncovered(self) -> bool:
        """True where the level they are at lacks something that the newest ratings ask for."""
        return bool(self.newest and self.level and not covers(self.level, self.newest.recommendation["level"]))

    @property
    def waits(self) -> bool:
        """True where a level was decided and the client is not there yet."""
        return self.decision is not None and bool(self.level) and self.decision.selected != self.level


def standing(episode_ids: Collection[int], at: datetime) -> dict[int, Standing]:
    """Where each of these episodes stands as known at an instant; those that were never in a program are not in it.

    At most ten queries: placements, readings, ratings, decisions, drafts, and those of ``authorised``.
    """
    placements: dict[int, Placement] = {}
    for placement in (
        Placement.objects.filter(episode_id__in=episode_ids, kind=Program.Kind.TREATMENT, started_at__lte=at)
        .select_related("program__site__organisation", "episode__client")
        .order_by("episode_id", "-started_at")
        .distinct("episode_id")
    ):
        placements[placement.episode_id] = placement
    read = readings(list(placements.values()), at)
    taken = Assessment.objects.filter(episode_id__in=placements, at__lte=at).select_related("by", "source")
    newest = {row.episode_id: row for row in taken.order_by("episode_id", "-at", "-pk").distinct("episode_id")}
    decisions = {
        row.assessment.episode_id: row
        for row in Decision.objects.filter(assessment__episode_id__in=placements, at__lte=at)
        .select_related("assessment__by", "assessment__source", "by", "supervisor", "transition")
        .order_by("assessment__episode_id", "-at", "-pk")
        .distinct("assessment__episode_id")
    }
    drafts = {
        row.episode_id: row
        for row in Draft.objects.filter(episode_id__in=placements, closed_at=None).select_related("by")
    }
    paid = authorised(placements, at)
    found = {}
    for pk, placement in placements.items():
        decision, last = decisions.get(pk), newest.get(pk)
        moments = (placement.started_at, last and last.at, decision and decision.at)
        level = read[placement.pk].level or placement.level
        found[pk] = Standing(
            placement, read[placement.pk], last, decision.assessment if decision else None, decision, paid[pk],
            drafts.get(pk), review(level, max(each for each in moments if each), at, placement.program.site.tz),
        )  # fmt: skip
    return found
