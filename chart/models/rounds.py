"""Observation: what was ordered, and every look that was taken."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from chart.rules.rounds.states import SEEN_IN_ROOM, State, Untagged
from programs.models import Client, Episode, Site
from programs.models.periods import Period, ends_after_start, never_together
from staff.models import Person


class ObservationOrder(models.Model):
    """Somebody is looked in on at least every so many minutes, for a period. A change is a new row; one at a time.

    ``until`` is what was planned (NULL: until somebody ends it), ``ended_at`` when it ended or will. Precautions and the site's
    rounds of the night ask for checks too: the shortest of all counts (``chart/rules/rounds``).
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="observation_orders")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="observation_orders")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_why = models.CharField(max_length=200, blank=True)

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("chart_observation_ends"),
            never_together("chart_one_observation", "client_id"),
            models.CheckConstraint(
                condition=~Q(why="") & Q(minutes__gte=5, minutes__lte=240), name="chart_observation_whole"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("started_at"), ended_at__lte=F("until")),
                name="chart_observation_until",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None, ended_why="") | Q(ended_by__isnull=False, ended_at__isnull=False) & ~Q(ended_why=""),
                name="chart_observation_ended_by_someone",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"observation order {self.pk}"


class ObservationCheck(models.Model):
    """Somebody looked. ``at`` is when they looked, ``entered_at`` when it came here. Append-only.

    ``place`` is where the client sleeps ('Rm 12-A') and ``unit_id`` that unit, as it was then; ``room_tag`` the scanned room, ''
    where none was scanned, and then ``untagged`` says why for a client seen in their room. Whether it was in time is never stored:
    it follows from what was asked for (``chart/rules/rounds``).
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="observation_checks")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="observation_checks")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    unit_id = models.BigIntegerField()
    place = models.CharField(max_length=60)
    at = models.DateTimeField()
    entered_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="observation_checks")
    state = models.CharField(max_length=12, choices=[(each.value, each.label) for each in State])
    where = models.CharField(max_length=120, blank=True)
    room_tag = models.CharField(max_length=60, blank=True)
    untagged = models.CharField(max_length=12, choices=[(each.value, each.label) for each in Untagged], blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(entered_at__gte=F("at")), name="chart_check_not_in_the_future"),
            models.CheckConstraint(condition=Q(state__in=[each.value for each in State]), name="chart_check_state"),
            models.CheckConstraint(
                condition=Q(room_tag="") | Q(untagged=""), name="chart_check_one_proof"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[each.value for each in SEEN_IN_ROOM]) | ~Q(room_tag="") | ~Q(untagged=""), name="chart_check_proof"
            ),
            models.CheckConstraint(condition=~Q(state=State.OFF_UNIT.value) | ~Q(where=""), name="chart_check_where"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["site", "entered_at"], name="chart_check_site"),
            models.Index(fields=["client", "at"], name="chart_check_client"),
        ]

    def __str__(self) -> str:
        return f"observation check {self.pk}"
