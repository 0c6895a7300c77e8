"""What became of each dose, and whether a dose as needed helped. Rows are never changed."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.db.models import F, Q

from emar.models.orders import Order
from emar.rules.administration import Outcome
from emar.rules.unscanned import Unscanned
from programs.models import Wristband
from staff.models import Person, Proof

TAKEN = ("given", "partial", "vomited", "self_administered")
UNDONE = "undone"
"""Of a correction alone: the entry was a mistake, nothing happened, the dose is due again. No outcome, amount or reason."""

OUTCOMES = list(({outcome.value: outcome.label for outcome in Outcome} | {UNDONE: "Undone"}).items())


class Administration(models.Model):
    """What became of one dose. Append-only; a correction is a new row that names the old one and says why.

    ``due_at`` is NULL for a dose as needed. ``minutes_off`` is signed: given minus due, in whole minutes.
    ``overrides`` are the findings that were gone past, each with its reason: late entries and doses outside their window too.
    ``measures`` are the values that hold limits were checked against: [{"measure", "value", "taken_at"}].
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="administrations")
    due_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=OUTCOMES)
    amount = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=300, blank=True)
    identifiers = models.JSONField(default=list)
    overrides = models.JSONField(default=list, blank=True)
    measures = models.JSONField(default=list, blank=True)
    body_site = models.CharField(max_length=40, blank=True)  # where an injection or a patch went
    prn_reason = models.CharField(max_length=120, blank=True)  # why a dose as needed was given
    scale = models.CharField(max_length=20, blank=True)  # of the score before: 'pain', 'ciwa_ar'
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    tried_first = models.CharField(max_length=120, blank=True)  # what else was tried before a psychotropic
    mouth_checked = models.BooleanField(null=True, blank=True)  # NULL: not asked
    attested_as = models.CharField(max_length=80, blank=True)  # the name with which a client signed for taking it
    band = models.ForeignKey(  # the wristband that was scanned; NULL: identified by ``identifiers`` alone
        Wristband, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    barcode = models.CharField(max_length=120, blank=True)  # the label that was scanned, as it was read
    unscanned = models.CharField(  # why no label was scanned; '': it was, or nobody said
        max_length=12, choices=[(why.value, why.label) for why in Unscanned], blank=True
    )
    device = models.CharField(max_length=40, blank=True)  # which tablet
    given_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    wall_clock = models.CharField(max_length=32)  # what the site's clock showed, with its offset
    minutes_off = models.IntegerField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="administrations")
    witnessed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    witness_proof = models.OneToOneField(Proof, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "due_at"],
                condition=Q(corrects=None, due_at__isnull=False),
                name="emar_each_dose_once",
            ),
            models.CheckConstraint(
                # NULL > 0 is unknown, which a check lets pass, and NaN is the largest number: so both are named
                condition=Q(outcome__in=TAKEN, amount__isnull=False, amount__gt=0, amount__lt=1_000_000) & ~Q(unit="")
                | ~Q(outcome__in=TAKEN) & Q(amount=None),
                name="emar_amount_when_taken",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["refused", "held", "not_available"]) | ~Q(reason=""),
                name="emar_reason_when_not_given",
            ),
            models.CheckConstraint(condition=Q(recorded_at__gte=F("given_at")), name="emar_not_in_the_future"),
            models.CheckConstraint(condition=Q(corrects=None) | ~Q(note=""), name="emar_correction_says_why"),
            models.CheckConstraint(
                condition=~Q(outcome=UNDONE) | Q(corrects__isnull=False), name="emar_undo_names_what"
            ),
            models.CheckConstraint(
                condition=Q(score=None, scale="") | Q(score__isnull=False, score__gte=0, score__lt=1000) & ~Q(scale=""),
                name="emar_score_has_a_scale",
            ),
            models.CheckConstraint(
                condition=Q(unscanned="") | Q(barcode="", outcome__in=TAKEN), name="emar_unscanned_or_scanned"
            ),
            models.CheckConstraint(
                condition=Q(witnessed_by=None) | ~Q(witnessed_by=F("by")), name="emar_witness_is_another"
            ),
            models.CheckConstraint(
                condition=Q(witnessed_by=None, witness_proof=None)
                | Q(witnessed_by__isnull=False) & (Q(witness_proof__isnull=False) | Q(corrects__isnull=False)),
                name="emar_witness_signed",
            ),  # a correction keeps who watched
        ]
        indexes = [
            models.Index(fields=["order", "-given_at"], name="emar_administration_given"),
            models.Index(fields=["due_at", "order"], name="emar_administration_due"),
            models.Index(fields=["given_at"], name="emar_administration_day"),
            models.Index(  # few of many: who refused or was away, for the board and the review queue
                fields=["order", "given_at"],
                condition=Q(outcome__in=["refused", "absent"]),
                name="emar_administration_missed",
            ),
        ]

    def __str__(self) -> str:
        return f"administration {self.pk}"

    @property
    def reasons(self) -> Mapping[str, str]:
        """Why each finding was gone past, by its code."""
        return {each["code"]: each["reason"] for each in self.overrides}

    @property
    def person_by(self) -> str:
        """How the person was identified: 'scan' for a wristband that was scanned, else the identifiers, 'birth_date+name'."""
        return "scan" if self.band_id is not None else "+".join(self.identifiers)

    @property
    def medication_by(self) -> str:
        """How the medication was identified: 'scan', or 'none'."""
        return "scan" if self.barcode else "none"


class Reassessment(models.Model):
    """A dose as needed is to be looked at again by ``due_at``. Append-only; open while no result names it."""

    administration = models.OneToOneField(Administration, on_delete=models.PROTECT, related_name="reassessment")
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="emar_reassessment_due")]

    def __str__(self) -> str:
        return f"reassessment {self.pk}"


class ReassessmentResult(models.Model):
    """Whether a dose as needed helped. Append-only; a correction names the result it corrects, and says why in ``words``."""

    class Effect(models.TextChoices):
        WORKED = "worked", "Worked"
        PARTLY = "partly", "Helped a little"
        NONE = "none", "No effect"
        WORSE = "worse", "Worse"
        ASLEEP = "asleep", "Asleep, breathing normally"
        NOT_SEEN = "not_seen", "Could not be seen"

    reassessment = models.ForeignKey(Reassessment, on_delete=models.PROTECT, related_name="results")
    effect = models.CharField(max_length=10, choices=Effect)
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)  # on the scale before
    words = models.CharField(max_length=300, blank=True)
    seen_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reassessment"], condition=Q(corrects=None), name="emar_one_result_a_reassessment"
            ),
            models.CheckConstraint(condition=Q(recorded_at__gte=F("seen_at")), name="emar_result_not_in_the_future"),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lt=1000), name="emar_result_score_real"
            ),
            models.CheckConstraint(
                condition=~Q(effect="not_seen") & Q(corrects=None) | ~Q(words=""), name="emar_result_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"reassessment result {self.pk}"
