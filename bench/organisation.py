"""The large organisation: how big it is, who works there, and which doses are due now. ``bench/load`` builds on this file alone.

short, long = made("full")          # the same organisation today, after 90 days and after five years (bench/seed.py)
with long.here():                   # the ORM, and threads, are in its database; web.processes(n, long.name) serves it
    site = long.sites[0]
    signed_in(site.nurse)           # bench.web: a session cookie
    due = long.due(site)            # doses due at long.at, not charted yet; no two in a row are of one client
    due += long.more(site, 500)     # as many more, of new orders
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest

from django.db.backends.base.base import BaseDatabaseWrapper

from beds.models import BedStay, Unit
from bench import databases
from emar.models import Administration, Medication, Order
from emar.rules.schedule import FixedTimes, to_json
from programs.models import Leave, Site
from staff.models import Person

SHORT, LONG = "bench_short", "bench_long"


@dataclass(frozen=True)
class Size:
    """How big. ``units`` of a site, ``beds`` and ``taken`` of a unit, ``outside`` clients of a site without a bed; days of history.

    ``now``, ``later``: orders of a client in a bed that are due at ``Organisation.at`` and twelve hours from it; everybody outside
    has one that is due now.
    """

    name: str
    sites: int
    units: int
    beds: int
    taken: int
    outside: int
    short_days: int
    long_days: int
    now: int = 6
    later: int = 5

    @property
    def clients(self) -> int:
        """Active clients in all."""
        return self.sites * (self.units * self.taken + self.outside)

    @property
    def daily(self) -> int:
        """Administrations a day in all."""
        return self.sites * (self.units * self.taken * (self.now + self.later) + self.outside)


SIZES = {
    "full": Size("full", 10, 5, 20, 16, 220, 90, 5 * 365),
    "small": Size("small", 2, 1, 10, 6, 14, 90, 5 * 365),
    "tiny": Size("tiny", 1, 1, 8, 4, 4, 10, 40),
}


@dataclass(frozen=True)
class SiteIs:
    """A site, who works there, and what is there today. ``clients`` are those in beds, ``outside`` those without."""

    site: Site
    nurse: Person
    intake: Person
    technician: Person
    facilitator: Person
    director: Person
    administrator: Person
    units: tuple[Unit, ...]
    beds: tuple[int, ...]
    clients: tuple[int, ...]
    outside: tuple[int, ...]

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody who works here, one a role."""
        return self.nurse, self.intake, self.technician, self.facilitator, self.director, self.administrator


@dataclass(frozen=True)
class Due:
    """A dose due that nobody has charted; ``unit_id`` is the unit where the client sleeps (None: outside)."""

    order_id: int
    client_id: int
    unit_id: int | None
    due_at: datetime
    amount: Decimal
    unit: str


@dataclass(frozen=True)
class Organisation:
    """The organisation in one database. ``at`` is the minute (UTC) of today's pass; ``rows`` by table, as seeded."""

    name: str
    database: BaseDatabaseWrapper
    size: Size
    days: int
    at: datetime
    sites: tuple[SiteIs, ...]
    rows: Mapping[str, int]

    @contextmanager
    def here(self) -> Iterator[None]:
        """In here everything is read from and written to this database, in other threads as well."""
        with databases.using(self.database):
            yield

    @property
    def history(self) -> str:
        """'90 days', '5 years'."""
        return f"{self.days} days" if self.days < 730 else f"{self.days / 365:.3g} years"

    @property
    def title(self) -> str:
        """'5 years: 20,075,000 administrations, ...'."""
        return f"{self.history}: " + ", ".join(f"{count:,} {name}" for name, count in self.rows.items())

    def due(self, site: SiteIs, unit: Unit | None = None) -> list[Due]:
        """What is due at ``at`` and not charted, of those in beds of the site (of one unit) who are not on leave: call it ``here``."""
        clients = dict(_places(site, unit))
        charted = Administration.objects.filter(due_at=self.at).values("order_id")
        orders = Order.objects.filter(
            client_id__in=clients, ended_at=None, schedule=self._schedule(site), due_until=None
        ).exclude(pk__in=charted)
        return _mixed(orders.order_by("pk"), clients, self.at)

    def more(self, site: SiteIs, count: int) -> list[Due]:
        """``count`` more doses due at ``at``: new orders, dealt out among those in beds of the site. Call it ``here``."""
        clients = dict(_places(site, None))
        stays = list(BedStay.objects.filter(client_id__in=clients, ended_at=None).order_by("pk"))
        drugs = [_drug(number) for number in range(-(-count // len(stays)))]
        orders = Order.objects.bulk_create(
            Order(
                episode_id=stay.episode_id, client_id=stay.client_id, medication=drugs[number // len(stays)],
                dose=Decimal(10), unit="mg", route="by mouth", schedule=self._schedule(site),
                started_at=stay.started_at, by=site.nurse,
            )
            for number in range(count)
            for stay in [stays[number % len(stays)]]
        )  # fmt: skip
        return _mixed(orders, clients, self.at)

    def _schedule(self, site: SiteIs) -> dict[str, object]:
        return to_json(FixedTimes((self.at.astimezone(site.site.tz).time(),)))


def made(size: str, *, quiet: bool = False, like: str | None = None) -> tuple[Organisation, Organisation]:
    """Seed it anew: (after the short history, after the long one); ``databases.drop(SHORT, LONG)`` when done.

    ``size`` is a key of SIZES. Prints a progress bar unless ``quiet``. ``like``: a migrated database to copy, in place of migrating.
    """
    from bench import seed

    return seed.both(SIZES[size], quiet=quiet, like=like)


def _places(site: SiteIs, unit: Unit | None) -> Sequence[tuple[int, int]]:
    """(client, unit) of everybody in a bed and not on leave: nobody is given a dose while they are away."""
    stays = BedStay.objects.filter(ended_at=None, bed__room__unit__in=[unit] if unit else site.units)
    stays = stays.exclude(episode__in=Leave.objects.filter(ended_at=None).values("episode"))
    return list(stays.values_list("client_id", "bed__room__unit_id"))


def _mixed(orders: Iterable[Order], units: Mapping[int, int], at: datetime) -> list[Due]:
    """One dose of each client in turns."""
    by_client: dict[int, list[Due]] = {}
    for each in orders:
        due = Due(each.pk, each.client_id, units.get(each.client_id), at, each.dose, each.unit)
        by_client.setdefault(each.client_id, []).append(due)
    return [due for turn in zip_longest(*by_client.values()) for due in turn if due is not None]


def _drug(number: int) -> Medication:
    return Medication.objects.get_or_create(
        name=f"Addamol {number}", strength="10 mg", form="tablet",
        defaults={"ingredient": f"addamol {number}", "route": "by mouth"},
    )[0]  # fmt: skip
