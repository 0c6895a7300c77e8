"""A site's numbers for medication: windows, gaps, follow-up, co-signing, and the hours of its passes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from emar.rules.policy import PASS_HOURS
from programs.models import Site
from programs.models.periods import Period, ends_after_start, never_together
from programs.rules.bands import NameForm
from staff.models import Person


def pass_hours() -> dict[str, list[str]]:
    """The hours of the passes before a site says otherwise."""
    return {name: list(hours) for name, hours in PASS_HOURS.items()}


class EmarPolicy(models.Model):
    """What a site does for a period; a change is a new row. Without one the defaults of ``emar.rules.policy`` hold.

    The numbers in brackets are rules of the safety list in docs/rules. ``source`` says whose numbers these are.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="emar_policies")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=300)
    time_critical_minutes = models.PositiveSmallIntegerField(default=30)  # [1]
    frequent_minutes = models.PositiveSmallIntegerField(default=60)  # [2]
    daily_minutes = models.PositiveSmallIntegerField(default=120)  # [3]
    not_eligible_minutes = models.PositiveSmallIntegerField(default=120)  # [7]
    interval_percent = models.PositiveSmallIntegerField(default=75)  # [6]
    same_ingredient_minutes = models.PositiveSmallIntegerField(default=120)  # [11]
    prn_grace_minutes = models.PositiveSmallIntegerField(default=0)  # [13]
    reassess_minutes = models.PositiveSmallIntegerField(default=60)  # [16]
    reassess_injected_minutes = models.PositiveSmallIntegerField(default=30)  # [16]
    psychotropic_prn_days = models.PositiveSmallIntegerField(default=14)  # [17]
    fresh_minutes = models.PositiveSmallIntegerField(default=60)  # [25]
    clock_skew_minutes = models.PositiveSmallIntegerField(default=5)  # [29]
    late_entry_minutes = models.PositiveSmallIntegerField(default=15)  # [29]
    earliest_hours = models.PositiveSmallIntegerField(default=12)
    refusals_in_a_row = models.PositiveSmallIntegerField(default=2)  # [32]
    refusals_in_days = models.PositiveSmallIntegerField(default=3)  # [32]
    refusal_days = models.PositiveSmallIntegerField(default=7)  # [32]
    undo_minutes = models.PositiveSmallIntegerField(default=30)  # [33]
    site_lookback_hours = models.PositiveSmallIntegerField(default=72)  # [36]
    cosign_hours = models.PositiveSmallIntegerField(default=24)  # [37]
    induction_cows = models.PositiveSmallIntegerField(default=8)  # under it a reason, and the prescriber
    induction_least_cows = models.PositiveSmallIntegerField(default=5)  # under it never
    induction_hours = models.PositiveSmallIntegerField(default=12)  # since opioids were last used
    otp_missed_days = models.PositiveSmallIntegerField(
        default=3
    )  # [40] days without methadone, and the prescriber is asked
    otp_verified_hours = models.PositiveSmallIntegerField(default=72)  # how long what the program said holds
    unsent_minutes = models.PositiveSmallIntegerField(
        default=120
    )  # how long doses wait on a tablet before it is said loudly
    band_name = models.CharField(  # how a name stands on a wristband
        max_length=8, choices=[(form.value, form.label) for form in NameForm], default=NameForm.SHORT.value
    )
    counts_required = models.BooleanField(default=False)  # no controlled dose without a line of stock [18]
    pass_hours = models.JSONField(default=pass_hours)  # {"daily": ["08:00"], "twice a day": ["08:00", "20:00"], ...}
    history = HistoricalRecords()

    objects = Period.as_manager()

    class Meta:
        verbose_name_plural = "emar policies"
        constraints = [
            ends_after_start("emar_policy_ends_after_start"),
            models.CheckConstraint(condition=~Q(source=""), name="emar_policy_has_source"),
            models.CheckConstraint(
                condition=Q(
                    time_critical_minutes__range=(1, 120),
                    frequent_minutes__range=(1, 240),
                    daily_minutes__range=(1, 720),
                    not_eligible_minutes__range=(1, 720),
                    interval_percent__range=(50, 100),
                    prn_grace_minutes__lte=60,
                    reassess_minutes__range=(15, 960),
                    reassess_injected_minutes__range=(15, 960),
                    refusals_in_a_row__gte=1,
                    refusals_in_days__gte=1,
                    refusal_days__gte=1,
                    undo_minutes__lte=240,
                    cosign_hours__range=(1, 720),
                    clock_skew_minutes__lte=15,
                    late_entry_minutes__gte=1,
                    earliest_hours__range=(1, 24),
                ),
                name="emar_policy_sane",
            ),
            models.CheckConstraint(condition=Q(unsent_minutes__range=(5, 720)), name="emar_policy_unsent_sane"),
            models.CheckConstraint(
                condition=Q(
                    induction_cows__range=(1, 48),
                    induction_least_cows__lte=F("induction_cows"),
                    induction_hours__range=(1, 240),
                    otp_missed_days__range=(1, 30),
                    otp_verified_hours__range=(1, 336),
                ),
                name="emar_policy_withdrawal_sane",
            ),
            never_together("emar_one_policy_at_a_time", "site_id"),
        ]

    def __str__(self) -> str:
        return f"policy of {self.site} from {self.started_at:%Y-%m-%d}"
