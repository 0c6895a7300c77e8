"""Does a consent fit what is asked: discloser, recipient, purpose, information, and the kind of consent it is?"""

from collections.abc import Iterator

from privacy.rules.classes import TPO, InfoClass, Purpose
from privacy.rules.consents import ConsentType, HeldConsent
from privacy.rules.parties import Party

T = ConsentType
ONLY: dict[ConsentType, Purpose] = {
    T.LEGAL_PROCEEDING: Purpose.HLEGAL, T.CRIMINAL_JUSTICE_REFERRAL: Purpose.MONITOR, T.PRESENCE_ACK: Purpose.PRESENCE,
    T.RESEARCH: Purpose.HRESCH, T.PDMP: Purpose.PDMP, T.CENTRAL_REGISTRY: Purpose.REGISTRY,
}  # fmt: skip
"""Consents that serve one purpose and no other."""
NOT_BY_OTHERS = frozenset({Purpose.HLEGAL, Purpose.MONITOR, Purpose.REGISTRY, Purpose.PDMP})
"""Purposes that an ordinary consent never serves, whatever it says."""


def misses(
    held: HeldConsent, site_id: int, to: Party, purpose: Purpose, classes: frozenset[InfoClass], proceeding: str = ""
) -> Iterator[tuple[str, str]]:
    """What keeps a consent from fitting: a stable code and the end of a sentence; nothing where it fits (in whatever state it is)."""
    notes = InfoClass.COUNSELING_NOTES in classes
    if (held.type is T.SUD_COUNSELING_NOTES) is not notes:
        yield (
            "match.type",
            "it is for SUD counseling notes alone." if not notes else "it does not reach SUD counseling notes.",
        )
    if held.type in ONLY and purpose is not ONLY[held.type]:
        yield "match.type", f"it serves {ONLY[held.type].label} and nothing else."
    elif held.type not in ONLY and purpose in NOT_BY_OTHERS:
        yield "match.type", f"for {purpose.label} a consent of its own is needed."
    elif held.type is T.TPO_SINGLE and purpose not in TPO:
        yield "match.purpose", "it covers treatment, payment and health care operations only."
    elif purpose not in held.purposes:
        yield "match.purpose", f"it does not name {purpose.label}."
    if held.type is T.LEGAL_PROCEEDING and not _same(held.proceeding, proceeding):
        yield "match.proceeding", f"it is for another proceeding ({held.proceeding or 'not named'})."
    if held.site_ids and site_id not in held.site_ids:
        yield "match.discloser", "it does not let this site disclose."
    if to.pk in held.revoked_recipients:
        yield "match.revoked_recipient", f"the client took {to.name} out of it."
    elif to.pk is None or not held.reaches(to.pk, to.kind):
        yield "match.recipient", f"it does not name {to.name}."
    elif held.type is T.TPO_SINGLE and to.pk not in held.recipients and not to.bound:
        yield (
            "match.status",
            f"it covers {to.name} only as one of a class, and nobody recorded that HIPAA or Part 2 binds them. "
            "Record what they are, or have a consent signed that names them.",
        )
    if not classes & held.allowed:
        yield "match.classes", "it does not name this information."


def preferred(held: HeldConsent, classes: frozenset[InfoClass]) -> tuple[int, bool, float, int]:
    """How good a fitting consent is: what covers most, then a named recipient before a class, then the newest."""
    return len(classes & held.allowed), held.type is not T.TPO_SINGLE, held.signed_at.timestamp(), held.pk


def of_its_own(held: HeldConsent) -> bool:
    """True for consents that are no near miss of anything else."""
    return held.type in {T.LEGAL_PROCEEDING, T.SUD_COUNSELING_NOTES}


def _same(one: str, other: str) -> bool:
    """The same proceeding, however it was typed; none is never the same."""
    first, second = (" ".join(words.casefold().split()) for words in (one, other))
    return bool(first) and first == second
