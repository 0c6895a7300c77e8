"""What is recorded of medications: the formulary, orders, and what became of each dose.

Doses due are computed from orders (``emar/rules/schedule``), never stored: ``(order, due_at)`` is a dose's identity, and an
administration claims it under a unique constraint.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from emar.rules.administration import Outcome
from programs.models import Client, Episode
from programs.models.clients import Period, ends_after_start
from staff.models import Person


class Medication(models.Model):
    """A line of the formulary."""

    name = models.CharField(max_length=80)
    ingredient = models.CharField(max_length=80)  # lower case; matched against allergies
    drug_class = models.CharField(max_length=60, blank=True)
    strength = models.CharField(max_length=40)
    form = models.CharField(max_length=40)
    route = models.CharField(max_length=30)
    dea_schedule = models.CharField(max_length=4, blank=True)  # 'II' ... 'V'
    high_alert = models.BooleanField(default=False)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "strength", "form"], name="emar_medication_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.strength}"


class Order(models.Model):
    """A prescriber's order for a client. ``schedule`` is the stored form of ``emar.rules.schedule``; ``ended_at`` is the stop."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="orders")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="orders")
    medication = models.ForeignKey(Medication, on_delete=models.PROTECT, related_name="orders")
    dose = models.DecimalField(max_digits=9, decimal_places=3)
    unit = models.CharField(max_length=20)
    route = models.CharField(max_length=30)
    schedule = models.JSONField()
    time_critical = models.BooleanField(default=False)
    indication = models.CharField(max_length=120, blank=True)
    instructions = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="orders")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    history = HistoricalRecords()

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("emar_order_ends_after_start"),
            models.CheckConstraint(condition=Q(dose__gt=0, dose__lt=1_000_000), name="emar_order_dose_positive"),
            models.CheckConstraint(condition=~Q(unit=""), name="emar_order_has_unit"),
        ]
        indexes = [models.Index(fields=["client", "started_at"], name="emar_order_client")]

    def __str__(self) -> str:
        return f"order {self.pk}"


class OrderHold(models.Model):
    """An order is on hold for a period: its doses in it are not due."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="holds")
    why = models.CharField(max_length=120)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    objects = Period.as_manager()

    class Meta:
        constraints = [ends_after_start("emar_hold_ends_after_start")]

    def __str__(self) -> str:
        return f"order hold {self.pk}"


TAKEN = ("given", "partial", "vomited", "self_administered")


class Administration(models.Model):
    """What became of one dose. Append-only; a correction is a new row that names the old one and says why.

    ``due_at`` is NULL for a dose as needed. ``minutes_off`` is signed: given minus due, in whole minutes.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="administrations")
    due_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=[(outcome.value, outcome.label) for outcome in Outcome])
    amount = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=300, blank=True)
    identifiers = models.JSONField(default=list)
    given_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    wall_clock = models.CharField(max_length=32)  # what the site's clock showed, with its offset
    minutes_off = models.IntegerField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="administrations")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "due_at"],
                condition=Q(corrects=None, due_at__isnull=False),
                name="emar_each_dose_once",
            ),
            models.CheckConstraint(
                # NULL > 0 is unknown, which a check lets pass, and NaN is the largest number: so both are named
                condition=Q(outcome__in=TAKEN, amount__isnull=False, amount__gt=0, amount__lt=1_000_000) & ~Q(unit="")
                | ~Q(outcome__in=TAKEN) & Q(amount=None),
                name="emar_amount_when_taken",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["refused", "held", "not_available"]) | ~Q(reason=""),
                name="emar_reason_when_not_given",
            ),
            models.CheckConstraint(condition=Q(recorded_at__gte=F("given_at")), name="emar_not_in_the_future"),
            models.CheckConstraint(condition=Q(corrects=None) | ~Q(note=""), name="emar_correction_says_why"),
        ]
        indexes = [
            models.Index(fields=["order", "-given_at"], name="emar_administration_given"),
        ]

    def __str__(self) -> str:
        return f"administration {self.pk}"
