"""What is planned of groups that meet again and again: the series, when it meets, what it teaches, who is chosen for it."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from simple_history.models import HistoricalRecords

from programs.models import Client, Program, Site
from programs.models.periods import Period, ends_after_start, never_together
from staff.models import Person, as_range


class DateRange(Func):
    """``daterange(start, end)``: from start, up to and not including end; a NULL end is open."""

    function = "DATERANGE"


class Series(models.Model):
    """A group that meets again and again, for the clients placed in its programs.

    ``service`` is a code of ``groups/packs/services.toml``; ``size_limit`` the organisation's own limit (a rule pack may ask for
    less); ``credentials`` who may lead it, separated by commas ('' = anyone who runs groups). Where ``by_choice``, only the
    members chosen for it (``Member``) are expected, of those its programs place. ``planned_until``: the date up to which (not
    including) sessions were written out.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="series")
    name = models.CharField(max_length=80)
    programs = models.ManyToManyField(Program, related_name="series")
    size_limit = models.PositiveSmallIntegerField(default=12)
    service = models.CharField(max_length=12, default="H0005")
    credentials = models.CharField(max_length=200, blank=True)
    by_choice = models.BooleanField(default=False)
    meets_on_holidays = models.BooleanField(default=False)
    planned_until = models.DateField(null=True, blank=True, editable=False)
    ended_on = models.DateField(null=True, blank=True)  # the first date on which it no longer meets
    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = "series"
        constraints = [models.CheckConstraint(condition=Q(size_limit__gte=1), name="groups_series_has_places")]

    def __str__(self) -> str:
        return self.name


class Pattern(models.Model):
    """When a series meets, for a period of dates on the site's calendar (``ends_on`` exclusive, open while NULL).

    ``rule`` is an RFC 5545 recurrence rule of whole days (FREQ=WEEKLY;BYDAY=MO,WE); the first occurrence is not before
    ``begins_on``, from which intervals are counted. ``starts`` is what the site's clock shows; ``minutes`` real minutes.
    A change from a date on ends one pattern and begins another: what was planned before stays as it was.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="patterns")
    rule = models.CharField(max_length=200)
    starts = models.TimeField()
    minutes = models.PositiveSmallIntegerField()
    room = models.CharField(max_length=40)
    by_video = models.BooleanField(default=False)
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    leads: models.ManyToManyField[Person, models.Model] = models.ManyToManyField(Person, related_name="+", blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=720), name="groups_pattern_length"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("begins_on")), name="groups_pattern_ends_after_start"
            ),
            ExclusionConstraint(
                name="groups_one_pattern_a_time",
                expressions=[
                    (as_range("series_id"), RangeOperators.OVERLAPS),
                    (DateRange("begins_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"pattern {self.pk}"


class Topic(models.Model):
    """One topic of a series' curriculum; sessions take them in turn, by ``position``."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="topics")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["series", "position"], name="groups_topic_once")]

    def __str__(self) -> str:
        return self.title


class Holiday(models.Model):
    """A date on which the site's groups do not meet, but for those that meet on holidays too."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="holidays")
    on = models.DateField()
    name = models.CharField(max_length=80)
    history = HistoricalRecords()

    class Meta:
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["site", "on"], name="groups_holiday_once")]

    def __str__(self) -> str:
        return f"{self.name}, {self.on}"


class Member(models.Model):
    """A client was chosen for a series that is by choice, for a period. Expected only while its programs place them too."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="members")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="chosen_groups")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("groups_member_ends_after_start"),
            never_together("groups_member_once", "series_id", "client_id"),
        ]

    def __str__(self) -> str:
        return f"member {self.pk}"
