"""How an allergy is said, and what may be written of one."""

from audit.rules.findings import Finding, stop

LONGEST_SUBSTANCE, LONGEST_REACTION, LONGEST_REASON = 80, 120, 200
SEVERITY = {"mild": "mild", "moderate": "moderate", "severe": "severe", "life": "life-threatening"}


def said(substance: str, reaction: str, severity: str = "unknown", kind: str = "allergy") -> str:
    """'penicillin (hives, severe)'; 'codeine (nausea, mild, intolerance)'. What is not known is said."""
    words = [reaction or "reaction unknown", SEVERITY.get(severity, ""), "intolerance" if kind == "intolerance" else ""]
    return f"{substance} ({', '.join(word for word in words if word)})"


def check_allergy(substance: str, reaction: str) -> list[Finding]:
    """What is wrong with the words of an allergy; each finding names its ``field``."""
    found = []
    if not any(sign.isalpha() for sign in substance):
        message = "Write the substance: a medication, a food or a material."
        found.append(stop("allergy.substance", message, field="substance"))
    elif len(substance) > LONGEST_SUBSTANCE:
        message = f"That is {len(substance)} letters; {LONGEST_SUBSTANCE} fit. Write the substance alone."
        found.append(stop("allergy.substance_long", message, field="substance"))
    elif substance.strip().casefold().rstrip(".") in NOTHING:
        message = "That says there is none. Use 'No known allergies', so that it is recorded who asked."
        found.append(stop("allergy.none", message, field="substance"))
    if len(reaction) > LONGEST_REACTION:
        message = f"That is {len(reaction)} letters; {LONGEST_REACTION} fit. Write the reaction in a few words."
        found.append(stop("allergy.reaction_long", message, field="reaction"))
    return found


NOTHING = frozenset({
    "none", "nka", "nkda", "nil", "no", "n/a", "no known allergies", "no known drug allergies", "no allergies", "unknown",
})  # fmt: skip
