"""What may a dose be drawn from, and does it have to say?"""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from django.db.models import Q

from emar.models import Order, StockLine, StockLocation
from emar.queries.stock.places import LineRow, line_rows
from emar.rules.contents import amount_of
from programs.models import Site


@dataclass(frozen=True)
class Choice:
    """A line a dose may be drawn from. ``drawn`` is how many whole ones make up the ordered amount, None where the formulary does
    not say; ``over`` what is left of them after it (to be wasted). ``shut`` says why it cannot be used now ('': it can)."""

    line: LineRow
    location: StockLocation
    drawn: Decimal | None
    over: Decimal | None
    shut: str

    @property
    def fits(self) -> bool:
        """It can be used, and holds enough."""
        return not self.shut and (self.drawn is None or self.drawn <= self.line.balance)


@dataclass(frozen=True)
class Draws:
    """What a dose of an order may be drawn from, the best first. ``asked``: a dose that is taken has to name a line."""

    asked: bool
    choices: tuple[Choice, ...]


NOTHING = Draws(False, ())


def draws_for(order: Order, site: Site, at: datetime, *, amount: Decimal, unit_id: int | None, required: bool) -> Draws:
    """The lines of a site that a dose of ``amount`` (in the order's unit) may be drawn from; NOTHING, and no query, where the
    medication is not controlled. Four queries. ``unit_id``: where the client sleeps, whose cart comes first; ``required``: the
    site's policy.

    The best is the client's own, then the cart of the unit, then another, the one that expires first and fits whole.
    """
    medication = order.medication
    if not medication.dea_schedule:
        return NOTHING
    rows = list(
        StockLine.objects.filter(
            Q(owner=None) | Q(owner=order.client_id), location__site=site, location__is_active=True,
            medication__ingredient=medication.ingredient,
        ).select_related("location", "medication", "owner")
    )  # fmt: skip
    places = {row.location_id: row.location for row in rows}
    today = at.astimezone(site.tz).date()
    names = set(medication.ingredient_names)
    choices = [
        _choice(line, places[line.location_id], order, amount)
        for line in line_rows([row for row in rows if set(row.medication.ingredient_names) == names], today)
        if line.balance > 0
    ]
    choices.sort(key=lambda each: (not each.fits, each.over not in (None, 0), *_rank(each, unit_id)))
    return Draws(bool(rows) or required, tuple(choices))


def _rank(choice: Choice, unit_id: int | None) -> tuple[bool, bool, str, object, int]:
    line, place = choice.line, choice.location
    return line.owner is None, place.unit_id != unit_id or unit_id is None, place.kind, line.expires_on, line.pk


def _choice(line: LineRow, place: StockLocation, order: Order, amount: Decimal) -> Choice:
    medication = line.medication
    one = amount_of(
        order.medication.ingredient, medication.ingredients, medication.counted_in or line.unit, Decimal(1), line.unit,
        order.unit,
    )  # fmt: skip
    drawn = over = None
    if one:
        exact = amount / one
        drawn = exact.to_integral_value(ROUND_CEILING) if line.unit != "mL" else exact.quantize(Decimal("0.001"))
        over = (drawn - exact).quantize(Decimal("0.001")) if line.unit != "mL" else Decimal(0)
    return Choice(line, place, drawn, over, _shut(line))


def _shut(line: LineRow) -> str:
    if line.variance_id is not None:
        return "Locked: a count did not agree"
    if line.expired:
        return f"Expired on {line.expires_on:%-d %b %Y}"
    if line.owner is not None and not line.approved:
        return "The client's own, not approved yet"
    return ""
