"""Whether a client agreed that this caller may be told that they are here."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import CharField, Q, Value
from django.db.models.functions import Concat

from privacy.models import Consent
from privacy.queries.consents import held
from privacy.rules.classes import InfoClass
from privacy.rules.consents import ConsentType, HeldConsent, valid_at
from privacy.rules.presence import same_name
from programs.models import Client, Placement, Site
from programs.people import ids_of


def acknowledging(site: Site, asked_for: str, caller: str, at: datetime) -> HeldConsent | None:
    """The acknowledgement of a client of this name, in a program of the site now, that names this caller; None where there is none.

    Two clients of one name: neither, as nobody can know which is meant."""
    here = [
        client
        for client in _named(site, asked_for)
        if Placement.objects.current(at).filter(episode__client__in=ids_of(client), program__site=site).exists()
    ]
    if len(here) != 1 or not caller:
        return None
    for each in held(ids_of(here[0]), at):
        allows = each.type is ConsentType.PRESENCE_ACK and InfoClass.PRESENCE in each.allowed and valid_at(each, at)
        ours = not each.site_ids or site.pk in each.site_ids
        if allows and ours and any(same_name(caller, name) for name in _told(each)):
            return each
    return None


def told_names(client_ids: Collection[int], at: datetime) -> frozenset[str]:
    """The names of those who may be told that the client is here, by every acknowledgement that counts. At most eight queries, one
    where there is none."""
    if not Consent.objects.filter(client__in=client_ids, type=ConsentType.PRESENCE_ACK).exists():
        return frozenset()
    counting = [each for each in held(client_ids, at) if each.type is ConsentType.PRESENCE_ACK and valid_at(each, at)]
    return frozenset(name for each in counting for name in _told(each))


def _named(site: Site, asked_for: str) -> list[Client]:
    """The clients of the organisation whose legal or preferred name this is."""
    names = {
        field: Concat(first, Value(" "), "last_name", output_field=CharField())
        for field, first in (("legal", "first_name"), ("called_name", "preferred_name"))
    }
    rows = Client.objects.filter(organisation=site.organisation_id).annotate(**names)
    return list(rows.filter(Q(legal__iexact=asked_for) | Q(called_name__iexact=asked_for)))


def _told(each: HeldConsent) -> list[str]:
    """The names of those who may be told, without who was taken out again."""
    named = Consent.objects.get(pk=each.pk).named.exclude(recipient__in=each.revoked_recipients)
    return list(named.values_list("name", flat=True))
