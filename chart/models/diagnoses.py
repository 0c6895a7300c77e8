"""What a client was diagnosed with."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from programs.models import Client
from staff.models import Person


class Diagnosis(models.Model):
    """A diagnosis as a clinician wrote it: an ICD-10-CM code and a name typed by hand. Append-only.

    What changes is a new row that names the old one and says why; the row that nothing replaces counts. ``place`` is where it
    stands in the list, from 1. ``code`` may be '' where there is a name alone (DSM names are entered by hand).
    """

    class Kind(models.TextChoices):
        PRIMARY = "primary", "Primary"
        SECONDARY = "secondary", "Secondary"
        RULE_OUT = "rule_out", "Rule out"
        RESOLVED = "resolved", "Resolved"
        MISTAKE = "mistake", "Written by mistake"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="diagnoses")
    code = models.CharField(max_length=8, blank=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind)
    place = models.PositiveSmallIntegerField()
    onset_on = models.DateField(null=True, blank=True)
    resolved_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "diagnoses"
        indexes = [models.Index(fields=["client", "place"], name="chart_diagnosis_client")]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="chart_diagnosis_has_name"),
            models.CheckConstraint(
                condition=Q(code="") | Q(code__regex=r"^[A-Z][0-9][0-9AB](\.[0-9A-Z]{1,4})?$"),
                name="chart_diagnosis_code_form",
            ),
            models.CheckConstraint(condition=Q(corrects=None) | ~Q(why=""), name="chart_diagnosis_change_says_why"),
            models.CheckConstraint(
                condition=Q(onset_on=None) | Q(resolved_on=None) | Q(resolved_on__gte=F("onset_on")),
                name="chart_diagnosis_resolved_after_onset",
            ),
            models.CheckConstraint(
                condition=(Q(kind="resolved") & Q(resolved_on__isnull=False))
                | (~Q(kind="resolved") & Q(resolved_on=None)),
                name="chart_diagnosis_resolved_has_date",
            ),
            models.CheckConstraint(condition=Q(place__gte=1), name="chart_diagnosis_place_from_one"),
        ]

    def __str__(self) -> str:
        return f"diagnosis {self.pk}"
