"""Whose second name stands under an entry: a PIN that was entered for exactly this, by another person who may."""

from datetime import datetime

from audit.rules.findings import Refused, stop
from emar.rules.stock import Kind
from programs.models import Site
from staff.actions.pins import use
from staff.models import Person
from staff.rules.capabilities import Capability


def witness(
    proof_id: int | None, kind: Kind, *, by: Person, site: Site, at: datetime, but: tuple[int, ...] = ()
) -> Person:
    """Use up the proof of a witness who is neither ``by`` nor one of ``but``. Raises Refused, also where there is none."""
    if proof_id is None:
        raise Refused(stop("stock.witness", "A second person on duty enters their own PIN under this."))
    return use(
        proof_id, purpose=kind.purpose, site=site, at=at, capability=Capability.WITNESS, but_not=(by.pk, *but)
    )  # fmt: skip


def witness_if_any(proof_id: int | None, kind: Kind, *, by: Person, site: Site, at: datetime) -> Person | None:
    """The same where a second name is not asked for but may be given; None where none was."""
    return None if proof_id is None else witness(proof_id, kind, by=by, site=site, at=at)


def and_name(second: Person | None) -> str:
    """', with RN Ames', for a line of the trail."""
    return "" if second is None else f", with {second.signature}"
