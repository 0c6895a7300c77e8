"""Who is cared for, and their way through: client, episode, placement, leave, expected discharge."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from programs.models.periods import Period, ends_after_start, never_together
from programs.models.places import Organisation, Program


class Client(models.Model):
    """A person in care, or on the way to it. Never deleted."""

    class Housing(models.TextChoices):
        WOMEN = "women", "Women's rooms"
        MEN = "men", "Men's rooms"
        ANY = "any", "Any room"

    class ClinicalSex(models.TextChoices):
        """What doses, reference ranges and screening go by; who somebody is, their pronouns and preferred name say."""

        FEMALE = "female", "Female"
        MALE = "male", "Male"
        SPECIFIED = "specified", "Ask the prescriber"
        UNKNOWN = "unknown", "Not recorded"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="clients")
    record_number = models.CharField(max_length=20)
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    preferred_name = models.CharField(max_length=60, blank=True)
    pronouns = models.CharField(max_length=30, blank=True)
    born_on = models.DateField()
    housing_preference = models.CharField(max_length=8, choices=Housing, default=Housing.ANY)
    clinical_sex = models.CharField(max_length=10, choices=ClinicalSex, default=ClinicalSex.UNKNOWN)
    language = models.CharField(max_length=40, blank=True)  # the one they speak best, in words; '' not asked
    interpreter = models.BooleanField(default=False)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "record_number"], name="programs_record_number_once")
        ]

    def __str__(self) -> str:
        return f"client {self.pk}"

    @property
    def called(self) -> str:
        """How people speak to them: preferred first name and last name."""
        return f"{self.preferred_name or self.first_name} {self.last_name}"

    @property
    def short_name(self) -> str:
        """On boards: 'E. Novak'."""
        return f"{(self.preferred_name or self.first_name)[0]}. {self.last_name}"

    @property
    def initials(self) -> str:
        """On wall screens: 'E. N.'."""
        return f"{(self.preferred_name or self.first_name)[0]}. {self.last_name[0]}."

    def age(self, on: date) -> int:
        """Whole years on a date."""
        return on.year - self.born_on.year - ((on.month, on.day) < (self.born_on.month, self.born_on.day))


class Episode(models.Model):
    """One course of care, from first admission to discharge, across every level."""

    class Outcome(models.TextChoices):
        COMPLETED = "completed", "Completed treatment"
        TRANSFERRED = "transferred", "Transferred elsewhere"
        AGAINST_ADVICE = "against_advice", "Left against advice"
        ADMINISTRATIVE = "administrative", "Administrative discharge"
        DIED = "died", "Died"
        MISTAKE = "mistake", "Admitted by mistake"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="episodes")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=16, choices=Outcome, blank=True)
    payer = models.CharField(max_length=60, blank=True)  # who pays, as the placement list had it at admission
    primary_clinician = models.ForeignKey(
        "staff.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="caseload"
    )
    history = HistoricalRecords()

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("programs_episode_ends_after_start"),
            models.CheckConstraint(
                condition=Q(ended_as="") | Q(ended_at__isnull=False), name="programs_episode_ended_as_something"
            ),
            never_together("programs_one_episode_a_time", "client_id"),
        ]

    def __str__(self) -> str:
        return f"episode {self.pk}"


class Placement(models.Model):
    """An episode is in a program for a period. ``level`` is the level at that time; ``kind`` copies the program's."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="placements")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="placements")
    kind = models.CharField(max_length=12, choices=Program.Kind, default=Program.Kind.TREATMENT)
    level = models.CharField(max_length=20, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("programs_placement_ends_after_start"),
            *[
                never_together(f"programs_one_{kind}_placement_a_time", "episode_id", condition=Q(kind=kind))
                for kind in ("treatment", "residence")
            ],
        ]
        indexes = [models.Index(fields=["program", "started_at"], name="programs_placement_program")]

    def __str__(self) -> str:
        return f"placement {self.pk}"


class Leave(models.Model):
    """An episode is away for a period: one leave drives bed, doses, groups and census."""

    class Kind(models.TextChoices):
        PASS = "pass", "On pass"
        HOSPITAL = "hospital", "In hospital"
        COURT = "court", "At court"
        ABSENT = "absent", "Absent without leave"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="leaves")
    kind = models.CharField(max_length=12, choices=Kind)
    started_at = models.DateTimeField()
    expected_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("programs_leave_ends_after_start"),
            models.CheckConstraint(condition=Q(expected_at__gt=F("started_at")), name="programs_leave_expected_later"),
            never_together("programs_one_leave_a_time", "episode_id"),
        ]

    def __str__(self) -> str:
        return f"leave {self.pk}"


class ExpectedDischarge(models.Model):
    """When an episode's bed is expected to be left, as it was known from ``started_at`` until ``ended_at``."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="expected_discharges")
    expected_at = models.DateTimeField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey("staff.Person", on_delete=models.PROTECT, related_name="+")

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("programs_expected_ends_after_start"),
            models.CheckConstraint(condition=Q(expected_at__gt=F("started_at")), name="programs_expected_later"),
            never_together("programs_one_expected_discharge", "episode_id"),
        ]

    def __str__(self) -> str:
        return f"expected discharge {self.pk}"
