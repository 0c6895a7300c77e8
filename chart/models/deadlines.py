"""Which pack of deadline rules a program follows, since when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from programs.models import Program
from programs.models.periods import Period, ends_after_start
from staff.models import Person


class ProgramDeadlines(models.Model):
    """A program follows a pack of ``chart/deadlines`` for a period; several may hold at once, and the tightest rule counts.

    Without one the house's own pack holds alone. What a deadline's clock started under holds for that deadline.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="deadline_packs")
    pack = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = Period.as_manager()

    class Meta:
        verbose_name_plural = "program deadlines"
        constraints = [
            ends_after_start("chart_program_deadlines_ends"),
            models.CheckConstraint(condition=~Q(pack=""), name="chart_program_deadlines_pack"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="chart_program_deadlines_ended_by_someone",
            ),
            models.UniqueConstraint(
                fields=["program", "pack"], condition=Q(ended_at=None), name="chart_program_deadlines_once"
            ),
        ]

    def __str__(self) -> str:
        return f"pack {self.pack} of program {self.program_id}"
