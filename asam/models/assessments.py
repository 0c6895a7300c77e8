"""Ratings, what they rest on, and the question that comes before them. Append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from asam.models.catalogs import Catalog
from programs.models import Episode
from staff.models import Person


class PreScreen(models.Model):
    """Whether someone is in immediate danger, asked before anything is rated. ``done`` says what was done about it."""

    class Danger(models.TextChoices):
        NONE = "none", "No immediate danger"
        MEDICAL = "medical", "Acute medical danger"
        SELF = "self", "Immediate danger to themselves"
        OTHERS = "others", "Immediate danger to others"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="prescreens")
    danger = models.CharField(max_length=8, choices=Danger)
    done = models.CharField(max_length=600, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["episode", "-at"], name="asam_prescreen_episode")]
        constraints = [
            models.CheckConstraint(condition=Q(danger="none") | ~Q(done=""), name="asam_danger_says_what_was_done")
        ]

    def __str__(self) -> str:
        return f"pre-screen {self.pk}"

    @property
    def stops(self) -> bool:
        """True where nothing may be rated on it."""
        return self.danger != self.Danger.NONE

    @property
    def setting(self) -> str:
        """Where the person belongs now, in words; '' where nothing stops."""
        if not self.stops:
            return ""
        medical = self.danger == self.Danger.MEDICAL
        return "emergency medical care (level 4)" if medical else "emergency psychiatric care (level 4 Psychiatric)"


class Assessment(models.Model):
    """Ratings taken at an instant, and what their own catalog made of them then: a later catalog never changes it.

    ``ratings`` maps a subdimension's key to its codes, ``views`` a topic's key (``d6_1``) to what the person said;
    ``recommendation`` keeps level, recovery_residence, flags, complete, settled, drivers and steps as they were computed.
    ``catalog`` and ``catalog_version`` say in words what ``source`` is.
    """

    class Kind(models.TextChoices):
        LEVEL = "level", "Level-of-care assessment"
        PLANNING = "planning", "Treatment-planning assessment"
        REASSESSMENT = "reassessment", "Reassessment"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="assessments")
    kind = models.CharField(max_length=16, choices=Kind)
    edition = models.CharField(max_length=4)
    catalog = models.CharField(max_length=40)
    catalog_version = models.CharField(max_length=20)
    source = models.ForeignKey(Catalog, on_delete=models.PROTECT, related_name="assessments")
    prescreen = models.ForeignKey(PreScreen, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ratings = models.JSONField()
    evidence = models.JSONField(default=dict)  # a sentence a subdimension: why it is rated so
    views = models.JSONField(default=dict)
    recommendation = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assessments")

    class Meta:
        indexes = [models.Index(fields=["episode", "-at"], name="asam_assessment_episode")]

    def __str__(self) -> str:
        return f"assessment {self.pk}"


class AssessmentEvidence(models.Model):
    """What of the chart an assessment rests on. ``words`` say it as it stood then: a later correction changes nothing here."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="support")
    dimension = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)  # score, vitals, dose, screen, note, attendance, leave
    of = models.BigIntegerField()
    words = models.CharField(max_length=300)
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "dimension", "kind", "of"], name="asam_evidence_once"),
            models.CheckConstraint(condition=~Q(kind="") & ~Q(words=""), name="asam_evidence_says_what"),
        ]

    def __str__(self) -> str:
        return f"evidence {self.pk}"
