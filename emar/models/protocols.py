"""Withdrawal protocols, what was verified with an opioid treatment program, and what goes with a dose that stands on them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from chart.models import Score
from emar.models.doses import Administration
from emar.rules.protocols import Table, table_from_json
from programs.models import Client, Site
from programs.models.periods import Period, ends_after_start
from staff.models import Person


class Protocol(models.Model):
    """A site's own table from a score to a dose, as a prescriber wrote and attested it; in force for a period.

    A change is a new row that names the old one. ``bands``, ``stretches``: ``emar.rules.protocols``; ``top`` is the highest total
    of the scale. ``low``: totals under it count as low; ``end_hours`` of nothing but low scores end the scoring (NULL: they do not).
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="protocols")
    name = models.CharField(max_length=80)
    scale = models.CharField(max_length=20)
    top = models.PositiveSmallIntegerField()
    ingredient = models.CharField(max_length=80)
    unit = models.CharField(max_length=20)
    bands = models.JSONField()
    low = models.PositiveSmallIntegerField(default=0)
    stretches = models.JSONField(default=list, blank=True)
    end_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=300)
    attested = models.BooleanField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="protocols")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_why = models.CharField(max_length=120, blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    history = HistoricalRecords()

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("emar_protocol_ends_after_start"),
            models.UniqueConstraint(fields=["site", "name"], condition=Q(ended_at=None), name="emar_protocol_once"),
            models.CheckConstraint(condition=Q(attested=True), name="emar_protocol_attested"),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(scale="") & ~Q(ingredient="") & ~Q(unit="") & ~Q(source=""),
                name="emar_protocol_says_what",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="emar_protocol_ended_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"

    @property
    def table(self) -> Table:
        """Its table, as the rules take it."""
        return table_from_json(
            scale=self.scale, top=self.top, ingredient=self.ingredient, unit=self.unit, bands=self.bands, low=self.low,
            stretches=self.stretches, end_hours=self.end_hours,
        )  # fmt: skip


class Verification(models.Model):
    """What an opioid treatment program said of a client's last dose. Append-only; a correction names the old row.

    ``heard_at`` is when the program said it; until ``expires_at`` it lets a first dose be given.
    """

    class How(models.TextChoices):
        PHONE = "phone", "By telephone"
        FAX = "fax", "By fax"
        IN_PERSON = "in_person", "In person"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="verifications")
    program = models.CharField(max_length=120)
    told_by = models.CharField(max_length=80)
    how = models.CharField(max_length=10, choices=How)
    heard_at = models.DateTimeField()
    last_dose = models.DecimalField(max_digits=9, decimal_places=3)  # mg of methadone
    last_dose_at = models.DateTimeField()
    take_home_doses = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(max_length=300, blank=True)
    expires_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(program="") & ~Q(told_by=""), name="emar_verified_with_someone"),
            models.CheckConstraint(
                condition=Q(last_dose__gt=0, last_dose__lt=1_000_000), name="emar_verified_dose_positive"
            ),
            models.CheckConstraint(
                condition=Q(last_dose_at__lte=F("heard_at"), heard_at__lte=F("written_at"))
                & Q(expires_at__gt=F("heard_at")),
                name="emar_verified_in_order",
            ),
            models.CheckConstraint(condition=Q(corrects=None) | ~Q(note=""), name="emar_verified_correction_says_why"),
        ]
        indexes = [models.Index(fields=["client", "-heard_at"], name="emar_verified_newest")]

    def __str__(self) -> str:
        return f"verification {self.pk}"


class DoseChecks(models.Model):
    """What goes with a dose that stands on a score, a protocol or a verification. Append-only, one a dose at most.

    ``proposed`` is what the protocol's table said for the score. ``last_use_at``: when opioids were last used, as the client said.
    ``mouth_before``: looked into before (NULL: not asked); after is ``Administration.mouth_checked``.
    """

    administration = models.OneToOneField(Administration, on_delete=models.PROTECT, related_name="checks")
    score = models.ForeignKey(Score, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    proposed = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    last_use_at = models.DateTimeField(null=True, blank=True)
    mouth_before = models.BooleanField(null=True, blank=True)
    dissolved_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(proposed=None) | Q(proposed__gt=0, proposed__lt=1_000_000, protocol__isnull=False),
                name="emar_checks_proposed",
            ),
            models.CheckConstraint(
                condition=Q(dissolved_minutes=None) | Q(dissolved_minutes__range=(1, 120)), name="emar_checks_dissolved"
            ),
        ]
        indexes = [models.Index(fields=["score"], name="emar_checks_score")]

    def __str__(self) -> str:
        return f"checks of {self.administration_id}"
