"""The pages of the pass: which passes there are, one pass of a unit, and one row of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import groupby
from typing import TypeVar

from chart.queries.allergies import NOT_ASKED
from emar.keys import instant_of
from emar.models import Order
from emar.queries.build import doses_of, effect_of, prn_of
from emar.queries.clients import finished, present, run_of
from emar.queries.load import Loaded, Scope, load
from emar.queries.pages import ClientCard, PassLine, PassPage
from emar.queries.rows import SOON, DoseRow, PrnRow
from emar.queries.withdrawal import Standing
from emar.rules.passes import nearest, pass_of, passes_of
from programs.contributions import Place
from programs.models import Site

Row = TypeVar("Row", DoseRow, PrnRow)
BEHIND, AHEAD = timedelta(hours=12), timedelta(hours=16)
"""How far around now the list of passes reaches."""

PAPER_BEHIND, PAPER_AHEAD = timedelta(hours=4), timedelta(hours=24)
"""How far around now the paper for a down-time reaches."""


def pass_page(
    site: Site, unit_id: int, pass_at: datetime, *, at: datetime, client_id: int | None = None, viewer_id: int = 0
) -> PassPage | None:
    """The pass of a unit that is nearest to ``pass_at`` on its local day, as it stands at ``at``; None for an empty unit.

    Every client who sleeps in the unit is on it, in walking order, with what is due to them on this pass and their as-needed
    orders. ``client_id`` leaves the as-needed rows of all others out; ``viewer_id`` is the person who looks, whose own presence
    is not shown. Fourteen queries, whatever the number of clients.
    """
    since, until = day_of(pass_at, site.tz)
    loaded = load(Scope(site, unit_id), since=since, until=until, at=at)
    if not loaded.places:
        return None
    doses = _by_client(_all_doses(loaded, since, until, at, site.tz))
    passes = passes_of((dose.due_at for rows in doses.values() for dose in rows), site.tz)
    chosen = nearest(pass_at, passes) or pass_at
    now_on = {
        client: tuple(dose for dose in rows if pass_of(dose.due_at, passes, site.tz) == chosen)
        for client, rows in doses.items()
    }
    prns = _by_client(_prns(loaded, at, site.tz, client_id))
    cards = _cards(loaded, now_on, prns, present(unit_id, at, viewer_id), at)
    unit = next(iter(loaded.places.values())).unit
    return PassPage(site.pk, unit_id, unit, chosen, at, cards, run_of(unit_id, chosen))


def paper_page(site: Site, unit_id: int, *, at: datetime) -> PassPage | None:
    """What is due on a unit from four hours ago until twenty-four hours on, for paper; None for an empty unit.

    Fourteen queries, whatever the number of clients.
    """
    return next(iter(paper_pages(Scope(site, unit_id), at=at)), None)


def paper_pages(scope: Scope, *, at: datetime) -> list[PassPage]:
    """The same for every unit asked for that is not empty, in walking order. Fourteen queries, whatever the number of units."""
    site, since, until = scope.site, at - PAPER_BEHIND, at + PAPER_AHEAD
    cards = cards_of(load(scope, since=since, until=until, at=at), since=since, until=until, at=at, tz=site.tz)
    return [
        PassPage(site.pk, unit_id, unit, at, at, tuple(clients))
        for (unit_id, unit), clients in groupby(cards, key=lambda card: (card.place.unit_id, card.place.unit))
    ]


def cards_of(loaded: Loaded, *, since: datetime, until: datetime, at: datetime, tz: tzinfo) -> tuple[ClientCard, ...]:
    """Every client who was loaded, with all doses due in the stretch and all as-needed orders. No query."""
    doses = {client: tuple(rows) for client, rows in _by_client(_all_doses(loaded, since, until, at, tz)).items()}
    return _cards(loaded, doses, _by_client(_prns(loaded, at, tz)), {}, at)


def pass_lines(site: Site, *, at: datetime) -> list[PassLine]:
    """Every pass around now, of every unit, earliest first within its unit.

    Thirteen queries, whatever the number of units.
    """
    since, until = day_of(at - BEHIND, site.tz)[0], day_of(at + AHEAD, site.tz)[1]
    loaded = load(Scope(site), since=since, until=until, at=at)
    by_unit: dict[int, list[DoseRow]] = defaultdict(list)
    units: dict[int, Place] = {}
    home = {order.client_id: loaded.places[order.episode_id] for order in loaded.orders}
    for place in sorted(loaded.places.values(), key=lambda place: place.order):
        units.setdefault(place.unit_id, place)
    for dose in _all_doses(loaded, since, until, at, site.tz):
        by_unit[home[dose.drug.client_id].unit_id].append(dose)
    done = finished(units, since, until)
    return [line for place in units.values() for line in _lines(place, by_unit[place.unit_id], at, site.tz, done)]


def dose_row(site: Site, order_id: int, minute: int, *, at: datetime) -> DoseRow | None:
    """The dose of an order that is due in that minute (``keys.minute_of``); None where there is none."""
    since = instant_of(minute)
    until = since + timedelta(minutes=1)
    loaded = load(Scope(site, order_id=order_id), since=since, until=until, at=at)
    rows = _all_doses(loaded, since, until, at, site.tz)
    return next(iter(rows), None)


def due_of(site: Site, order_id: int, minute: int, *, at: datetime) -> datetime | None:
    """The exact instant of the dose that is due in that minute; None where none is."""
    row = dose_row(site, order_id, minute, at=at)
    return None if row is None else row.due_at


def prn_row(site: Site, order_id: int, *, at: datetime) -> PrnRow | None:
    """The as-needed row of an order; None where the order is none."""
    loaded = load(Scope(site, order_id=order_id), since=at, until=at + timedelta(minutes=1), at=at)
    return next(iter(_prns(loaded, at, site.tz)), None)


def open_orders(episode_id: int, at: datetime) -> int:
    """How many of an episode's orders run at an instant: what a step or a discharge has to settle."""
    return Order.objects.current(at).filter(episode_id=episode_id).count()


def day_of(moment: datetime, tz: tzinfo) -> tuple[datetime, datetime]:
    """The local day that holds an instant, from midnight to midnight, in UTC."""
    day = moment.astimezone(tz).date()
    return _midnight(day, tz), _midnight(day + timedelta(days=1), tz)


def _midnight(day: date, tz: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=tz).astimezone(UTC)


def _all_doses(loaded: Loaded, since: datetime, until: datetime, at: datetime, tz: tzinfo) -> list[DoseRow]:
    rows = (row for order in loaded.orders for row in doses_of(order, loaded, since=since, until=until, at=at, tz=tz))
    return sorted(rows, key=lambda row: (row.due_at, row.drug.title, row.pk))


def _prns(loaded: Loaded, at: datetime, tz: tzinfo, client_id: int | None = None) -> list[PrnRow]:
    wanted = (order for order in loaded.orders if client_id in (None, order.client_id))
    rows = (prn_of(order, loaded, at=at, tz=tz) for order in wanted if order.ended_at is None or order.ended_at > at)
    return [row for row in rows if row is not None]


def _by_client(rows: Iterable[Row]) -> dict[int, list[Row]]:
    sorted_out: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        sorted_out[row.drug.client_id].append(row)
    return sorted_out


def _cards(
    loaded: Loaded,
    doses: Mapping[int, tuple[DoseRow, ...]],
    prns: Mapping[int, list[PrnRow]],
    here: Mapping[int, tuple[str, ...]],
    at: datetime,
) -> tuple[ClientCard, ...]:
    cards = []
    scores = _scores(loaded)
    for episode_id, place in sorted(loaded.places.items(), key=lambda item: item[1].order):
        client = loaded.clients.get(episode_id)
        if client is None:
            continue
        cards.append(
            ClientCard(
                client.pk,
                episode_id,
                client.called,
                client.short_name,
                client.initials,
                "".join(word[0] for word in client.called.split()[:1] + client.called.split()[-1:]).upper(),
                client.pronouns,
                client.born_on,
                place,
                loaded.allergies.get(client.pk, NOT_ASKED),
                loaded.away.get(episode_id),
                doses.get(client.pk, ()),
                tuple(prns.get(client.pk, ())),
                tuple(effect_of(each, at) for each in loaded.effects.get(client.pk, ()) if each.due_at <= at + SOON),
                here.get(client.pk, ()),
                scores.get(client.pk, ()),
            )
        )
    return tuple(cards)


def _scores(loaded: Loaded) -> dict[int, tuple[Standing, ...]]:
    """What is scored of each client, each scale once, the soonest due first."""
    found: dict[int, dict[str, Standing]] = defaultdict(dict)
    for each in sorted(loaded.standings.values(), key=lambda each: (each.next.at is None, each.next.at, each.order.pk)):
        found[each.order.client_id].setdefault(each.protocol.scale, each)
    return {client: tuple(scales.values()) for client, scales in found.items()}


def _lines(
    place: Place, doses: list[DoseRow], at: datetime, tz: tzinfo, done: Collection[tuple[int, datetime]]
) -> list[PassLine]:
    passes = passes_of((dose.due_at for dose in doses), tz)
    around = [each for each in passes if at - BEHIND <= each <= at + AHEAD]
    current = nearest(at, around)
    lines = []
    for each in around:
        rows = [dose for dose in doses if pass_of(dose.due_at, passes, tz) == each]
        lines.append(
            PassLine(
                place.unit_id,
                place.unit,
                each,
                len({row.drug.client_id for row in rows}),
                sum(row.counts for row in rows),
                sum(row.mark is not None for row in rows),
                sum(row.late for row in rows),
                each == current,
                (place.unit_id, each) in done,
            )
        )
    return lines
