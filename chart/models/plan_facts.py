"""What happens to a plan once it is signed: the client's answer, how objectives go, and reviews. All append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from chart.models.plans import Objective, Plan
from staff.models import Person


class PlanAgreement(models.Model):
    """What a client said to a signed version: drawn, by word before a witness, or refused with a reason.

    ``intent`` is the sentence that stood above the signature; ``strokes`` are lists of [x, y, ms] points (x, y in thousandths of the
    frame's width, ms from the first touch); ``svg`` is the same as a picture; ``sha256`` hashes the version's own hash, the
    intent, the strokes and the words. A refusal may be followed by an agreement; an agreement stands once.
    """

    class Kind(models.TextChoices):
        DRAWN = "drawn", "Signed on the tablet"
        WORD = "word", "Agreed by word"
        REFUSED = "refused", "Refused"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="agreements")
    kind = models.CharField(max_length=8, choices=Kind)
    intent = models.CharField(max_length=300)
    words = models.CharField(max_length=500, blank=True)
    strokes = models.JSONField(default=list, blank=True)
    svg = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    witness = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan"], condition=~Q(kind="refused"), name="chart_plan_agreed_once"),
            models.CheckConstraint(
                condition=(Q(kind="drawn", witness=None) & ~Q(strokes=[]) & ~Q(svg=""))
                | (Q(kind="word", witness__isnull=False, strokes=[], svg="") & ~Q(witness=F("by")))
                | (Q(kind="refused", strokes=[], svg="") & ~Q(words="")),
                name="chart_plan_agreement_whole",
            ),
            models.CheckConstraint(condition=~Q(intent="") & ~Q(sha256=""), name="chart_plan_agreement_sealed"),
        ]

    def __str__(self) -> str:
        return f"agreement {self.pk}"


class PlanReview(models.Model):
    """A version was looked at again: what was found, what changes, and when it is looked at next.

    What was found per objective are the ``ObjectiveStatus`` rows that name it. ``level`` is the client's then.
    """

    class Outcome(models.TextChoices):
        GOES_ON = "goes_on", "The plan goes on"
        CHANGES = "changes", "The plan changes"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="reviews")
    found = models.TextField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    changes = models.TextField(blank=True)
    level = models.CharField(max_length=10, blank=True)
    next_on = models.DateField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(found="") & ~Q(sha256=""), name="chart_plan_review_has_words"),
            models.CheckConstraint(
                condition=Q(outcome="goes_on") | ~Q(changes=""), name="chart_plan_review_says_what_changes"
            ),
        ]
        indexes = [models.Index(fields=["plan", "-at"], name="chart_plan_review_newest")]

    def __str__(self) -> str:
        return f"review {self.pk}"


class ObjectiveStatus(models.Model):
    """How an objective goes, from ``at`` on, in words; the newest of its thread counts. ``percent`` is how far it has come."""

    class Status(models.TextChoices):
        PROGRESSING = "progressing", "Progressing"
        MET = "met", "Met"
        DEFERRED = "deferred", "Deferred"
        DROPPED = "dropped", "Dropped"

    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="statuses")
    status = models.CharField(max_length=12, choices=Status)
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    words = models.CharField(max_length=1000)
    review = models.ForeignKey(PlanReview, on_delete=models.PROTECT, null=True, blank=True, related_name="statuses")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "objective statuses"
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="chart_objective_status_has_words"),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__lte=100), name="chart_objective_status_percent"
            ),
        ]
        indexes = [models.Index(fields=["objective", "-at"], name="chart_objective_status_newest")]

    def __str__(self) -> str:
        return f"status {self.pk}"
