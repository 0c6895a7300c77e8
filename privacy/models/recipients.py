"""Who records may go to: organisations and people outside, what they are under the law, and what is agreed with them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from privacy.rules.classes import AgreementKind, Hipaa, Part2, RecipientKind
from programs.models import Client, Organisation
from programs.models.periods import Period, ends_after_start
from staff.models import Person


class Recipient(models.Model):
    """An organisation or a person outside, known to the whole organisation, or to one client alone (``client``: their family).

    What is not known of ``hipaa`` and ``part2`` counts as neither. ``medical``: medical personnel, who may be told in an emergency
    (42 CFR 2.51). Never deleted: a consent and a disclosure may name it; ``ended_at`` takes it out of the lists.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="recipients")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, blank=True, related_name="recipients")
    kind = models.CharField(max_length=20, choices=[(each.value, each.label) for each in RecipientKind])
    name = models.CharField(max_length=120)
    relation = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    hipaa = models.CharField(
        max_length=8, choices=[(each.value, each.label) for each in Hipaa], default=Hipaa.UNKNOWN.value
    )
    part2 = models.CharField(
        max_length=8, choices=[(each.value, each.label) for each in Part2], default=Part2.UNKNOWN.value
    )
    medical = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("privacy_recipient_ends_after_start"),
            models.CheckConstraint(condition=~Q(name=""), name="privacy_recipient_has_name"),
            models.CheckConstraint(
                condition=Q(kind__in=[each.value for each in RecipientKind])
                & Q(hipaa__in=[each.value for each in Hipaa])
                & Q(part2__in=[each.value for each in Part2]),
                name="privacy_recipient_known_words",
            ),
            models.CheckConstraint(
                condition=Q(client=None) | Q(kind=RecipientKind.PERSON.value), name="privacy_recipient_of_a_client_is_a_person"
            ),
            models.UniqueConstraint(
                fields=["organisation", "name", "kind"], condition=Q(client=None, ended_at=None),
                name="privacy_recipient_once",
            ),
            models.UniqueConstraint(
                fields=["client", "name"], condition=Q(client__isnull=False, ended_at=None),
                name="privacy_recipient_of_a_client_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Agreement(models.Model):
    """A written agreement with a recipient. ``ends_on`` is its last day (None: open). A new one is a new row; only its end is
    written later."""

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="agreements")
    kind = models.CharField(max_length=8, choices=[(each.value, each.label) for each in AgreementKind])
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="privacy_agreement_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[each.value for each in AgreementKind]), name="privacy_agreement_known_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"agreement {self.pk}"
