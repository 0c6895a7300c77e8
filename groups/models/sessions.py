"""One meeting, of a group or of one client alone: when, where, who runs it, and who was asked to come besides its programs."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from groups.models.series import Series
from programs.models import Client, Site
from staff.models import Person


class Session(models.Model):
    """One meeting at planned times. ``topic`` is what it is about; ``service`` a code of ``groups/packs/services.toml``.

    A group has a series, and ``occurs_on``, the date its rule gave it: its identity when times move. An individual session has a
    client and no series. ``planned`` is True while it follows its series' pattern; a session moved or cancelled by itself
    does not follow any more. A cancelled session keeps its times. ``completed_at``: every required signature stands.
    """

    class Kind(models.TextChoices):
        GROUP = "group", "Group"
        INDIVIDUAL = "individual", "Individual session"

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.GROUP)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, blank=True, related_name="own_sessions")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="sessions")
    service = models.CharField(max_length=12, default="H0005")
    topic = models.CharField(max_length=120, blank=True)
    room = models.CharField(max_length=40, blank=True)
    by_video = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    occurs_on = models.DateField(null=True, blank=True)
    planned = models.BooleanField(default=False)
    moved_why = models.CharField(max_length=200, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_why = models.CharField(max_length=200, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    facilitators: models.ManyToManyField[Person, Facilitator] = models.ManyToManyField(
        Person, through="Facilitator", related_name="sessions"
    )
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gt=F("started_at")), name="groups_session_ends_after_start"),
            models.UniqueConstraint(
                fields=["series", "started_at"], condition=Q(cancelled_at=None), name="groups_session_once"
            ),
            models.UniqueConstraint(
                fields=["series", "occurs_on"], condition=Q(occurs_on__isnull=False), name="groups_occurrence_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="group", series__isnull=False, client=None)
                | Q(kind="individual", series=None, client__isnull=False),
                name="groups_session_of_series_or_client",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | ~Q(cancelled_why=""), name="groups_cancelled_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(completed_at=None), name="groups_cancelled_or_completed"
            ),
        ]
        indexes = [
            models.Index(fields=["site", "started_at"], name="groups_session_day"),
            models.Index(fields=["client", "started_at"], name="groups_session_client"),
        ]

    def __str__(self) -> str:
        return f"session {self.pk}"

    @property
    def name(self) -> str:
        """What it is called on a list (asks for its series): 'Relapse prevention', 'Individual session'."""
        return self.series.name if self.series is not None else self.Kind.INDIVIDUAL.label


class Facilitator(models.Model):
    """A person runs a session; ``removed_at`` where they no longer do. Nobody who wrote a part vanishes from it."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="facilitator_rows")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="facilitator_rows")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="groups_facilitator_once")]

    def __str__(self) -> str:
        return f"facilitator {self.pk}"


class Guest(models.Model):
    """A client is expected in a session that their program does not serve, or comes to make up for one they missed.

    ``repairs`` is the session they missed: then this is a make-up.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="guests")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="guest_sessions")
    repairs = models.ForeignKey(Session, on_delete=models.PROTECT, null=True, blank=True, related_name="made_up_in")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "client"], condition=Q(withdrawn_at=None), name="groups_guest_once"
            ),
            models.CheckConstraint(
                condition=Q(repairs=None) | ~Q(repairs=F("session")), name="groups_make_up_is_another"
            ),
        ]
        indexes = [models.Index(fields=["client", "repairs"], name="groups_guest_client")]

    def __str__(self) -> str:
        return f"guest {self.pk}"
