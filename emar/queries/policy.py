"""A site's numbers at an instant."""

from datetime import datetime, timedelta

from emar.models import EmarPolicy
from emar.rules.administration import AdministrationPolicy
from emar.rules.policy import DEFAULT, SitePolicy
from emar.rules.windows import WindowPolicy
from programs.rules.bands import NameForm


def policy_of(site_id: int, at: datetime) -> SitePolicy:
    """The policy of a site at an instant, the defaults where it has none. One query."""
    row = EmarPolicy.objects.current(at).filter(site=site_id).first()
    return DEFAULT if row is None else as_policy(row)


def as_policy(row: EmarPolicy) -> SitePolicy:
    """A row as the rules take it."""
    return SitePolicy(
        windows=WindowPolicy(
            time_critical=row.time_critical_minutes,
            frequent=row.frequent_minutes,
            daily=row.daily_minutes,
            not_eligible=row.not_eligible_minutes,
            source=row.source,
        ),
        giving=AdministrationPolicy(
            clock_skew=timedelta(minutes=row.clock_skew_minutes),
            late_entry_after=timedelta(minutes=row.late_entry_minutes),
            earliest=timedelta(hours=row.earliest_hours),
            same_ingredient=timedelta(minutes=row.same_ingredient_minutes),
            interval_percent=row.interval_percent,
            prn_grace=timedelta(minutes=row.prn_grace_minutes),
        ),
        pass_hours={name: tuple(hours) for name, hours in row.pass_hours.items()},
        reassess=timedelta(minutes=row.reassess_minutes),
        reassess_injected=timedelta(minutes=row.reassess_injected_minutes),
        psychotropic_prn=timedelta(days=row.psychotropic_prn_days),
        fresh=timedelta(minutes=row.fresh_minutes),
        refusals_in_a_row=row.refusals_in_a_row,
        refusals_in_days=row.refusals_in_days,
        refusal_days=timedelta(days=row.refusal_days),
        undo=timedelta(minutes=row.undo_minutes),
        site_lookback=timedelta(hours=row.site_lookback_hours),
        cosign=timedelta(hours=row.cosign_hours),
        counts_required=row.counts_required,
        induction_cows=row.induction_cows,
        induction_least_cows=row.induction_least_cows,
        induction_after=timedelta(hours=row.induction_hours),
        otp_missed_days=row.otp_missed_days,
        otp_verified=timedelta(hours=row.otp_verified_hours),
        unsent=timedelta(minutes=row.unsent_minutes),
        band_name=NameForm(row.band_name),
        source=row.source,
    )
