"""A pass as it is walked: begun and finished, and who is with which client. Neither is a lock."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from programs.models import Client, Site
from programs.models.periods import Period
from staff.models import Person


class PassRun(models.Model):
    """A pass of a unit was begun and, with everything accounted for, finished. ``pass_at`` is the pass's own time."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    unit_id = models.BigIntegerField()  # beds.Unit; rooms do not know each other
    pass_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = Period.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit_id", "pass_at"], name="emar_one_run_a_pass"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False, ended_at__gte=F("started_at")),
                name="emar_run_finished_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"pass {self.pk}"


class PassClient(models.Model):
    """Someone has a client's doses open on a tablet. ``seen_at`` is when the tablet was last heard of."""

    unit_id = models.BigIntegerField()  # beds.Unit
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    device = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = Period.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["by", "device"], condition=Q(ended_at=None), name="emar_one_client_a_tablet"
            ),
            models.CheckConstraint(
                condition=Q(seen_at__gte=F("started_at")) & (Q(ended_at=None) | Q(ended_at__gte=F("started_at"))),
                name="emar_with_client_forwards",
            ),
        ]
        indexes = [models.Index(fields=["unit_id"], condition=Q(ended_at=None), name="emar_with_client_now")]

    def __str__(self) -> str:
        return f"with client {self.pk}"
