"""What a wristband says: a name in the form the site chose, and a code. Nothing about treatment, and no record number."""

from datetime import date
from enum import StrEnum


class NameForm(StrEnum):
    """How a name stands on a wristband: the site's own choice."""

    FULL = "full"
    SHORT = "short"
    INITIALS = "initials"

    @property
    def label(self) -> str:
        """With an example."""
        return _LABELS[self]


class Why(StrEnum):
    """Why a wristband counts no more."""

    LOST = "lost"
    DAMAGED = "damaged"
    WRONG = "wrong"
    RENEWED = "renewed"
    LEFT = "left"

    @property
    def label(self) -> str:
        """In words."""
        return _WHY[self]


_LABELS = {
    NameForm.FULL: "Name and birth date: Elin Novak, born 14 Mar 1988",
    NameForm.SHORT: "First name and a letter: Elin N.",
    NameForm.INITIALS: "Letters only: E. N.",
}
_WHY = {
    Why.LOST: "Lost or taken off",
    Why.DAMAGED: "Does not read any more",
    Why.WRONG: "Printed wrong, or the name changed",
    Why.RENEWED: "Renewed",
    Why.LEFT: "Discharged",
}
PRINTED_ANEW = (Why.LOST, Why.DAMAGED, Why.WRONG)
"""The reasons a person may choose for a new one."""


def said_on_band(form: NameForm, first: str, last: str, born_on: date) -> tuple[str, str]:
    """(the name as it is printed, a line under it or ''). ``first`` is what they are called."""
    if form is NameForm.INITIALS:
        return f"{first[0]}. {last[0]}.", ""
    if form is NameForm.SHORT:
        return f"{first} {last[0]}.", ""
    return f"{first} {last}", f"Born {born_on:%-d %b %Y}"
