"""What must be minded about people, for a period: precautions, and who is kept apart from whom."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from programs.models.clients import Client
from programs.models.periods import Period, ends_after_start, never_together
from programs.rules.precautions import Precaution as Kind
from staff.models import Person


class Precaution(models.Model):
    """One precaution of a client for a period. A change is a new row, so that a past board shows what was minded then."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="precautions")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.label) for kind in Kind])
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")  # NULL: migrated

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("programs_precaution_ends_after_start"),
            *[never_together(f"programs_one_{kind.value}", "client_id", condition=Q(kind=kind.value)) for kind in Kind],
        ]

    def __str__(self) -> str:
        return f"precaution {self.pk}"


class KeepApart(models.Model):
    """Two people who do not share a room, for a period; ``first`` is the lower id, so a pair stands once.

    ``why`` is for those who may know it (``Capability.KEEP_APART``); everybody else learns only that there is a rule.
    """

    first = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="kept_apart_first")
    second = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="kept_apart_second")
    why = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("programs_apart_ends_after_start"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="programs_apart_two_people"),
            models.CheckConstraint(condition=~Q(why=""), name="programs_apart_has_reason"),
            never_together("programs_apart_once", "first_id", "second_id"),
        ]

    def __str__(self) -> str:
        return f"keep-apart rule {self.pk}"
