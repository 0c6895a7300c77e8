"""The review packet of one client, assembled from the chart: what a review is written from. A constant number of queries."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from asam.models import Assessment, LevelReview
from asam.queries.authorised import Authorised, authorised
from asam.queries.catalogs import attestation, known
from asam.queries.due import Standing
from asam.queries.reviewing import Reviewing, reviewing
from asam.queries.said import Proposal, saved
from asam.rules.review_frame import Condition
from chart.models import Diagnosis
from chart.queries.facts import diagnoses_of
from chart.queries.incidents import incidents_of
from chart.queries.plan_tree import Tree, tree
from chart.queries.plans import counting
from chart.queries.trends import series
from groups.models import Presence
from groups.queries.packs import pack_book
from groups.queries.week import Counted, stands, week_from, week_of
from groups.rules.minutes import WeekProgress
from programs.contributions import Entry, Support, evidence, medications
from programs.models import Client, Leave, Placement, Program
from programs.rules.band import days_between

COLUMNS = 5  # assessments side by side
WEEKS = 6
REACH = timedelta(days=90)
KINDS = {
    "score": "Scores", "dose": "Doses", "screen": "Drug screens", "attendance": "Groups", "absence": "Sessions missed",
    "leave": "Leaves", "vitals": "Vital signs", "note": "Notes",
}  # fmt: skip


@dataclass(frozen=True)
class RatingRow:
    """A subdimension through time: its codes at each assessment shown ('' = not rated); ``changed`` in the newest step."""

    name: str
    codes: tuple[str, ...]
    changed: bool
    decides: bool


@dataclass(frozen=True)
class HoursWeek:
    """A week from a Monday in hours, against what the program and its packs ask for."""

    monday: date
    done: WeekProgress
    whole: bool
    there: bool


@dataclass(frozen=True)
class Part:
    """One kind of fact from the chart, newest first; each with whether it is of after the last review."""

    title: str
    lines: tuple[tuple[Support, bool], ...]


@dataclass(frozen=True)
class Packet:
    """Everything on the page. ``since`` is how far back it reaches, ``last`` the last review; ``taken``: assessments, oldest first."""

    stands: Reviewing
    client: Client
    day: int
    level_day: int
    since: datetime
    last: LevelReview | None
    taken: tuple[Assessment, ...]
    ratings: tuple[RatingRow, ...]
    proposal: Proposal | None
    paid: Authorised
    parts: tuple[Part, ...]
    trends: tuple[str, ...]
    weeks: tuple[HoursWeek, ...]
    plan: Tree | None
    incidents: tuple[tuple[Entry, bool], ...]
    diagnoses: tuple[Diagnosis, ...]
    medications: tuple[str, ...]
    away: Leave | None

    @property
    def placement(self) -> Placement:
        """The one that is reviewed."""
        return self.stands.placement

    @property
    def why(self) -> Standing:
        """Why the review is due, and when."""
        return self.stands.why

    def part(self, title: str) -> Part | None:
        """One kind by its title; None where there is nothing of it."""
        return next((each for each in self.parts if each.title == title), None)


def packet(placement: Placement, at: datetime) -> Packet:
    """The packet of the episode of a placement that goes on at ``at``. About forty queries, whatever stands in the chart."""
    stands_ = reviewing(placement, at)
    episode, site = stands_.placement.episode, stands_.placement.program.site
    last, tz = stands_.last, site.tz
    since = max(episode.started_at, at - REACH)

    def fresh(moment: datetime) -> bool:
        return last is not None and moment > last.reviewed_at

    taken = list(
        Assessment.objects.filter(episode=episode, at__lte=at)
        .select_related("by", "source")
        .order_by("-at", "-pk")[:COLUMNS]
    )[::-1]
    with_ = known(taken[-1].source) if taken else None
    plan = counting(at).filter(episode=episode).first()
    return Packet(
        stands=stands_,
        client=episode.client,
        day=days_between(episode.started_at, at, tz) + 1,
        level_day=days_between(stands_.placement.started_at, at, tz) + 1,
        since=since,
        last=last,
        taken=tuple(taken),
        ratings=tuple(_ratings(taken)),
        proposal=saved(taken[-1], with_, attestation(site.organisation_id, with_.row, at)) if with_ else None,
        paid=authorised([episode.pk], at)[episode.pk],
        parts=tuple(_parts(evidence(episode.client_id, since, at), last)),
        trends=tuple(each.said for each in series(episode.client_id, at, tz)),
        weeks=tuple(_weeks(stands_.placement, at)),
        plan=tree(plan, at) if plan is not None else None,
        incidents=tuple((each, fresh(each.at)) for each in incidents_of(episode.client_id, since, at, at)),
        diagnoses=tuple(row for row in diagnoses_of([episode.client_id]) if row.kind != Diagnosis.Kind.RESOLVED),
        medications=medications([episode.client_id], at),
        away=Leave.objects.current(at).filter(episode=episode).first(),
    )


def _ratings(taken: Sequence[Assessment]) -> Iterator[RatingRow]:
    """Each subdimension of the newest catalog through the assessments; a code of an older catalog stands as it was."""
    if not taken:
        return
    newest, drivers = taken[-1], {key for key, _ in taken[-1].recommendation.get("drivers", ())}
    for dimension in known(newest.source).catalog.dimensions:
        for sub in dimension.subdimensions:
            codes = tuple(" + ".join(row.ratings.get(sub.key, ())) for row in taken)
            changed = len(codes) > 1 and codes[-1] != codes[-2]
            yield RatingRow(f"{dimension.number} {sub.label}", codes, changed, sub.key in drivers)


def _parts(found: Sequence[Support], last: LevelReview | None) -> Iterator[Part]:
    by: defaultdict[str, list[tuple[Support, bool]]] = defaultdict(list)
    for each in found:
        by[each.kind].append((each, last is not None and each.at > last.reviewed_at))
    for kind, title in KINDS.items():
        if by[kind]:
            yield Part(title, tuple(by[kind]))


def _weeks(placement: Placement, at: datetime) -> Iterator[HoursWeek]:
    """The last weeks, newest first, against the minimum of the level the client had in them. Three queries."""
    tz, client_id = placement.program.site.tz, placement.episode.client_id
    now = week_of(at, tz)
    weeks = [week_from(now.monday - number * timedelta(days=7), tz) for number in range(WEEKS)]
    rows = Presence.objects.filter(client=client_id, started_at__gte=weeks[-1].since, started_at__lte=at)
    minutes: defaultdict[date, int] = defaultdict(int)
    for start, end in rows.values_list("started_at", "ended_at"):
        minutes[start.astimezone(tz).date()] += int((min(end, at) - start).total_seconds() // 60)
    placed = list(
        Placement.objects.filter(episode=placement.episode_id, kind=Program.Kind.TREATMENT, started_at__lte=at)
        .select_related("program")
        .order_by("started_at")
    )
    book = pack_book(placement.program.site_id)
    for week in weeks:
        held = [each for each in placed if each.started_at < week.until and (each.ended_at or at) > week.since]
        if not held:
            continue
        days = {day: count for day, count in minutes.items() if week.monday <= day <= week.last_day}
        done = stands(
            Counted({(day, ""): count for day, count in days.items()}), held[-1].program, held[-1].level, book,
            week.last_day, placement.episode.payer,
        )  # fmt: skip
        yield HoursWeek(week.monday, done, week.until <= at, held[-1].started_at <= week.since)


@dataclass(frozen=True)
class Line:
    """A review in words, for pages and papers. ``counts``: no later row corrects it."""

    row: LevelReview
    conditions: tuple[str, ...]
    progress: tuple[tuple[str, str], ...]
    counts: bool


def lines_of(episode_id: int, at: datetime) -> list[Line]:
    """Every review of an episode as known at an instant, newest first. One query."""
    rows = list(
        LevelReview.objects.filter(episode=episode_id, at__lte=at)
        .select_related("by", "confirmation__by", "assessment", "placement__program__site", "corrects__by")
        .order_by("-at", "-pk")
    )
    gone = {row.corrects_id for row in rows}
    return [line_of(row, row.pk not in gone) for row in rows]


def line_of(row: LevelReview, counts: bool) -> Line:
    """One review in words."""
    named = {each.value: each.label for each in Condition}
    labels: dict[str, str] = {}
    if row.assessment is not None:
        labels = {
            str(each.number): f"{each.number} {each.label}" for each in known(row.assessment.source).catalog.dimensions
        }
    return Line(
        row,
        tuple(named.get(code, code) for code in row.conditions),
        tuple((labels.get(number, f"Dimension {number}"), text) for number, text in sorted(row.progress.items())),
        counts,
    )
