"""May these two records be read as one person? Pure: what is known of both comes in, what stands in the way comes out."""

from collections.abc import Iterator
from dataclasses import dataclass

from audit.rules.findings import Finding, override, stop
from programs.rules.duplicates import Someone, match

LONGEST_WHY = 300


@dataclass(frozen=True)
class Record:
    """One record. ``part_of`` is the number of the record it is merged into ('' none), ``holds`` the numbers merged into it.

    ``in_care`` and ``asks``: an open episode, an open line of the placement list. ``apart`` are those it is kept apart from.
    """

    pk: int
    number: str
    who: Someone
    organisation: int
    part_of: str
    holds: tuple[str, ...]
    in_care: bool
    asks: bool
    apart: frozenset[int]

    @property
    def open(self) -> bool:
        """In care, or on the way to it."""
        return self.in_care or self.asks


def merge_findings(goes: Record, kept: Record) -> list[Finding]:
    """What stands in the way of reading ``goes`` as ``kept``; the overrides where nothing else does."""
    stops = list(_stops(goes, kept))
    return stops or list(_doubts(goes, kept))


def why_findings(why: str) -> list[Finding]:
    """The reason is written, and short enough to be read."""
    if not why.strip():
        return [stop("merge.why", "Say how you know that it is one person: it stands beside both records.")]
    if len(why.strip()) > LONGEST_WHY or "\x00" in why:
        return [
            stop("merge.why_long", f"The reason has at most {LONGEST_WHY} plain characters. Write the rest as a note.")
        ]
    return []


def _stops(goes: Record, kept: Record) -> Iterator[Finding]:
    if goes.pk == kept.pk:
        yield stop("merge.same", "This is one record, not two. Choose the other one.")
        return
    if goes.organisation != kept.organisation:
        yield stop("merge.organisation", "The two records belong to different organisations and stay apart.")
        return
    if kept.part_of:
        words = f"{kept.number} is itself part of {kept.part_of}. Keep {kept.part_of} instead."
        yield stop("merge.kept_is_part", words)
    if goes.part_of:
        yield stop("merge.already", f"{goes.number} is already part of {goes.part_of}. Take it out there first.")
    if goes.holds:
        listed = ", ".join(goes.holds)
        words = f"{listed} is part of {goes.number}. Keep {goes.number} and merge {kept.number} into it, or take {listed} out."
        yield stop("merge.holds_others", words)
    if goes.in_care and kept.in_care:
        words = f"{goes.number} and {kept.number} are both in care, each with orders and a bed of its own. Discharge one first."
        yield stop("merge.both_in_care", words)
    elif goes.open:
        doing = "in care" if goes.in_care else "on the placement list"
        way = f"settle that line first, then merge {goes.number} into {kept.number}" if kept.open else (
            f"keep {goes.number} and merge {kept.number} into it"
        )  # fmt: skip
        yield stop("merge.wrong_way", f"{goes.number} is {doing} now: {way}.")
    if kept.pk in goes.apart:
        words = (
            f"{goes.number} and {kept.number} are kept apart from each other. End that rule first if it is one person."
        )
        yield stop("merge.kept_apart", words)


def _doubts(goes: Record, kept: Record) -> Iterator[Finding]:
    if match(goes.who, kept.who) is None:
        words = "Neither the names nor the birth dates are alike. Say what shows that it is one person."
        yield override("merge.unlike", words)
