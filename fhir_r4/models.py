"""Which recipient a service account reads for: without this row it may read nobody's chart."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from privacy.models import Recipient
from privacy.rules.classes import Purpose
from programs.models.periods import Period, ends_after_start, never_together
from staff.models import Person, ServiceAccount


class Interface(models.Model):
    """A service account reads for a recipient and a purpose, for a period. A change is a new row.

    The gate decides every request on the consents and restrictions as they stand then.
    """

    account = models.ForeignKey(ServiceAccount, on_delete=models.PROTECT, related_name="interfaces")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="interfaces")
    purpose = models.CharField(max_length=12, choices=[(each.value, each.label) for each in Purpose])
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("fhir_interface_ends_after_start"),
            never_together("fhir_interface_once", "account_id"),
            # a system can show no facts of an emergency, an order or an audit: those are released by a person
            models.CheckConstraint(
                condition=~Q(purpose__in=["ETREAT", "AUDIT", "PUBHLTH", "HLEGAL", "PRESENCE", "FUNDRAISING"]),
                name="fhir_interface_ordinary_purpose",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} reads for {self.recipient}"
