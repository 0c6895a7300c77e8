"""May this be charted for this dose? What can happen to a dose, the facts a check needs, and the checks."""

from emar.rules.administration.check import check
from emar.rules.administration.facts import (
    DEFAULT,
    AdministrationPolicy,
    AttemptFacts,
    Charted,
    DoseFacts,
    Identifier,
    OrderState,
    PrnLimits,
    RecentDose,
    Whereabouts,
)
from emar.rules.administration.outcomes import REASONS, TAKEN, Outcome
from emar.rules.administration.prn import next_allowed
from emar.rules.administration.words import say_amount, say_clock

__all__ = [
    "DEFAULT",
    "REASONS",
    "TAKEN",
    "AdministrationPolicy",
    "AttemptFacts",
    "Charted",
    "DoseFacts",
    "Identifier",
    "OrderState",
    "Outcome",
    "PrnLimits",
    "RecentDose",
    "Whereabouts",
    "check",
    "next_allowed",
    "say_amount",
    "say_clock",
]
