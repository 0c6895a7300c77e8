"""What a client must not be given."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from programs.models import Client


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
