"""What a note of a kind asks for at an organisation, and when a note is late there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chart.models.notes import Note
from programs.models import Organisation
from staff.models import Person


class NoteTemplate(models.Model):
    """One version of a note template of an organisation; the newest counts, before the one that ships. Append-only.

    ``fields`` in their order: name, label, help, required, risk (``chart.rules.note_templates.Field``). ``asks_times``: when it
    began and ended; ``asks_goal``: an objective of the plan. ``in_use`` false: nobody begins one any more.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="note_templates")
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    line = models.CharField(max_length=160, blank=True)
    kind = models.CharField(max_length=12, choices=Note.Kind)
    fields = models.JSONField()
    asks_times = models.BooleanField(default=False)
    asks_goal = models.BooleanField(default=True)
    in_use = models.BooleanField(default=True)
    written_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code", "version"], name="chart_template_version_once"),
            models.CheckConstraint(
                condition=Q(version__gte=1) & ~Q(code="") & ~Q(name="") & ~Q(fields=[]), name="chart_template_whole"
            ),
        ]

    def __str__(self) -> str:
        return f"template {self.code} v{self.version}"


class NotePolicy(models.Model):
    """From ``written_at`` on, a note signed more than ``late_hours`` after what it is about is a late entry. The newest counts;
    append-only."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="note_policies")
    late_hours = models.PositiveSmallIntegerField()
    written_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "note policies"
        constraints = [
            models.CheckConstraint(condition=Q(late_hours__gte=1, late_hours__lte=720), name="chart_note_policy_hours")
        ]

    def __str__(self) -> str:
        return f"note policy {self.pk}"
