"""A recommendation in words, as pages, papers and lists say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from asam.models import Assessment, Attestation
from asam.queries.catalogs import Known
from asam.rules.level_of_care import Recommendation


def said(proposal: Mapping[str, object]) -> str:
    """A stored recommendation in words: 'at least 2.5 + recovery residence'."""
    least = "" if proposal["complete"] or proposal.get("settled") else "at least "
    residence = " + recovery residence" if proposal["recovery_residence"] else ""
    return f"{least}{proposal['level']}{residence}"


@dataclass(frozen=True)
class Proposal:
    """A recommendation as a page shows it; ``rated`` lines ``of`` all there are. ``attested`` is in words, '' where nobody did."""

    words: str
    steps: tuple[str, ...]
    flags: tuple[str, ...]
    source: str
    attested: str
    settled: bool
    rated: int
    of: int


def shown(
    proposal: Recommendation, known: Known, rated: int, attested: Attestation | None, *, settled: bool = False
) -> Proposal:
    """A recommendation that is not saved yet, for the panel."""
    kept = {
        "level": proposal.level, "complete": proposal.complete, "settled": settled,
        "recovery_residence": proposal.recovery_residence,
    }  # fmt: skip
    return Proposal(
        said(kept), proposal.steps, tuple(sorted(proposal.flags)), f"Catalog {known.words}", _by(attested),
        settled and not proposal.complete, rated, len(known.catalog.subdimensions),
    )  # fmt: skip


def saved(assessment: Assessment, known: Known, attested: Attestation | None) -> Proposal:
    """The recommendation as it was computed when the ratings were saved, by their own catalog."""
    kept = assessment.recommendation
    rated = sum(bool(codes) for codes in assessment.ratings.values())
    return Proposal(
        said(kept), tuple(kept.get("steps", ())), tuple(kept.get("flags", ())), f"Catalog {known.words}", _by(attested),
        bool(kept.get("settled")), rated, len(known.catalog.subdimensions),
    )  # fmt: skip


def _by(attested: Attestation | None) -> str:
    if attested is None:
        return ""
    day: datetime = attested.at
    return f"attested by {attested.by.signature} on {day:%-d %b %Y}"
