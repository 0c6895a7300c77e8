"""Where is stock kept at a site, what is in each place, who has its keys, and when was it counted?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from emar.models import Count, CountSigning, KeyHandover, Medication, OwnApproval, StockLine, StockLocation, Variance
from emar.queries.stock.balances import Balance, balances
from programs.models import Client, Site
from staff.models import Person

SOON = timedelta(days=30)
"""How long before its date a lot is said to expire soon."""


@dataclass(frozen=True)
class Counted:
    """A finished count: when (UTC), by whom, and how many lines did not agree."""

    count_id: int
    at: datetime
    by: tuple[str, ...]
    differences: int


@dataclass(frozen=True)
class LineRow:
    """A line as a page shows it. ``variance_id``: the difference that locks it; ``approved`` is of a client's own."""

    pk: int
    location_id: int
    medication: Medication
    lot: str
    expires_on: date
    unit: str
    balance: Decimal
    number: int
    owner: Client | None
    approved: bool
    variance_id: int | None
    expired: bool
    expires_soon: bool

    @property
    def name(self) -> str:
        """'LORazepam 1 mg, lot A12'."""
        return f"{self.medication}, lot {self.lot}"


@dataclass(frozen=True)
class PlaceRow:
    """A place with its lines. ``keys``: who has them, since when; ``running``: the open count."""

    location: StockLocation
    lines: tuple[LineRow, ...]
    counted: Counted | None
    running: Count | None
    keys: Person | None
    keys_at: datetime | None

    @property
    def locked(self) -> int:
        """How many lines are locked."""
        return sum(line.variance_id is not None for line in self.lines)


def line_rows(rows: Iterable[StockLine], today: date) -> tuple[LineRow, ...]:
    """Lines (with their medication and owner) as pages show them. Three queries at most."""
    found = list(rows)
    pks = [row.pk for row in found]
    newest = balances(pks)
    locks = dict(Variance.objects.filter(line__in=pks, ended_at=None).values_list("line_id", "pk"))
    own = [row.pk for row in found if row.owner_id is not None]
    approved = set(OwnApproval.objects.filter(line__in=own).values_list("line_id", flat=True)) if own else set()
    return tuple(_row(row, newest.get(row.pk, Balance(0, Decimal(0))), row.pk in approved, locks.get(row.pk), today)
                 for row in found)  # fmt: skip


def stock_places(site: Site, at: datetime, *, empty: bool = False) -> list[PlaceRow]:
    """Every place in use at a site with its lines, by kind and name; lines that are empty only with ``empty``. Eight queries."""
    today = at.astimezone(site.tz).date()
    here = list(StockLocation.objects.filter(site=site, is_active=True).order_by("kind", "name"))
    lines = StockLine.objects.filter(location__in=here).select_related("medication", "owner")
    rows = line_rows(lines.order_by("medication__name", "medication__strength", "expires_on", "pk"), today)
    running = {
        each.location_id: each for each in Count.objects.filter(location__in=here, ended_at=None).select_related("by")
    }
    keys = _keys(here)
    counted = _counted(here)
    return [
        PlaceRow(
            location=place,
            lines=tuple(row for row in rows if row.location_id == place.pk and _shown(row, empty)),
            counted=counted.get(place.pk),
            running=running.get(place.pk),
            keys=keys[place.pk].to_person if place.pk in keys else None,
            keys_at=keys[place.pk].at if place.pk in keys else None,
        )
        for place in here
    ]


def _shown(row: LineRow, empty: bool) -> bool:
    return empty or row.balance > 0 or row.variance_id is not None


def _row(row: StockLine, newest: Balance, approved: bool, variance_id: int | None, today: date) -> LineRow:
    return LineRow(
        pk=row.pk, location_id=row.location_id, medication=row.medication, lot=row.lot, expires_on=row.expires_on, unit=row.unit,
        balance=newest.balance, number=newest.number, owner=row.owner, approved=approved, variance_id=variance_id,
        expired=row.expires_on < today, expires_soon=today <= row.expires_on <= today + SOON,
    )  # fmt: skip


def _keys(here: Iterable[StockLocation]) -> dict[int, KeyHandover]:
    """The newest hand-over of each place."""
    newest = KeyHandover.objects.filter(location=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    pks = StockLocation.objects.filter(pk__in=[place.pk for place in here]).values(newest=Subquery(newest))
    return {each.location_id: each for each in KeyHandover.objects.filter(pk__in=pks).select_related("to_person")}


def _counted(here: Iterable[StockLocation]) -> dict[int, Counted]:
    """The newest finished count of each place."""
    newest = Count.objects.filter(location=OuterRef("pk"), ended_at__isnull=False, dropped_why="").order_by(
        "-ended_at", "-pk"
    )
    pks = StockLocation.objects.filter(pk__in=[place.pk for place in here]).values(
        newest=Subquery(newest.values("pk")[:1])
    )
    signings = list(
        CountSigning.objects.filter(count__in=pks).select_related("count", "person").order_by("count", "part")
    )
    opened: dict[int, int] = {}
    for count_id in Variance.objects.filter(count__in=[each.count_id for each in signings]).values_list(
        "count_id", flat=True
    ):
        opened[count_id] = opened.get(count_id, 0) + 1
    found: dict[int, Counted] = {}
    for each in signings:
        before = found.get(each.count.location_id)
        by = (*(before.by if before else ()), each.person.signature)
        assert each.count.ended_at is not None
        found[each.count.location_id] = Counted(each.count_id, each.count.ended_at, by, opened.get(each.count_id, 0))
    return found
