"""Audits and evaluations (42 CFR 2.53) and research (2.52): which documents one needs, when it runs, and when copies are destroyed."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from audit.rules.findings import Finding, stop
from privacy.rules.classes import InfoClass

SOON = 14
"""Days before a day of destruction from which it is shown as near."""


class EngagementKind(StrEnum):
    """What it is."""

    AUDIT = "audit"
    RESEARCH = "research"

    @property
    def label(self) -> str:
        """In words."""
        return {"audit": "Audit or evaluation", "research": "Research"}[self.value]


class EngagementStepKind(StrEnum):
    """What happened to it."""

    ENDED = "ended"
    DESTROYED = "destroyed"

    @property
    def label(self) -> str:
        """In words."""
        return {"ended": "It ended before its last day", "destroyed": "Copies destroyed"}[self.value]


@dataclass(frozen=True)
class Span:
    """The days of an engagement, on the site's calendar. ``last`` inclusive; ``destroy_by`` None where nothing is taken away."""

    first: date
    last: date
    destroy_by: date | None = None
    ended: bool = False
    destroyed: bool = False

    def runs(self, today: date) -> bool:
        """True where a release may rest on it on this day."""
        return not self.ended and self.first <= today <= self.last

    def over(self, today: date) -> bool:
        """True where no release rests on it any more."""
        return self.ended or today > self.last

    def left(self, today: date) -> int | None:
        """Days until its last day, 0 on it; None where it does not run."""
        return (self.last - today).days if self.runs(today) else None

    def to_destroy(self, today: date) -> int | None:
        """Days until the copies are to be destroyed, negative where it is late; None where none are, or they were."""
        if self.destroy_by is None or self.destroyed:
            return None
        return (self.destroy_by - today).days

    def waits(self, today: date) -> bool:
        """True while something is to come of it: it runs, it begins later, or copies are to be destroyed."""
        return not self.over(today) or self.to_destroy(today) is not None


def lacking(
    kind: EngagementKind, words: Mapping[str, str], classes: Collection[str], *, copies: bool, listed_sponsor: bool, linkage: bool,
    destroy_by: date | None,
) -> Iterator[Finding]:  # fmt: skip
    """What an engagement must say before anything may rest on it. ``words``: director and irb as they were typed."""
    if InfoClass.COUNSELING_NOTES.value in classes:
        yield stop(
            "engagement.counseling",
            "SUD counseling notes are in no audit and no research. Leave them out.",
            field="classes",
        )
    if kind is EngagementKind.AUDIT:
        yield from _audit(words, copies, listed_sponsor, linkage, destroy_by)
        return
    if copies or listed_sponsor:
        sentence = "Copies for a listed sponsor are an audit's (42 CFR 2.53(b)). Leave these boxes empty."
        yield stop("engagement.not_audit", sentence, field="copies")
    if InfoClass.CONTACTS.value in classes:
        sentence = "Research has no addresses and contacts (42 CFR 2.52). Leave them out."
        yield stop("engagement.contacts", sentence, field="classes")
    if not words["director"].strip():
        yield stop(
            "engagement.director",
            "Write the director's determination: research needs it (42 CFR 2.52(a)).",
            field="director",
        )
    if linkage and not words["irb"].strip():
        yield stop(
            "engagement.irb", "Data are linked: write the review board that approved it (42 CFR 2.52(c)).", field="irb"
        )


def _audit(
    words: Mapping[str, str], copies: bool, listed_sponsor: bool, linkage: bool, destroy_by: date | None
) -> Iterator[Finding]:
    if linkage or words["director"].strip() or words["irb"].strip():
        sentence = "A determination, a review board and linked data are research's (42 CFR 2.52). Leave them empty."
        yield stop("engagement.not_research", sentence, field="director")
    if copies and not listed_sponsor:
        sentence = (
            "Copies go to an audit for a listed sponsor alone: a government agency that funds or regulates the program, a payer, "
            "or who controls it (42 CFR 2.53(b)). Tick that it is, or let them look here."
        )
        yield stop("engagement.sponsor", sentence, field="listed_sponsor")
    if copies and destroy_by is None:
        yield stop(
            "engagement.destroy_by", "Write the day by which they agreed to destroy the copies.", field="destroy_by"
        )
    if not copies and destroy_by is not None:
        sentence = (
            "Nothing is taken away, so nothing is to be destroyed. Leave the day empty, or tick that copies are taken."
        )
        yield stop("engagement.destroy_by", sentence, field="destroy_by")
