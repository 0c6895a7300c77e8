"""What of a client's own is kept, when they move on: handed to them against their name, or moved to another place.

For use inside the act that moves the client. Two people stand under it: one who keeps stock and one who witnesses, either of
them signed in, the other with their own PIN.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.rules.findings import Refused, stop
from audit.trail import record
from emar.actions.stock.held import hold, location_of, taking, tell_stock, words_of
from emar.actions.stock.opening import line_for
from emar.actions.stock.signed import witness
from emar.models import LedgerEntry, StockLine
from emar.rules.stock import Keeps, Kind, say_units
from programs.models import Site
from staff.access import may, require
from staff.actions.pins import use
from staff.models import Person
from staff.rules.capabilities import Capability


@dataclass(frozen=True)
class OwnLine:
    """All of a line of a client's own: to the client, who signs as ``signed_as``, or to the place ``to_id``."""

    line_id: int
    signed_as: str = ""
    to_id: int | None = None

    @property
    def kind(self) -> Kind:
        """What the entry is, and so what the PIN under it is for."""
        return Kind.HAND_BACK if self.to_id is None else Kind.TRANSFER_OUT


def hand_own_on(
    *, by: Person, at: datetime, site: Site, asked: Sequence[OwnLine], proofs: Mapping[int, int]
) -> dict[int, LedgerEntry]:
    """Hand on all that is in these lines, line id to entry; ``proofs`` is the PIN under each (purpose ``OwnLine.kind.purpose``).

    Refused with ``stock_id`` where a line is locked or empty by now; NotAllowed.
    """
    targets = {each.line_id: _target(each, by, at, site) for each in asked if each.to_id is not None}
    lines = hold([*(each.line_id for each in asked), *targets.values()])
    made = {}
    for each in asked:
        line = lines[each.line_id]
        if found := taking(line, line.balance):
            raise Refused(stop(found[0].code, found[0].message, stock_id=each.line_id))
        amount, second = line.balance, _second(each, by, site, at, proofs.get(each.line_id))
        signed = (
            {} if each.to_id else {"signed_as": words_of("stock.signed_as", each.signed_as, "The client signs", 80)}
        )
        entry = line.post(
            each.kind, -amount, by=by, at=at, why="The client moves on", proof_id=proofs[each.line_id], **signed
        )
        entry.save()
        words = "handed back to the client"
        if each.to_id is not None:
            there = lines[targets[each.line_id]]
            there.post(Kind.TRANSFER_IN, amount, by=by, at=at, why="The client moves on", pair=entry).save()
            words = f"moved to {there.row.location.name}"
        record(
            "stock.hand_on", by=by, at=at, subject=entry, site_id=site.pk, client_id=line.row.owner_id,
            summary=f"{say_units(amount, line.row.unit)} of {line.name} {words}, with {second.signature}",
        )  # fmt: skip
        made[each.line_id] = entry
    if asked:
        tell_stock(site.pk, lines)
    return made


def _target(each: OwnLine, by: Person, at: datetime, site: Site) -> int:
    """The line at the other place that it goes to, opened where there is none."""
    row = StockLine.objects.select_related("location", "owner").get(pk=each.line_id)
    place = location_of(each.to_id or 0)
    if place.site_id != site.pk or place.kind != Keeps.OWN.value or place.pk == row.location_id:
        words = "Choose another place of this site for clients' own medication."
        raise Refused(stop("stock.to", words, stock_id=each.line_id))
    return line_for(
        place, row.medication_id, row.lot, row.expires_on, row.unit, by=by, at=at, owner=row.owner, fresh=False
    ).pk


def _second(each: OwnLine, by: Person, site: Site, at: datetime, proof_id: int | None) -> Person:
    """Who entered their PIN: a witness where ``by`` keeps stock, else someone who keeps stock and ``by`` is the witness."""
    if proof_id is None or may(by, Capability.STOCK, site.pk, at):
        return witness(proof_id, each.kind, by=by, site=site, at=at)
    require(by, Capability.WITNESS, site.pk, at)
    return use(proof_id, purpose=each.kind.purpose, site=site, at=at, capability=Capability.STOCK, but_not=(by.pk,))
