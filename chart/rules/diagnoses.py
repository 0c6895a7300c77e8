"""Diagnoses: the form of an ICD-10-CM code, and which dates can be. No code list is shipped and no name.

Form of a code: ICD-10-CM Official Guidelines for Coding and Reporting, section I.A.2: three to seven characters, the first a letter,
the second a digit, the third a digit (A or B in a few categories), and what follows stands after a dot.
"""

import re
from datetime import date

from audit.rules.findings import Finding, stop

_WHOLE = re.compile(r"[A-Z][0-9][0-9AB](\.[0-9A-Z]{1,4})?")
_BARE = re.compile(r"[A-Z][0-9][0-9AB][0-9A-Z]{1,4}")
LONGEST_NAME, LONGEST_WHY, MOST = 200, 200, 40


def code_of(typed: str) -> str:
    """The code as it is kept: capitals, the dot after three characters ('f1020' is 'F10.20'). What is no code is left as it is."""
    code = "".join(typed.split()).upper()
    return f"{code[:3]}.{code[3:]}" if _BARE.fullmatch(code) else code


def check_code(typed: str) -> list[Finding]:
    """What is wrong with a code; '' is right, as a name may stand alone."""
    code = code_of(typed)
    if not code or _WHOLE.fullmatch(code):
        return []
    shown = code[:12]
    if code.count(".") > 1:
        message = f"{shown} has two dots. An ICD-10-CM code has one, after its third sign, as F10.20."
    else:
        message = f"{shown} is no ICD-10-CM code: a letter, two digits, then a dot and up to four signs, as F10.20."
    return [stop("diagnosis.code", message, field="code")]


def check_dates(kind: str, onset: date | None, resolved: date | None, *, today: date, born: date) -> list[Finding]:
    """Whether the dates can be: neither in the future nor before the birth, and an end only for what is resolved."""
    found = []
    for field, on in (("onset_on", onset), ("resolved_on", resolved)):
        if on is not None and on > today:
            found.append(stop("diagnosis.later", "That date lies in the future. Look at the year.", field=field))
        elif on is not None and on < born:
            found.append(stop("diagnosis.before_birth", "That is before the client was born.", field=field))
    if found:
        return found
    if kind == "resolved" and resolved is None:
        return [stop("diagnosis.resolved_when", "Write the date it was resolved.", field="resolved_on")]
    if kind != "resolved" and resolved is not None:
        message = "A date it was resolved stands with 'Resolved' alone. Choose that, or leave the date out."
        return [stop("diagnosis.resolved_kind", message, field="resolved_on")]
    if onset is not None and resolved is not None and resolved < onset:
        return [stop("diagnosis.turned", "It was resolved before it began. Look at the dates.", field="resolved_on")]
    return []


def check_primary(kind: str, other: str) -> list[Finding]:
    """One diagnosis is the primary one: ``other`` is the one that is, in words ('' for none)."""
    if kind != "primary" or not other:
        return []
    message = f"{other} is the primary diagnosis. Change that one to secondary first."
    return [stop("diagnosis.primary", message, field="kind")]
