"""A site's numbers for medication in one place, with where they come from. The defaults hold where a site says nothing.

Sources, by the numbers of the safety list: windows [1-3, 7] ISMP 2011 and CMS transmittal 77 on 42 CFR 482.23(c); the gap after
a late dose [6], refusals [32] and undo [33]: house proposals; one ingredient under two orders [11]: BCMA; reassessment [16]: 30
minutes after an injection, 60 by mouth, 15 to 960 allowed, no federal number was found; as-needed psychotropics [17]: 42 CFR
483.45(e), written for nursing facilities; co-signing [37]: 42 CFR 482.24(c), the hours are the state's or the site's; how
long doses wait unsent on a tablet before it is said loudly [41]: house proposal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from emar.rules.administration import AdministrationPolicy
from emar.rules.windows import WindowPolicy
from programs.rules.bands import NameForm

PASS_HOURS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "daily": ("08:00",),
        "twice a day": ("08:00", "20:00"),
        "three times a day": ("08:00", "14:00", "20:00"),
        "four times a day": ("08:00", "12:00", "17:00", "21:00"),
        "at bedtime": ("21:00",),
    }
)
"""The hours of a site's passes, by how often: house defaults, each site's own to set."""


@dataclass(frozen=True)
class SitePolicy:
    """Everything a rule asks of a site. ``windows`` and ``giving`` are what the rules of those names take."""

    windows: WindowPolicy = field(default_factory=WindowPolicy)
    giving: AdministrationPolicy = field(default_factory=AdministrationPolicy)
    pass_hours: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: PASS_HOURS)
    reassess: timedelta = timedelta(minutes=60)
    reassess_injected: timedelta = timedelta(minutes=30)
    psychotropic_prn: timedelta = timedelta(days=14)
    fresh: timedelta = timedelta(minutes=60)
    refusals_in_a_row: int = 2
    refusals_in_days: int = 3
    refusal_days: timedelta = timedelta(days=7)
    undo: timedelta = timedelta(minutes=30)
    site_lookback: timedelta = timedelta(hours=72)
    cosign: timedelta = timedelta(hours=24)
    counts_required: bool = False
    induction_cows: int = 8
    induction_least_cows: int = 5
    induction_after: timedelta = timedelta(hours=12)
    otp_missed_days: int = 3
    otp_verified: timedelta = timedelta(hours=72)
    unsent: timedelta = timedelta(hours=2)
    band_name: NameForm = NameForm.SHORT
    source: str = "The defaults of the house: docs/rules/doses.md"


DEFAULT = SitePolicy()
