"""Scales that were answered."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from programs.models import Client, Episode
from staff.models import Person


class Score(models.Model):
    """A whole scale, answered about a client at an instant (``chart/scales``). Append-only: a correction names the old one.

    ``answers`` are the value of every item asked by its code, ``total`` what they add up to (NULL for a scale that has ``parts``
    only: each part by its code), ``at`` when the client was looked at. ``filled_by``: who pressed the answers; ``by`` signed them.
    ``overrides`` are the doubts that were gone past, each with its reason.
    """

    class FilledBy(models.TextChoices):
        STAFF = "staff", "Staff"
        CLIENT = "client", "The client"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="scores")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="scores")
    scale = models.CharField(max_length=20)
    edition = models.CharField(max_length=40)
    answers = models.JSONField()
    total = models.PositiveSmallIntegerField(null=True)
    parts = models.JSONField(default=dict, blank=True)
    filled_by = models.CharField(max_length=8, choices=FilledBy, default=FilledBy.STAFF)
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
            models.CheckConstraint(condition=Q(total=None) ^ Q(parts={}), name="chart_score_total_or_parts"),
            models.CheckConstraint(condition=Q(filled_by__in=["staff", "client"]), name="chart_score_filled_by"),
            models.UniqueConstraint(
                fields=["client", "scale", "at"], condition=Q(corrects=None), name="chart_score_one_an_instant"
            ),
        ]
        indexes = [
            models.Index(fields=["client", "scale", "-at"], name="chart_score_newest"),
            models.Index(fields=["client", "-at"], name="chart_score_timeline"),
        ]

    def __str__(self) -> str:
        return f"score {self.pk}"

    @property
    def points(self) -> int:
        """The total of a scale that has one (every withdrawal scale does); ValueError for one that has parts."""
        if self.total is None:
            raise ValueError(f"{self.scale} has parts and no total.")
        return self.total
