"""Patches: what somebody saw of one that was put on. Rows are never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from emar.models.doses import Administration
from staff.models import Person


class PatchSeen(models.Model):
    """One statement about a patch that was put on; the newest counts. Append-only: a slip is answered by 'still on', with why."""

    class State(models.TextChoices):
        OFF = "off", "Taken off"
        FELL = "fell_off", "Had fallen off"
        MISSING = "missing", "Not found on the body"
        ON = "on", "Still on"

    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="patch_seen")
    state = models.CharField(max_length=10, choices=State)
    note = models.CharField(max_length=300, blank=True)
    seen_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(recorded_at__gte=F("seen_at")), name="emar_patch_not_in_the_future"),
            models.CheckConstraint(condition=~Q(state="on") | ~Q(note=""), name="emar_patch_still_on_says_why"),
        ]
        indexes = [models.Index(fields=["administration", "-id"], name="emar_patch_seen_newest")]

    def __str__(self) -> str:
        return f"patch seen {self.pk}"
