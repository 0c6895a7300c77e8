"""What does a level of the 3rd edition mean in the 4th? Some are the same, some map by themselves, some a person has to read.

``(edition, code)`` is the key: 3.7 of the 3rd edition and 3.7 of the 4th are different facts. Source: facts/levels-of-care.md 1.3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from asam.rules.levels import LEVELS

How = Literal["same", "maps", "person", "gone", "unknown"]


@dataclass(frozen=True)
class Reading:
    """How an older level reads now. ``level`` is '' until a person said; ``offered`` is what they are likely to choose from.

    ``note`` is a sentence to be minded, '' where there is none.
    """

    edition: str
    code: str
    name: str
    how: How
    level: str
    offered: tuple[str, ...]
    note: str

    @property
    def by_hand(self) -> bool:
        """True where only a person can say what it means."""
        return self.how in {"person", "unknown"}

    @property
    def words(self) -> str:
        """'3.7-WM of the 3rd edition, read as 3.7', or the bare code where nothing is to be said."""
        if self.edition == "4":
            return self.code
        named = f"{self.code} of edition {self.edition}" if self.edition != "3" else f"{self.code} of the 3rd edition"
        return f"{named}, read as {self.level}" if self.level else f"{named}, not read yet"


def _old(code: str, name: str, how: How, level: str = "", offered: tuple[str, ...] = (), note: str = "") -> Reading:
    return Reading("3", code, name, how, level, offered or ((level,) if level else ()), note)


_ALL = (
    _old("0.5", "Early intervention", "gone", note="It is no level of the 4th edition: do not use it anew."),
    _old("1", "Outpatient", "maps", "1.5", ("1.5", "1.0"), "In long remission 1.0 may fit better."),
    _old("OTP", "Opioid treatment program", "person", "", ("1.7", "1.5", "2.1", "2.5", "2.7"),
         "Usually 1.7; an opioid treatment program can stand beside any level."),
    _old("OBOT", "Office-based opioid treatment", "person", "", ("1.7", "1.5", "2.1", "2.5", "2.7"), "Usually 1.7."),
    _old("1-WM", "Withdrawal management, outpatient", "maps", "1.7"),
    _old("2-WM", "Withdrawal management, outpatient, extended", "maps", "2.7"),
    _old("2.1", "Intensive outpatient", "same", "2.1"),
    _old("2.5", "Partial hospitalisation", "same", "2.5", note="The 4th edition calls it High-Intensity Outpatient."),
    _old("3.1", "Low-intensity residential", "same", "3.1", note="The 4th edition expects more hours of service."),
    _old("3.2-WM", "Withdrawal management, residential, clinically managed", "person", "", ("3.7", "3.5", "3.1"),
         "3.7 where medical care is there; else 3.1 or 3.5 with a medical evaluation from outside."),
    _old("3.3", "Population-specific residential", "person", "", ("3.5 COE", "3.5", "3.1"), "Usually 3.5 COE."),
    _old("3.5", "High-intensity residential", "same", "3.5"),
    _old("3.7", "Medically monitored residential", "same", "3.7", ("3.7", "3.7 BIO", "3.7 COE"),
         "Medically managed in the 4th edition: say again that the program can do it."),
    _old("3.7-WM", "Withdrawal management, medically monitored", "maps", "3.7", ("3.7", "3.7 BIO"),
         "Where fluids or medicines went into a vein, it is 3.7 BIO."),
    _old("4", "Medically managed inpatient", "maps", "4", ("4", "4 Psychiatric"), "In a psychiatric hospital it is 4 Psychiatric."),
    _old("4-WM", "Withdrawal management, inpatient", "maps", "4", ("4", "4 Psychiatric")),
)  # fmt: skip

THIRD: Mapping[str, Reading] = MappingProxyType({reading.code: reading for reading in _ALL})
"""Every level of the 3rd edition by its code."""


def read(edition: str, code: str) -> Reading:
    """How a level of an edition reads in the 4th. One that nobody knows is left to a person; nothing is ever guessed."""
    if edition == "4" and code in LEVELS:
        return Reading("4", code, LEVELS[code].name, "same", code, (code,), "")
    if edition == "3" and code in THIRD:
        return THIRD[code]
    return Reading(edition, code, "", "unknown", "", tuple(LEVELS), "Stepwell does not know this level.")


def may_read_as(edition: str, code: str, level: str) -> str:
    """Why an older level may not be read as this one; '' where it may. A person may always choose among all 18 levels for one
    that is ambiguous or unknown, among the likely ones for one that maps, and for one that is gone there is nothing to read."""
    found = read(edition, code)
    if level not in LEVELS:
        return f"There is no level of care '{level}': choose one of the list."
    if found.how == "gone":
        return f"{code} of the 3rd edition is no level of the 4th. It stays as it was."
    if not found.by_hand and level not in found.offered:
        return f"{found.code} reads as {' or '.join(found.offered)}, not as {level}."
    return ""
