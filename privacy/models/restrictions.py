"""What clients asked to keep back, and what the program said to it (42 CFR 2.26). All of it append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from privacy.models.consents import one_of
from privacy.models.recipients import Recipient
from privacy.rules.classes import RecipientKind
from privacy.rules.restrictions import How, Step
from programs.models import Client, Site
from staff.models import Person

SAID = r"\S"


class RestrictionRequest(models.Model):
    """A client asks that something not be used or disclosed for treatment, payment or operations.

    ``classes``: words of ``InfoClass`` (empty: all). ``recipient`` or ``recipient_kind`` (neither: everybody). ``purposes``: words of
    ``Purpose``. ``paid_in_full``: it was paid in full by or for the client, so that a health plan must not have it; ``evidence`` says how
    that is known. Such a one is mandatory: the program must agree, and cannot end it.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="restrictions")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=8, choices=[(each.value, each.label) for each in How])
    words = models.CharField(max_length=400)
    classes = models.JSONField(default=list, blank=True)
    recipient = models.ForeignKey(
        Recipient, on_delete=models.PROTECT, null=True, blank=True, related_name="restrictions"
    )
    recipient_kind = models.CharField(
        max_length=20, choices=[(each.value, each.label) for each in RecipientKind], blank=True
    )
    purposes = models.JSONField()
    paid_in_full = models.BooleanField(default=False)
    evidence = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["client", "at"], name="privacy_restriction_client")]
        constraints = [
            one_of("how", How, "privacy_restriction_known_how"),
            models.CheckConstraint(
                condition=Q(words__regex=SAID) & ~Q(purposes=[]), name="privacy_restriction_says_what"
            ),
            models.CheckConstraint(
                condition=Q(recipient=None) | Q(recipient_kind=""), name="privacy_restriction_one_or_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(paid_in_full=False, evidence="")
                | (Q(paid_in_full=True, recipient=None, recipient_kind="health_plan") & Q(evidence__regex=SAID)),
                name="privacy_restriction_paid_with_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"restriction {self.pk}"


class RestrictionStep(models.Model):
    """What the program decided, or how it ended: in writing or by word with the client, or by the program for later records.

    ``mandatory`` is the request's ``paid_in_full``, so that no row can decline it, or end it without the client.
    """

    request = models.ForeignKey(RestrictionRequest, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=16, choices=[(each.value, each.label) for each in Step])
    mandatory = models.BooleanField()
    reason = models.CharField(max_length=400, blank=True)
    paper = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            one_of("kind", Step, "privacy_restriction_step_known"),
            models.CheckConstraint(
                condition=Q(mandatory=False) | ~Q(kind__in=["declined", "ended_program"]),
                name="privacy_restriction_mandatory",
            ),
            models.CheckConstraint(
                condition=Q(kind="agreed") | Q(kind="ended_written", paper__regex=SAID)
                | Q(kind__in=["declined", "ended_oral", "ended_program"], reason__regex=SAID),
                name="privacy_restriction_step_says_why",
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(kind__in=["agreed", "declined"]), name="privacy_restriction_decided_once"
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(kind__in=["ended_written", "ended_oral"]),
                name="privacy_restriction_ended_once",
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(kind="ended_program"), name="privacy_restriction_ended_by_program_once"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
