"""The words of a handoff that the database keeps."""

from collections.abc import Collection
from enum import StrEnum
from typing import Any


class Illness(StrEnum):
    """How ill somebody is, as the giver sees it (the I of I-PASS); the value is stored."""

    STABLE = "stable"
    WATCHER = "watcher"
    UNSTABLE = "unstable"

    @property
    def label(self) -> str:
        """What a page and a paper say."""
        return self.value.capitalize()

    @property
    def tone(self) -> str:
        """One of the look's words."""
        return {Illness.STABLE: "free", Illness.WATCHER: "late", Illness.UNSTABLE: "stop"}[self]


WORDS = ("summary", "actions", "contingency")
"""What the giver writes of a client, in I-PASS order after the illness: the summary, what is to be done, and what may happen and what
then (situation awareness and contingency). The last letter, the synthesis, is the receiver's.

Source: I-PASS, Starmer and others, New England Journal of Medicine 2014;371:1803, as a form for a unit of a program.
"""

LONGEST = 2000  # characters of each


def part_of(content: dict[str, Any], client_id: int) -> dict[str, Any]:
    """What a draft says of a client: illness '' where none is chosen, words, the keys of lines marked as told, and its version."""
    kept = content.get("clients", {}).get(str(client_id), {})
    blank: dict[str, Any] = {"illness": "", "summary": "", "actions": "", "contingency": "", "told": [], "v": 0}
    return {**blank, **kept}


def missing(part: dict[str, Any], urgent: Collection[str]) -> list[str]:
    """What keeps a client's row from being given: no illness, no contingency for whoever is not stable, an urgent line not told."""
    found = []
    if part["illness"] not in set(Illness):
        found.append("how ill they are")
    elif part["illness"] != Illness.STABLE and not part["contingency"].strip():
        found.append("what may happen, and what then")
    if set(urgent) - set(part["told"]):
        found.append("an urgent line to be told")
    return found
