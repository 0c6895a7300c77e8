"""What may be written about who asks for a place: each wrong value is a finding whose ``detail['field']`` names the field."""

import unicodedata
from datetime import date, timedelta

from asam.rules.levels import LEVELS
from audit.rules.findings import Finding, stop

LONGEST = 60  # letters of a name
OLDEST = 120  # years
READY_WITHIN = timedelta(days=730)
SCHEDULE_WITHIN = timedelta(days=365)
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


def check_level(level: str, *, required: bool = False) -> list[Finding]:
    """A level of care that there is, or '' where none is needed yet."""
    if not level:
        message = "Choose the level that was approved."
        return [stop("asking.level_missing", message, field="level_wanted")] if required else []
    if level not in LEVELS:
        return [stop("asking.level_unknown", "There is no such level. Choose one of the list.", field="level_wanted")]
    return []


def check_ready(ready_on: date | None, today: date) -> list[Finding]:
    """A ready date: within two years of today, before or after."""
    if ready_on is not None and abs(ready_on - today) > READY_WITHIN:
        return [stop("asking.ready_far", f"{_said(ready_on)} is far off. Look at the year.", field="ready_on")]
    return []


def check_schedule(on: date, today: date) -> list[Finding]:
    """A date to come on: today or later, within a year."""
    if on < today:
        message = f"{_said(on)} has passed. Choose today or a later date."
        return [stop("asking.schedule_past", message, field="on")]
    if on - today > SCHEDULE_WITHIN:
        message = f"{_said(on)} is more than a year off. Look at the year."
        return [stop("asking.schedule_far", message, field="on")]
    return []


def _fits(sign: str) -> bool:
    kind = unicodedata.category(sign)
    return kind[0] in "LM" or kind in _KINDS or sign in _SIGNS


def _day(on: date) -> tuple[int, int]:
    return on.month, on.day


def _said(on: date) -> str:
    return f"{on.day} {on:%B} {on.year}"
