"""What is written about a session, by whom, and under whose name."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from chart.models import Objective
from groups.models.sessions import Session
from programs.models import Client
from staff.models import AwaitedName, Person


class Part(models.Model):
    """One part of a session's note: shared (``client`` NULL) or a member's own. Its author's until signed, then sealed.

    ``version`` is the compare-and-set of autosave: a save names the version it started from. ``sha256`` is the seal: the hash of
    what was signed (``groups.rules.notes.digest``).
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
    sha256 = models.CharField(max_length=64, blank=True)
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
                condition=Q(signed_at=None, sha256="")
                | (Q(signed_at__isnull=False, author__isnull=False) & ~Q(text="") & ~Q(sha256="")),
                name="groups_signed_by_author",
            ),
        ]

    def __str__(self) -> str:
        return f"part {self.pk}"


class Cosign(AwaitedName):
    """A signed part waits for a supervisor's name until ``due_at`` (by ``rule``, as it was when signed), or has it."""

    part = models.OneToOneField(Part, on_delete=models.PROTECT, related_name="cosign")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(by=None, at=None) | Q(by__isnull=False, at__isnull=False), name="groups_cosigned_by_someone"
            )
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(at=None), name="groups_cosign_open")]

    def __str__(self) -> str:
        return f"co-signature of part {self.part_id}"


class Addendum(models.Model):
    """What was added to a signed part later, with the reason; signed as it is written. Append-only."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField()
    why = models.CharField(max_length=400)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "addenda"
        constraints = [
            models.CheckConstraint(condition=~Q(text="") & ~Q(why="") & ~Q(sha256=""), name="groups_addendum_whole")
        ]

    def __str__(self) -> str:
        return f"addendum {self.pk}"


class MemberNoteObjective(models.Model):
    """A member's own part is about this objective of their plan, as the plan read then. Sealed with the part (a trigger holds it,
    and that the objective is of the member's own plan)."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="objective_links")
    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="group_links")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "objective"], name="groups_part_objective_once")]

    def __str__(self) -> str:
        return f"objective {self.objective_id} of part {self.part_id}"
