"""Find the line a lot belongs to, or open it."""

from datetime import date, datetime

from audit.rules.findings import Refused, stop
from emar.actions.stock.held import LONGEST, today_at, words_of
from emar.models import Medication, StockLine, StockLocation
from emar.rules.contents import same_unit
from programs.models import Client
from staff.models import Person


def line_for(
    place: StockLocation,
    medication_id: int,
    lot: str,
    expires_on: date,
    unit: str,
    *,
    by: Person,
    at: datetime,
    owner: Client | None = None,
    fresh: bool = True,
) -> StockLine:
    """The line of a lot in a place, opened where there is none; not locked, so that an act locks all its lines in one order.

    ``fresh``: refuse what expired. ``unit`` is what it is counted in, '' for what the formulary says. Raises Refused for a lot
    that is known with another date or unit.
    """
    medication = Medication.objects.get(pk=medication_id)
    lot = words_of("stock.lot", lot, "Write the lot as it stands on the package", LONGEST["lot"])
    unit = unit.strip() or medication.counted_in or medication.form.split(",")[0]
    if fresh and expires_on < today_at(place.site, at):
        raise Refused(
            stop("stock.expired", f"Lot {lot} expired on {expires_on:%-d %b %Y}. It is not taken in: send it back.")
        )
    # the place's row is the lock under which its lines are opened
    StockLocation.objects.select_for_update(of=("self",), no_key=True).get(pk=place.pk)
    known = StockLine.objects.filter(location=place, medication=medication, lot=lot, owner=owner).first()
    if known is None:
        row = StockLine(
            location=place, medication=medication, lot=lot, expires_on=expires_on, owner=owner, unit=unit[:20],
            opened_at=at, by=by,
        )  # fmt: skip
        row.save()
        return row
    if known.expires_on != expires_on:
        words = f"Lot {lot} is kept here with the date {known.expires_on:%-d %b %Y}. Look at the package again."
        raise Refused(stop("stock.other_date", words))
    if not same_unit(known.unit, unit):
        raise Refused(stop("stock.other_unit", f"Lot {lot} is counted in {known.unit} here, not in {unit}."))
    return known
