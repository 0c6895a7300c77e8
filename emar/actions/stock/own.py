"""What a client brought: counted in by two, approved before use, handed back against their name."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Refused, stop
from audit.trail import record
from emar.actions.stock.held import EXPLAIN, LONGEST, adding, held, location_of, taking, tell_stock, words_of
from emar.actions.stock.opening import line_for
from emar.actions.stock.signed import witness
from emar.models import LedgerEntry, OwnApproval
from emar.rules.stock import Keeps, Kind, say_units
from programs.models import Client, Placement
from staff.access import may, require
from staff.models import Person
from staff.rules.capabilities import Capability


@action("stock.count_in", explain=EXPLAIN)
def count_in(
    *,
    by: Person,
    at: datetime,
    location_id: int,
    client_id: int,
    medication_id: int,
    lot: str,
    expires_on: date,
    amount: Decimal,
    proof_id: int | None,
    unit: str = "",
    words: str = "",
    key: UUID | None = None,
) -> LedgerEntry:
    """Take in what a client brought, counted by two people. It is used only once approved. ``lot``: the prescription number
    where no lot stands on it. Also what expired is taken in: it is the client's, and is never drawn.

    Raises Refused, NotAllowed, and DoesNotExist of what is named.
    """
    client = Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client_id)
    place = location_of(location_id)
    require(by, Capability.STOCK, place.site_id, at)
    if place.kind != Keeps.OWN.value:
        raise Refused(stop("stock.own_place", f"{place.name} holds the site's stock. Choose a place for clients' own."))
    if not Placement.objects.current(at).filter(episode__client=client, program__site=place.site_id).exists():
        raise Refused(stop("stock.not_here", "This client is in no program of this site now. Choose the right client."))
    line = held(line_for(place, medication_id, lot, expires_on, unit, by=by, at=at, owner=client, fresh=False).pk)

    if found := adding(line, amount):
        raise Refused(*found)
    if len(words := words.strip()) > LONGEST["why"] or "\x00" in words:
        raise Refused(stop("stock.why", f"Say it in at most {LONGEST['why']} plain characters."))
    second = witness(proof_id, Kind.COUNT_IN, by=by, site=place.site, at=at)

    entry = line.post(Kind.COUNT_IN, amount, by=by, at=at, why=words, proof_id=proof_id)
    entry.save()
    told = f"{say_units(amount, line.row.unit)} of {line.name} counted in as the client's own, with {second.signature}"
    record("stock.count_in", by=by, at=at, subject=entry, site_id=place.site_id, client_id=client.pk, summary=told)

    tell_stock(place.site_id, [line.row.pk])
    return entry


@action("stock.approve_own")
def approve_own(*, by: Person, at: datetime, line_id: int, words: str, key: UUID | None = None) -> OwnApproval:
    """Allow the use of what a client brought, saying how it was identified: a prescriber, or a nurse who did not count it in.

    Raises Refused and NotAllowed.
    """
    line = held(line_id)
    if not may(by, Capability.WRITE_ORDERS, line.site.pk, at):
        require(by, Capability.GIVE_DOSES, line.site.pk, at)

    words = words_of("stock.how", words, "Say how it was identified: label, look, the pharmacy that was asked", 200)
    if line.row.owner_id is None:
        raise Refused(stop("stock.not_own", f"{line.name} is the site's stock and needs no approval."))
    if line.approved:
        raise Refused(stop("stock.approved", f"The use of {line.name} was approved already."))
    if line.row.by_id == by.pk:
        words = "You counted this in yourself. A prescriber or another nurse looks at it and approves its use."
        raise Refused(stop("stock.own_approval", words))

    made = OwnApproval.objects.create(line=line.row, words=words, by=by, at=at)
    told = f"Use of {line.name}, the client's own, approved"
    record(
        "stock.approve_own", by=by, at=at, subject=made, site_id=line.site.pk, client_id=line.row.owner_id, summary=told
    )  # fmt: skip

    tell_stock(line.site.pk, [line_id])
    return made


@action("stock.hand_back", explain=EXPLAIN)
def hand_back(
    *,
    by: Person,
    at: datetime,
    line_id: int,
    amount: Decimal,
    signed_as: str,
    proof_id: int | None,
    words: str = "",
    key: UUID | None = None,
) -> LedgerEntry:
    """Hand a client's own back: they sign with their name, a second person with their PIN. Raises Refused and NotAllowed."""
    line = held(line_id)
    require(by, Capability.STOCK, line.site.pk, at)

    if line.row.owner_id is None:
        raise Refused(stop("stock.not_own", f"{line.name} is the site's stock: it is not handed to a client."))
    signed_as = words_of("stock.signed_as", signed_as, "The client signs with their name", LONGEST["signed_as"])
    if len(words := words.strip()) > LONGEST["why"] or "\x00" in words:
        raise Refused(stop("stock.why", f"Say it in at most {LONGEST['why']} plain characters."))
    if found := taking(line, amount):
        raise Refused(*found)
    second = witness(proof_id, Kind.HAND_BACK, by=by, site=line.site, at=at)

    entry = line.post(Kind.HAND_BACK, -amount, by=by, at=at, why=words, signed_as=signed_as, proof_id=proof_id)
    entry.save()
    told = f"{say_units(amount, line.row.unit)} of {line.name} handed back to the client, with {second.signature}"
    record(
        "stock.hand_back", by=by, at=at, subject=entry, site_id=line.site.pk, client_id=line.row.owner_id, summary=told
    )  # fmt: skip

    tell_stock(line.site.pk, [line_id])
    return entry
