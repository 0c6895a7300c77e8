"""People outside a program: what may be written of one."""

from audit.rules.findings import Finding, stop
from programs.rules.words import check_words

NO_CONSENT = "No consent on file: do not confirm presence"
"""42 CFR 2.13(c): without consent, nobody outside is told that somebody is or was here."""


def check_contact(name: str, relation: str, phone: str, note: str, *, emergency: bool) -> list[Finding]:
    """What is wrong with a contact; each finding names its ``field``."""
    found = check_words(name, "name", longest=80, missing="Write their name.")
    found += check_words(
        relation, "relation", longest=60, missing="Say who they are to the client: mother, probation officer."
    )
    found += check_words(phone, "phone", longest=40) + check_words(note, "note", longest=200)
    digits = sum(sign.isdigit() for sign in phone)
    if phone and digits < 3:
        found.append(stop("contact.phone", "A phone number has digits. Write it whole.", field="phone"))
    if emergency and not phone:
        message = "Who is called in an emergency needs a phone number."
        found.append(stop("contact.emergency_phone", message, field="phone"))
    return found
