"""What a person decided on ratings, and what the client said to it. Append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from asam.models.assessments import Assessment
from staff.models import Person, Proof


class Decision(models.Model):
    """A person chose a level on an assessment. Recommended and selected stand side by side; neither is ever changed.

    ``proof`` is the supervisor's own PIN. ``digest`` is the seal: the SHA-256 of what was signed.
    """

    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="decision")
    recommended = models.CharField(max_length=20)
    recovery_residence = models.BooleanField()
    selected = models.CharField(max_length=20)
    reasons = models.JSONField(default=list)
    reason_texts = models.JSONField(default=dict)
    consequences = models.JSONField(default=list)
    consequence_text = models.CharField(max_length=600, blank=True)
    safety_strategy = models.TextField(blank=True)
    supervisor = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    proof = models.OneToOneField(Proof, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="decisions")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(selected=F("recommended")) | ~Q(reasons=[]), name="asam_difference_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(supervisor=None) | ~Q(supervisor=F("by")), name="asam_supervisor_is_someone_else"
            ),
            models.CheckConstraint(condition=Q(proof=None) | Q(supervisor__isnull=False), name="asam_proof_of_someone"),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}"


class ClientPart(models.Model):
    """What the client said to a decision; the newest counts. ``why`` says why they were not asked.

    ``strokes`` and ``svg`` are their signature (as in ``chart.models.PlanAgreement``), ``[]`` and '' where they signed nothing here.
    """

    class Says(models.TextChoices):
        AGREES = "agrees", "Agrees"
        DECLINES = "declines", "Declines"
        NOT_ASKED = "not_asked", "Could not be asked yet"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="client_parts")
    says = models.CharField(max_length=12, choices=Says)
    willing = models.BooleanField(null=True, blank=True)  # NULL: not known
    able = models.BooleanField(null=True, blank=True)
    concerns = models.CharField(max_length=1000, blank=True)
    would_help = models.CharField(max_length=1000, blank=True)
    would_accept = models.CharField(max_length=1000, blank=True)
    why = models.CharField(max_length=300, blank=True)
    strokes = models.JSONField(default=list, blank=True)
    svg = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["decision", "-at"], name="asam_client_part_newest")]
        constraints = [
            models.CheckConstraint(condition=~Q(says="not_asked") | ~Q(why=""), name="asam_not_asked_says_why"),
            models.CheckConstraint(
                condition=~Q(says="declines") | ~Q(would_accept="") | ~Q(concerns=""), name="asam_declined_says_what"
            ),
            models.CheckConstraint(
                condition=Q(strokes=[], svg="") | ~Q(strokes=[]) & ~Q(svg="") & ~Q(says="not_asked"),
                name="asam_client_part_signature_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"part of the client {self.pk}"
