"""The deadlines of a site's episodes as they stand at an instant: derived, in a constant number of queries, however many clients."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from chart.deadlines import book
from chart.models import Note, ProgramDeadlines
from chart.queries.notes import standing
from chart.queries.satisfied import DISCHARGE, review_dates, satisfied
from chart.rules.deadline_rules import Book, Start, What
from chart.rules.deadlines import DAY, Away, Calendar, Served, Unit
from chart.rules.standing import OPEN, Deadline, Followed, History, Named, Stretch, deadlines
from programs.contributions import holidays, reviews, served
from programs.models import Client, Episode, ExpectedDischarge, Leave, Placement, Program, Site

AFTER = timedelta(days=180)  # so long after its discharge an episode is read, whether its summary is written or not
LIVES = ("3", "4")  # the settings in which clients live: residential and hospital levels


@dataclass(frozen=True)
class Chart:
    """An episode at an instant with its deadlines; ``placement`` is its newest, at this site. ``ended_at`` None: it goes on."""

    episode: Episode
    client: Client
    placement: Placement
    ended_at: datetime | None
    calendar: Calendar
    deadlines: tuple[Deadline, ...]
    away: str


def asks_for_new_level(chart: Chart) -> bool:
    """Whether an open deadline asks for the review of the plan after a change of level: its own, or one that is due before it."""
    asked = [rule for each in chart.deadlines if each.stand in OPEN for rule in (each.rule, *each.beaten)]
    return any(rule is not None and rule.starts is Start.LEVEL_CHANGE for rule in asked)


def calendar_of(site: Site) -> Calendar:
    """The clock of a site and its holidays. One query."""
    return Calendar(site.tz, frozenset(holidays(site.pk)))


def charts(site: Site, at: datetime, *, episodes: Collection[int] | None = None) -> list[Chart]:
    """Every episode whose newest treatment program is at the site and which goes on at ``at``, ended within 180 days before it, or
    ended earlier and has no discharge summary: that stays owed until it is written. Of the ones named alone, where they are, however
    long ago they ended. As it was known at ``at``: later rows do not count. About twenty queries.

    Who was admitted by mistake owes nothing.
    """
    stays = _stays(site, at, episodes)
    ids = list(stays)
    calendar = calendar_of(site)
    known = _Known(site, at, ids, stays, calendar)
    return [_chart(rows, known, calendar, at) for rows in stays.values()]


def _stays(site: Site, at: datetime, episodes: Collection[int] | None) -> dict[int, list[Placement]]:
    """The placements of each episode, earliest first. One query."""
    here = Placement.objects.filter(program__site=site, kind=Program.Kind.TREATMENT, started_at__lte=at)
    asked = Q(episode__ended_at=None) | Q(episode__ended_at__gt=at - AFTER) | Q(~Exists(_summaries(at)))
    if episodes is not None:
        here, asked = here.filter(episode__in=episodes), Q()
    rows = (
        Placement.objects.filter(
            asked, episode__in=here.values("episode"), episode__started_at__lte=at, kind=Program.Kind.TREATMENT, started_at__lte=at,
        )
        .exclude(episode__ended_as=Episode.Outcome.MISTAKE)
        .select_related("episode__client", "program")
        .order_by("episode__client__last_name", "episode__client__first_name", "episode", "started_at", "pk")
    )  # fmt: skip
    found: dict[int, list[Placement]] = defaultdict(list)
    for row in rows:
        found[row.episode_id].append(row)
    return {key: placed for key, placed in found.items() if placed[-1].program.site_id == site.pk}


def _summaries(at: datetime) -> QuerySet[Note]:
    """The discharge summaries of a placement's episode that stand."""
    papers = [template for template, what in DISCHARGE.items() if what is What.DISCHARGE_SUMMARY]
    return standing(
        Note.objects.filter(episode=OuterRef("episode"), template__in=papers, written_at__lte=at)
    ).order_by()


class _Known:
    """What is known of these episodes, read once for all of them."""

    def __init__(
        self, site: Site, at: datetime, ids: list[int], stays: Mapping[int, list[Placement]], calendar: Calendar
    ) -> None:
        self.book: Book = book()
        self.followed = _followed({row.program_id for rows in stays.values() for row in rows})
        self.done = satisfied(ids, at)
        self.expected = dict(
            ExpectedDischarge.objects.current(at).filter(episode__in=ids).values_list("episode", "expected_at")
        )
        self.leaves: dict[int, list[Leave]] = defaultdict(list)
        for leave in Leave.objects.filter(episode__in=ids, started_at__lte=at).order_by("started_at"):
            self.leaves[leave.episode_id].append(leave)
        self.named = dict(_named(ids, at, calendar))
        self.came = self._came(stays, at, calendar)

    def _came(
        self, stays: Mapping[int, list[Placement]], at: datetime, calendar: Calendar
    ) -> Mapping[int, frozenset[date]] | None:
        """The dates of sessions by client; not asked for where no pack counts days of service."""
        packs = self.book.of({each.pack for each in self.followed})
        rules = [rule for pack in (*packs, self.book.house) for rule in pack.rules]
        if not any(rule.unit is Unit.SERVICE_DAYS for rule in rules):
            return None
        clients = {rows[0].episode.client_id: rows[0].episode.started_at for rows in stays.values()}
        found: dict[int, set[date]] = defaultdict(set)
        if clients:
            for client_id, when in served(list(clients), min(clients.values()), at):
                found[client_id].add(calendar.date_of(when))
        return {client_id: frozenset(dates) for client_id, dates in found.items()}


def _followed(programs: Iterable[int]) -> list[Followed]:
    rows = ProgramDeadlines.objects.filter(program__in=list(programs))
    return [Followed(row.program_id, row.pack, row.started_at, row.ended_at) for row in rows]


def _named(ids: Collection[int], at: datetime, calendar: Calendar) -> Iterator[tuple[int, list[Named]]]:
    """The dates that plans and level-of-care reviews set themselves; each ends with its day."""
    found: dict[int, list[Named]] = defaultdict(list)
    for episode_id, (since, on) in review_dates(ids, at).items():
        source = f"The plan itself: review on {on:%-d %b %Y}"
        found[episode_id].append(Named(What.PLAN_REVIEW, since, calendar.begins(on + DAY), source))
    for episode_id, on in reviews(ids, at).items():
        source = "The cadence of level-of-care reviews, Levels"
        found[episode_id].append(Named(What.LEVEL_REVIEW, at, calendar.begins(on + DAY), source))
    yield from found.items()


def _chart(rows: list[Placement], known: _Known, calendar: Calendar, at: datetime) -> Chart:
    newest, episode = rows[-1], rows[-1].episode
    ended_at = episode.ended_at if episode.ended_at is not None and episode.ended_at <= at else None
    leaves = known.leaves[episode.pk]
    aways = [Away(leave.kind, leave.started_at, min(leave.ended_at or at, at)) for leave in leaves]
    away = next((leave.kind for leave in leaves if leave.ended_at is None or leave.ended_at > at), "")
    history = History(
        started_at=episode.started_at, ended_at=ended_at, age=episode.client.age(calendar.date_of(episode.started_at)),
        stretches=[_stretch(row) for row in rows], aways=aways, away=away, expected_at=known.expected.get(episode.pk),
        done=known.done.get(episode.pk, {}), served=_served(rows, known, calendar, at), named=known.named.get(episode.pk, ()),
    )  # fmt: skip
    found = deadlines(history, known.book, known.followed, calendar, at)
    return Chart(episode, episode.client, newest, ended_at, calendar, found, away)


def _stretch(row: Placement) -> Stretch:
    return Stretch(row.program_id, row.level, row.started_at, row.ended_at, lives=row.level.startswith(LIVES))


def _served(rows: list[Placement], known: _Known, calendar: Calendar, at: datetime) -> Served:
    """Every day where the client lives in the program now; else the dates of their sessions, and those on which they lived in one."""
    if known.came is None or rows[-1].level.startswith(LIVES):
        return Served()
    dates = set(known.came.get(rows[-1].episode.client_id, ()))
    for row in rows:
        if row.level.startswith(LIVES):
            first, last = calendar.date_of(row.started_at), calendar.date_of(min(row.ended_at or at, at))
            dates |= {first + timedelta(days=number) for number in range((last - first).days + 1)}
    return Served(every_day=False, dates=frozenset(dates))
