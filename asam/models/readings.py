"""What a level of the 3rd edition means in the 4th, where a person has to say so. Append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from programs.models import Placement
from staff.models import Person


class LevelReading(models.Model):
    """A person read a placement's older level as one of the 4th edition, with a reason; the newest reading counts.

    The placement keeps what it was: ``edition`` and ``code`` repeat it.
    """

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="readings")
    edition = models.CharField(max_length=4)
    code = models.CharField(max_length=20)
    level = models.CharField(max_length=20)
    reason = models.CharField(max_length=400)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["placement", "-at"], name="asam_reading_newest")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(level=""), name="asam_reading_says_why"),
        ]

    def __str__(self) -> str:
        return f"reading {self.pk}"
