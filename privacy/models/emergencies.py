"""What was told by telephone in an emergency, before there was time to write it (42 CFR 2.51)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from privacy.models.disclosures import Disclosure
from programs.models import Client, Site
from staff.models import Person


class EmergencyCall(models.Model):
    """Somebody told medical personnel something of a client by word; facts that were not known yet are empty.

    It stays open until its facts are whole: then ``disclosure`` is written, once. Nothing else of it changes. ``medical``: whoever
    wrote it says that these were medical personnel.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="emergency_calls")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    personnel = models.CharField(max_length=120, blank=True)
    facility = models.CharField(max_length=120, blank=True)
    discloser = models.CharField(max_length=120, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    nature = models.CharField(max_length=300, blank=True)
    medical = models.BooleanField(default=False)
    classes = models.JSONField()
    disclosure = models.OneToOneField(
        Disclosure, on_delete=models.PROTECT, null=True, blank=True, related_name="emergency_call"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["site", "at"], condition=Q(disclosure=None), name="privacy_call_open")]
        constraints = [
            models.CheckConstraint(condition=~Q(classes=[]), name="privacy_call_says_what"),
            models.CheckConstraint(
                condition=~Q(classes__contains=["counseling_notes"]), name="privacy_call_without_counseling"
            ),
        ]

    def __str__(self) -> str:
        return f"emergency call {self.pk}"
