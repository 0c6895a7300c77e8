"""May this person have this bed? The facts a fit needs, the findings, and the verdict for the card."""

from beds.rules.compatibility.facts import (
    DEFAULT,
    BedFacts,
    ClientFacts,
    ClientKey,
    CompatibilityPolicy,
    Housing,
    Mobility,
    RoommateFacts,
    client_facts,
)
from beds.rules.compatibility.fit import Verdict, compatibility, verdict

__all__ = [
    "DEFAULT",
    "BedFacts",
    "ClientFacts",
    "ClientKey",
    "CompatibilityPolicy",
    "Housing",
    "Mobility",
    "RoommateFacts",
    "Verdict",
    "client_facts",
    "compatibility",
    "verdict",
]
