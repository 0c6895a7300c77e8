"""What is recorded of beds: where they stand, who has them when, what is held, closed or being cleaned.

A bed's state is derived from these periods (``beds/rules/states.py``), never stored.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from programs.models import Client, Episode, Program, Site
from programs.models.periods import Period, ends_after_start, never_together
from staff.models import Person


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
    age_from = models.PositiveSmallIntegerField(null=True, blank=True)  # whole years, inclusive
    age_to = models.PositiveSmallIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(age_from=None) | Q(age_to=None) | Q(age_to__gte=F("age_from")),
                name="beds_unit_ages_in_order",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Staffing(models.Model):
    """How many people a unit is staffed for, from ``started_at`` on; without a row it is staffed for all its beds."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="staffing")
    places = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("beds_staffing_ends_after_start"),
            never_together("beds_one_staffing_a_unit", "unit_id"),
        ]

    def __str__(self) -> str:
        return f"staffing {self.pk}"


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
    """An episode has a bed for a period. ``client`` repeats the episode's, so that one person is never in two beds.

    ``overrides`` says what was gone past when they came: a list of ``{"code", "message", "reason"}``.
    """

    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="stays")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="stays")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="stays")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    overrides = models.JSONField(default=list, blank=True)
    history = HistoricalRecords()

    objects = Period.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["bed", "-ended_at"], name="beds_stay_left"),
            models.Index(fields=["ended_at"], name="beds_stay_ended"),
        ]
        constraints = [
            ends_after_start("beds_stay_ends_after_start"),
            never_together("beds_one_stay_a_bed", "bed_id"),
            never_together("beds_one_bed_a_person", "client_id"),
        ]

    def __str__(self) -> str:
        return f"stay {self.pk}"


class Hold(models.Model):
    """A bed is kept for someone ``until`` an instant; ``ended_at`` is that, or earlier where it was let go or used.

    ``after`` is the stay that has the bed still: the hold then waits for it to end, and nobody comes between.
    """

    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="holds")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="holds")
    after = models.ForeignKey(BedStay, on_delete=models.PROTECT, null=True, blank=True, related_name="holds_after")
    started_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    history = HistoricalRecords()

    objects = Period.as_manager()

    class Meta:
        indexes = [models.Index(fields=["ended_at"], name="beds_hold_ended")]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gte=F("started_at")), name="beds_hold_ends_after_start"),
            models.CheckConstraint(condition=Q(until__gte=F("ended_at")), name="beds_hold_ends_by_until"),
            never_together("beds_one_hold_a_bed", "bed_id"),
            never_together("beds_one_hold_a_person", "client_id"),
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
        indexes = [models.Index(fields=["bed", "-ended_at"], name="beds_closure_over")]
        constraints = [
            ends_after_start("beds_closure_ends_after_start"),
            never_together("beds_one_closure_a_bed", "bed_id"),
            models.CheckConstraint(condition=~Q(why=""), name="beds_closure_has_reason"),
        ]

    def __str__(self) -> str:
        return f"closure {self.pk}"


class CleaningJob(models.Model):
    """A bed needs cleaning from ``started_at``; someone accepts it, and finishing it ends the job.

    ``after`` is the stay whose end asked for it. ``handed_back``: it ended unfinished, and another job took its place.
    """

    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="cleaning_jobs")
    after = models.ForeignKey(BedStay, on_delete=models.PROTECT, null=True, blank=True, related_name="cleaning_jobs")
    started_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    handed_back = models.BooleanField(default=False)
    history = HistoricalRecords()

    objects = Period.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["bed", "-ended_at"], name="beds_cleaning_done"),
            models.Index(fields=["ended_at"], name="beds_cleaning_ended"),
        ]
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


class RoomTag(models.Model):
    """A code on a room's door, scanned on rounds. It counts from ``started_at`` until ``ended_at``, one at a time for each room.

    ``code`` says nothing and is never used again. A lost or copied tag is ended and a new one printed.
    """

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="tags")
    code = models.CharField(max_length=20, unique=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("beds_tag_ends_after_start"),
            never_together("beds_one_tag_a_room", "room_id"),
            models.CheckConstraint(condition=Q(code__regex=r"^R[0-9A-Z]{9}$"), name="beds_tag_code"),
        ]

    def __str__(self) -> str:
        return f"tag {self.pk}"
