"""What a subpoena, an order, a warrant or a letter permits (42 CFR 2.61 to 2.67): most of them nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from audit.rules.findings import Finding, stop
from privacy.rules.classes import InfoClass
from privacy.rules.grounds import COURTS

SECTIONS = {
    "2.64": "2.64, not criminal", "2.65": "2.65, criminal, against the client", "2.66": "2.66, against the program",
    "2.67": "2.67, undercover agents",
}  # fmt: skip


class LegalKind(StrEnum):
    """What came."""

    SUBPOENA = "subpoena"
    ORDER = "order"
    WARRANT = "warrant"
    LETTER = "letter"

    @property
    def label(self) -> str:
        """In words."""
        return {"subpoena": "Subpoena", "order": "Court order", "warrant": "Warrant", "letter": "Letter"}[self.value]


class LegalStepKind(StrEnum):
    """What happened to it."""

    MANDATE = "mandate"
    COUNSEL = "counsel"
    ANSWERED = "answered"

    @property
    def label(self) -> str:
        """In words."""
        return {"mandate": "Mandate came", "counsel": "Counsel reviewed it", "answered": "Answered"}[self.value]


class Answer(StrEnum):
    """How it was answered."""

    NEUTRAL = "neutral"
    OBJECTED = "objected"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """In words."""
        return {
            "neutral": "With the neutral reply", "objected": "Counsel objected", "released": "Released under the order",
            "withdrawn": "It was withdrawn",
        }[self.value]  # fmt: skip


REPLY = (
    "We received the paper named above.",
    "Federal law (42 U.S.C. 290dd-2 and 42 CFR part 2) forbids this program to say whether any person is or was a client, and to "
    "disclose any record of a client, on a subpoena, a warrant, a letter or a request alone.",
    "A disclosure needs the written consent of the person to that proceeding, or an order of a court of competent jurisdiction made "
    "under 42 CFR 2.61 to 2.67, after notice and a hearing where those sections ask for them, together with a subpoena or a similar "
    "mandate.",
    "Nothing in this letter says that the program knows the person who is named in your paper, or holds any record of theirs. The same "
    "words are sent whoever is named.",
)
"""The neutral reply: the same whoever is asked for."""


@dataclass(frozen=True)
class Served:
    """A legal paper as it stands at an instant. ``until`` exclusive."""

    kind: LegalKind
    section: str = ""
    mandate: str = ""
    classes: frozenset[InfoClass] = frozenset()
    until: datetime | None = None
    counsel: bool = False
    client: bool = False


def against(served: Served, at: datetime) -> Iterator[Finding]:
    """Why nothing may be released on it; nothing where a release may rest on it, within its scope."""
    if served.kind is not LegalKind.ORDER:
        yield stop(
            "legal.alone",
            f"A {served.kind.label.lower()} alone permits nothing, not even to say whether somebody is here. A court order under 42 CFR "
            "2.61 to 2.67 is needed. Send the neutral reply and ask counsel.",
        )
        return
    if served.section not in COURTS:
        yield stop("legal.section", "The order does not say under which section it was made: 2.64, 2.65, 2.66 or 2.67.")
    if not served.classes:
        yield stop("legal.scope", "The order names no parts of the record. Ask counsel what it reaches.")
    if not served.mandate.strip():
        yield stop(
            "legal.no_mandate",
            "The order allows a disclosure and does not oblige to it: a subpoena or similar mandate is missing (42 CFR 2.61).",
        )
    if served.until is not None and served.until <= at:
        yield stop("legal.over", "The order has ended.")
    if not served.counsel:
        yield stop("legal.counsel", "Counsel has not reviewed it. Have it reviewed, and write what they said.")
    if not served.client:
        yield stop("legal.nobody", "It is written for nobody who is a client of the program.")
