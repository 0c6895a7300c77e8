"""Receive, move, send back, destroy and waste: what changes a line without a dose. One transaction each."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Refused, stop
from audit.trail import record
from emar.actions.stock.held import EXPLAIN, adding, held, hold, location_of, taking, tell_stock, today_at, words_of
from emar.actions.stock.opening import line_for
from emar.actions.stock.signed import and_name, witness, witness_if_any
from emar.models import LedgerEntry, StockLine
from emar.rules.stock import Drawn, Keeps, Kind, say_units, waste_findings
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

NONE = Decimal(0)


@action("stock.receive", explain=EXPLAIN)
def receive(
    *,
    by: Person,
    at: datetime,
    location_id: int,
    medication_id: int,
    lot: str,
    expires_on: date,
    amount: Decimal,
    from_whom: str,
    unit: str = "",
    proof_id: int | None = None,
    key: UUID | None = None,
) -> LedgerEntry:
    """Take a delivery into a place: the line of its lot is opened where there is none. A second name may stand under it.

    ``unit``: what it is counted in, '' for what the formulary says. Raises Refused, NotAllowed, and DoesNotExist of what is named.
    """
    place = location_of(location_id)
    require(by, Capability.STOCK, place.site_id, at)
    if place.kind == Keeps.OWN.value:
        raise Refused(
            stop("stock.own_place", f"{place.name} is for what clients bring. Receive into a cart or a safe.")
        )
    line = held(line_for(place, medication_id, lot, expires_on, unit, by=by, at=at).pk)

    from_whom = words_of("stock.from", from_whom, "Say who delivered it, and on which invoice")
    if found := adding(line, amount):
        raise Refused(*found)
    second = witness_if_any(proof_id, Kind.RECEIVE, by=by, site=place.site, at=at)

    entry = line.post(Kind.RECEIVE, amount, by=by, at=at, why=from_whom, proof_id=proof_id)
    entry.save()
    told = f"{say_units(amount, line.row.unit)} of {line.name} received into {place.name}{and_name(second)}"
    record("stock.receive", by=by, at=at, subject=entry, site_id=place.site_id, summary=told)

    tell_stock(place.site_id, [line.row.pk])
    return entry


@action("stock.move", explain=EXPLAIN)
def move(
    *,
    by: Person,
    at: datetime,
    line_id: int,
    to_location_id: int,
    amount: Decimal,
    why: str = "",
    proof_id: int | None = None,
    key: UUID | None = None,
) -> LedgerEntry:
    """Move part of a line to another place of the site; the entry it left by answers. Raises Refused and NotAllowed."""
    from_line = StockLine.objects.select_related("location__site", "owner").get(pk=line_id)
    site, place = from_line.location.site, location_of(to_location_id)
    require(by, Capability.STOCK, site.pk, at)
    if place.site_id != site.pk or place.pk == from_line.location_id:
        raise Refused(stop("stock.to", "Choose another place of this site to move it to."))
    if (place.kind == Keeps.OWN.value) != (from_line.owner_id is not None):
        words = "What a client brought stays in a place for clients' own medication, and the site's stock out of it."
        raise Refused(stop("stock.own_place", words))
    there = line_for(
        place, from_line.medication_id, from_line.lot, from_line.expires_on, from_line.unit, by=by, at=at,
        owner=from_line.owner, fresh=False,
    ).pk  # fmt: skip
    both = hold([line_id, there])  # in one order, whichever way it goes
    here, target = both[line_id], both[there]

    if found := [*taking(here, amount), *(adding(target, amount) if target.variance else [])]:
        raise Refused(*found)
    if len(why := why.strip()) > 300 or "\x00" in why:
        raise Refused(stop("stock.why", "Say it in at most 300 plain characters."))
    second = witness_if_any(proof_id, Kind.TRANSFER_OUT, by=by, site=site, at=at)

    out = here.post(Kind.TRANSFER_OUT, -amount, by=by, at=at, why=why, proof_id=proof_id)
    out.save()
    target.post(Kind.TRANSFER_IN, amount, by=by, at=at, why=why, pair=out).save()
    told = f"{say_units(amount, here.row.unit)} of {here.name} moved to {place.name}{and_name(second)}"
    record("stock.move", by=by, at=at, subject=out, site_id=site.pk, client_id=from_line.owner_id, summary=told)

    tell_stock(site.pk, both)
    return out


@action("stock.send_back", explain=EXPLAIN)
def send_back(
    *,
    by: Person,
    at: datetime,
    line_id: int,
    amount: Decimal,
    to_whom: str,
    proof_id: int | None = None,
    key: UUID | None = None,
) -> LedgerEntry:
    """Send part of a line back to the pharmacy or a reverse distributor. Raises Refused and NotAllowed."""
    line = held(line_id)
    require(by, Capability.STOCK, line.site.pk, at)

    to_whom = words_of("stock.to_whom", to_whom, "Say to whom it is sent, and on which paper")
    if line.row.owner_id is not None:
        raise Refused(
            stop("stock.own", "What a client brought is handed back to them, or destroyed before two witnesses.")
        )
    if found := taking(line, amount):
        raise Refused(*found)
    second = witness_if_any(proof_id, Kind.RETURN, by=by, site=line.site, at=at)

    entry = line.post(Kind.RETURN, -amount, by=by, at=at, why=to_whom, proof_id=proof_id)
    entry.save()
    told = f"{say_units(amount, line.row.unit)} of {line.name} sent back{and_name(second)}"
    record("stock.send_back", by=by, at=at, subject=entry, site_id=line.site.pk, summary=told)

    tell_stock(line.site.pk, [line_id])
    return entry


@action("stock.destroy", explain=EXPLAIN)
def destroy(
    *,
    by: Person,
    at: datetime,
    line_id: int,
    amount: Decimal,
    method: str,
    proof_id: int | None,
    second_proof_id: int | None,
    key: UUID | None = None,
) -> LedgerEntry:
    """Destroy part of a line before two witnesses, neither of whom is ``by``: three names, two PINs (21 CFR 1317.95).

    ``method`` says how it was made impossible to use (1317.90). For who writes off stock. Raises Refused and NotAllowed.
    """
    line = held(line_id)
    require(by, Capability.STOCK_SUPERVISE, line.site.pk, at)

    method = words_of("stock.method", method, "Say how it was destroyed so that nobody can use it")
    if found := taking(line, amount):
        raise Refused(*found)
    one = witness(proof_id, Kind.DESTROY, by=by, site=line.site, at=at)
    two = witness(second_proof_id, Kind.DESTROY, by=by, site=line.site, at=at, but=(one.pk,))

    entry = line.post(
        Kind.DESTROY, -amount, by=by, at=at, why=method, proof_id=proof_id, second_proof_id=second_proof_id
    )  # fmt: skip
    entry.save()
    told = f"{say_units(amount, line.row.unit)} of {line.name} destroyed before {one.signature} and {two.signature}"
    record(
        "stock.destroy", by=by, at=at, subject=entry, site_id=line.site.pk, client_id=line.row.owner_id, summary=told
    )  # fmt: skip

    tell_stock(line.site.pk, [line_id])
    return entry


@action("stock.waste", explain=EXPLAIN)
def waste(
    *,
    by: Person,
    at: datetime,
    line_id: int,
    drawn: Decimal,
    wasted: Decimal,
    why: str,
    proof_id: int | None,
    returned: Decimal = NONE,
    lot: str = "",
    key: UUID | None = None,
) -> LedgerEntry:
    """Waste what was taken out without a dose (dropped, broken): before a witness, who is another person on duty.

    drawn = wasted + returned. The waste of a dose is charted with the dose. Raises Refused and NotAllowed.
    """
    line = held(line_id)
    require(by, Capability.STOCK, line.site.pk, at)

    taken = Drawn(drawn, wasted, returned, lot, why, witnessed=proof_id is not None)
    if found := waste_findings(taken, line.as_line(line.site.pk), today_at(line.site, at)):
        raise Refused(*found)
    why = words_of("stock.waste_why", why, "Say why it was wasted")
    second = witness(proof_id, Kind.WASTE, by=by, site=line.site, at=at)

    entry = line.post(
        Kind.WASTE, returned - drawn, by=by, at=at, drawn=drawn, given=NONE, wasted=wasted, returned=returned, why=why,
        proof_id=proof_id,
    )  # fmt: skip
    entry.save()
    told = f"{say_units(wasted, line.row.unit)} of {line.name} wasted before {second.signature}"
    record(
        "stock.waste", by=by, at=at, subject=entry, site_id=line.site.pk, client_id=line.row.owner_id, summary=told
    )  # fmt: skip

    tell_stock(line.site.pk, [line_id])
    return entry
