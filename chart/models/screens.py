"""Drug screens: what was asked for, what came of it, and through whose hands the specimen went."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from programs.models import Client, Episode
from staff.models import Person


class DrugScreen(models.Model):
    """A specimen was asked for at an instant: given, refused, or the client was not able. Append-only.

    ``panel`` names the program's own list of substances (``chart/panels``) as it stood in ``substances``.
    """

    class Outcome(models.TextChoices):
        COLLECTED = "collected", "Collected"
        REFUSED = "refused", "Refused"
        NOT_ABLE = "not_able", "Not able to give one"

    class Specimen(models.TextChoices):
        URINE = "urine", "Urine"
        ORAL = "oral", "Oral fluid"
        BREATH = "breath", "Breath"
        HAIR = "hair", "Hair"
        BLOOD = "blood", "Blood"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="screens")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="screens")
    outcome = models.CharField(max_length=10, choices=Outcome)
    specimen = models.CharField(max_length=8, choices=Specimen)
    panel = models.CharField(max_length=40)
    substances = models.JSONField()  # [[code, name], ...] as the panel was
    observed = models.BooleanField()
    temperature_ok = models.BooleanField(null=True)
    note = models.CharField(max_length=300, blank=True)
    collected_at = models.DateTimeField()
    written_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    mistake = models.BooleanField(default=False)  # this row says that the one it corrects never happened
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["client", "-collected_at"], name="chart_screen_client")]
        constraints = [
            models.CheckConstraint(condition=Q(written_at__gte=F("collected_at")), name="chart_screen_not_in_future"),
            models.CheckConstraint(condition=Q(corrects=None) | ~Q(why=""), name="chart_screen_correction_says_why"),
            models.CheckConstraint(
                condition=Q(mistake=False) | Q(corrects__isnull=False), name="chart_screen_mistake_names_one"
            ),
            models.CheckConstraint(condition=~Q(substances=[]), name="chart_screen_has_substances"),
            models.UniqueConstraint(
                fields=["client", "collected_at", "specimen"], condition=Q(corrects=None), name="chart_screen_once"
            ),
        ]

    def __str__(self) -> str:
        return f"drug screen {self.pk}"


class ScreenResult(models.Model):
    """What a screen said of one substance. Append-only: what a laboratory confirms, or a correction, names the row before."""

    class Result(models.TextChoices):
        NEGATIVE = "negative", "Negative"
        PRESUMPTIVE = "presumptive", "Presumptive positive"
        POSITIVE = "positive", "Confirmed positive"
        CONFIRMED_NEGATIVE = "confirmed_negative", "Confirmed negative"
        INVALID = "invalid", "Invalid"

    screen = models.ForeignKey(DrugScreen, on_delete=models.PROTECT, related_name="results")
    substance = models.CharField(max_length=20)
    result = models.CharField(max_length=20, choices=Result)
    explained = models.CharField(max_length=200, blank=True)  # a prescribed medication that explains it, in words
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(corrects=None) | ~Q(why=""), name="chart_result_correction_says_why"),
            models.UniqueConstraint(
                fields=["screen", "substance"], condition=Q(corrects=None), name="chart_result_first_once"
            ),
        ]

    def __str__(self) -> str:
        return f"result {self.pk}"


class ScreenStep(models.Model):
    """One step of a specimen's chain of custody: what was done, when, by whom, and to whom it went. Append-only."""

    class Kind(models.TextChoices):
        SEALED = "sealed", "Sealed and labelled"
        STORED = "stored", "Put in locked storage"
        HANDED = "handed", "Handed over"
        SENT = "sent", "Sent to the laboratory"
        RECEIVED = "received", "Received by the laboratory"
        DISPOSED = "disposed", "Disposed of"

    screen = models.ForeignKey(DrugScreen, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind)
    to = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    written_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["screen", "kind"], condition=~Q(kind="handed"), name="chart_step_once_a_screen"
            ),
            models.CheckConstraint(condition=Q(written_at__gte=F("at")), name="chart_step_not_in_future"),
            models.CheckConstraint(
                condition=~Q(kind__in=["handed", "sent"]) | ~Q(to=""), name="chart_step_says_to_whom"
            ),
        ]

    def __str__(self) -> str:
        return f"step {self.pk}"
