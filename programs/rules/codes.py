"""Codes that Stepwell prints: a letter for what it is, characters that say nothing, and one that tells a damaged code.

The alphabet is that of Crockford's base 32: no I, L, O or U, so that a code read aloud or typed is not taken for another one. The
last character is a Luhn check in base 32: one wrong character, and nearly every swap of two neighbours, is found.
"""

from collections.abc import Sequence

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BAND, LABEL, ROOM = "W", "M", "R"
"""What a code begins with: a wristband's, a medication label's, a room tag's."""

RANDOM = {BAND: 10, LABEL: 7}
"""How many characters say nothing on what a pass scans: 50 bits for a person, 35 for a medication."""

LENGTHS = RANDOM | {ROOM: 8}
"""The same for every code there is: 40 bits for a room's door."""

_BASE = len(ALPHABET)
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})


def check_of(text: str) -> str:
    """The check character of a text in the alphabet."""
    total = 0
    for place, letter in enumerate(reversed(text)):
        value = ALPHABET.index(letter) * (2 if place % 2 == 0 else 1)
        total += value // _BASE + value % _BASE
    return ALPHABET[-total % _BASE]


def made(kind: str, numbers: Sequence[int]) -> str:
    """A code of a kind (``BAND``, ``LABEL`` or ``ROOM``) out of random numbers, one for each character (``LENGTHS`` says how many)."""
    if len(numbers) != LENGTHS[kind]:
        raise ValueError(f"A code of kind {kind} takes {LENGTHS[kind]} numbers, not {len(numbers)}.")
    text = kind + "".join(ALPHABET[number % _BASE] for number in numbers)
    return text + check_of(text)


def tidy(typed: str) -> str:
    """A code as it is printed: capitals, without the spaces between its groups, with letters that look alike put right."""
    return typed.strip().upper().translate(_ALIKE)


def is_code(kind: str, code: str) -> bool:
    """Whether this is a whole code of a kind: its letter, its length and its check character are right."""
    if len(code) != LENGTHS[kind] + 2 or not code.startswith(kind) or not set(code) <= set(ALPHABET):
        return False
    return check_of(code[:-1]) == code[-1]


def is_piece(code: str) -> bool:
    """Whether this looks like one of these codes, and is not whole: too short, or with a wrong character."""
    for kind, count in RANDOM.items():
        length = count + 2
        if code.startswith(kind) and set(code) <= set(ALPHABET) and not is_code(kind, code):
            if len(code) == length:
                return True
            if kind == BAND and 4 <= len(code) < length:
                return True
    return False


def grouped(code: str) -> str:
    """'W4K7 2MPX 9QTD': as it stands under the bars."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))
