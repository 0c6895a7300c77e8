"""What is written about a client in sentences."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from programs.models import Episode
from staff.models import Person


class Note(models.Model):
    """A note about a client, signed as it is written. Append-only: a correction is a new note naming the old one."""

    class Kind(models.TextChoices):
        PROGRESS = "progress", "Progress note"
        ADMISSION = "admission", "Admission note"
        STEP = "step", "Step note"
        NURSING = "nursing", "Nursing note"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=12, choices=Kind)
    text = models.TextField()
    about_at = models.DateTimeField()  # when it happened
    written_at = models.DateTimeField()  # when it was signed
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notes")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )

    class Meta:
        indexes = [models.Index(fields=["episode", "-about_at"], name="chart_note_episode")]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="chart_note_has_text")]

    def __str__(self) -> str:
        return f"note {self.pk}"
