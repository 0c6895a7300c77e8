"""The flow between levels of an organisation in a range of dates. At most five queries, whatever the range."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from asam.queries.readings import levels_of
from asam.rules.flow import AGAINST, BACK, Course, Flow, Return, Returns, Stretch, flows, moves, returns
from asam.rules.flow_picture import FlowPicture, flow_picture
from chart.access import at_sites
from programs.models import Client, Episode, Merge, Organisation, Placement, Program
from programs.rules.dates import Asked, Calendar

MOST = 731  # dates of a range: two years, one of them a leap year
USUAL = 90


@dataclass(frozen=True)
class Back:
    """Somebody who came back; ``client`` is None where who asks may not open the chart."""

    row: Return
    client: Client | None


@dataclass(frozen=True)
class FlowPage:
    """Everything the page shows: ways with their counts, the picture (None: nobody moved), and who came back.

    ``kept_back`` is how many came back whose charts are not for who asks.
    """

    flows: tuple[Flow, ...]
    picture: FlowPicture | None
    returns: Returns
    back: tuple[Back, ...]
    kept_back: int

    def _sum(self, *tones: str) -> int:
        return sum(flow.count for flow in self.flows if flow.tone in tones)

    @property
    def admitted(self) -> int:
        """How many came."""
        return self._sum("in")

    @property
    def lower(self) -> int:
        """Steps down."""
        return self._sum("lower")

    @property
    def higher(self) -> int:
        """Steps up."""
        return self._sum("higher")

    @property
    def other(self) -> int:
        """Steps to a different service, to the same level elsewhere, or between levels that cannot be compared."""
        return self._sum("different", "same", "step")

    @property
    def against(self) -> int:
        """How many left against advice."""
        return self._sum("against")

    @property
    def left(self) -> int:
        """How many left otherwise."""
        return sum(flow.count for flow in self.flows if flow.kind == "out" and flow.target != AGAINST)


def ask(start: str, end: str, at: datetime, tz: ZoneInfo) -> Asked:
    """The dates that were typed ('' = nothing), judged on a site's calendar; nothing typed means the last 90 days."""
    calendar = Calendar(
        at.astimezone(tz).date(), MOST, "is not here yet", "recorded", f"a range has at most {MOST}, two years"
    )
    return calendar.ask(start, end, USUAL)


def flow_page(
    organisation: Organisation, asked: Asked, at: datetime, tz: ZoneInfo, open_at: Collection[int] = ()
) -> FlowPage:
    """Everybody of an organisation who came, stepped or left from the first to the last date (midnights of ``tz``).

    ``open_at`` are the sites at which who asks may open charts. Queries: placements, readings, merges, clients.
    """
    since = datetime.combine(asked.first, time(), tz)
    until = min(datetime.combine(asked.last + timedelta(days=1), time(), tz), at + timedelta(microseconds=1))
    courses = _courses(organisation, since, until, at)
    ways = flows(moves(courses, since, until))
    came = returns(courses, since, until, at)
    clients = (
        {each.pk: each for each in at_sites(frozenset(open_at)).filter(pk__in={row.person for row in came.found})}
        if open_at and came.found
        else {}
    )
    back = tuple(Back(row, clients.get(row.person)) for row in came.found)
    return FlowPage(
        ways, flow_picture(ways), came, tuple(each for each in back if each.client), sum(not each.client for each in back)
    )  # fmt: skip


def _courses(organisation: Organisation, since: datetime, until: datetime, at: datetime) -> list[Course]:
    """The episodes that last into the range, or begin within 30 days after it; those that were a mistake are left out. A record
    that was merged counts as the one that stays."""
    placed = list(
        Placement.objects.filter(
            Q(episode__ended_at=None) | Q(episode__ended_at__gte=since), kind=Program.Kind.TREATMENT,
            episode__client__organisation=organisation, episode__started_at__lt=until + BACK, started_at__lte=at,
        )
        .exclude(episode__ended_as=Episode.Outcome.MISTAKE)
        .select_related("program", "episode")
        .order_by("started_at", "pk")
    )  # fmt: skip
    levels = levels_of(placed, at)
    merged = Merge.objects.filter(client__organisation=organisation, ended_at=None).values_list("client_id", "into_id")
    stays = dict(merged)
    by_episode: dict[int, list[Placement]] = defaultdict(list)
    for each in placed:
        by_episode[each.episode_id].append(each)
    found = []
    for rows in by_episode.values():
        episode = rows[0].episode
        over = episode.ended_at is not None and episode.ended_at <= at
        found.append(Course(
            stays.get(episode.client_id, episode.client_id), episode.started_at, episode.ended_at if over else None,
            episode.ended_as if over else "",
            tuple(
                Stretch(levels[each.pk] or f"{each.level}, not read", each.program.name, each.started_at, each.ended_at)
                for each in rows
            ),
        ))  # fmt: skip
    return found
