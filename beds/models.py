"""What is recorded of beds: where they stand, who has them when, what is held, closed or being cleaned.

A bed's state is derived from these periods (``beds/rules/states.py``), never stored.
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from programs.models import Client, Episode, Program, Site
from programs.models.clients import Period, ends_after_start
from staff.models import Person, TsTzRange, as_range


def never_together(name: str, field: str, *, condition: Q | None = None) -> ExclusionConstraint:
    """No two rows of one ``field`` overlap in time."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            (as_range(field), RangeOperators.OVERLAPS),
            (TsTzRange("started_at", "ended_at"), RangeOperators.OVERLAPS),
        ],
        condition=condition,
    )


class Unit(models.Model):
    """A group of rooms with a name, run by one program."""

    class Gender(models.TextChoices):
        WOMEN = "women", "women"
        MEN = "men", "men"
        ANY = "any", "all genders"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="units")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="units")
    name = models.CharField(max_length=60)
    gender_policy = models.CharField(max_length=8, choices=Gender, default=Gender.ANY)
    position = models.PositiveSmallIntegerField(default=0)
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room, in the order people walk them."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=30)
    near_nursing = models.BooleanField(default=False)
    accessible = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Bed(models.Model):
    """A licensed bed. ``label`` is its letter in the room."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="beds")
    label = models.CharField(max_length=4)
    lower_bunk = models.BooleanField(default=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["label", "id"]
        constraints = [models.UniqueConstraint(fields=["room", "label"], name="beds_label_once_a_room")]

    def __str__(self) -> str:
        return self.label


class BedStay(models.Model):
    """An episode has a bed for a period. ``client`` repeats the episode's, so that one person is never in two beds."""

    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="stays")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="stays")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="stays")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("beds_stay_ends_after_start"),
            never_together("beds_one_stay_a_bed", "bed_id"),
            never_together("beds_one_bed_a_person", "client_id"),
        ]

    def __str__(self) -> str:
        return f"stay {self.pk}"


class Hold(models.Model):
    """A bed is kept for someone until ``ended_at``; releasing it brings that forward."""

    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="holds")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="holds")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    history = HistoricalRecords()

    objects = Period.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gte=F("started_at")), name="beds_hold_ends_after_start"),
            never_together("beds_one_hold_a_bed", "bed_id"),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"


class Closure(models.Model):
    """A bed is out of service for a period, and why."""

    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="closures")
    why = models.CharField(max_length=120)
    back_on = models.DateField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("beds_closure_ends_after_start"),
            never_together("beds_one_closure_a_bed", "bed_id"),
            models.CheckConstraint(condition=~Q(why=""), name="beds_closure_has_reason"),
        ]

    def __str__(self) -> str:
        return f"closure {self.pk}"


class CleaningJob(models.Model):
    """A bed needs cleaning from ``started_at``; someone accepts it, and finishing it ends the job."""

    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="cleaning_jobs")
    started_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = Period.as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints = [
            ends_after_start("beds_cleaning_ends_after_start"),
            never_together("beds_one_cleaning_a_bed", "bed_id"),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="beds_cleaning_accepted_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"cleaning {self.pk}"
