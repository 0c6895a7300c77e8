"""Which PIN may be set, and may one be tried now? NIST SP 800-63B-4, 3.1.1.2 and 3.2.2: refuse the common ones, slow down, lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

SHORTEST, LONGEST = 4, 8  # digits
FREE_TRIES = 3  # wrong ones in a row before each further one has to wait
PAUSE = timedelta(seconds=30)
MOST_TRIES = 10  # wrong ones in a row that lock the PIN
GOOD_FOR = timedelta(minutes=2)  # a proof, from the right PIN to the act that it signs
COLUMNS = frozenset({"2580", "0852", "1470", "0741"})  # straight down or up the keypad


def wrong_with(pin: str) -> str:
    """What is wrong with a PIN that someone wants to set ('': nothing)."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
        return f"A PIN is {SHORTEST} to {LONGEST} digits, nothing else. Choose another."
    if len(set(pin)) == 1:
        return "One digit again and again is the first that others try. Choose another PIN."
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if steps in ({1}, {9}):
        return "Digits in a row are among the first that others try. Choose another PIN."
    if any(len(pin) % size == 0 and pin == pin[:size] * (len(pin) // size) for size in range(1, len(pin) // 2 + 1)):
        return "The same digits repeated are among the first that others try. Choose another PIN."
    if len(pin) == 4 and pin[:2] in {"19", "20"}:
        return "A year is among the first that others try, a year of birth above all. Choose another PIN."
    if pin in COLUMNS:
        return "A straight line on the keys is among the first that others try. Choose another PIN."
    return ""


@dataclass(frozen=True)
class Try:
    """One PIN that was entered (UTC)."""

    right: bool
    at: datetime


class Gate(StrEnum):
    """May a PIN be tried now?"""

    OPEN = "open"
    WAIT = "wait"
    LOCKED = "locked"


@dataclass(frozen=True)
class Standing:
    """How a PIN stands: ``wrong`` tries in a row; ``until`` (UTC) is the first instant of the next try where it waits."""

    gate: Gate
    wrong: int
    until: datetime | None = None

    @property
    def left(self) -> int:
        """How many more wrong tries lock it."""
        return max(0, MOST_TRIES - self.wrong)


def standing(newest_first: Sequence[Try], at: datetime) -> Standing:
    """How a PIN stands at an instant (UTC), from the tries since it was set, the newest first (MOST_TRIES are enough)."""
    wrong = next((number for number, tried in enumerate(newest_first) if tried.right), len(newest_first))
    if wrong >= MOST_TRIES:
        return Standing(Gate.LOCKED, wrong)
    if wrong >= FREE_TRIES:
        until = max(tried.at for tried in newest_first[:wrong]) + PAUSE
        if at < until:
            return Standing(Gate.WAIT, wrong, until)
    return Standing(Gate.OPEN, wrong)
