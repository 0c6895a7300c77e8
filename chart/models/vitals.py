"""Vital signs that were measured, and from which numbers on a site wants somebody to look."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from programs.models import Client, Episode, Site
from programs.models.periods import Period, ends_after_start, never_together
from staff.models import Person

MEASURES = (
    "systolic", "diastolic", "pulse", "respiration", "temperature", "spo2", "weight", "height", "glucose", "pain",
)  # fmt: skip


class Vitals(models.Model):
    """What was measured of a client at an instant (``chart/vitals.toml``). Append-only: a correction names the old one.

    ``temperature``, ``weight``, ``height`` and ``glucose`` are kept as they were entered, with ``units`` (measure to unit), and
    beside it in the house's unit: C, kg, cm, mg/dL. Pressures in mmHg, pulse and breaths a minute, SpO2 in per cent, pain 0 to 10.
    """

    class Position(models.TextChoices):
        SITTING = "sitting", "Sitting"
        STANDING = "standing", "Standing"
        LYING = "lying", "Lying"

    class Arm(models.TextChoices):
        LEFT = "left", "Left arm"
        RIGHT = "right", "Right arm"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="vitals")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="vitals")
    systolic = models.PositiveSmallIntegerField(null=True)
    diastolic = models.PositiveSmallIntegerField(null=True)
    pulse = models.PositiveSmallIntegerField(null=True)
    respiration = models.PositiveSmallIntegerField(null=True)
    temperature = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    temperature_c = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    spo2 = models.PositiveSmallIntegerField(null=True)
    weight = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    weight_kg = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    height = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    height_cm = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    glucose = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    glucose_mgdl = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    pain = models.PositiveSmallIntegerField(null=True)
    units = models.JSONField(default=dict, blank=True)
    position = models.CharField(max_length=8, choices=Position, blank=True)
    arm = models.CharField(max_length=5, choices=Arm, blank=True)
    note = models.CharField(max_length=300, blank=True)
    overrides = models.JSONField(default=list, blank=True)
    at = models.DateTimeField()
    written_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="vitals")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )

    class Meta:
        verbose_name_plural = "vitals"
        constraints = [
            models.CheckConstraint(
                condition=~Q(**dict.fromkeys(MEASURES, None)), name="chart_vitals_something_measured"
            ),
            models.CheckConstraint(
                condition=Q(systolic=None, diastolic=None)
                | Q(systolic__isnull=False, diastolic__isnull=False, diastolic__lt=F("systolic")),
                name="chart_vitals_pressure_is_a_pair",
            ),
            models.CheckConstraint(condition=Q(pain=None) | Q(pain__lte=10), name="chart_vitals_pain_0_to_10"),
            models.CheckConstraint(condition=Q(spo2=None) | Q(spo2__lte=100), name="chart_vitals_spo2_of_100"),
            models.CheckConstraint(
                condition=(Q(temperature=None) ^ Q(temperature_c__isnull=False))
                & (Q(weight=None) ^ Q(weight_kg__isnull=False))
                & (Q(height=None) ^ Q(height_cm__isnull=False))
                & (Q(glucose=None) ^ Q(glucose_mgdl__isnull=False)),
                name="chart_vitals_in_both_units",
            ),
            models.CheckConstraint(condition=Q(written_at__gte=F("at")), name="chart_vitals_not_in_the_future"),
            models.CheckConstraint(condition=Q(corrects=None) | ~Q(note=""), name="chart_vitals_correction_says_why"),
        ]
        indexes = [models.Index(fields=["client", "-at"], name="chart_vitals_newest")]

    def __str__(self) -> str:
        return f"vitals {self.pk}"


class VitalsPolicy(models.Model):
    """From which numbers on a site wants somebody to look, for a period; a change is a new row. Without one the numbers of
    ``chart/vitals.toml`` hold.

    ``limits``: measure to [under, over], canonical units, NULL where there is none; a measure that is not named has none.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    limits = models.JSONField()
    source = models.CharField(max_length=200)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = Period.as_manager()

    class Meta:
        verbose_name_plural = "vitals policies"
        constraints = [
            ends_after_start("chart_vitals_policy_ends_after_start"),
            models.CheckConstraint(condition=~Q(source=""), name="chart_vitals_policy_has_source"),
            never_together("chart_one_vitals_policy_at_a_time", "site_id"),
        ]

    def __str__(self) -> str:
        return f"vitals policy of {self.site} from {self.started_at:%Y-%m-%d}"
