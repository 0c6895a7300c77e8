"""Subpoenas, orders, warrants and letters that came, and what was done with them (42 CFR 2.61 to 2.67). Append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from privacy.models.consents import one_of
from privacy.models.recipients import Recipient
from privacy.rules.legal import Answer, LegalKind, LegalStepKind
from programs.models import Client, Site
from staff.models import Person

SAID = r"\S"


class LegalRequest(models.Model):
    """A paper that asks for records, as it came. An order says under which ``section`` it was made and which ``classes`` it names.

    ``named``: who it asks for, as it is written there; ``client`` where that is a client of the program. ``mandate``: the subpoena that
    came with an order. ``until``: the order ends then. ``confidential_finding``: it cites a finding under 2.63.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="legal_requests")
    kind = models.CharField(max_length=10, choices=[(each.value, each.label) for each in LegalKind])
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, blank=True, related_name="legal_requests")
    named = models.CharField(max_length=140)
    sender = models.CharField(max_length=140)
    court = models.CharField(max_length=140, blank=True)
    docket = models.CharField(max_length=60, blank=True)
    asks = models.CharField(max_length=400)
    received_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    section = models.CharField(max_length=4, blank=True)
    mandate = models.CharField(max_length=160, blank=True)
    classes = models.JSONField(default=list, blank=True)
    recipient = models.ForeignKey(
        Recipient, on_delete=models.PROTECT, null=True, blank=True, related_name="legal_requests"
    )
    until = models.DateTimeField(null=True, blank=True)
    confidential_finding = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["site", "-received_on"], name="privacy_legal_newest")]
        constraints = [
            one_of("kind", LegalKind, "privacy_legal_known_kind"),
            models.CheckConstraint(
                condition=Q(named__regex=SAID) & Q(sender__regex=SAID) & Q(asks__regex=SAID), name="privacy_legal_says_what"
            ),
            models.CheckConstraint(
                condition=Q(kind="order", section__in=["2.64", "2.65", "2.66", "2.67"])
                & Q(court__regex=SAID) & Q(docket__regex=SAID) & ~Q(classes=[])
                | ~Q(kind="order") & Q(section="", classes=[], mandate="", until=None, confidential_finding=False),
                name="privacy_legal_order_whole",
            ),
            models.CheckConstraint(
                condition=~Q(classes__contains=["counseling_notes"]) | Q(confidential_finding=True),
                name="privacy_legal_counseling_with_finding",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"legal request {self.pk}"


class LegalStep(models.Model):
    """What happened to one of them: its mandate came, counsel reviewed it, it was answered."""

    request = models.ForeignKey(LegalRequest, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=[(each.value, each.label) for each in LegalStepKind])
    answer = models.CharField(max_length=10, choices=[(each.value, each.label) for each in Answer], blank=True)
    words = models.CharField(max_length=400)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            one_of("kind", LegalStepKind, "privacy_legal_step_known"),
            models.CheckConstraint(
                condition=Q(words__regex=SAID)
                & (Q(kind="answered", answer__in=[each.value for each in Answer]) | ~Q(kind="answered") & Q(answer="")),
                name="privacy_legal_step_whole",
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(kind="answered"), name="privacy_legal_answered_once"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
