"""Everything acts on a client's doses stand on: the orders under lock, then one reading of the rest, however many doses."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from chart.models import Allergy
from emar.actions.reading import charted, orders_since, orders_under_lock
from emar.models import TAKEN, Administration, EmarPolicy, Order
from emar.queries.policy import as_policy
from emar.queries.takings import taking_of
from emar.queries.walked import unit_of
from emar.rules.administration import Taking
from emar.rules.policy import DEFAULT, SitePolicy
from emar.rules.schedule import AsNeeded, EveryHours, from_json
from programs.models import Site
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability, Role, allows

DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Span:
    """A period of something, and one more fact of it: the order on hold, or when a leave is expected to end."""

    since: datetime
    until: datetime | None
    about: int | datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """Whether it covers an instant."""
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True)
class Scene:
    """One client: where, under which policy, the orders of the last days, and what was charted and taken.

    ``orders`` are by id, those asked for under lock. ``rows`` is what stands charted for the doses asked for, by order and due
    time; ``takings`` grows while several doses are charted together.
    """

    client_id: int
    site: Site
    policy: SitePolicy
    unit_id: int | None
    roles: Mapping[int, frozenset[Role]]
    placed: Sequence[Span]
    leaves: Sequence[Span]
    holds: Sequence[Span]
    allergies: Sequence[Allergy]
    orders: Mapping[int, Order]
    rows: Mapping[tuple[int, datetime], Administration]
    takings: list[tuple[int, Taking]]

    @property
    def tz(self) -> ZoneInfo:
        """The site's zone."""
        return self.site.tz

    def may(self, person_id: int, capability: Capability) -> bool:
        """Whether a person of those asked about may do something at this site now."""
        return any(allows(role, capability) for role in self.roles.get(person_id, ()))


def lock(order_ids: Collection[int], client_id: int | None = None) -> list[Order]:
    """Lock the client, then these orders (the house order: PostgreSQL locks in the order of ``of``), and return them.

    With ``client_id`` the orders of anybody else are left out. The client's row is the lock every act on their orders takes
    first, so what is read after this holds until the commit.
    """
    return orders_under_lock(order_ids, client_id)


def scene_of(
    orders: Sequence[Order],
    *,
    by: Person,
    capability: Capability,
    at: datetime,
    given: Collection[datetime],
    dues: Collection[tuple[int, datetime]] = (),
    others: Collection[int] = (),
) -> Scene:
    """Read what the rules ask for, in four queries. ``orders`` are locked, of one client and one episode.

    ``given``: when the doses are said to have been given; ``dues``: the doses asked about; ``others``: people who are named
    beside ``by``. Raises NotAllowed, and Order.DoesNotExist where the episode was never in a program.
    """
    first, last = min(given), max(given)
    home = _home(orders, at=at, first=first, people={by.pk, *others})
    if home is None:
        raise Order.DoesNotExist(f"Order {orders[0].pk} belongs to no program.")
    site, policy = home.site, DEFAULT if home.policy is None else as_policy(EmarPolicy(**home.policy))
    roles = _roles(home.roles)
    if not (by.is_active and any(allows(role, capability) for role in roles.get(by.pk, ()))):
        require(by, capability, site.pk, at)
    reach = _reach(orders, policy)
    family = orders_since(orders[0].client_id, first - reach, orders)
    rows = charted(family, dues, since=first - reach, until=last + max(DAY, reach))
    return Scene(
        client_id=orders[0].client_id,
        site=site,
        policy=policy,
        unit_id=unit_of(site.pk, orders[0].episode_id, at),
        roles=roles,
        placed=_spans(home.placed),
        leaves=_spans(home.leaves),
        holds=_spans(home.holds),
        allergies=[
            Allergy(substance=substance, reaction=reaction, severity=severity, kind=kind)
            for substance, reaction, severity, kind in home.allergies
        ],
        orders=family,
        rows={(row.order_id, row.due_at): row for row in rows if row.due_at is not None},
        takings=[(row.pk, taking_of(row, family[row.order_id].medication)) for row in rows if row.outcome in TAKEN],
    )


@dataclass(frozen=True)
class Home:
    """The site of the last treatment placement, and everything small that hangs on it, as JSON carries it."""

    site: Site
    policy: Mapping[str, Any] | None
    roles: Sequence[tuple[int, str]]
    placed: Sequence[Sequence[Any]]
    leaves: Sequence[Sequence[Any]]
    holds: Sequence[Sequence[Any]]
    allergies: Sequence[tuple[str, str, str, str]]


# one statement written out: this reading is most of what charting a dose costs, and half of that was composing the query
HOME = """
SELECT site.id, site.organisation_id, site.name, site.slug, site.time_zone, site.position, jsonb_build_object(
    'policy', (SELECT to_jsonb(policy) - '{id,site_id,started_at,ended_at,by_id}'::text[] FROM emar_emarpolicy policy
        WHERE policy.site_id = site.id AND policy.started_at <= %(at)s
            AND (policy.ended_at IS NULL OR policy.ended_at > %(at)s)),
    'roles', (SELECT jsonb_agg(jsonb_build_array(held.person_id, held.role)) FROM staff_roleassignment held
        JOIN staff_person person ON person.id = held.person_id AND person.is_active
        WHERE held.site_id = site.id AND held.person_id = ANY(%(people)s) AND held.started_at <= %(at)s
            AND (held.ended_at IS NULL OR held.ended_at > %(at)s)),
    'placed', (SELECT jsonb_agg(jsonb_build_array(each.started_at, each.ended_at)) FROM programs_placement each
        WHERE each.episode_id = %(episode)s AND each.kind = 'treatment'
            AND (each.ended_at IS NULL OR each.ended_at > %(first)s)),
    'leaves', (SELECT jsonb_agg(jsonb_build_array(each.started_at, each.ended_at, each.expected_at)) FROM programs_leave each
        WHERE each.episode_id = %(episode)s AND (each.ended_at IS NULL OR each.ended_at > %(first)s)),
    'holds', (SELECT jsonb_agg(jsonb_build_array(each.started_at, each.ended_at, each.order_id)) FROM emar_orderhold each
        WHERE each.order_id = ANY(%(orders)s) AND (each.ended_at IS NULL OR each.ended_at > %(first)s)),
    'allergies', (SELECT jsonb_agg(jsonb_build_array(each.substance, each.reaction, each.severity, each.kind) ORDER BY each.substance)
        FROM chart_allergy each
        WHERE each.client_id = %(client)s AND (each.ended_at IS NULL OR each.ended_at > %(first)s))
)
FROM programs_placement placement
JOIN programs_program program ON program.id = placement.program_id
JOIN programs_site site ON site.id = program.site_id
WHERE placement.episode_id = %(episode)s AND placement.kind = 'treatment' AND placement.started_at <= %(at)s
ORDER BY placement.started_at DESC LIMIT 1
"""
SITE = ("id", "organisation_id", "name", "slug", "time_zone", "position")


def _home(orders: Sequence[Order], *, at: datetime, first: datetime, people: Collection[int]) -> Home | None:
    """Where the client of these orders is. One query."""
    asked: dict[str, Any] = {
        "at": at,
        "first": first,
        "people": sorted(people),
        "orders": [order.pk for order in orders],
        "episode": orders[0].episode_id,
        "client": orders[0].client_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(HOME, asked)
        found = cursor.fetchone()
    if found is None:
        return None
    *site, rest = found
    listed = json.loads(rest) if isinstance(rest, str) else rest
    lists = {name: listed[name] or [] for name in ("roles", "placed", "leaves", "holds", "allergies")}
    return Home(Site.from_db(connection.alias, SITE, site), listed["policy"], **lists)


def _spans(listed: Sequence[Sequence[Any]]) -> list[Span]:
    return sorted((Span(*(_read(value) for value in each)) for each in listed), key=lambda span: span.since)


def _read(value: Any) -> Any:
    """JSON carries instants as text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _roles(listed: Sequence[tuple[int, str]]) -> dict[int, frozenset[Role]]:
    return {
        person: frozenset(Role(role) for holder, role in listed if holder == person)
        for person in {holder for holder, _ in listed}
    }


def _reach(orders: Sequence[Order], policy: SitePolicy) -> timedelta:
    """How far back doses matter: a day, an order's own gap or interval, and the memory for places on the body."""
    reach = DAY
    for order in orders:
        schedule = from_json(order.schedule)
        if isinstance(schedule, AsNeeded):
            reach = max(reach, schedule.min_gap)
        elif isinstance(schedule, EveryHours):
            reach = max(reach, timedelta(hours=schedule.hours))
        if order.medication.sites:
            reach = max(reach, policy.site_lookback)
    return reach
