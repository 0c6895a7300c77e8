"""What is written about a client that belongs to no single room: notes, allergies and scores."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from programs.models import Client, Episode
from staff.models import Person


class Allergy(models.Model):
    """A substance to avoid, and what it does. ``ingredient`` is matched against medications in lower case."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="allergies")
    substance = models.CharField(max_length=80)
    reaction = models.CharField(max_length=120, blank=True)
    noted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("noted_at")), name="chart_allergy_ends"
            ),
            models.UniqueConstraint(
                fields=["client", "substance"], condition=Q(ended_at=None), name="chart_allergy_once"
            ),
        ]

    def __str__(self) -> str:
        return f"allergy {self.pk}"


class Note(models.Model):
    """A note about a client, signed as it is written. Append-only: a correction is a new note naming the old one."""

    class Kind(models.TextChoices):
        PROGRESS = "progress", "Progress note"
        ADMISSION = "admission", "Admission note"
        STEP = "step", "Step note"
        NURSING = "nursing", "Nursing note"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=12, choices=Kind)
    text = models.TextField()
    about_at = models.DateTimeField()  # when it happened
    written_at = models.DateTimeField()  # when it was signed
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notes")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )

    class Meta:
        indexes = [models.Index(fields=["episode", "-about_at"], name="chart_note_episode")]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="chart_note_has_text")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class Score(models.Model):
    """A whole scale, answered about a client at an instant (``chart/scales``). Append-only: a correction names the old one.

    ``answers`` are the value of every item by its code, ``total`` their sum, ``at`` when the client was looked at.
    ``overrides`` are the doubts that were gone past, each with its reason.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="scores")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="scores")
    scale = models.CharField(max_length=20)
    edition = models.CharField(max_length=40)
    answers = models.JSONField()
    total = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=300, blank=True)
    overrides = models.JSONField(default=list, blank=True)
    at = models.DateTimeField()
    written_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="scores")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(scale="") & ~Q(answers={}), name="chart_score_has_answers"),
            models.CheckConstraint(condition=Q(written_at__gte=F("at")), name="chart_score_not_in_the_future"),
            models.CheckConstraint(condition=Q(corrects=None) | ~Q(note=""), name="chart_score_correction_says_why"),
            models.UniqueConstraint(
                fields=["client", "scale", "at"], condition=Q(corrects=None), name="chart_score_one_an_instant"
            ),
        ]
        indexes = [models.Index(fields=["client", "scale", "-at"], name="chart_score_newest")]

    def __str__(self) -> str:
        return f"score {self.pk}"
