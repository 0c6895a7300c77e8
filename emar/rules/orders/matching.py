"""Does an allergy name this medication, and do two orders share an ingredient or a class?"""

import re
from collections.abc import Iterable

SUPPLEMENTS = frozenset({"vitamin", "mineral", "supplement"})
"""Classes of which a client has several on purpose: a second one is told, not asked about."""

_WORD = re.compile(r"[a-z0-9]+")


def names_it(substance: str, names: Iterable[str]) -> bool:
    """Whether a substance of an allergy names any of these: whole words, singular or plural, in any case.

    'Benzodiazepines' names the class 'benzodiazepine', 'penicillin' the ingredient 'penicillin v potassium'; 'morphine' does not
    name 'hydromorphone'.
    """
    wanted = _words(substance)
    return bool(wanted) and any(_within(wanted, _words(name)) for name in names)


def _within(wanted: tuple[str, ...], words: tuple[str, ...]) -> bool:
    length = len(wanted)
    return any(words[start : start + length] == wanted for start in range(len(words) - length + 1))


def _words(text: str) -> tuple[str, ...]:
    return tuple(_singular(word) for word in _WORD.findall(text.casefold()))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
