"""May this be charted for this dose? What can happen to a dose, the facts a check needs, and the checks."""

from emar.rules.administration.asks import WATCHED_DOSE, contact_findings, watch_mouth
from emar.rules.administration.check import check
from emar.rules.administration.facts import (
    DEFAULT,
    AdministrationPolicy,
    AttemptFacts,
    Ceiling,
    Charted,
    DoseFacts,
    Identifier,
    Measured,
    OrderState,
    PrnLimits,
    RecentDose,
    UsedSite,
    Whereabouts,
)
from emar.rules.administration.outcomes import REASONS, TAKEN, Outcome
from emar.rules.administration.prn import next_allowed
from emar.rules.administration.scales import SCALES, scales_for
from emar.rules.administration.sites import BODY_SITES, site_label
from emar.rules.administration.takings import Product, Stated, Taking, ceilings_of, recent_of
from emar.rules.administration.undo import reassess_due, result_findings, undo_findings, undo_until
from emar.rules.administration.words import plain_number, say_amount, say_clock

__all__ = [
    "BODY_SITES", "DEFAULT", "REASONS", "SCALES", "TAKEN", "WATCHED_DOSE", "AdministrationPolicy", "AttemptFacts", "Ceiling", "Charted",
    "DoseFacts", "Identifier", "Measured", "OrderState", "Outcome", "PrnLimits", "Product", "RecentDose", "Stated", "Taking",
    "UsedSite", "Whereabouts", "ceilings_of", "check", "contact_findings", "next_allowed", "plain_number", "reassess_due",
    "recent_of", "result_findings", "say_amount", "say_clock", "scales_for", "site_label", "undo_findings", "undo_until",
    "watch_mouth",
]  # fmt: skip
