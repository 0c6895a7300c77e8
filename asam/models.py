"""What is recorded of levels of care: assessments with their recommendation, decisions, transitions. Append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from programs.models import Episode, Placement, Program
from staff.models import Person


class Assessment(models.Model):
    """Ratings taken at an instant, and what the catalog made of them then: a later catalog never changes it.

    ``ratings`` maps a subdimension's key to its codes; ``recommendation`` keeps level, recovery_residence, flags,
    complete, drivers and steps as they were computed.
    """

    class Kind(models.TextChoices):
        LEVEL = "level", "Level-of-care assessment"
        REASSESSMENT = "reassessment", "Reassessment"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="assessments")
    kind = models.CharField(max_length=16, choices=Kind)
    edition = models.CharField(max_length=4)
    catalog = models.CharField(max_length=40)
    catalog_version = models.CharField(max_length=20)
    ratings = models.JSONField()
    evidence = models.JSONField(default=dict)  # a sentence a subdimension: why it is rated so
    recommendation = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assessments")

    class Meta:
        indexes = [models.Index(fields=["episode", "-at"], name="asam_assessment_episode")]

    def __str__(self) -> str:
        return f"assessment {self.pk}"


class Decision(models.Model):
    """A person chose a level on an assessment. Recommended and selected stand side by side; neither is ever changed."""

    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="decision")
    recommended = models.CharField(max_length=20)
    recovery_residence = models.BooleanField()
    selected = models.CharField(max_length=20)
    reasons = models.JSONField(default=list)
    reason_texts = models.JSONField(default=dict)
    safety_strategy = models.TextField(blank=True)
    supervisor = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="decisions")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(selected=models.F("recommended")) | ~Q(reasons=[]), name="asam_difference_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}"


class Transition(models.Model):
    """What a decision moved: from which placement to which, and what became of the bed, the orders and the groups."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="transition")
    left = models.OneToOneField(Placement, on_delete=models.PROTECT, related_name="left_by")
    entered = models.OneToOneField(Placement, on_delete=models.PROTECT, related_name="entered_by")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField(default=dict)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"transition {self.pk}"
