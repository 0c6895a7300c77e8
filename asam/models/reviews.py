"""Reviews of a level: by which rule they are due, what came of each, who confirmed it, and the draft while it is written."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from asam.models.assessments import Assessment
from programs.models import Episode, Placement, Program
from staff.models import Person, Proof


class ReviewPolicy(models.Model):
    """By which rule the clients of a program are due, from ``at`` on; the newest counts. Append-only.

    Without a row the shipped rule counts (``asam/review_rules``). ``days`` and ``hours`` (delivered; NULL: not counted) restart with
    every review; ``off`` are the codes of events that are not looked at here. ``why`` names the rule or the contract behind it.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="review_policies")
    days = models.PositiveSmallIntegerField()
    hours = models.PositiveSmallIntegerField(null=True, blank=True)
    off = models.JSONField(default=list, blank=True)
    why = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "review policies"
        indexes = [models.Index(fields=["program", "-at"], name="asam_review_policy_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=365) & (Q(hours=None) | Q(hours__gte=1, hours__lte=999)),
                name="asam_review_policy_in_bounds",
            ),
            models.CheckConstraint(condition=~Q(why=""), name="asam_review_policy_says_why"),
        ]

    def __str__(self) -> str:
        return f"review policy {self.pk}"


class LevelReview(models.Model):
    """A level was looked at again, and a person said what follows. Append-only: a correction is a new row naming the old one.

    ``follows`` is the review before it (NULL for an episode's first), so that two written at once cannot both stand. ``order`` is
    how the ratings stood to ``level`` then: same, lower, higher, different, or '' where there were none. ``reviewed_at`` is when the
    review was held: a correction keeps it. ``progress`` has words by the number of a dimension, ``due`` why it was due, in words.
    ``digest`` is the seal: the SHA-256 of what was signed.
    """

    class Outcome(models.TextChoices):
        CONTINUE = "continue", "Continue at this level"
        STEP_DOWN = "step_down", "Step down"
        STEP_UP = "step_up", "Step up"
        DIFFERENT = "different", "A different service"
        DISCHARGE = "discharge", "Discharge"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="level_reviews")
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="level_reviews")
    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews"
    )  # fmt: skip
    level = models.CharField(max_length=20)
    recommended = models.CharField(max_length=20, blank=True)
    order = models.CharField(max_length=10, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    to_level = models.CharField(max_length=20, blank=True)
    conditions = models.JSONField()
    why = models.TextField()
    plan_change = models.TextField(blank=True)
    progress = models.JSONField(default=dict, blank=True)
    against = models.TextField(blank=True)  # why another outcome than the ratings support
    next_on = models.DateField(null=True, blank=True)
    due = models.JSONField(default=list, blank=True)
    asks = models.CharField(
        max_length=40, blank=True
    )  # the capability of whoever confirms it; '': the author's name is enough
    digest = models.CharField(max_length=64)
    reviewed_at = models.DateTimeField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="level_reviews")
    follows = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by"
    )  # fmt: skip
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    corrected_why = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["episode", "-at"], name="asam_level_review_newest")]
        constraints = [
            models.UniqueConstraint(fields=["episode"], condition=Q(follows=None), name="asam_one_first_review"),
            models.CheckConstraint(
                condition=~Q(why="") & ~Q(conditions=[]) & ~Q(digest=""), name="asam_review_says_why"
            ),
            models.CheckConstraint(
                condition=Q(outcome="continue", next_on__isnull=False, to_level="") | ~Q(outcome="continue"),
                name="asam_continue_says_until",
            ),
            models.CheckConstraint(
                condition=Q(outcome="discharge") | Q(assessment__isnull=False), name="asam_review_rests_on_ratings"
            ),
            models.CheckConstraint(
                condition=Q(corrects=None, corrected_why="")
                | Q(corrects__isnull=False, corrects=F("follows")) & ~Q(corrected_why=""),
                name="asam_review_correction_says_why",
            ),
            models.CheckConstraint(condition=Q(reviewed_at__lte=F("at")), name="asam_review_not_in_the_future"),
        ]

    def __str__(self) -> str:
        return f"review {self.pk}"


class ReviewConfirmation(models.Model):
    """A supervisor, or at a medically managed level a prescriber, put their name under a review, once. Append-only.

    ``proof`` is their own PIN where they signed on somebody else's tablet.
    """

    review = models.OneToOneField(LevelReview, on_delete=models.PROTECT, related_name="confirmation")
    proof = models.OneToOneField(Proof, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"confirmation {self.pk}"


class ReviewDraft(models.Model):
    """A review under way, kept as it is typed; one open for an episode, shared by whoever writes it. No record until it is signed.

    ``version`` counts its saves: a save names the one it started from (compare and set).
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="review_drafts")
    typed = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=0)
    window = models.CharField(max_length=36, blank=True)
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["episode"], condition=Q(closed_at=None), name="asam_one_review_draft")
        ]

    def __str__(self) -> str:
        return f"draft of a review {self.pk}"
