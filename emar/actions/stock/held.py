"""Lines of stock under lock, with what they hold now, and the entries that change them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from audit.rules.findings import Finding, Refused, stop
from emar.models import LedgerEntry, OwnApproval, StockLine, StockLocation, Variance
from emar.queries.stock.balances import Balance, balances
from emar.rules.stock import Kind, Line, locked, real, say_units
from live.actions import publish
from programs.models import Site
from programs.placed import told
from staff.models import Person

LONGEST = {"why": 300, "signed_as": 80, "lot": 40}


@dataclass
class Held:
    """A line under lock: its row (with place, site and medication), its newest number and balance, and what locks it.

    ``number`` and ``balance`` go on while an act writes several entries.
    """

    row: StockLine
    number: int
    balance: Decimal
    variance: Variance | None
    approved: bool

    @property
    def site(self) -> Site:
        """Where it is kept."""
        return self.row.location.site

    @property
    def name(self) -> str:
        """'LORazepam 1 mg, lot A12'."""
        return str(self.row)

    @property
    def since(self) -> str:
        """When the count was that locks it; '' where nothing does."""
        return "" if self.variance is None else f"at {told(self.variance.opened_at, self.site.tz)}"

    def as_line(self, site_id: int) -> Line:
        """As the rules take it, for an act at a site."""
        here = self.row.location.site_id == site_id and self.row.location.is_active
        return Line(
            pk=self.row.pk, name=self.name, lot=self.row.lot, unit=self.row.unit, balance=self.balance,
            expires_on=self.row.expires_on, here=here, owner=self.row.owner_id, approved=self.approved, locked=self.since,
        )  # fmt: skip

    def post(self, kind: Kind, change: Decimal, *, by: Person, at: datetime, **fields: Any) -> LedgerEntry:
        """The next entry, not saved yet."""
        self.number, self.balance = self.number + 1, self.balance + change
        return LedgerEntry(
            line=self.row, number=self.number, kind=kind.value, change=change, balance=self.balance, by=by, at=at, **fields
        )  # fmt: skip


def hold(line_ids: Collection[int]) -> dict[int, Held]:
    """Lock these lines in the order of their ids and read what they hold: four queries, however many. Unknown ones are left out."""
    if not line_ids:
        return {}
    rows = list(
        StockLine.objects.select_related("location__site", "medication", "owner")
        .filter(pk__in=line_ids)
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    pks = [row.pk for row in rows]
    newest = balances(pks)
    open_ones = {each.line_id: each for each in Variance.objects.filter(line__in=pks, ended_at=None)}
    own = [row.pk for row in rows if row.owner_id is not None]
    approved = set(OwnApproval.objects.filter(line__in=own).values_list("line_id", flat=True)) if own else set()
    none = Balance(0, Decimal(0))
    return {row.pk: Held(row, *newest.get(row.pk, none), open_ones.get(row.pk), row.pk in approved) for row in rows}


def held(line_id: int) -> Held:
    """One line under lock. Raises StockLine.DoesNotExist."""
    found = hold([line_id]).get(line_id)
    if found is None:
        raise StockLine.DoesNotExist(f"There is no line {line_id}.")
    return found


def location_of(location_id: int) -> StockLocation:
    """A place in use, with its site. Raises Refused where it is closed, and StockLocation.DoesNotExist."""
    place = StockLocation.objects.select_related("site").get(pk=location_id)
    if not place.is_active:
        raise Refused(stop("stock.closed", f"{place.name} is not in use any more. Choose another place."))
    return place


def taking(line: Held, amount: Decimal) -> list[Finding]:
    """What stands against taking an amount out of a line: a lock, a strange number, or less in it."""
    if line.variance is not None:
        return [locked(line.name, line.since)]
    if not real(amount):
        return [stop("stock.amount", "Enter an amount of more than zero, with at most three decimals.")]
    if amount > line.balance:
        has, asked = say_units(line.balance, line.row.unit), say_units(amount, line.row.unit)
        return [
            stop("stock.not_enough", f"{line.name} holds {has}; {asked} cannot be taken out. Count it, or take less.")
        ]
    return []


def adding(line: Held, amount: Decimal) -> list[Finding]:
    """What stands against putting an amount into a line."""
    if line.variance is not None:
        return [locked(line.name, line.since)]
    if not real(amount):
        return [stop("stock.amount", "Enter an amount of more than zero, with at most three decimals.")]
    return []


def words_of(code: str, text: str, ask: str, most: int = LONGEST["why"]) -> str:
    """A text that is asked for, trimmed. Raises Refused with ``ask`` where it is blank, too long or cannot be kept."""
    said = text.strip()
    if not said or len(said) > most or "\x00" in said:
        raise Refused(stop(code, f"{ask} (at most {most} plain characters)."))
    return said


def today_at(site: Site, at: datetime) -> date:
    """The date on the site's clock."""
    return at.astimezone(site.tz).date()


def stock_topic(site_id: int) -> str:
    """What pages of a site's stock listen to."""
    return f"emar.stock.{site_id}"


def tell_stock(site_id: int, lines: Iterable[int]) -> None:
    """Tell the pages of a site's stock that these lines changed. The last of an act's paragraphs."""
    publish({stock_topic(site_id): sorted({f"line:{pk}" for pk in lines})})


def balance_gone(_: Mapping[str, Any]) -> Finding:
    """What is said where somebody else took from a line meanwhile and only the database could stop it."""
    return stop("stock.moved_on", "This line changed meanwhile. Reload the page, look at its balance and try again.")


def locked_meanwhile(_: Mapping[str, Any]) -> Finding:
    """What is said where a count locked the line meanwhile."""
    return stop("stock.locked", "A count of this line did not agree, so it is locked. A supervisor resolves it first.")


EXPLAIN = {
    "emar_ledger_adds_up": balance_gone,
    "emar_ledger_numbered": balance_gone,
    "emar_ledger_never_negative": balance_gone,
    "emar_stock_line_locked": locked_meanwhile,
}
