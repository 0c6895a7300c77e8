"""What somebody has to do for a client, and who has taken it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from programs.models import Client, Episode, Site
from programs.models.periods import Period, ends_after_start, never_together
from staff.models import Person


class Task(models.Model):
    """A thing to do that somebody or something raised. Done once, by one person, with an outcome; never changed otherwise.

    ``kind`` is a stable word, ``capability`` who may do it (at ``site``), ``subject_kind`` and ``subject_id`` what it is about
    (a model's label and a key; '' and 0 where it is about the client alone). ``raised_by`` is NULL where no person raised it.
    Deadlines are not here: they are derived (``chart/queries/deadlines.py``).
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="tasks")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="tasks")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    line = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField()
    urgent = models.BooleanField(default=False)
    capability = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(default=0)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="raised_tasks")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="done_tasks")
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="") & ~Q(title="") & ~Q(capability=""), name="chart_task_says_what"
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None, outcome="")
                | Q(done_at__gte=F("raised_at"), done_by__isnull=False) & ~Q(outcome=""),
                name="chart_task_done_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(subject_kind="", subject_id=0) | ~Q(subject_kind="") & Q(subject_id__gt=0),
                name="chart_task_subject_whole",
            ),
            models.UniqueConstraint(
                fields=["episode", "kind", "subject_kind", "subject_id"], condition=Q(done_at=None),
                name="chart_task_open_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["site", "due_at"], condition=Q(done_at=None), name="chart_task_waits"),
            models.Index(fields=["episode", "raised_at"], name="chart_task_episode"),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"


class TaskHolder(models.Model):
    """Who has a task, for a period: a person took it, or somebody (``by``) handed it to them. One holder at a time."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="holders")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="held_tasks")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("chart_task_holder_ends"),
            never_together("chart_task_one_holder", "task_id"),
        ]

    def __str__(self) -> str:
        return f"task holder {self.pk}"
