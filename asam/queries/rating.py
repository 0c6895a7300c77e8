"""What a screen of the rating form shows: one dimension, what was rated last, what the chart says, and what it comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from asam.models import Assessment, Draft, DraftPart
from asam.models.drafts import versions_of
from asam.queries.catalogs import Known, attestation, known
from asam.queries.said import Proposal, shown
from asam.rules.catalog import Dimension, Subdimension, differences
from asam.rules.level_of_care import InvalidRating, early_stop, recommend
from asam.rules.levels import LEVELS
from programs.contributions import Support, evidence
from programs.models import Client, Placement

LOOK_BACK = timedelta(days=14)  # where nothing was rated before


@dataclass(frozen=True)
class Choice:
    """One code of a line: ``alongside`` codes may stand beside another; ``help`` is the organisation's own."""

    code: str
    label: str
    alongside: bool
    checked: bool
    previous: bool
    help: str


@dataclass(frozen=True)
class Line:
    """One thing to rate: its codes, what was typed, and what it was at the last review ('' where never rated)."""

    key: str
    name: str
    choices: tuple[Choice, ...]
    rated: bool
    evidence: str
    last: str
    last_why: str

    @property
    def helped(self) -> tuple[Choice, ...]:
        """The codes that carry help of the organisation's own."""
        return tuple(choice for choice in self.choices if choice.help)

    @property
    def chosen(self) -> str:
        """'A + MOUD-C'."""
        return " + ".join(choice.code for choice in self.choices if choice.checked)


@dataclass(frozen=True)
class Topic:
    """One thing to talk about, with what was written and what stood there last."""

    key: str
    label: str
    words: str
    last: str


@dataclass(frozen=True)
class Tab:
    """A dimension in the row of steps."""

    number: int
    label: str
    rated: int
    of: int
    here: bool

    @property
    def state(self) -> str:
        """done, part or '' (nothing yet)."""
        return "done" if self.rated == self.of else "part" if self.rated else ""


@dataclass(frozen=True)
class Beside:
    """One line of the chart beside a dimension; ``attached`` to it already."""

    support: Support
    attached: bool


@dataclass(frozen=True)
class Screen:
    """One dimension of a draft. ``version`` is what a save must name; ``returns``: rate for the place they go back to."""

    draft: Draft
    placement: Placement
    client: Client
    dimension: Dimension
    lines: tuple[Line, ...]
    topics: tuple[Topic, ...]
    version: int
    saved: str
    tabs: tuple[Tab, ...]
    beside: tuple[Beside, ...]
    proposal: Proposal | None
    early: bool
    returns: bool
    previous_at: datetime | None
    known: Known
    problem: str = ""

    @property
    def before(self) -> int:
        """The number of the dimension before; 0 for none."""
        return max((tab.number for tab in self.tabs if tab.number < self.dimension.number), default=0)

    @property
    def after(self) -> int:
        """The number of the next dimension; 0 for none."""
        return min((tab.number for tab in self.tabs if tab.number > self.dimension.number), default=0)


@dataclass(frozen=True)
class Part:
    """A dimension on the page where all is looked over."""

    number: int
    label: str
    lines: tuple[Line, ...]
    topics: tuple[Topic, ...]
    support: tuple[str, ...]


@dataclass(frozen=True)
class LookedOver:
    """All of a draft, before it is saved. ``changes``: what a catalog that counts by now does otherwise."""

    draft: Draft
    placement: Placement
    client: Client
    parts: tuple[Part, ...]
    tabs: tuple[Tab, ...]
    proposal: Proposal | None
    early: bool
    seen: str
    known: Known
    replaced: str
    changes: tuple[str, ...]


def screen(
    draft: Draft, placement: Placement, number: int, at: datetime, *, typed: DraftPart | None = None
) -> Screen | None:
    """A dimension of a draft; None where there is none of that number. ``typed`` is what a refused save held, shown again.

    Queries: parts, support, the ratings before, the attestation, and those of the providers of evidence.
    """
    with_ = known(draft.source)
    dimension = with_.catalog.dimension(number)
    if dimension is None:
        return None
    parts = {part.number: part for part in draft.parts.select_related("by")}
    mine = typed or parts.get(number)
    before = _before(draft)
    attached = {(row.kind, row.of) for row in draft.support.filter(dimension=number)}
    since = (before.at if before else draft.begun_at) - (timedelta() if before else LOOK_BACK)
    items = evidence(placement.episode.client_id, min(since, at - timedelta(days=1)), at)
    proposal, early, problem = proposed(draft, with_, parts, placement, at, over=typed)
    ratings, words, views = (mine.ratings, mine.evidence, mine.views) if mine else ({}, {}, {})
    last = (before.ratings, before.evidence) if before else ({}, {})
    return Screen(
        draft=draft,
        placement=placement,
        client=placement.episode.client,
        dimension=dimension,
        lines=tuple(_line(sub, number, ratings, words, last) for sub in dimension.subdimensions),
        topics=_topics(dimension, views, before),
        version=parts[number].version if number in parts else 0,
        saved=_saved(parts.get(number), placement),
        tabs=_tabs(with_, parts, number),
        beside=tuple(
            Beside(each, (each.kind, each.pk) in attached) for each in items if each.dimension in {0, number}
        ),
        proposal=proposal,
        early=early,
        returns=number in {4, 5} and (draft.kind == Assessment.Kind.REASSESSMENT or before is not None or _residential(placement)),
        previous_at=before.at if before else None,
        known=with_,
        problem=problem,
    )  # fmt: skip


def proposed(
    draft: Draft,
    with_: Known,
    parts: Mapping[int, DraftPart],
    placement: Placement,
    at: datetime,
    *,
    over: DraftPart | None = None,
) -> tuple[Proposal | None, bool, str]:
    """What a draft comes to so far, whether it may stop here, and what is wrong with it. ``over`` stands instead of its part."""
    held = {**parts, over.number: over} if over else dict(parts)
    given = {key: codes for part in held.values() for key, codes in part.ratings.items() if codes}
    try:
        made = recommend(given, with_.catalog)
    except InvalidRating as error:
        return None, False, str(error)
    early = early_stop(given, made, with_.catalog) and not made.complete
    attested = attestation(placement.program.site.organisation_id, with_.row, at)
    return shown(made, with_, len(given), attested, settled=early), early, ""


def looked_over(draft: Draft, placement: Placement, counts: Known, at: datetime) -> LookedOver:
    """All of a draft. Queries: parts, support, the ratings before, the attestation."""
    with_ = known(draft.source)
    parts = {part.number: part for part in draft.parts.select_related("by")}
    before = _before(draft)
    last = (before.ratings, before.evidence) if before else ({}, {})
    support: dict[int, list[str]] = {}
    for row in draft.support.order_by("dimension", "happened_at"):
        support.setdefault(row.dimension, []).append(row.words)
    shown_parts = []
    for dimension in with_.catalog.dimensions:
        part = parts.get(dimension.number)
        ratings, words, views = (part.ratings, part.evidence, part.views) if part else ({}, {}, {})
        shown_parts.append(
            Part(
                dimension.number, dimension.label,
                tuple(_line(sub, dimension.number, ratings, words, last) for sub in dimension.subdimensions),
                _topics(dimension, views, before), tuple(support.get(dimension.number, ())),
            )
        )  # fmt: skip
    proposal, early, _ = proposed(draft, with_, parts, placement, at)
    other = counts.digest != with_.digest
    return LookedOver(
        draft, placement, placement.episode.client, tuple(shown_parts), _tabs(with_, parts, 0), proposal, early,
        versions_of(list(parts.values())), with_, counts.words if other else "",
        differences(with_.catalog, counts.catalog) if other else (),
    )  # fmt: skip


def _before(draft: Draft) -> Assessment | None:
    """The newest ratings that were saved before this draft began."""
    return (
        Assessment.objects.filter(episode_id=draft.episode_id, at__lte=draft.begun_at)
        .select_related("source")
        .order_by("-at", "-pk")
        .first()
    )


def _residential(placement: Placement) -> bool:
    return placement.level in LEVELS and LEVELS[placement.level].setting >= 3


def _line(
    sub: Subdimension,
    number: int,
    ratings: Mapping[str, Sequence[str]],
    words: Mapping[str, str],
    last: tuple[Mapping[str, Sequence[str]], Mapping[str, str]],
) -> Line:
    now, then = ratings.get(sub.key, ()), last[0].get(sub.key, ())
    choices = tuple(
        Choice(code.code, code.label, code.alongside, code.code in now, code.code in then, code.help)
        for code in sub.codes
    )
    return Line(
        sub.key, f"{number} {sub.label}", choices, bool(now), words.get(sub.key, ""), " + ".join(then),
        last[1].get(sub.key, ""),
    )  # fmt: skip


def _topics(dimension: Dimension, views: Mapping[str, str], before: Assessment | None) -> tuple[Topic, ...]:
    last = before.views if before else {}
    return tuple(Topic(key, label, views.get(key, ""), last.get(key, "")) for key, label in dimension.talked_about)


def _tabs(with_: Known, parts: Mapping[int, DraftPart], here: int) -> tuple[Tab, ...]:
    tabs = []
    for dimension in with_.catalog.dimensions:
        part = parts.get(dimension.number)
        done = len(part.ratings if dimension.rated else part.views) if part else 0
        of = len(dimension.subdimensions) or len(dimension.topics)
        tabs.append(Tab(dimension.number, dimension.label, done, of, dimension.number == here))
    return tuple(tabs)


def _saved(part: DraftPart | None, placement: Placement) -> str:
    if part is None:
        return "nothing kept yet"
    return f"kept {part.saved_at.astimezone(placement.program.site.tz):%H:%M} by {part.by.signature}"
