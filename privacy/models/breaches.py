"""Incidents of privacy: what happened, who is concerned, the four factors, who was told, and how it ended. Append-only.

42 CFR 2.16(b) applies 45 CFR 164.402 to 164.414 to breaches of unsecured Part 2 records.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from privacy.models.consents import one_of
from privacy.models.emergencies import EmergencyCall
from privacy.rules.breaches import Told
from programs.models import Client, Site
from staff.models import Person

SAID = r"\S"


class BreachIncident(models.Model):
    """Something may have been seen, used or disclosed against the rules. ``people`` as first estimated; the newest assessment counts.

    ``discovered_at``: the first instant at which anybody of the program knew, or should have. ``call``: an emergency call that went to
    somebody who may not be told.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="breach_incidents")
    what = models.CharField(max_length=1000)
    happened_on = models.DateField(null=True, blank=True)
    discovered_at = models.DateTimeField()
    people = models.PositiveIntegerField()
    call = models.OneToOneField(EmergencyCall, on_delete=models.PROTECT, null=True, blank=True, related_name="incident")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["site", "-discovered_at"], name="privacy_breach_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(what__regex=SAID), name="privacy_breach_says_what"),
            models.CheckConstraint(condition=Q(people__gte=1), name="privacy_breach_concerns_somebody"),
            models.CheckConstraint(condition=Q(discovered_at__lte=F("at")), name="privacy_breach_discovered"),
        ]

    def __str__(self) -> str:
        return f"breach incident {self.pk}"


class BreachPerson(models.Model):
    """A client whom an incident concerns."""

    incident = models.ForeignKey(BreachIncident, on_delete=models.PROTECT, related_name="concerned")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="breach_incidents")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "breach people"
        constraints = [models.UniqueConstraint(fields=["incident", "client"], name="privacy_breach_person_once")]

    def __str__(self) -> str:
        return f"client {self.client_id} of incident {self.incident_id}"


class BreachAssessment(models.Model):
    """The four factors of 45 CFR 164.402(2) and what follows: a breach, or a low probability that the record was compromised.

    ``people``: how many are concerned; ``most_in_state``: the most who live in one state. A later one takes the place of an earlier.
    """

    incident = models.ForeignKey(BreachIncident, on_delete=models.PROTECT, related_name="assessments")
    information = models.CharField(max_length=600)
    receiver = models.CharField(max_length=600)
    acquired = models.CharField(max_length=600)
    mitigated = models.CharField(max_length=600)
    breach = models.BooleanField()
    reason = models.CharField(max_length=600)
    people = models.PositiveIntegerField()
    most_in_state = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(information__regex=SAID) & Q(receiver__regex=SAID) & Q(acquired__regex=SAID)
                & Q(mitigated__regex=SAID) & Q(reason__regex=SAID),
                name="privacy_assessment_four_factors",
            ),
            models.CheckConstraint(
                condition=Q(people__gte=1, most_in_state__gte=1, most_in_state__lte=F("people")), name="privacy_assessment_counts"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"assessment {self.pk}"


class BreachNotice(models.Model):
    """Somebody was told of a breach: when, how, and where the proof is kept."""

    incident = models.ForeignKey(BreachIncident, on_delete=models.PROTECT, related_name="notices")
    whom = models.CharField(max_length=12, choices=[(each.value, each.label) for each in Told])
    sent_on = models.DateField()
    how = models.CharField(max_length=200)
    proof = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            one_of("whom", Told, "privacy_breach_notice_known"),
            models.CheckConstraint(
                condition=Q(how__regex=SAID) & Q(proof__regex=SAID), name="privacy_breach_notice_proven"
            ),
            models.UniqueConstraint(fields=["incident", "whom"], name="privacy_breach_told_once"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"


class BreachClosing(models.Model):
    """The end of an incident; never without the assessment it rests on."""

    incident = models.OneToOneField(BreachIncident, on_delete=models.PROTECT, related_name="closing")
    assessment = models.ForeignKey(BreachAssessment, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=400)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(words__regex=SAID), name="privacy_closing_says_why")]

    def __str__(self) -> str:
        return f"closing {self.pk}"
