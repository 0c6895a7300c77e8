"""Wristbands: a code that stands for one person, for a period."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from programs.models.clients import Client
from programs.models.periods import Period, ends_after_start, never_together
from programs.rules.bands import Why
from staff.models import Person


class Wristband(models.Model):
    """A band that was printed for a client. It counts from ``started_at`` until ``ended_at``, one at a time for each person.

    ``code`` says nothing about anybody and is never used again. A lost band is ended and a new one printed.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="wristbands")
    code = models.CharField(max_length=20, unique=True)
    started_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_why = models.CharField(max_length=8, choices=[(why.value, why.label) for why in Why], blank=True)

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("programs_wristband_ends_after_start"),
            never_together("programs_one_wristband", "client_id"),
            models.CheckConstraint(condition=Q(code__regex=r"^W[0-9A-Z]{11}$"), name="programs_wristband_code"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_why="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_why=""),
                name="programs_wristband_ended_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"wristband {self.pk}"
