"""What must be minded about a person: how closely they are watched, how they get about, what bed they need."""

from collections.abc import Collection
from enum import StrEnum


class Precaution(StrEnum):
    """One thing to mind; the value is stored. In the order in which a card shows them."""

    CONSTANT_WATCH = "constant_watch"
    CLOSE_WATCH = "close_watch"
    WITHDRAWAL_WATCH = "withdrawal_watch"
    ISOLATION = "isolation"
    WHEELCHAIR = "wheelchair"
    NEEDS_HELP = "needs_help"
    LOWER_BUNK = "lower_bunk"
    ACCESSIBLE = "accessible"

    @property
    def label(self) -> str:
        """What a form and a chart say."""
        return _SAID[self][0]

    @property
    def short(self) -> str:
        """What a card says, in one or two words."""
        return _SAID[self][1]

    @property
    def icon(self) -> str:
        """A lucide name."""
        return _SAID[self][2]

    @property
    def tone(self) -> str:
        """One of the look's words, or ''."""
        return _SAID[self][3]


_SAID: dict[Precaution, tuple[str, str, str, str]] = {
    Precaution.CONSTANT_WATCH: ("Constant watch", "Constant watch", "eye", "stop"),
    Precaution.CLOSE_WATCH: ("Checks every 15 minutes", "15-min checks", "eye", "late"),
    Precaution.WITHDRAWAL_WATCH: ("Withdrawal watch", "Withdrawal watch", "activity", "late"),
    Precaution.ISOLATION: ("Isolation", "Isolation", "shield-alert", "caution"),
    Precaution.WHEELCHAIR: ("Uses a wheelchair", "Wheelchair", "accessibility", ""),
    Precaution.NEEDS_HELP: ("Needs help to walk", "Help to walk", "hand-helping", ""),
    Precaution.LOWER_BUNK: ("Lower bunk (seizure risk, or cannot climb)", "Lower bunk", "bed-double", ""),
    Precaution.ACCESSIBLE: ("Accessible room", "Accessible room", "door-open", ""),
}

WATCHES = (Precaution.CONSTANT_WATCH, Precaution.CLOSE_WATCH, Precaution.WITHDRAWAL_WATCH)
"""Of these a card shows the first that applies: the watch level."""

MOBILITY = (Precaution.WHEELCHAIR, Precaution.NEEDS_HELP)
"""Who has one of these needs help to leave the building in an emergency."""

GROUPS = (
    ("Watch", WATCHES),
    ("Getting about", MOBILITY),
    ("Bed", (Precaution.LOWER_BUNK, Precaution.ACCESSIBLE)),
    ("Isolation", (Precaution.ISOLATION,)),
)
"""Every precaution once, under the word by which a form groups it."""


def in_order(kinds: Collection[Precaution]) -> tuple[Precaution, ...]:
    """These precautions in the order in which a card shows them."""
    return tuple(kind for kind in Precaution if kind in kinds)


def in_words(kinds: Collection[Precaution]) -> str:
    """'Isolation and Lower bunk', in the order of a card; '' for none."""
    words = [kind.short for kind in in_order(kinds)]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
