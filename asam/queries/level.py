"""One client's level page: the band, the lines to rate, the last ratings, and what may be chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from asam.models import Assessment, Decision
from asam.queries.reviews import said
from asam.rules.catalog import Catalog, Subdimension
from asam.rules.level_of_care import Recommendation, compare, load_catalog
from asam.rules.levels import LEVELS, covers
from asam.rules.reviews import Review, review
from programs.contributions import Place, places
from programs.models import Client, Placement, Program
from programs.rules.band import Band, Stretch, band, days_between

WORDS = {
    "same": ("same level", "nothing moves"),
    "lower": ("lower", "a step down"),
    "higher": ("higher", "a step up"),
    "different": ("different service", "neither above nor below"),
}


@dataclass(frozen=True)
class Choice:
    """One code of a line: ``alongside`` codes may stand beside another."""

    code: str
    label: str
    alongside: bool
    checked: bool
    previous: bool


@dataclass(frozen=True)
class Line:
    """One thing to rate: its codes, what was typed, and what it was at the last review ('' where never rated)."""

    key: str
    name: str
    choices: tuple[Choice, ...]
    rated: bool
    evidence: str
    last: str


@dataclass(frozen=True)
class Proposal:
    """A recommendation as the page shows it; ``rated`` lines ``of`` all there are."""

    words: str
    steps: tuple[str, ...]
    flags: tuple[str, ...]
    source: str
    rated: int
    of: int


@dataclass(frozen=True)
class LevelPage:
    """Everything the page shows. ``open`` is the newest assessment where nobody has decided on it yet."""

    placement: Placement
    client: Client
    day: int
    current: bool
    band: Band
    place: Place | None
    review: Review
    newest: Assessment | None
    decision: Decision | None
    moved: bool
    open: Assessment | None
    lines: tuple[Line, ...]
    proposal: Proposal | None
    topics: tuple[str, ...]
    previous_at: datetime | None


def level_page(
    placement: Placement,
    at: datetime,
    *,
    ratings: Mapping[str, Sequence[str]] | None = None,
    evidence: Mapping[str, str] | None = None,
) -> LevelPage:
    """The page of the episode of this placement. ``ratings`` and ``evidence`` are what was typed, where it was."""
    episode, site, catalog = placement.episode, placement.program.site, load_catalog()
    placed = list(
        Placement.objects.filter(episode=episode, kind=Program.Kind.TREATMENT, started_at__lte=at)
        .select_related("program")
        .order_by("started_at")
    )
    taken = list(
        Assessment.objects.filter(episode=episode, at__lte=at)
        .select_related("by", "decision__by", "decision__transition")
        .order_by("-at", "-pk")[:2]
    )
    newest = taken[0] if taken else None
    decision: Decision | None = getattr(newest, "decision", None)
    undecided = newest if newest is not None and decision is None else None
    before = (taken[1] if len(taken) > 1 else None) if undecided else newest
    if ratings is None:
        ratings, evidence = (undecided.ratings, undecided.evidence) if undecided else ({}, {})
    since = max(each for each in (placement.started_at, newest and newest.at, decision and decision.at) if each)
    return LevelPage(
        placement=placement,
        client=episode.client,
        day=days_between(episode.started_at, at, site.tz) + 1,
        current=placement.ended_at is None or placement.ended_at > at,
        band=band(
            [Stretch(each.level, each.program.name, each.started_at, each.ended_at) for each in placed],
            at=at, tz=site.tz, ask_next=placement.ended_at is None,
        ),
        place=places(site.pk, at).get(episode.pk),
        review=review(placement.level, since, at, site.tz),
        newest=newest,
        decision=decision,
        moved=hasattr(decision, "transition"),
        open=undecided,
        lines=tuple(_line(sub, number, ratings, evidence or {}, before) for number, sub in _numbered(catalog)),
        proposal=saved(undecided, catalog) if undecided else None,
        topics=tuple(topic for dimension in catalog.dimensions for topic in dimension.topics),
        previous_at=before.at if before else None,
    )  # fmt: skip


def _numbered(catalog: Catalog) -> list[tuple[int, Subdimension]]:
    return [(dimension.number, sub) for dimension in catalog.dimensions for sub in dimension.subdimensions]


def _line(
    sub: Subdimension,
    number: int,
    ratings: Mapping[str, Sequence[str]],
    evidence: Mapping[str, str],
    before: Assessment | None,
) -> Line:
    now, then = ratings.get(sub.key, ()), before.ratings.get(sub.key, []) if before else []
    choices = tuple(
        Choice(code.code, code.label, code.alongside, code.code in now, code.code in then) for code in sub.codes
    )
    return Line(sub.key, f"{number} {sub.label}", choices, bool(now), evidence.get(sub.key, ""), " + ".join(then))


def shown(proposal: Recommendation, catalog: Catalog, rated: int) -> Proposal:
    """A recommendation that is not saved yet, for the panel."""
    words = said(
        {
            "level": proposal.level,
            "complete": proposal.complete,
            "recovery_residence": proposal.recovery_residence,
        }
    )
    source = f"Catalog {catalog.name}, version {catalog.version}"
    return Proposal(words, proposal.steps, tuple(sorted(proposal.flags)), source, rated, len(catalog.subdimensions))


def saved(assessment: Assessment, catalog: Catalog) -> Proposal:
    """The recommendation as it was computed when the ratings were saved."""
    kept = assessment.recommendation
    source = f"Catalog {assessment.catalog}, version {assessment.catalog_version}"
    rated = sum(bool(codes) for codes in assessment.ratings.values())
    return Proposal(said(kept), tuple(kept["steps"]), tuple(kept["flags"]), source, rated, len(catalog.subdimensions))


@dataclass(frozen=True)
class Step:
    """A chosen level seen from the present one, and what choosing it asks for."""

    selected: str
    word: str
    meaning: str
    tone: str
    differs: bool
    uncovered: bool


def step_to(selected: str, *, present: str, recommended: str) -> Step | None:
    """How a chosen level stands; None where it is no level."""
    if selected not in LEVELS or recommended not in LEVELS:
        return None
    differs, uncovered = selected != recommended, not covers(selected, recommended)
    if present not in LEVELS:
        return Step(selected, "not comparable", f"{present} is of another edition", "caution", differs, uncovered)
    order = compare(selected, present)
    word, meaning = WORDS[order]
    tone = {"lower": "free", "higher": "late", "different": "other", "same": "off"}[order]
    tail = f" {present}" if order == "different" else ""
    return Step(selected, word, f"{meaning}{tail}", tone, differs, uncovered)
