"""Recipients of records: what may be written of one, and which agreements count on a day."""

from datetime import date

from audit.rules.findings import Finding, stop
from privacy.rules.classes import Hipaa, Part2, RecipientKind
from programs.rules.words import check_words


def check_recipient(
    *, kind: str, name: str, relation: str, address: str, phone: str, hipaa: str, part2: str, medical: bool
) -> list[Finding]:
    """What is wrong with a recipient; each finding names its ``field``."""
    found = check_words(name, "name", longest=120, missing="Write the name of the organisation or the person.")
    found += check_words(relation, "relation", longest=60) + check_words(phone, "phone", longest=40)
    found += check_words(address, "address", longest=300)
    if kind not in set(RecipientKind):
        found.append(stop("recipient.kind", "Choose what kind of recipient it is.", field="kind"))
    if hipaa not in set(Hipaa):
        found.append(stop("recipient.hipaa", "Choose what it is under HIPAA, or 'Not known'.", field="hipaa"))
    if part2 not in set(Part2):
        found.append(stop("recipient.part2", "Choose whether it is a Part 2 program, or 'Not known'.", field="part2"))
    if kind == RecipientKind.PERSON and hipaa in {Hipaa.COVERED_ENTITY, Hipaa.BUSINESS_ASSOCIATE}:
        words = "Family and other private people are not under HIPAA. Choose 'Neither', or another kind."
        found.append(stop("recipient.person_hipaa", words, field="hipaa"))
    return found


def counts(starts_on: date, ends_on: date | None, on: date) -> bool:
    """True where an agreement counts on that day; its last day counts."""
    return starts_on <= on and (ends_on is None or on <= ends_on)
