"""Who belongs to a client: people outside, the care team, and how the client may be reached."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from programs.models import Client
from programs.models.periods import Period, ends_after_start, never_together
from staff.models import Person


class Contact(models.Model):
    """A person outside the program, for a period. A change ends the row and begins the next, which names it.

    ``consent_known`` stays false until consents are kept (42 CFR 2.13(c): who asks is not told that somebody is here).
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=80)
    relation = models.CharField(max_length=60)
    phone = models.CharField(max_length=40, blank=True)
    emergency = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    consent_known = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("chart_contact_ends_after_start"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(relation=""), name="chart_contact_has_name"),
            models.CheckConstraint(
                condition=Q(emergency=False) | ~Q(phone=""), name="chart_contact_emergency_has_phone"
            ),
            models.UniqueConstraint(
                fields=["client", "name", "relation"], condition=Q(ended_at=None), name="chart_contact_once"
            ),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"


class TeamMember(models.Model):
    """A person who works here is on a client's care team, in one part, for a period."""

    class Part(models.TextChoices):
        PRIMARY = "primary", "Primary counsellor"
        COUNSELLOR = "counsellor", "Counsellor"
        PRESCRIBER = "prescriber", "Prescriber"
        NURSE = "nurse", "Nurse"
        CASE = "case", "Case manager"
        PEER = "peer", "Peer support"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="team")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="on_teams")
    part = models.CharField(max_length=12, choices=Part)
    started_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("chart_team_ends_after_start"),
            never_together("chart_team_person_once", "client_id", "person_id"),
            never_together("chart_team_one_primary", "client_id", condition=Q(part="primary")),
        ]

    def __str__(self) -> str:
        return f"team member {self.pk}"


class SafeChannel(models.Model):
    """What a client said about one way of reaching them; the newest row of a way counts. Append-only."""

    class Way(models.TextChoices):
        PHONE = "phone", "Phone call"
        VOICEMAIL = "voicemail", "Voicemail"
        MESSAGE = "message", "Text message"
        MAIL = "mail", "Letter"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="channels")
    way = models.CharField(max_length=10, choices=Way)
    allowed = models.BooleanField()
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["client", "way", "-id"], name="chart_channel_newest")]

    def __str__(self) -> str:
        return f"channel {self.pk}"
