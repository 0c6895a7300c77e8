"""Two records of one person, read as one."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from programs.models.clients import Client
from programs.models.periods import Period, ends_after_start, never_together
from staff.models import Person


class Merge(models.Model):
    """``client`` is read as ``into``, for a period. No other row is touched by it, so that ending it restores both as they were.

    ``carried`` are the rows that were written for ``into`` so that whoever reads it alone is warned too: what ``client`` is allergic to,
    its precautions and whom it is kept apart from (lists of keys by 'allergies', 'precautions', 'apart'; 'none_known' was ended).
    A trigger refuses a chain, a record that is in care or asks for a place, and an episode or request that begins on a merged one.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="merges")
    into = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="merged_in")
    why = models.CharField(max_length=300)
    carried = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_why = models.CharField(max_length=300, blank=True)

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("programs_merge_ends_after_start"),
            never_together("programs_merge_one_at_a_time", "client_id"),
            models.CheckConstraint(condition=~Q(client=F("into")), name="programs_merge_two_records"),
            models.CheckConstraint(condition=~Q(why=""), name="programs_merge_says_why"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_why="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_why=""),
                name="programs_merge_ended_by_someone",
            ),
        ]
        indexes = [
            models.Index(fields=["into"], condition=Q(ended_at=None), name="programs_merge_into"),
            models.Index(fields=["client"], condition=Q(ended_at=None), name="programs_merge_client"),
        ]

    def __str__(self) -> str:
        return f"merge {self.pk}"
