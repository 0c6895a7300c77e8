"""Is this the same person? Asked before a second record is made.

Names are compared without case, accents, hyphens, spaces and order; a preferred name counts as a first name. Birth dates
agree, or differ by a slip of the pen: one digit, two neighbouring digits exchanged, day and month exchanged.
"""

import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import IntEnum
from functools import lru_cache

ALIKE = 0.82  # how much of two names is the same, from 0 to 1, until they may be one name spelled twice
SHORT = 3  # letters of a short form: Rob for Robert
_APART = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"})


class Match(IntEnum):
    """How sure it is; the higher, the surer."""

    PERHAPS = 1
    LIKELY = 2
    SAME = 3

    @property
    def words(self) -> str:
        """What a card says."""
        return {1: "Perhaps the same", 2: "Likely the same", 3: "Same name and birth date"}[self.value]


@dataclass(frozen=True)
class Someone:
    """What is known of a person before there is a record, or in one."""

    first: str
    last: str
    born_on: date
    preferred: str = ""


def match(one: Someone, other: Someone) -> Match | None:
    """How likely two are one person; None: no reason to think so. The same whichever is named first.

    SAME: name and date agree. LIKELY: one agrees and the other is close. PERHAPS: both are close, or the name agrees alone, or
    the date and the last name do.
    """
    agree, close = names_agree(one, other), names_close(one, other)
    if one.born_on == other.born_on:
        if agree:
            return Match.SAME
        if close:
            return Match.LIKELY
        return Match.PERHAPS if shares_last_name(one, other) else None
    if agree:
        return Match.LIKELY if dates_close(one.born_on, other.born_on) else Match.PERHAPS
    return Match.PERHAPS if close and dates_close(one.born_on, other.born_on) else None


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name without case, accents, hyphens and spaces. Where nothing is left (no letter in it), the name as it is."""
    lower = unicodedata.normalize("NFKD", name.casefold().translate(_APART))
    letters = "".join(sign for sign in lower if sign.isalnum())
    return letters or name.strip()


def _given(someone: Someone) -> tuple[str, ...]:
    return tuple({plain(name): None for name in (someone.first, someone.preferred) if name.strip()})


def _whole(someone: Someone) -> set[str]:
    """The whole name both ways round, so that it does not matter which part was written in which field."""
    last = plain(someone.last)
    return {whole for given in _given(someone) for whole in (given + last, last + given)}


def names_agree(one: Someone, other: Someone) -> bool:
    """The same letters, in whichever fields they stand."""
    return not _whole(one).isdisjoint(_whole(other))


def names_close(one: Someone, other: Someone) -> bool:
    """Agree, are spelled much alike, or share the last name with a first name that is short for the other."""
    if names_agree(one, other):
        return True
    if plain(one.last) == plain(other.last) and any(_short_for(a, b) for a in _given(one) for b in _given(other)):
        return True
    return any(_alike(a, b) for a in _whole(one) for b in _whole(other))


def shares_last_name(one: Someone, other: Someone) -> bool:
    """One's last name is a name of the other, in whichever field."""
    return plain(one.last) in {plain(other.last), *_given(other)} or plain(other.last) in _given(one)


def _short_for(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return len(short) >= SHORT and long.startswith(short)


def _alike(a: str, b: str) -> bool:
    first, second = sorted((a, b))  # difflib answers by order: ask in one order only
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def dates_close(one: date, other: date) -> bool:
    """Equal, or one slip apart: one digit, two neighbouring digits exchanged, or day and month exchanged."""
    return other == one or other in slips(one)


def slips(born_on: date) -> frozenset[date]:
    """The real dates that one slip makes of this one; the date itself is not among them."""
    digits = f"{born_on:%Y%m%d}".zfill(8)
    texts = {digits[:at] + digit + digits[at + 1 :] for at in range(8) for digit in "0123456789"}
    texts |= {digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(7)}
    texts.add(digits[:4] + digits[6:] + digits[4:6])
    return frozenset(found for text in texts if (found := _date(text)) is not None) - {born_on}


def _date(text: str) -> date | None:
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
        return None
    return date(year, month, day)
