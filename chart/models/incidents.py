"""What went wrong, as it was reported, who was told, and what came of looking into it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from chart.rules.incidents import Kind, Part, Severity, Step
from programs.models import Client, Episode, Site
from staff.models import Person


class Incident(models.Model):
    """A report of something that happened. Append-only: a correction is a whole new report naming the old one.

    ``what`` and ``done`` may speak of several people; what is said of one client alone stands in ``IncidentClient``, and only that
    goes into a chart.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="incidents")
    kind = models.CharField(max_length=16, choices=[(each.value, each.label) for each in Kind])
    severity = models.CharField(max_length=8, choices=[(each.value, each.label) for each in Severity])
    happened_at = models.DateTimeField()
    place = models.CharField(max_length=80)
    what = models.TextField(max_length=4000)
    done = models.TextField(max_length=4000)
    entered_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="incidents_reported")
    staff: models.ManyToManyField[Person, IncidentStaff] = models.ManyToManyField(
        Person, through="IncidentStaff", related_name="incidents"
    )
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    corrected_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(what="") & ~Q(done="") & ~Q(place="") & ~Q(kind="") & ~Q(severity=""),
                name="chart_incident_whole",
            ),
            models.CheckConstraint(
                condition=Q(entered_at__gte=F("happened_at")), name="chart_incident_not_in_the_future"
            ),
            models.CheckConstraint(
                condition=Q(corrects=None, corrected_why="") | Q(corrects__isnull=False) & ~Q(corrected_why=""),
                name="chart_incident_correction_says_why",
            ),
        ]
        indexes = [models.Index(fields=["site", "-happened_at"], name="chart_incident_site")]

    def __str__(self) -> str:
        return f"incident {self.pk}"


class IncidentClient(models.Model):
    """A client in an incident: their part in it, what is said of them alone, and their injury ('' for none). Append-only."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="clients")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="incidents")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, null=True, blank=True, related_name="incidents")
    part = models.CharField(max_length=10, choices=[(each.value, each.label) for each in Part])
    about = models.TextField(max_length=2000)
    injury = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "client"], name="chart_incident_client_once"),
            models.CheckConstraint(condition=~Q(about="") & ~Q(part=""), name="chart_incident_client_told_apart"),
        ]

    def __str__(self) -> str:
        return f"client of incident {self.incident_id}"


class IncidentStaff(models.Model):
    """A colleague who was there. Append-only."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="staff_there")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "person"], name="chart_incident_staff_once")]

    def __str__(self) -> str:
        return f"staff of incident {self.incident_id}"


class IncidentTold(models.Model):
    """Somebody was told of an incident: who, by what way, when. Append-only."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="told")
    who = models.CharField(max_length=120)
    how = models.CharField(max_length=120, blank=True)
    told_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(who="") & Q(entered_at__gte=F("told_at")), name="chart_incident_told_someone"
            )
        ]

    def __str__(self) -> str:
        return f"told of incident {self.incident_id}"


class IncidentReview(models.Model):
    """A step of looking into an incident: what follows, what lay at the root, that it is closed or open again. Append-only."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="reviews")
    step = models.CharField(max_length=10, choices=[(each.value, each.label) for each in Step])
    text = models.TextField(max_length=4000)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="chart_incident_review_says_what")]
        indexes = [models.Index(fields=["incident", "id"], name="chart_incident_review")]

    def __str__(self) -> str:
        return f"review of incident {self.incident_id}"
