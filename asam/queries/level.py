"""One client's level page: where they stand, the ratings that count, what was decided, and everything before."""

from dataclasses import dataclass
from datetime import datetime

from asam.models import Assessment, AssessmentEvidence, ClientPart, Decision, PreScreen
from asam.queries.catalogs import attestation, known
from asam.queries.said import Proposal, said, saved
from asam.queries.standings import Standing, standing
from asam.rules.decision import Consequence, Reason
from asam.rules.levels import LEVELS, compare, covers
from programs.contributions import Place, places
from programs.models import Client, Placement, Program
from programs.rules.band import Band, Stretch, band, days_between

WORDS = {
    "same": ("same level", "nothing moves"),
    "lower": ("lower", "a step down"),
    "higher": ("higher", "a step up"),
    "different": ("different service", "neither above nor below"),
}
TONES = {"lower": "free", "higher": "late", "different": "other", "same": "off"}


@dataclass(frozen=True)
class Rated:
    """One line of saved ratings: what it is, its codes ('' = not rated), why, what it was before, and whether the result rests on it."""

    name: str
    codes: str
    why: str
    last: str
    drives: bool


@dataclass(frozen=True)
class Said:
    """One topic of dimension 6 and what the client said."""

    topic: str
    words: str


@dataclass(frozen=True)
class Record:
    """A saved assessment with everything it was made of, read by its own catalog."""

    assessment: Assessment
    proposal: Proposal
    lines: tuple[Rated, ...]
    views: tuple[Said, ...]
    support: tuple[AssessmentEvidence, ...]
    decision: "Decided | None"
    edition: str


@dataclass(frozen=True)
class Decided:
    """A decision in words, with the newest thing the client said to it."""

    row: Decision
    reasons: tuple[str, ...]
    consequences: tuple[str, ...]
    part: ClientPart | None
    moved: bool

    @property
    def part_words(self) -> tuple[tuple[str, str], ...]:
        """What the client said, label by label; only what was written."""
        if self.part is None:
            return ()
        said_ = {True: "yes", False: "no", None: ""}
        every = (
            ("Willing", said_[self.part.willing]), ("Able", said_[self.part.able]), ("Worries", self.part.concerns),
            ("Would help", self.part.would_help), ("Would accept", self.part.would_accept), ("Not asked", self.part.why),
        )  # fmt: skip
        return tuple((label, words) for label, words in every if words)


@dataclass(frozen=True)
class History:
    """One assessment in the list of all."""

    assessment: Assessment
    words: str
    decided: str


@dataclass(frozen=True)
class LevelPage:
    """Everything the page shows. ``record`` is of the newest ratings; ``danger`` was recorded last and stands against rating."""

    standing: Standing
    client: Client
    day: int
    current: bool
    band: Band
    place: Place | None
    record: Record | None
    decided: Decided | None
    danger: PreScreen | None
    step: "Step | None"
    history: tuple[History, ...]

    @property
    def placement(self) -> Placement:
        """The newest one."""
        return self.standing.placement


def level_page(placement: Placement, at: datetime) -> LevelPage:
    """The page of the episode of this placement; a constant number of queries."""
    episode, site = placement.episode, placement.program.site
    stands = standing([episode.pk], at)[episode.pk]
    placed = list(
        Placement.objects.filter(episode=episode, kind=Program.Kind.TREATMENT, started_at__lte=at)
        .select_related("program")
        .order_by("started_at")
    )
    taken = list(
        Assessment.objects.filter(episode=episode, at__lte=at)
        .select_related("by", "source", "decision")
        .order_by("-at", "-pk")[:60]
    )
    asked = PreScreen.objects.filter(episode=episode, at__lte=at).select_related("by").order_by("-at", "-pk").first()
    decided = _decided(stands.decision, at)
    return LevelPage(
        standing=stands,
        client=episode.client,
        day=days_between(episode.started_at, at, site.tz) + 1,
        current=placement.ended_at is None or placement.ended_at > at,
        band=band(
            [Stretch(each.level, each.program.name, each.started_at, each.ended_at) for each in placed],
            at=at, tz=site.tz, ask_next=placement.ended_at is None,
        ),
        place=places(site.pk, at, episode.pk).get(episode.pk),
        record=_record(taken[0], taken[1] if len(taken) > 1 else None, site.organisation_id, at) if taken else None,
        decided=decided,
        danger=asked if asked is not None and asked.stops else None,
        step=_step(stands),
        history=tuple(
            History(row, said(row.recommendation), row.decision.selected if hasattr(row, "decision") else "")
            for row in taken
        ),
    )  # fmt: skip


def record(assessment: Assessment, organisation_id: int, at: datetime) -> Record:
    """One saved assessment, with the ratings before it beside its own."""
    before = (
        Assessment.objects.filter(episode_id=assessment.episode_id, pk__lt=assessment.pk).order_by("-at", "-pk").first()
    )
    return _record(assessment, before, organisation_id, at)


def _record(assessment: Assessment, before: Assessment | None, organisation_id: int, at: datetime) -> Record:
    with_ = known(assessment.source)
    drivers = {key for key, _ in assessment.recommendation.get("drivers", ())}
    lines = tuple(
        Rated(
            f"{dimension.number} {sub.label}", " + ".join(assessment.ratings.get(sub.key, ())),
            assessment.evidence.get(sub.key, ""), " + ".join(before.ratings.get(sub.key, ())) if before else "",
            sub.key in drivers,
        )
        for dimension in with_.catalog.dimensions
        for sub in dimension.subdimensions
    )  # fmt: skip
    decision = (
        Decision.objects.filter(assessment=assessment, at__lte=at)
        .select_related("by", "supervisor", "transition", "assessment")
        .first()
    )
    return Record(
        assessment,
        saved(assessment, with_, attestation(organisation_id, with_.row, at)),
        lines,
        tuple(
            Said(topic, assessment.views[key]) for key, topic in with_.catalog.topics.items() if key in assessment.views
        ),
        tuple(assessment.support.order_by("dimension", "happened_at", "pk")),
        _decided(decision, at),
        {"3": "3rd", "4": "4th"}.get(assessment.edition, assessment.edition),
    )


def _decided(decision: Decision | None, at: datetime) -> Decided | None:
    if decision is None:
        return None
    part = decision.client_parts.filter(at__lte=at).select_related("by").order_by("-at", "-pk").first()
    return Decided(
        decision,
        tuple(_worded(Reason, code, decision.reason_texts.get(code, "")) for code in decision.reasons),
        tuple(
            _worded(Consequence, code, decision.consequence_text if code == Consequence.OTHER else "")
            for code in decision.consequences
        ),
        part,
        hasattr(decision, "transition"),
    )


def _worded(kind: type[Reason] | type[Consequence], code: str, words: str) -> str:
    known_ = kind.__members__.get(code)
    label = known_.label if known_ else code
    return f"{label}: {words}" if words else label


@dataclass(frozen=True)
class Step:
    """A chosen level seen from the present one, and what choosing it asks for."""

    selected: str
    word: str
    meaning: str
    tone: str
    differs: bool
    uncovered: bool


def _step(stands: Standing) -> Step | None:
    if stands.newest is None:
        return None
    level = stands.newest.recommendation["level"]
    return step_to(level, present=stands.level or stands.placement.level, recommended=level)


def step_to(selected: str, *, present: str, recommended: str) -> Step | None:
    """How a chosen level stands; None where it is no level."""
    if selected not in LEVELS or recommended not in LEVELS:
        return None
    differs, uncovered = selected != recommended, not covers(selected, recommended)
    if present not in LEVELS:
        return Step(selected, "not comparable", f"{present} is of another edition", "caution", differs, uncovered)
    order = compare(selected, present)
    word, meaning = WORDS[order]
    tail = f" {present}" if order == "different" else ""
    return Step(selected, word, f"{meaning}{tail}", TONES[order], differs, uncovered)
