"""What a decision moved, line by line, how it is handed on, and the draft in which it is settled before."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from asam.models.decisions import Decision
from asam.rules.transition_kinds import Kind, Kit
from programs.models import Placement, Program
from staff.models import Person, Proof


class Transition(models.Model):
    """What a decision moved: from which placement to which. Append-only; ``moved`` says it in words, the lines one by one.

    One that takes another back (``reverses``) carries no decision and says why; the past stays as it was. ``reconciled_by`` is the
    prescriber who signed what becomes of the orders, by their own PIN (``proof``) or signed in themselves. ``by`` is NULL only
    in rows from before it was kept.
    """

    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="transition"
    )
    left = models.OneToOneField(Placement, on_delete=models.PROTECT, related_name="left_by")
    entered = models.OneToOneField(Placement, on_delete=models.PROTECT, related_name="entered_by")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField(default=dict)
    reconciled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    proof = models.OneToOneField(Proof, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    why = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__isnull=False, reverses=None) | Q(decision=None, reverses__isnull=False) & ~Q(why=""),
                name="asam_transition_decided_or_taken_back",
            ),
            models.CheckConstraint(condition=~Q(left=F("entered")), name="asam_transition_goes_somewhere"),
            models.CheckConstraint(
                condition=Q(proof=None) | Q(reconciled_by__isnull=False), name="asam_reconciliation_of_someone"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"transition {self.pk}"


class TransitionLine(models.Model):
    """One thing that a transition settled: what it was, what was chosen, and what became of it in words. Append-only.

    ``subject_kind`` and ``subject_id`` name the row it is about ('' and 0: none), ``made_id`` the row of the same kind that came
    of it (0: none): the new version of an order, the new stay.
    """

    transition = models.ForeignKey(Transition, on_delete=models.PROTECT, related_name="lines")
    rank = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=[(each.value, each.label) for each in Kind])
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(default=0)
    what = models.CharField(max_length=300)
    choice = models.CharField(max_length=16)
    words = models.CharField(max_length=400)
    reason = models.CharField(max_length=400, blank=True)
    made_id = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["transition", "rank"], name="asam_transition_line_once"),
            models.CheckConstraint(
                condition=~Q(what="") & ~Q(choice="") & ~Q(words=""), name="asam_transition_line_says_what"
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.rank} of transition {self.transition_id}"


class WarmHandoff(models.Model):
    """How a client who leaves residential care is handed on (facts/levels-of-care.md 5.3). Append-only."""

    transition = models.OneToOneField(Transition, on_delete=models.PROTECT, related_name="handoff")
    receiving = models.CharField(max_length=120)  # the program that takes the client, and who there
    accepted_on = models.DateField()
    first_visit_at = models.DateTimeField()
    bridge = models.CharField(max_length=200)  # medication until the first visit
    next_dose = models.CharField(max_length=200)
    kit = models.CharField(max_length=8, choices=[(each.value, each.label) for each in Kit])
    triggers = models.CharField(max_length=400)  # what brings the client back to more care
    caller = models.CharField(max_length=120)  # who calls if the first visit is missed

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(receiving="") & ~Q(bridge="") & ~Q(next_dose="") & ~Q(triggers="") & ~Q(caller=""),
                name="asam_handoff_whole",
            )
        ]

    def __str__(self) -> str:
        return f"hand-off of transition {self.transition_id}"


class TransitionDraft(models.Model):
    """A transition under way: what was settled so far, shared by whoever settles; one open for a decision.

    ``settled`` maps a line's key to its choice, reason and value; ``seen`` the same key to the mark of what was shown.
    ``version`` counts the saves: a save names the one it started from (compare and set). ``scheduled_for``: prepared for that
    instant, carried out by a person's tap and never by itself. It is closed when it is carried out or given up.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="transition_drafts")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    settled = models.JSONField(default=dict)
    seen = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    scheduled_for = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")  # who saved it last
    closed_at = models.DateTimeField(null=True, blank=True)
    transition = models.OneToOneField(Transition, on_delete=models.PROTECT, null=True, blank=True, related_name="draft")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision"], condition=Q(closed_at=None), name="asam_one_open_transition_draft"
            ),
            models.CheckConstraint(
                condition=Q(transition=None) | Q(closed_at__isnull=False), name="asam_transition_draft_closed"
            ),
            models.CheckConstraint(condition=Q(saved_at__gte=F("begun_at")), name="asam_transition_draft_in_order"),
        ]
        indexes = [models.Index(fields=["scheduled_for"], condition=Q(closed_at=None), name="asam_transition_prepared")]

    def __str__(self) -> str:
        return f"draft of a transition {self.pk}"
