"""A chart opened by somebody whose client it is not: why, for how long, what was printed, and what the review found."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from chart.rules.break_glass import LONGEST, Judged, Why
from programs.models import Client, Site
from staff.models import Person, Proof, TsTzRange, as_range

SAID = r"\S.{8,}\S"  # ten characters at least (``SHORTEST_WORDS``)


class BreakGlass(models.Model):
    """``person`` may open the chart of ``client`` from ``started_at`` to ``ends_at``, or until they ended it (``ended_at``), in UTC.

    Signed with the person's own PIN (``proof``). ``ended_at`` is set once, nothing else ever changes.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="broken_glass")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="broken_glass")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=12, choices=[(each.value, each.label) for each in Why])
    words = models.CharField(max_length=500)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    review_due_at = models.DateTimeField()
    proof = models.OneToOneField(Proof, on_delete=models.PROTECT, related_name="broke_glass")

    class Meta:
        verbose_name_plural = "broken glass"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("started_at"), ends_at__lte=F("started_at") + LONGEST),
                name="chart_glass_ends_in_time",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at"), ended_at__lte=F("ends_at")),
                name="chart_glass_ended_within",
            ),
            models.CheckConstraint(condition=Q(words__regex=SAID), name="chart_glass_says_why"),
            models.CheckConstraint(condition=Q(review_due_at__gt=F("started_at")), name="chart_glass_reviewed_later"),
            ExclusionConstraint(
                name="chart_glass_once_at_a_time",
                expressions=[
                    (as_range("person_id"), RangeOperators.OVERLAPS),
                    (as_range("client_id"), RangeOperators.OVERLAPS),
                    (TsTzRange("started_at", Coalesce("ended_at", "ends_at")), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["site", "review_due_at"], name="chart_glass_site")]

    def __str__(self) -> str:
        return f"broken glass {self.pk}"


class BreakGlassPaper(models.Model):
    """The second step: while the glass is broken, its person gave their PIN again to print or export until ``ends_at``. Append-only."""

    glass = models.ForeignKey(BreakGlass, on_delete=models.PROTECT, related_name="papers")
    words = models.CharField(max_length=500)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    proof = models.OneToOneField(Proof, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("started_at")), name="chart_glass_paper_ends"),
            models.CheckConstraint(condition=Q(words__regex=SAID), name="chart_glass_paper_says_why"),
        ]

    def __str__(self) -> str:
        return f"paper of broken glass {self.glass_id}"


class BreakGlassReview(models.Model):
    """Somebody else looked at it afterwards: what they found, and what came of it. Once; append-only."""

    glass = models.OneToOneField(BreakGlass, on_delete=models.PROTECT, related_name="review")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    judged = models.CharField(max_length=8, choices=[(each.value, each.label) for each in Judged])
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(judged=Judged.RIGHT.value) | ~Q(words=""), name="chart_glass_review_says_what"
            )
        ]

    def __str__(self) -> str:
        return f"review of broken glass {self.glass_id}"
