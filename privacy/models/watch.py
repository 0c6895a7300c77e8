"""What a privacy officer minds and what came of it: records to watch over, and what was found of an odd pattern."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from privacy.rules.patterns import Pattern
from programs.models import Client, Site
from staff.models import Person

SAID = r"\S"


class RecordMark(models.Model):
    """A record to watch over for a period: somebody known, a colleague, a relative of one. Nobody is refused for it; every
    opening is told to the privacy officer. ``ended_at`` is set once."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="marks")
    why = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(why__regex=SAID), name="privacy_mark_says_why"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__gt=F("started_at"), ended_by__isnull=False),
                name="privacy_mark_ends_after_start",
            ),
            models.UniqueConstraint(fields=["client"], condition=Q(ended_at=None), name="privacy_mark_once"),
        ]

    def __str__(self) -> str:
        return f"mark {self.pk}"


class Judgement(models.Model):
    """Somebody looked at a flag and said what it was; the flag (``key``) is not shown again. Append-only.

    ``lasting``: fine, and the same pattern of this person with this client is fine from then on (two people who share a name).
    """

    class Outcome(models.TextChoices):
        FINE = "fine", "Fine"
        INCIDENT = "incident", "An incident"

    key = models.CharField(max_length=120, unique=True)
    pattern = models.CharField(max_length=20, choices=[(each.value, each.label) for each in Pattern])
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="judged")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    happened_at = models.DateTimeField()  # the first of what it rested on
    until_at = models.DateTimeField()  # the last
    line = models.CharField(max_length=300)  # what the flag said
    outcome = models.CharField(max_length=10, choices=Outcome)
    lasting = models.BooleanField(default=False)
    note = models.CharField(max_length=400)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["site", "-at"], name="privacy_judgement_site")]
        constraints = [
            models.CheckConstraint(condition=Q(note__regex=SAID), name="privacy_judgement_has_note"),
            models.CheckConstraint(
                condition=Q(outcome__in=["fine", "incident"]), name="privacy_judgement_known_outcome"
            ),
            models.CheckConstraint(
                condition=Q(lasting=False) | Q(outcome="fine", client__isnull=False),
                name="privacy_judgement_lasting_is_fine",
            ),
            models.CheckConstraint(condition=Q(until_at__gte=F("happened_at")), name="privacy_judgement_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.outcome}"
