"""Safety plans in a client's own words, and who signed them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from programs.models import Client
from staff.models import Person


class SafetyPlan(models.Model):
    """One version of a client's safety plan; the highest ``number`` counts. Append-only.

    ``sections`` is what stands under each heading by its code (``chart/rules/safety.py``), in the client's words.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="safety_plans")
    number = models.PositiveSmallIntegerField()
    sections = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "number"], name="chart_safety_plan_version"),
            models.CheckConstraint(condition=~Q(sections={}) & Q(number__gte=1), name="chart_safety_plan_has_words"),
        ]

    def __str__(self) -> str:
        return f"safety plan {self.pk}"


class SafetySigning(models.Model):
    """What the client said to one version: signed (drawn or by word), or would not sign, with why. Append-only.

    ``strokes`` and ``svg`` are a drawn signature as in ``PlanAgreement``; empty otherwise.
    """

    class How(models.TextChoices):
        DRAWN = "drawn", "Signed on the screen"
        WORD = "word", "Agreed by word"
        REFUSED = "refused", "Would not sign"

    plan = models.OneToOneField(SafetyPlan, on_delete=models.PROTECT, related_name="signing")
    how = models.CharField(max_length=8, choices=How)
    strokes = models.JSONField(default=list, blank=True)
    svg = models.TextField(blank=True)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(how="drawn") & ~Q(strokes=[]) & ~Q(svg="")) | (~Q(how="drawn") & Q(strokes=[], svg="")),
                name="chart_safety_signing_drawn",
            ),
            models.CheckConstraint(condition=~Q(how="refused") | ~Q(note=""), name="chart_safety_refused_says_why"),
        ]

    def __str__(self) -> str:
        return f"signing of {self.plan_id}"
