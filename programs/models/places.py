"""Where care happens: the organisation, its sites (each with a time zone) and the programs they run."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords


def check_zone(name: str) -> None:
    """Refuse what is not an IANA time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValidationError(f"{name} is not a time zone; write one like America/New_York.") from error


class Organisation(models.Model):
    """A treatment organisation."""

    name = models.CharField(max_length=120)
    history = HistoricalRecords()

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place with one wall clock. ``slug`` names its live topics."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=40, unique=True)
    time_zone = models.CharField(max_length=60, validators=[check_zone])
    position = models.PositiveSmallIntegerField(default=0)
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        """The site's zone."""
        return ZoneInfo(self.time_zone)


class Program(models.Model):
    """A licensed program at a site: one level of care, or a recovery residence (which is not a level)."""

    class Kind(models.TextChoices):
        TREATMENT = "treatment", "Treatment"
        RESIDENCE = "residence", "Recovery residence"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="programs")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.TREATMENT)
    level = models.CharField(max_length=20, blank=True)  # a code of the 4th edition, '' for a recovery residence
    edition = models.CharField(max_length=4, default="4")
    licensed_capacity = models.PositiveSmallIntegerField(null=True, blank=True)  # people, NULL = not licensed by number
    weekly_minutes = models.PositiveIntegerField(null=True, blank=True)  # the least service a week, in minutes
    is_part2 = models.BooleanField(default=True)  # its records fall under 42 CFR Part 2
    position = models.PositiveSmallIntegerField(default=0)
    history = HistoricalRecords()

    class Meta:
        ordering = ["site__position", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="residence", level="") | (Q(kind="treatment") & ~Q(level="")),
                name="programs_treatment_has_level",
            )
        ]

    def __str__(self) -> str:
        return self.name
