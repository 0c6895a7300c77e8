"""A scale handed to the client on a tablet that is locked to it, and what they pressed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from chart.models.scores import Score
from programs.models import Client, Episode, Site
from staff.models import Person


class HandOver(models.Model):
    """A scale given to the client to fill in. Each step is set once: begun, closed by the client (``stopped``: before the end),
    taken back by staff, settled (signed as a ``score``, set aside with a ``reason``, or gone on with in another)."""

    class Outcome(models.TextChoices):
        SIGNED = "signed", "Signed"
        SET_ASIDE = "set_aside", "Set aside"
        CONTINUED = "continued", "Gone on with"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="hand_overs")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="hand_overs")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    scale = models.CharField(max_length=20)
    edition = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    began_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    stopped = models.BooleanField(default=False)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    score = models.OneToOneField(Score, on_delete=models.PROTECT, null=True, related_name="hand_over")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(closed_at=None) | Q(closed_at__gte=F("began_at")))
                & (Q(taken_back_at=None) | Q(taken_back_at__gte=F("began_at")))
                & (Q(settled_at=None) | Q(settled_at__gte=F("began_at"))),
                name="chart_hand_over_in_order",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="chart_hand_over_taken_back_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, outcome="", score=None, reason="")
                | Q(settled_at__isnull=False, settled_by__isnull=False, outcome="signed", score__isnull=False)
                | (
                    Q(settled_at__isnull=False, settled_by__isnull=False, outcome="set_aside", score=None)
                    & ~Q(reason="")
                )
                | Q(settled_at__isnull=False, settled_by__isnull=False, outcome="continued", score=None),
                name="chart_hand_over_settled_as_something",
            ),
            models.UniqueConstraint(
                fields=["client", "scale"], condition=Q(settled_at=None), name="chart_hand_over_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"hand-over {self.pk}"


class HandOverAnswer(models.Model):
    """An item that the client answered; the newest of an item counts. Append-only."""

    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="answers")
    item = models.CharField(max_length=20)
    value = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(item=""), name="chart_hand_over_answer_has_item")]
        indexes = [models.Index(fields=["hand_over", "id"], name="chart_hand_over_answers")]

    def __str__(self) -> str:
        return f"answer {self.pk}"
