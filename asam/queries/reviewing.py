"""What a review of one client rests on: the placement, the last review, the newest ratings and what they support, why it is due."""

from dataclasses import dataclass, replace
from datetime import datetime

from asam.actions.assessments import replaced
from asam.models import Assessment, LevelReview
from asam.queries.catalogs import counting, known
from asam.queries.due import Standing, current_placements, why_due
from asam.queries.readings import levels_of
from asam.queries.reviews import order_of
from asam.review_rules import house
from asam.rules.review_frame import Rests
from programs.models import Placement
from programs.placed import told


@dataclass(frozen=True)
class Reviewing:
    """``level`` as it reads in the 4th edition; ``replaced`` is what to say where another catalog would come to something else."""

    placement: Placement
    level: str
    why: Standing
    last: LevelReview | None
    assessment: Assessment | None
    order: str
    drivers: tuple[int, ...]
    replaced: str
    at: datetime

    def rests(self, *, corrects: LevelReview | None = None) -> Rests | None:
        """What the review rests on; None where nobody ever rated. A correction may rest on the ratings of the one it corrects."""
        row = self.assessment
        if row is None:
            return None
        kept = row.recommendation
        whole = bool(kept.get("complete") or kept.get("settled"))
        found = Rests(str(kept["level"]), self.order, whole, self.drivers)
        stale = "" if corrects is not None and corrects.assessment_id == row.pk else self._stale(row)
        return replace(found, stale=stale)

    def _stale(self, row: Assessment) -> str:
        """Why the ratings are taken anew before a review; '' where they are fresh."""
        tz, when = self.placement.program.site.tz, told(row.at, self.placement.program.site.tz)
        since = self.why.clock.dealt
        days = (self.at.astimezone(tz).date() - row.at.astimezone(tz).date()).days
        if self.last is not None and self.last.assessment_id == row.pk:
            return f"The last review rests on these ratings, of {when}. Rate anew first."
        if row.at < since and days > house().fresh_days:
            return f"These ratings are of {when}, before the level was last looked at. Rate anew first."
        longest = self.why.policy.days
        if longest is not None and days > max(house().fresh_days, longest):
            return f"These ratings are {days} days old. Rate anew first."
        return ""


def reviewing(placement: Placement, at: datetime) -> Reviewing:
    """What a review of the episode of this placement rests on now; about nine queries. The placement goes on at ``at``."""
    found = current_placements(at).filter(pk=placement.pk).get()
    levels = levels_of([found], at)
    level = levels[found.pk] or found.level
    why = why_due([found], levels, at)[found.episode_id]
    row = (
        Assessment.objects.filter(episode=found.episode_id, at__lte=at)
        .select_related("by", "source")
        .order_by("-at", "-pk")
        .first()
    )
    drivers: tuple[int, ...] = ()
    words = ""
    if row is not None:
        catalog = known(row.source).catalog
        deciding = {key for key, _ in row.recommendation.get("drivers", ())}
        drivers = tuple(
            each.number for each in catalog.dimensions if any(sub.key in deciding for sub in each.subdimensions)
        )
        words = replaced(counting(found.program.site.organisation_id, at), row)
    return Reviewing(found, level, why, why.last, row, order_of(why, level), drivers, words, at)
