"""Whom may a service account read? It reads for one recipient and one purpose; who is not its organisation's does not exist for it."""

from dataclasses import dataclass
from datetime import datetime

from chart.access import at_sites
from fhir_r4.models import Interface
from programs.models import Client, Episode, Site
from programs.people import with_others
from programs.placed import last
from programs.queries import sites_of
from staff.models import ServiceAccount


class Hidden(Exception):
    """There is nothing to be told: nobody of that name, or nothing that may be said. One answer for both (42 CFR 2.13(c))."""


@dataclass(frozen=True)
class Reader:
    """A service account with what it reads for at this instant."""

    account: ServiceAccount
    interface: Interface


def reader(account: ServiceAccount, at: datetime) -> Reader:
    """Raises Hidden where the account reads for nobody. One query."""
    found = Interface.objects.current(at).filter(account=account).select_related("recipient").first()
    if found is None:
        raise Hidden
    return Reader(account, found)


def client_of(who: Reader, client_id: int) -> Client:
    """The record that stays for this one, in the reader's organisation and site. Raises Hidden."""
    sites = Site.objects.filter(organisation=who.interface.recipient.organisation_id)
    if who.account.site_id is not None:
        sites = sites.filter(pk=who.account.site_id)
    reach = at_sites(frozenset(sites.values_list("pk", flat=True)))
    found = with_others(reach).filter(pk=client_id).first() or (
        with_others(reach).filter(merged_in__client=client_id, merged_in__ended_at=None).first()
    )
    if found is None:
        raise Hidden
    return found


def site_of(who: Reader, client: Client, at: datetime) -> Site:
    """The site that discloses: the account's own, or the one that cares for the client, did last, or is asked for a place."""
    if who.account.site is not None:
        return who.account.site
    episode = Episode.objects.filter(client=client, started_at__lte=at).order_by("-started_at").first()
    placement = last(episode.pk, at) if episode is not None else None
    found = [*sites_of(client.pk, at), *([placement.program.site] if placement is not None else [])]
    if not found:
        raise Hidden
    return found[0]
