"""What a payer said it pays for. Append-only: a correction is a new row that names the old one."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from programs.models import Episode
from staff.models import Person


class Authorisation(models.Model):
    """A payer's answer for an episode: so much of a level, from the first to the last day (both count, the site's dates).

    ``edition`` and ``level`` are the payer's own words, ``reads_as`` the level of the 4th edition they stand for.
    ``approved`` 0 is a refusal. What was used is never kept here: it is counted from what was delivered.
    ``withdrawn`` takes the corrected row back and puts nothing in its place.
    """

    class Unit(models.TextChoices):
        DAYS = "days", "Days"
        HOURS = "hours", "Hours"
        SESSIONS = "sessions", "Sessions"

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="authorisations")
    payer = models.CharField(max_length=60)
    reference = models.CharField(max_length=60, blank=True)
    edition = models.CharField(max_length=4, default="4")
    level = models.CharField(max_length=20)
    reads_as = models.CharField(max_length=20)
    read_why = models.CharField(max_length=300, blank=True)  # why an older level is read so, where a person had to say
    unit = models.CharField(max_length=8, choices=Unit)
    asked = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    approved = models.DecimalField(max_digits=7, decimal_places=2)
    first_on = models.DateField()
    last_on = models.DateField()
    review_on = models.DateField(null=True, blank=True)  # when the payer wants to hear again
    note = models.CharField(max_length=300, blank=True)
    withdrawn = models.BooleanField(default=False)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["episode", "last_on"], name="asam_authorisation_episode")]
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="asam_authorised_days_in_order"),
            models.CheckConstraint(
                condition=Q(approved__gte=0) & (Q(asked=None) | Q(asked__gt=0)), name="asam_authorised_not_negative"
            ),
            models.CheckConstraint(condition=~Q(payer="") & ~Q(reads_as=""), name="asam_authorised_by_someone"),
            models.CheckConstraint(
                condition=Q(corrects=None, withdrawn=False) | Q(corrects__isnull=False) & ~Q(note=""),
                name="asam_authorisation_correction_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"authorisation {self.pk}"
