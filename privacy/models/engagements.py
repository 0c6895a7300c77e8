"""Audits, evaluations and research that may see records without consent, with their documents (42 CFR 2.52, 2.53). Append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from privacy.models.consents import one_of
from privacy.models.recipients import Recipient
from privacy.rules.engagements import EngagementKind, EngagementStepKind
from programs.models import Site
from staff.models import Person

SAID = r"\S"


class Engagement(models.Model):
    """What was agreed with who audits or does research. ``last_day`` inclusive, on the site's calendar.

    ``agency``: for whom it is done. ``authority``: of an audit, under which law or duty; of research, the authorization, waiver or
    exemption. ``agreement``: where the signed paper is. ``copies``, ``listed_sponsor``: an audit that takes copies (2.53(b)), which are
    destroyed by ``destroy_by``. ``director``, ``linkage``, ``irb``: the determination, linked data and the review board of research.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="engagements")
    kind = models.CharField(max_length=10, choices=[(each.value, each.label) for each in EngagementKind])
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="engagements")
    agency = models.CharField(max_length=140)
    authority = models.CharField(max_length=200)
    agreement = models.CharField(max_length=160)
    classes = models.JSONField()
    first_day = models.DateField()
    last_day = models.DateField()
    copies = models.BooleanField(default=False)
    listed_sponsor = models.BooleanField(default=False)
    destroy_by = models.DateField(null=True, blank=True)
    director = models.CharField(max_length=200, blank=True)
    linkage = models.BooleanField(default=False)
    irb = models.CharField(max_length=140, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["site", "-last_day"], name="privacy_engagement_newest")]
        constraints = [
            one_of("kind", EngagementKind, "privacy_engagement_known_kind"),
            models.CheckConstraint(
                condition=Q(agency__regex=SAID) & Q(authority__regex=SAID) & Q(agreement__regex=SAID) & ~Q(classes=[])
                & ~Q(classes__contains=["counseling_notes"]),
                name="privacy_engagement_says_who",
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")) & (Q(destroy_by=None) | Q(destroy_by__gte=F("first_day"))),
                name="privacy_engagement_days",
            ),
            models.CheckConstraint(
                condition=Q(kind="research", copies=False, listed_sponsor=False)
                | Q(kind="audit", copies=True, listed_sponsor=True, destroy_by__isnull=False)
                | Q(kind="audit", copies=False, destroy_by=None),
                name="privacy_engagement_copies",
            ),
            models.CheckConstraint(
                condition=Q(kind="audit", director="", irb="", linkage=False)
                | Q(kind="research", director__regex=SAID) & ~Q(classes__contains=["contacts"])
                & (Q(linkage=False) | Q(irb__regex=SAID)),
                name="privacy_engagement_research_whole",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"engagement {self.pk}"


class EngagementStep(models.Model):
    """It ended before its last day, or what was copied was destroyed: on which day, and where the ``proof`` is."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=[(each.value, each.label) for each in EngagementStepKind])
    words = models.CharField(max_length=400)
    destroyed_on = models.DateField(null=True, blank=True)
    proof = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            one_of("kind", EngagementStepKind, "privacy_engagement_step_known"),
            models.CheckConstraint(
                condition=Q(words__regex=SAID)
                & (Q(kind="ended", destroyed_on=None, proof="") | Q(kind="destroyed", destroyed_on__isnull=False, proof__regex=SAID)),
                name="privacy_engagement_step_whole",
            ),
            models.UniqueConstraint(fields=["engagement", "kind"], name="privacy_engagement_step_once"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
