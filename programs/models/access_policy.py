"""What a site asks of whoever looks at charts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from programs.models.periods import Period, ends_after_start, never_together
from programs.models.places import Site
from programs.rules.access_policy import DEFAULT, RANGES, ChartAccess
from staff.models import Person


class SiteAccess(models.Model):
    """A site's rules of access for a period: a change is a new row. Without one the defaults of ``programs.rules.access_policy`` hold.

    ``source`` says whose numbers these are.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="access_rules")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=300)
    idle_minutes = models.PositiveSmallIntegerField(default=DEFAULT.idle_minutes)
    tablet_minutes = models.PositiveSmallIntegerField(default=DEFAULT.tablet_minutes)
    chart_access = models.CharField(
        max_length=8, choices=[(each.value, each.label) for each in ChartAccess], default=DEFAULT.chart_access.value
    )
    discharged_days = models.PositiveSmallIntegerField(default=DEFAULT.discharged_days)
    assigned_days = models.PositiveSmallIntegerField(default=DEFAULT.assigned_days)
    glass_minutes = models.PositiveSmallIntegerField(default=DEFAULT.glass_minutes)

    objects = Period.as_manager()

    class Meta:
        verbose_name_plural = "site access rules"
        constraints = [
            ends_after_start("programs_access_ends_after_start"),
            never_together("programs_one_access", "site_id"),
            models.CheckConstraint(
                condition=~Q(source="") & Q(chart_access__in=[each.value for each in ChartAccess]),
                name="programs_access_whole",
            ),
            models.CheckConstraint(
                condition=Q(**{f"{name}__range": reach for name, reach in RANGES.items()}),
                name="programs_access_in_reach",
            ),
        ]

    def __str__(self) -> str:
        return f"access rules {self.pk}"
