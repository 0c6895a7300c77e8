"""What is recorded of groups: series, sessions, who runs them, who came, and what was written by whom."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from groups.rules.minutes import AttendanceStatus
from programs.models import Client, Program, Site
from staff.models import Person


class Series(models.Model):
    """A group that meets again and again, for the clients placed in its programs."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="series")
    name = models.CharField(max_length=80)
    programs = models.ManyToManyField(Program, related_name="series")
    size_limit = models.PositiveSmallIntegerField(default=12)
    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = "series"
        constraints = [models.CheckConstraint(condition=Q(size_limit__gte=1), name="groups_series_has_places")]

    def __str__(self) -> str:
        return self.name


class Session(models.Model):
    """One meeting of a series, at planned times. ``topic`` is what it is about."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="sessions")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="sessions")
    topic = models.CharField(max_length=120, blank=True)
    room = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    facilitators: models.ManyToManyField[Person, Facilitator] = models.ManyToManyField(
        Person, through="Facilitator", related_name="sessions"
    )
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gt=F("started_at")), name="groups_session_ends_after_start"),
            models.UniqueConstraint(fields=["series", "started_at"], name="groups_session_once"),
        ]
        indexes = [models.Index(fields=["site", "started_at"], name="groups_session_day")]

    def __str__(self) -> str:
        return f"session {self.pk}"


class Facilitator(models.Model):
    """A person runs a session."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="facilitator_rows")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="facilitator_rows")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="groups_facilitator_once")]

    def __str__(self) -> str:
        return f"facilitator {self.pk}"


class Attendance(models.Model):
    """A mark of who came, and when they came and went. Append-only: the newest mark of a client in a session counts.

    ``version`` counts up from 1 for each client and session, so that two facilitators cannot both write the next one.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendance")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="attendance")
    version = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=[(status.value, status.label) for status in AttendanceStatus])
    arrived_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "client", "version"], name="groups_attendance_version_once"),
            models.CheckConstraint(
                condition=Q(arrived_at=None) | Q(left_at=None) | Q(left_at__gt=F("arrived_at")),
                name="groups_left_after_arrival",
            ),
        ]
        indexes = [models.Index(fields=["client", "session"], name="groups_attendance_client")]

    def __str__(self) -> str:
        return f"attendance {self.pk}"


class Part(models.Model):
    """One part of a session's note: shared (``client`` NULL) or a member's own. Its author's until signed, then sealed.

    ``version`` is the compare-and-set of autosave: a save names the version it started from.
    """

    class Section(models.TextChoices):
        TOPIC = "topic", "Topic and interventions"
        PROCESS = "process", "Group process"
        MEMBER = "member", "Own part"

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="parts")
    section = models.CharField(max_length=10, choices=Section)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, blank=True, related_name="group_parts")
    text = models.TextField(blank=True)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(section="member", client__isnull=False) | (~Q(section="member") & Q(client=None)),
                name="groups_member_part_has_client",
            ),
            models.UniqueConstraint(
                fields=["session", "section"], condition=Q(client=None), name="groups_shared_part_once"
            ),
            models.UniqueConstraint(
                fields=["session", "client"], condition=Q(client__isnull=False), name="groups_member_part_once"
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None) | (Q(author__isnull=False) & ~Q(text="")), name="groups_signed_by_author"
            ),
        ]

    def __str__(self) -> str:
        return f"part {self.pk}"
