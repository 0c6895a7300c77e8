"""What a client must not be given, and that somebody asked and there was nothing."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from programs.models import Client
from programs.models.periods import Period, ends_after_start, never_together
from staff.models import Person


class Allergy(models.Model):
    """A substance to avoid, and what it does. ``substance`` is matched against medications in lower case.

    ``noted_by`` is None where it was carried over. It is never changed but to be ended, with a reason.
    """

    class Kind(models.TextChoices):
        ALLERGY = "allergy", "Allergy"
        INTOLERANCE = "intolerance", "Intolerance"

    class Severity(models.TextChoices):
        MILD = "mild", "Mild"
        MODERATE = "moderate", "Moderate"
        SEVERE = "severe", "Severe"
        LIFE = "life", "Life-threatening"
        UNKNOWN = "unknown", "Not known"

    class Source(models.TextChoices):
        CLIENT = "client", "The client says so"
        FAMILY = "family", "Family or friend"
        RECORDS = "records", "Records from elsewhere"
        SEEN = "seen", "Seen here"
        UNKNOWN = "", "Not recorded"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="allergies")
    substance = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.ALLERGY)
    reaction = models.CharField(max_length=120, blank=True)
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.UNKNOWN)
    source = models.CharField(max_length=10, choices=Source, blank=True, default=Source.UNKNOWN)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=200, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("noted_at")), name="chart_allergy_ends"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_why="") | (Q(ended_at__isnull=False) & ~Q(ended_why="")),
                name="chart_allergy_ended_says_why",
            ),
            models.CheckConstraint(condition=~Q(substance=""), name="chart_allergy_has_substance"),
            models.UniqueConstraint(
                Lower("substance"), "client", condition=Q(ended_at=None), name="chart_allergy_once_any_case"
            ),
        ]

    def __str__(self) -> str:
        return f"allergy {self.pk}"


class NoKnownAllergies(models.Model):
    """Somebody asked, and no allergy was known, for a period: a trigger refuses one while an allergy holds, and the reverse.

    A new allergy ends it in the same transaction.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="no_known_allergies")
    started_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("chart_none_known_ends_after_start"),
            never_together("chart_none_known_once", "client_id"),
        ]

    def __str__(self) -> str:
        return f"no known allergies {self.pk}"
