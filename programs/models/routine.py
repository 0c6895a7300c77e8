"""What a site does every day by the clock."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import F, Q

from programs.models.periods import Period, ends_after_start, never_together
from programs.models.places import Site
from programs.rules.routine import CHANGES, DEFAULT
from staff.models import Person


def usual_changes() -> list[str]:
    """The changes of shift before a site says otherwise."""
    return [f"{each:%H:%M}" for each in CHANGES]


class SiteRoutine(models.Model):
    """A site's hours for a period: a change is a new row. Without one the defaults of ``programs.rules.routine`` hold.

    ``shift_changes`` are wall times in the order of the day; ``source`` says whose numbers these are.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="routines")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=300)
    shift_changes = models.JSONField(default=usual_changes)
    night_from = models.TimeField(default=DEFAULT.night_from)
    night_until = models.TimeField(default=DEFAULT.night_until)
    night_minutes = models.PositiveSmallIntegerField(default=DEFAULT.night_minutes)  # 0: nobody is looked in on

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("programs_routine_ends_after_start"),
            never_together("programs_one_routine", "site_id"),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(shift_changes=[]) & ~Q(night_from=F("night_until")),
                name="programs_routine_whole",
            ),
            models.CheckConstraint(
                condition=Q(night_minutes=0) | Q(night_minutes__gte=5, night_minutes__lte=240),
                name="programs_routine_minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"routine {self.pk}"

    def clocks(self) -> tuple[time, ...]:
        """The changes of shift as times of day."""
        return tuple(time.fromisoformat(each) for each in self.shift_changes)
