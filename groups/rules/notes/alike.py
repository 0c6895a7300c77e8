"""Which sentences of different members say the same? Notes that look cloned are pointed out before they are signed."""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

LEAST = 6  # words: shorter sentences ('Attended by video.') may well be the same
SHARE = 0.8  # of the words of both that are in both
PRONOUNS = frozenset({"he", "she", "they", "him", "her", "them", "his", "hers", "their", "theirs"})  # do not tell apart


@dataclass(frozen=True)
class Alike:
    """Two members' parts share a sentence; ``sentence`` is the first one's."""

    first: Hashable
    second: Hashable
    sentence: str


def alike(parts: Mapping[Hashable, str], share: float = SHARE) -> list[Alike]:
    """One line for each two parts that have a sentence (nearly) in common, in the order of the parts.

    Nearly: of all different words of both sentences, ``share`` (0 to 1) are in both; order and case do not matter.
    """
    split = {key: _sentences(text) for key, text in parts.items()}
    keys = list(split)
    found = []
    for number, first in enumerate(keys):
        for second in keys[number + 1 :]:
            same = next(
                (said for said, words in split[first] if any(_near(words, w, share) for _, w in split[second])), ""
            )
            if same:
                found.append(Alike(first, second, same))
    return found


def _sentences(text: str) -> list[tuple[str, frozenset[str]]]:
    said = (sentence.strip() for sentence in re.split(r"(?<=[.!?])\s+|\n+", text))
    split = ((sentence, re.findall(r"\w+", sentence.casefold())) for sentence in said)
    return [(sentence, frozenset(words) - PRONOUNS) for sentence, words in split if len(words) >= LEAST]


def _near(one: frozenset[str], other: frozenset[str], share: float) -> bool:
    return bool(one) and len(one & other) >= share * len(one | other)
