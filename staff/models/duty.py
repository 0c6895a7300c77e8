"""Who is on duty where, since when."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from staff.models.people import Person, TsTzRange, as_range
from staff.rules.duty import LONGEST


class DutyQuerySet(models.QuerySet["Duty"]):
    """Periods on duty."""

    def current(self, at: datetime) -> Self:
        """Who is on duty at this instant (UTC): begun, not ended, and not forgotten for longer than anyone works."""
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=at), started_at__lte=at, started_at__gt=at - LONGEST)


class Duty(models.Model):
    """A person is on duty at a site for a period (UTC; ``ended_at`` exclusive, open while NULL)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="duties")
    site = models.ForeignKey("programs.Site", on_delete=models.PROTECT, related_name="duties")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "duties"
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")), name="staff_duty_ends_after_start"
            ),
            ExclusionConstraint(
                name="staff_duty_once",
                expressions=[
                    (as_range("person_id"), RangeOperators.OVERLAPS),
                    (as_range("site_id"), RangeOperators.OVERLAPS),
                    (TsTzRange("started_at", "ended_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["site", "-started_at"], name="staff_duty_site")]

    def __str__(self) -> str:
        return f"{self.person} on duty since {self.started_at:%Y-%m-%d %H:%M}"
