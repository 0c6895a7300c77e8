"""A stretch without the system, and what was entered afterwards from paper."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from emar.models.doses import Administration
from programs.models import Site
from programs.models.periods import ends_after_start, never_together
from staff.models import Person


class Outage(models.Model):
    """A site worked on paper from ``started_at`` until ``ended_at`` (exclusive, open while it lasts).

    ``entered_at``: when somebody said that all paper of it is entered. Two stretches of a site never overlap.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="outages")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=200)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    entered_at = models.DateTimeField(null=True, blank=True)
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            ends_after_start("emar_outage_ends_after_start"),
            never_together("emar_outages_never_overlap", "site_id"),
            models.CheckConstraint(
                condition=Q(entered_at=None, entered_by=None)
                | Q(entered_at__isnull=False, entered_by__isnull=False, ended_at__isnull=False),
                name="emar_outage_entered_after_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"outage {self.pk}"


class PaperEntry(models.Model):
    """This administration was entered from paper: ``given_by`` signed there. Append-only."""

    administration = models.OneToOneField(Administration, on_delete=models.PROTECT, related_name="paper")
    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="entries")
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"paper entry {self.pk}"
