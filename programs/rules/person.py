"""What may be written of who somebody is: names and a birth date. Each wrong value is a finding whose ``detail['field']`` names
the field."""

import unicodedata
from datetime import date

from audit.rules.findings import Finding, stop

LONGEST = 60  # letters of a name
OLDEST = 120  # years
_SIGNS, _KINDS = frozenset(".'`,·"), frozenset({"Zs", "Pd", "Pi", "Pf"})  # beside letters and marks


def check_name(value: str, field: str, what: str, *, required: bool = True) -> list[Finding]:
    """A name: letters, marks and a few signs of names, not empty, at most 60."""
    name = value.strip()
    if not name:
        return [stop("asking.name_missing", f"Write the {what}.", field=field)] if required else []
    if len(name) > LONGEST:
        message = f"That is {len(name)} letters; {LONGEST} fit. Write the {what} as it stands on a card."
        return [stop("asking.name_long", message, field=field)]
    odd = next((sign for sign in name if not _fits(sign)), None)
    if odd is not None:
        shown = f'"{odd}"' if odd.isprintable() else "a sign that cannot be seen"
        return [stop("asking.name_sign", f"A name is written in letters. Leave out {shown}.", field=field)]
    if not any(unicodedata.category(sign)[0] == "L" for sign in name):
        return [stop("asking.name_letters", f"There is no letter in it. Write the {what}.", field=field)]
    return []


def check_birth(born_on: date, today: date) -> list[Finding]:
    """A birth date: not in the future, not 120 years ago or more."""
    if born_on > today:
        return [stop("asking.born_later", f"{_said(born_on)} lies in the future. Look at the year.", field="born_on")]
    if born_on.year < today.year - OLDEST or (today.year - born_on.year == OLDEST and _day(born_on) <= _day(today)):
        message = f"That would be {today.year - born_on.year} years ago. Look at the year."
        return [stop("asking.born_long_ago", message, field="born_on")]
    return []


def _fits(sign: str) -> bool:
    kind = unicodedata.category(sign)
    return kind[0] in "LM" or kind in _KINDS or sign in _SIGNS


def _day(on: date) -> tuple[int, int]:
    return on.month, on.day


def _said(on: date) -> str:
    return f"{on.day} {on:%B} {on.year}"
