"""What outsiders who asked for a client were told."""

from __future__ import annotations

from django.db import models

from privacy.models.consents import Consent
from programs.models import Site
from staff.models import Person


class CallerInquiry(models.Model):
    """Somebody outside asked for a person by name, and what they were told. Append-only.

    ``consent`` is the acknowledgement that named the caller; None: the neutral words, whoever was asked for (42 CFR 2.13(c)).
    """

    class Way(models.TextChoices):
        PHONE = "phone", "By telephone"
        DOOR = "door", "At the door"
        DELIVERY = "delivery", "A delivery or mail"
        MESSAGE = "message", "In writing"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    asked_for = models.CharField(max_length=120)
    caller = models.CharField(max_length=120, blank=True)
    way = models.CharField(max_length=10, choices=Way)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, blank=True, related_name="inquiries")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["site", "-at"], name="privacy_inquiry_newest")]

    def __str__(self) -> str:
        return f"inquiry {self.pk}"
