"""What the levels room did that a deadline asks for: assessments of all dimensions, and level-of-care reviews."""

from collections.abc import Collection, Iterator
from datetime import datetime

from asam.models import Assessment, Decision, LevelReview
from programs.contributions import Done

BIOPSYCHOSOCIAL, LEVEL_REVIEW = "biopsychosocial", "level_review"


def done(episodes: Collection[int], at: datetime) -> Iterator[Done]:
    """Every whole assessment, decision and review of these episodes by an instant. Three queries.

    Each is a review of the level; all but a reassessment are the assessment of an episode too.
    """
    rated = Assessment.objects.filter(episode__in=episodes, at__lte=at).select_related("by")
    for row in rated.only("episode", "kind", "at", "by__name", "by__credentials"):
        yield Done(row.episode_id, LEVEL_REVIEW, row.at, row.by.signature, row.by.credentials)
        if row.kind != Assessment.Kind.REASSESSMENT:
            yield Done(row.episode_id, BIOPSYCHOSOCIAL, row.at, row.by.signature, row.by.credentials)
    decided = Decision.objects.filter(assessment__episode__in=episodes, at__lte=at).select_related("by", "assessment")
    for decision in decided.only("at", "by__name", "by__credentials", "assessment__episode"):
        by = decision.by
        yield Done(decision.assessment.episode_id, LEVEL_REVIEW, decision.at, by.signature, by.credentials)
    for held in LevelReview.objects.filter(episode__in=episodes, at__lte=at, corrects=None).select_related("by"):
        yield Done(held.episode_id, LEVEL_REVIEW, held.reviewed_at, held.by.signature, held.by.credentials)
