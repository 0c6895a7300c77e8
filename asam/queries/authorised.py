"""What payers authorised, what is left of it, and where it does not fit; for many episodes in a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F

from asam.models import Authorisation
from asam.queries.readings import levels_of
from asam.rules.authorised import Gap, Given, Left, Stay, counts_now, gap, left, number
from groups.models import Presence
from programs.models import Episode, Placement, Program, Site


@dataclass(frozen=True)
class Line:
    """One authorisation on the page. ``counts``: no later row corrects it. ``rest`` is None for what does not count."""

    row: Authorisation
    given: Given
    rest: Left | None
    counts: bool
    now: bool

    @property
    def amount(self) -> str:
        """'14 days', 'refused'."""
        return f"{number(self.row.approved)} {self.row.unit}" if self.row.approved else "refused"

    @property
    def used(self) -> str:
        """'9 of 14 days'; '' for a refusal."""
        return f"{number(self.rest.used)} of {self.amount}" if self.rest and self.row.approved else ""

    @property
    def left(self) -> str:
        """'5 days left'."""
        if self.rest is None or not self.row.approved:
            return ""
        unit = self.row.unit.removesuffix("s") if self.rest.left == 1 else self.row.unit
        return f"{number(self.rest.left)} {unit} left"


@dataclass(frozen=True)
class Authorised:
    """An episode's authorisations, the newest first; ``now`` is the one today falls under, ``gap`` what does not fit."""

    lines: tuple[Line, ...]
    now: Line | None
    gap: Gap | None
    review_on: date | None

    @property
    def words(self) -> str:
        """'3.5, 5 days left, until 30 Nov'; '' where nothing counts today."""
        if self.now is None:
            return ""
        row = self.now.row
        return ", ".join(
            filter(None, (row.level, self.now.left or self.now.amount, f"until {row.last_on:%-d %b}"))
        )  # fmt: skip


def authorised(episode_ids: Collection[int], at: datetime) -> dict[int, Authorised]:
    """What counts for each of these episodes as known at an instant; an episode without any answer is in it too.

    Five queries, whatever their number: episodes, placements, readings of older levels, authorisations, minutes in groups.
    """
    episodes = {row.pk: row for row in Episode.objects.filter(pk__in=episode_ids).only("client_id", "payer")}
    placed: defaultdict[int, list[Placement]] = defaultdict(list)
    for placement in (
        Placement.objects.filter(episode_id__in=episodes, kind=Program.Kind.TREATMENT, started_at__lte=at)
        .select_related("program__site")
        .order_by("started_at")
    ):
        placed[placement.episode_id].append(placement)
    levels = levels_of([each for rows in placed.values() for each in rows], at)
    rows: defaultdict[int, list[Authorisation]] = defaultdict(list)
    for row in (
        Authorisation.objects.filter(episode_id__in=episodes, at__lte=at)
        .select_related("by", "corrects")
        .order_by("-first_on", "-pk")
    ):
        rows[row.episode_id].append(row)
    came = _came({episodes[pk].client_id for pk in rows}, rows, at)
    return {
        pk: _of(placed[pk], levels, rows[pk], came.get(episode.client_id, []), episode.payer, at)
        for pk, episode in episodes.items()
    }


def _came(
    clients: Collection[int], rows: Mapping[int, list[Authorisation]], at: datetime
) -> dict[int, list[tuple[datetime, int]]]:
    """Minutes in groups by client, from the first day that anybody authorised on. One query, none where only days are counted."""
    since = [row.first_on for each in rows.values() for row in each if row.unit != Authorisation.Unit.DAYS]
    found: defaultdict[int, list[tuple[datetime, int]]] = defaultdict(list)
    if not since:
        return found
    begun = datetime.combine(min(since), datetime.min.time(), ZoneInfo("UTC")) - timedelta(days=1)
    for client_id, start, end in Presence.objects.filter(
        client_id__in=clients, started_at__gte=begun, started_at__lte=at
    ).values_list("client_id", F("started_at"), F("ended_at")):
        found[client_id].append((start, int((min(end, at) - start).total_seconds() // 60)))
    return found


def _of(
    placed: list[Placement],
    levels: Mapping[int, str],
    rows: list[Authorisation],
    came: list[tuple[datetime, int]],
    payer: str,
    at: datetime,
) -> Authorised:
    stays = [Stay(levels[each.pk], each.started_at, each.ended_at) for each in placed]
    current = next((each for each in reversed(placed) if each.ended_at is None or each.ended_at > at), None)
    tz = placed[-1].program.site.tz if placed else ZoneInfo("UTC")
    gone = {row.corrects_id for row in rows}
    given = {row.pk: of_row(row) for row in rows}
    counting = [given[row.pk] for row in rows if row.pk not in gone and not row.withdrawn]
    level = levels[current.pk] if current else ""
    now = counts_now(counting, level, at.astimezone(tz).date()) if current else None
    lines = tuple(
        Line(
            row, given[row.pk], left(given[row.pk], stays, came, at, tz) if given[row.pk] in counting else None,
            given[row.pk] in counting, now is not None and row.pk == now.pk,
        )
        for row in rows
    )  # fmt: skip
    mine = next((line for line in lines if line.now), None)
    said = gap(counting, now, mine.rest if mine else None, level, payer) if current else None
    return Authorised(lines, mine, said, mine.row.review_on if mine else None)


def of_row(row: Authorisation) -> Given:
    """A payer's answer as the rule takes it."""
    return Given(
        row.pk, row.payer, row.reads_as, row.unit, row.approved, row.first_on, row.last_on, row.review_on
    )  # fmt: skip


@dataclass(frozen=True)
class SiteRow:
    """One client of a site on the payers' page."""

    placement: Placement
    paid: Authorised

    @property
    def loud(self) -> bool:
        """True where what is paid for and where the client is do not go together, or soon will not."""
        return self.paid.gap is not None and self.paid.gap.tone in {"stop", "late"}


def of_site(site: Site, at: datetime) -> list[SiteRow]:
    """Every client in a treatment program of a site, what does not fit first. Six queries."""
    placed = list(
        Placement.objects.current(at)
        .filter(program__site=site, kind=Program.Kind.TREATMENT)
        .select_related("program", "episode__client")
    )
    paid = authorised([each.episode_id for each in placed], at)
    rows = [SiteRow(each, paid[each.episode_id]) for each in placed]
    order = {"stop": 0, "late": 1, "caution": 2}

    def rank(row: SiteRow) -> tuple[int, date, str]:
        gap, now = row.paid.gap, row.paid.now
        ends = now.row.last_on if now else date.max
        return (order.get(gap.tone, 3) if gap else 3, ends, row.placement.episode.client.last_name)

    return sorted(rows, key=rank)
