"""Ratings under way: what was pressed and typed so far, kept as it is typed. The only rows here that change."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from asam.models.assessments import Assessment, PreScreen
from asam.models.catalogs import Catalog
from programs.models import Episode
from staff.models import Person


class Draft(models.Model):
    """An assessment that nobody has saved yet; one open at a time for an episode, shared by whoever rates.

    It is closed when it is saved (``assessment``) or given up (``dropped_by``).
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="rating_drafts")
    kind = models.CharField(max_length=16, choices=Assessment.Kind)
    source = models.ForeignKey(Catalog, on_delete=models.PROTECT, related_name="+")
    prescreen = models.OneToOneField(PreScreen, on_delete=models.PROTECT, related_name="draft")
    begun_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, null=True, blank=True, related_name="draft")
    dropped_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["episode"], condition=Q(closed_at=None), name="asam_one_open_draft"),
            models.CheckConstraint(
                condition=Q(closed_at=None, assessment=None, dropped_by=None)
                | Q(closed_at__isnull=False, assessment__isnull=False, dropped_by=None)
                | Q(closed_at__isnull=False, assessment=None, dropped_by__isnull=False),
                name="asam_draft_closed_one_way",
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class DraftPart(models.Model):
    """One dimension of a draft. ``version`` counts its saves: a save names the one it started from (compare and set).

    ``window`` is the page that saved last, so that its own next step is never taken for somebody else's.
    """

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveSmallIntegerField()
    ratings = models.JSONField(default=dict)
    evidence = models.JSONField(default=dict)
    views = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    window = models.CharField(max_length=36, blank=True)
    saved_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="asam_draft_part_once")]

    def __str__(self) -> str:
        return f"part {self.number} of draft {self.draft_id}"


class DraftSupport(models.Model):
    """Something of the chart that is attached to a dimension of a draft; detached, the row goes."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="support")
    dimension = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    of = models.BigIntegerField()
    words = models.CharField(max_length=300)
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "dimension", "kind", "of"], name="asam_draft_support_once")
        ]

    def __str__(self) -> str:
        return f"support {self.pk}"


def versions_of(parts: Iterable[DraftPart]) -> str:
    """The versions of a draft's parts in words that a form carries: '1:3 4:1'."""
    return " ".join(f"{part.number}:{part.version}" for part in sorted(parts, key=lambda part: part.number))
