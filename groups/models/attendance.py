"""Who came, and when they came and went: every mark ever made, and the minutes that count now."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from groups.models.sessions import Session
from groups.rules.minutes import AttendanceStatus
from programs.models import Client
from programs.models.periods import never_together
from staff.models import Person


class Attendance(models.Model):
    """A mark of who came, and when they came and went. Append-only: the newest mark of a client in a session counts.

    ``version`` counts up from 1 for each client and session, so that two facilitators cannot both write the next one.
    ``why`` is the reason given where a rule asked for one: a full room, a signed note.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendance")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="attendance")
    version = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=[(status.value, status.label) for status in AttendanceStatus])
    arrived_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=400, blank=True)
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


class Presence(models.Model):
    """The minutes that count of a client in a session by the newest mark (whole minutes; ``ended_at`` exclusive).

    Derived: a new mark replaces the row, an absence removes it. The exclusion constraint is what keeps one person from being
    counted in two places in the same minute, so minutes are added up without looking for overlaps.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="presences")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="presences")
    mark = models.OneToOneField(Attendance, on_delete=models.PROTECT, related_name="presence")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "client"], name="groups_presence_once"),
            models.CheckConstraint(condition=Q(ended_at__gt=F("started_at")), name="groups_presence_ends_after_start"),
            never_together("groups_one_place_a_minute", "client_id"),
        ]
        indexes = [
            models.Index(fields=["client", "started_at"], name="groups_presence_client"),
            models.Index(fields=["started_at"], name="groups_presence_start"),
        ]

    def __str__(self) -> str:
        return f"presence {self.pk}"
