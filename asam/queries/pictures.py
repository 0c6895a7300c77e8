"""An episode in pictures: its ratings through time, what was recommended and paid for over the band of levels, its days in each
program beside others'. A constant number of queries, whatever its length."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from asam.models import Assessment, AssessmentEvidence, Authorisation, Decision
from asam.queries.catalogs import known
from asam.queries.readings import levels_of
from asam.queries.said import said
from asam.rules.authorised import Given, Stay
from asam.rules.catalog import Catalog
from asam.rules.drawing import Rating, Span, rating
from asam.rules.lanes import Piece, Recommended, paid, recommended
from asam.rules.lengths import Length, Mine, lengths
from asam.rules.multiples import Line, Sheet, sheet
from programs.models import Client, Episode, Placement, Program
from programs.people import ids_of
from programs.rules.band import Band, days_between

MOST = 60  # assessments that are drawn, the newest
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Own:
    """What the person said under dimension 6, when."""

    at: datetime
    topic: str
    words: str


@dataclass(frozen=True)
class Cell:
    """A rating in the table behind: its codes ('' not rated) and what they ask for."""

    codes: str
    words: str


@dataclass(frozen=True)
class Drawn:
    """The small pictures of an episode, and all of it as tables behind them. ``since`` and ``until`` are their edges."""

    sheet: Sheet
    since: datetime
    until: datetime
    lasts: bool
    taken: tuple[Assessment, ...]
    table: tuple[tuple[str, tuple[Cell, ...]], ...]
    moved: tuple[tuple[datetime, str], ...]
    decisions: tuple[Decision, ...]
    support: tuple[AssessmentEvidence, ...]
    own: tuple[Own, ...]


@dataclass(frozen=True)
class Pictures:
    """All pictures of an episode. ``drawn`` is None where nothing was rated."""

    drawn: Drawn | None
    recommended: tuple[Recommended, ...]
    paid: tuple[Piece, ...]
    lengths: tuple[Length, ...]


def pictures(placement: Placement, band: Band, at: datetime) -> Pictures:
    """The pictures of the episode of this placement, as known at an instant; ``band`` is the one they stand with. At most eight
    queries: placements, readings, ratings, decisions, what is attached, authorisations, records of one person, others' days."""
    episode, tz = placement.episode, placement.program.site.tz
    placed, taken = _placed(placement, at), _taken(placement, at)
    levels = levels_of(placed, at)
    stays = [Stay(levels[each.pk], each.started_at, each.ended_at) for each in placed]
    asked = [(row.at, str(row.recommendation["level"]), said(row.recommendation)) for row in taken]
    given = [
        Given(row.pk, row.payer, row.reads_as, row.unit, row.approved, row.first_on, row.last_on)
        for row in Authorisation.objects.filter(episode=episode, at__lte=at, withdrawn=False).exclude(
            corrected_by__at__lte=at
        )
    ]
    return Pictures(
        _drawn(placement, placed, taken, at) if taken else None,
        recommended(band.parts, stays, asked, at, tz),
        paid(band.parts, stays, given, at, tz),
        lengths(_mine(placed, at), _others(placed, episode.client, at)),
    )


def drawn(placement: Placement, at: datetime) -> Drawn | None:
    """Only the small pictures, for papers; None where nothing was rated. Four queries."""
    taken = _taken(placement, at)
    return _drawn(placement, _placed(placement, at), taken, at) if taken else None


def _placed(placement: Placement, at: datetime) -> list[Placement]:
    treated = Placement.objects.filter(episode=placement.episode_id, kind=Program.Kind.TREATMENT, started_at__lte=at)
    return list(treated.select_related("program__site").order_by("started_at"))


def _taken(placement: Placement, at: datetime) -> tuple[Assessment, ...]:
    """The newest assessments, the earliest first."""
    found = Assessment.objects.filter(episode=placement.episode_id, at__lte=at).select_related("by", "source")
    return tuple(reversed(found.order_by("-at", "-pk")[:MOST]))


def _drawn(placement: Placement, placed: Sequence[Placement], taken: tuple[Assessment, ...], at: datetime) -> Drawn:
    decisions = tuple(
        Decision.objects.filter(assessment__episode=placement.episode_id, at__lte=at)
        .select_related("by")
        .order_by("at", "pk")
    )
    support = tuple(
        AssessmentEvidence.objects.filter(assessment__in=taken)
        .select_related("assessment")
        .order_by("assessment__at", "dimension", "happened_at", "pk")
    )
    ended = placed[-1].ended_at if placed else None  # the first ratings may be older than the placement
    until = max(min(ended or at, at), taken[-1].at)
    since = min([taken[0].at, *(each.started_at for each in placed)])
    catalogs = [known(row.source).catalog for row in taken]
    lines = _lines(taken, catalogs)
    moved = tuple((each.started_at, each.level) for each in placed)
    span = Span(since, until, placement.program.site.tz)
    return Drawn(
        sheet(
            lines, span, levels=moved,
            decisions=[(row.at, f"{span.said(row.at)}: {row.by.signature} decided {row.selected}") for row in decisions],
            support=[(row.dimension, row.happened_at, f"{span.said(row.happened_at)}, attached: {row.words}") for row in support],
        ),
        since, until, ended is None or ended > at, taken,
        tuple((f"{line.dimension} {line.label}", tuple(Cell(each.codes, each.words) for each in line.ratings)) for line in lines),
        moved, decisions, support, _own(taken, catalogs),
    )  # fmt: skip


def _lines(taken: Sequence[Assessment], catalogs: Sequence[Catalog]) -> list[Line]:
    """A line for everything that any of their catalogs rates, in the order of the newest; each rating is read by its own."""
    subs = {
        sub.key: (dimension.number, sub.label)
        for catalog in reversed(catalogs)
        for dimension in catalog.dimensions
        for sub in dimension.subdimensions
    }
    newest = [sub.key for sub in catalogs[-1].subdimensions]
    order = newest + [key for key in subs if key not in newest]
    labels = {sub.key: sub.label for sub in catalogs[-1].subdimensions}

    def ratings(key: str) -> tuple[Rating, ...]:
        return tuple(
            rating(row.at, row.ratings.get(key, ()), catalog.subdimension(key))
            for row, catalog in zip(taken, catalogs, strict=True)
        )

    lines = [Line(subs[key][0], labels.get(key, subs[key][1]), ratings(key)) for key in order]
    return sorted(lines, key=lambda line: line.dimension)


def _own(taken: Sequence[Assessment], catalogs: Sequence[Catalog]) -> tuple[Own, ...]:
    """What was said under dimension 6, the newest first."""
    return tuple(
        Own(row.at, topic, row.views[key])
        for row, catalog in reversed(list(zip(taken, catalogs, strict=True)))
        for key, topic in catalog.topics.items()
        if row.views.get(key)
    )


def _mine(placed: Iterable[Placement], at: datetime) -> list[Mine]:
    found: dict[int, Mine] = {}
    for each in placed:
        days = days_between(each.started_at, min(each.ended_at or at, at), each.program.site.tz)
        before = found.get(each.program_id)
        found[each.program_id] = Mine(
            each.program_id, each.program.name, each.level, days + (before.days if before else 0),
            each.ended_at is None or each.ended_at > at,
        )  # fmt: skip
    return list(found.values())


def _others(placed: Sequence[Placement], client: Client, at: datetime) -> Mapping[int, Sequence[int]]:
    """Days of each other person whose last episode in these programs left them within a year. Two queries."""
    zones = {each.program_id: each.program.site.tz for each in placed}
    rows = (
        Placement.objects.filter(
            program_id__in=zones, kind=Program.Kind.TREATMENT, ended_at__gt=at - YEAR, ended_at__lte=at
        )
        .exclude(episode__client__in=ids_of(client))
        .exclude(episode__ended_as=Episode.Outcome.MISTAKE)
        .order_by("ended_at", "pk")
        .values_list("program_id", "episode__client_id", "episode_id", "started_at", "ended_at")
    )
    stayed: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for program, person, episode, since, until in rows:
        assert until is not None  # only what ended was asked for
        before = stayed[program, person].get(episode, 0)
        stayed[program, person] = {episode: before + days_between(since, until, zones[program])}
    found: dict[int, list[int]] = defaultdict(list)
    for (program, _), days in stayed.items():
        found[program] += days.values()
    return found
