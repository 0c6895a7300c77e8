"""Give a client a wristband, and another one when it is lost. What is printed is the band that counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.trail import record
from programs import bands
from programs.models import Client, Site, Wristband
from programs.queries import people_at
from programs.rules.bands import PRINTED_ANEW, Why
from programs.rules.codes import BAND
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


def has_one(asked: Mapping[str, Any]) -> Finding:
    """What a second band at once is told."""
    return stop(
        "band.has_one", "This person has a wristband that counts. Print that one again, or say why it is replaced."
    )


def too_soon(asked: Mapping[str, Any]) -> Finding:
    """What a replacement at the same instant is told."""
    return stop("time.not_later", "The wristband was printed at this very moment. Wait and try again.")


EXPLAIN = {"programs_one_wristband": has_one, "programs_wristband_ends_after_start": too_soon}


@action("programs.give_band", explain=EXPLAIN)
def give_band(*, by: Person, at: datetime, site_id: int, client_id: int, key: UUID | None = None) -> Wristband:
    """Give a client of the site a wristband. Refused where one counts already: ``replace_band`` says why there is a new one.

    Raises Refused, NotAllowed and Client.DoesNotExist.
    """
    client = _locked(by, at, site_id, client_id)
    if bands.current(client.pk, at) is not None:
        raise Refused(has_one({}))

    made = _made(client, by, at)
    record(
        "programs.give_band", by=by, at=at, subject=made, site_id=site_id, client_id=client.pk,
        summary=f"Wristband given to {client.initials}",
    )  # fmt: skip
    return made


@action("programs.replace_band", explain=EXPLAIN)
def replace_band(
    *, by: Person, at: datetime, site_id: int, client_id: int, why: str, key: UUID | None = None
) -> Wristband:
    """End the band that counts and give a new one; ``why`` is one of ``PRINTED_ANEW``.

    Raises Refused, NotAllowed and Client.DoesNotExist.
    """
    client = _locked(by, at, site_id, client_id)
    if why not in set(PRINTED_ANEW):
        raise Refused(stop("band.why", "Choose why there is a new wristband: lost, damaged, or printed wrong."))
    if bands.current(client.pk, at) is None:
        raise Refused(stop("band.none", "This person has no wristband to replace. Print the first one."))

    bands.end(client.pk, by=by, at=at, why=Why(why))
    made = _made(client, by, at)
    record(
        "programs.replace_band", by=by, at=at, subject=made, site_id=site_id, client_id=client.pk,
        summary=f"Wristband of {client.initials} replaced: {Why(why).label.lower()}", detail={"why": why},
    )  # fmt: skip
    return made


@action("programs.print_band")
def print_band(*, by: Person, at: datetime, site_id: int, client_id: int) -> Wristband:
    """Record that the band that counts is printed, and return it with its client. Refused where there is none."""
    client = _locked(by, at, site_id, client_id)
    worn = bands.current(client.pk, at)
    if worn is None:
        raise Refused(stop("band.none", "This person has no wristband yet. Give one first, then print it."))

    record(
        "programs.print_band", by=by, at=at, subject=worn, site_id=site_id, client_id=client.pk,
        summary=f"Wristband of {client.initials} printed",
    )  # fmt: skip
    worn.client = client
    return worn


def _locked(by: Person, at: datetime, site_id: int, client_id: int) -> Client:
    """The client under lock, where the site cares for them or they ask it for a place."""
    require(by, Capability.LABELS, site_id, at)
    client = Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client_id)
    if not people_at(Site.objects.get(pk=site_id), at).filter(pk=client_id).exists():
        raise Refused(
            stop("band.not_here", "This person is not in care here. Admit them first, then print the wristband.")
        )
    return client


def _made(client: Client, by: Person, at: datetime) -> Wristband:
    return Wristband.objects.create(client=client, code=bands.fresh_code(BAND), started_at=at, by=by)
