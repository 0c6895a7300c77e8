"""Clients' requests for their own record, and how each was answered (42 CFR 2.23, 45 CFR 164.524). Append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from privacy.models.consents import one_of
from privacy.models.disclosures import Disclosure
from privacy.rules.own_access import AccessStepKind, Wanted
from programs.models import Client, Site
from staff.models import Person

SAID = r"\S"
ANSWERS = [each.value for each in AccessStepKind if each.answers]


class AccessRequest(models.Model):
    """A client asked for their own record: on which day, how, for what, and in which form they want it."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="access_requests")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="access_requests")
    asked_on = models.DateField()
    how = models.CharField(max_length=200)
    asks = models.CharField(max_length=400)
    wanted = models.CharField(max_length=10, choices=[(each.value, each.label) for each in Wanted])
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["client", "-asked_on"], name="privacy_access_of_client")]
        constraints = [
            one_of("wanted", Wanted, "privacy_access_known_form"),
            models.CheckConstraint(condition=Q(how__regex=SAID) & Q(asks__regex=SAID), name="privacy_access_says_what"),
        ]

    def __str__(self) -> str:
        return f"access request {self.pk}"


class AccessStep(models.Model):
    """More time was taken (``until``: the new last day), or it was answered. What is not given says why and who reviews that."""

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=[(each.value, each.label) for each in AccessStepKind])
    until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    review = models.CharField(max_length=400, blank=True)
    disclosure = models.ForeignKey(
        Disclosure, on_delete=models.PROTECT, null=True, blank=True, related_name="access_steps"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            one_of("kind", AccessStepKind, "privacy_access_step_known"),
            models.CheckConstraint(
                condition=Q(kind="extended", until__isnull=False, reason__regex=SAID, review="", disclosure=None)
                | Q(kind="given", until=None, disclosure__isnull=False, reason="", review="")
                | Q(kind="part", until=None, disclosure__isnull=False, reason__regex=SAID, review__regex=SAID)
                | Q(kind="refused", until=None, disclosure=None, reason__regex=SAID, review__regex=SAID),
                name="privacy_access_step_whole",
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(kind__in=ANSWERS), name="privacy_access_answered_once"
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(kind="extended"), name="privacy_access_extended_once"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
