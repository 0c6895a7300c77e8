"""What is minded about a person: set their precautions. Nothing here changes the past."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.models import Event
from audit.rules.findings import Finding, Refused, stop
from beds.models import BedStay
from beds.topics import board_topic
from live.actions import publish
from programs.models import Client, Precaution, Site
from programs.placed import told
from programs.queries import sites_of
from programs.rules.precautions import Precaution as Kind
from programs.rules.precautions import in_words
from programs.topics import pass_topic, rounds_topic
from staff.access import may, require
from staff.models import Person
from staff.rules.capabilities import Capability

VERB = "admissions.precautions"


def _changed(kwargs: Mapping[str, Any]) -> Finding:
    return stop(
        "precautions.changed", "Someone changed these just now. Look at them again, and save what is still right."
    )


@action(VERB, explain={f"programs_one_{kind.value}": _changed for kind in Kind})
def set_precautions(
    *,
    by: Person,
    at: datetime,
    client_id: int,
    kinds: Collection[Kind],
    seen: Collection[Kind],
    key: UUID | None = None,
) -> Client:
    """From now on exactly these precautions hold for a client: others end, new ones begin, what stays is left alone.

    ``seen`` is what the page showed. Raises Refused ``precautions.changed`` (by whom and when) where something else holds by
    now, ``minding.nowhere`` where the client is in no program and on no placement list; NotAllowed; Client.DoesNotExist.
    """
    client = Client.objects.select_for_update().get(pk=client_id)
    site = site_for(by, Capability.PRECAUTIONS, at, client)
    rows = list(Precaution.objects.filter(client=client, ended_at=None).select_related("by"))
    held, wanted = {Kind(row.kind) for row in rows}, set(kinds)
    if held != set(seen):
        raise Refused(_changed_by(client, site))
    ended, begun = held - wanted, wanted - held
    if any(row.started_at >= at for row in rows if Kind(row.kind) in ended):
        raise Refused(_changed({}))
    if not ended and not begun:
        return client

    Precaution.objects.filter(client=client, ended_at=None, kind__in=ended).update(ended_at=at)
    Precaution.objects.bulk_create(
        Precaution(client=client, kind=kind, started_at=at, by=by) for kind in Kind if kind in begun
    )
    parts = [f"{in_words(begun)} set"] * bool(begun) + [f"{in_words(ended)} ended"] * bool(ended)
    trail.record(
        VERB, by=by, at=at, subject=client, site_id=site.pk, client_id=client.pk,
        summary=f"{client.short_name}: {'; '.join(parts)}",
        detail={"begun": sorted(begun), "ended": sorted(ended)},
    )  # fmt: skip

    announce_people(client, at=at)
    return client


def _changed_by(client: Client, site: Site) -> Finding:
    """Who changed what last, from the trail."""
    last = Event.objects.filter(verb=VERB, client_id=client.pk).order_by("-pk").first()
    if last is None:
        return _changed({})
    what = last.summary.removeprefix(f"{client.short_name}: ")
    message = (
        f"{last.by_name} changed these at {told(last.at, site.tz)}: {what}. Look again, and save what is still right."
    )
    return stop("precautions.changed", message)


def site_for(by: Person, capability: Capability, at: datetime, *clients: Client) -> Site:
    """A site where one of these is cared for (or asks to be) and the person holds the capability."""
    sites = [site for client in clients for site in sites_of(client.pk, at)]
    if not sites:
        message = f"{clients[0].short_name} is in no program now and on no placement list. Admit or list them first."
        raise Refused(stop("minding.nowhere", message))
    allowed = next((site for site in sites if may(by, capability, site.pk, at)), None)
    if allowed is None:
        require(by, capability, sites[0].pk, at)
    return allowed or sites[0]


def announce_people(*clients: Client, at: datetime) -> None:
    """Draw the boards of these people's sites anew, and the passes and rounds of their units.

    The whole board: while someone of them is chosen or moves, every bed of it fits differently.
    """
    boards = {board_topic(site) for client in clients for site in sites_of(client.pk, at)}
    stays = BedStay.objects.current(at).filter(client__in=clients).select_related("bed__room__unit__site")
    units = {stay.bed.room.unit for stay in stays}
    topics = (
        boards
        | {board_topic(unit.site) for unit in units}
        | {of(unit.pk) for unit in units for of in (pass_topic, rounds_topic)}
    )
    publish(dict.fromkeys(topics, ()))
