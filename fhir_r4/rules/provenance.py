"""Who made, changed, saw and signed a resource: FHIR Provenance."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fhir_r4.rules.elements import TERMS, Resource, clean, coding, concept, extension, instant

DATA = f"{TERMS}/v3-DataOperation"
PARTICIPANT = f"{TERMS}/provenance-participant-type"
ASTM = "urn:iso-astm:E1762-95:2013"
SIGNED = {
    "author": ("1.2.840.10065.1.12.1.1", "Author's Signature"),
    "cosign": ("1.2.840.10065.1.12.1.2", "Coauthor's Signature"),
    "verification": ("1.2.840.10065.1.12.1.5", "Verification Signature"),
    "consent": ("1.2.840.10065.1.12.1.7", "Consent Signature"),
    "witness": ("1.2.840.10065.1.12.1.8", "Signature Witness Signature"),
    "addendum": ("1.2.840.10065.1.12.1.15", "Addendum Signature"),
    "modification": ("1.2.840.10065.1.12.1.16", "Modification Signature"),
    "error": ("1.2.840.10065.1.12.1.17", "Administrative (Error/Edit) Signature"),
}
"""What a signature meant, as ASTM E1762 codes it."""


@dataclass(frozen=True)
class Agent:
    """Somebody's part in it: ``role`` a code of provenance-participant-type; ``signed`` a key of SIGNED where they signed."""

    who: str  # 'Practitioner/5', 'Patient/12'
    role: str = "author"
    signed: str = ""
    words: str = ""  # where no code says it: 'Witness'


def staff(pk: int | None, role: str = "author", signed: str = "", words: str = "") -> list[Agent]:
    """A person who works here, as a list of one; none where nobody is known."""
    return [] if pk is None else [Agent(f"Practitioner/{pk}", role, signed, words)]


def provenance(
    name: str,
    targets: Iterable[str],
    agents: Iterable[Agent],
    *,
    at: datetime,
    recorded: datetime | None = None,
    activity: str = "CREATE",
    replaces: str = "",
    source: str = "",
    why: str = "",
    sha256: str = "",
) -> Resource | None:
    """One Provenance; None where no agent is known (FHIR asks for one).

    ``activity`` is a code of v3-DataOperation. ``replaces`` is the resource that the target corrects, ``source`` the one it was made
    from; ``sha256`` the seal of what was signed.
    """
    several = list(agents)
    if not several:
        return None
    made: Resource = clean(
        {
            "resourceType": "Provenance",
            "id": name,
            "extension": [extension("sha256", valueString=sha256)] if sha256 else None,
            "target": [{"reference": target} for target in targets],
            "occurredDateTime": instant(at),
            "recorded": instant(recorded or at),
            "reason": [concept(why)],
            "activity": {"coding": [coding(DATA, activity)]},
            "agent": [_agent(each) for each in several],
            "entity": [
                {"role": role, "what": {"reference": what}}
                for role, what in (("revision", replaces), ("source", source))
                if what
            ],
            "signature": [
                {
                    "type": [coding(ASTM, *SIGNED[each.signed])],
                    "when": instant(recorded or at),
                    "who": {"reference": each.who},
                }
                for each in several
                if each.signed
            ],
        }
    )
    return made


def _agent(each: Agent) -> Resource:
    return {"type": concept(each.words, coding(PARTICIPANT, each.role)), "who": {"reference": each.who}}


def by_staff(
    kind: str, pk: object, target: str, by: int | None, at: datetime, recorded: datetime | None = None
) -> Resource | None:
    """The plainest: one person wrote one resource."""
    return provenance(f"{kind}-{pk}", [target], staff(by), at=at, recorded=recorded)
