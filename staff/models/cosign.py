"""What every awaited co-signature has, whatever it is under."""

from __future__ import annotations

from django.db import models

from staff.models.people import Person


class AwaitedName(models.Model):
    """A supervisor's name is due by ``due_at`` (by ``rule``, as it was when the author signed), or stands: ``by``, ``at``."""

    due_at = models.DateTimeField()
    rule = models.CharField(max_length=200)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
