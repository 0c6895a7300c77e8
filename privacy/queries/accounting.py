"""What left of a client's record: the accounting for the client, and the look-up for the privacy officer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Q, QuerySet

from privacy.models import AccountingSuspension, Disclosure
from privacy.rules.accounting import Line, Suspended, Told, lines, looks_back
from privacy.rules.basis import Basis
from programs.models import Client, Site
from programs.people import ids_of

MOST = 100


@dataclass(frozen=True)
class Accounting:
    """``first`` is the first day it covers, on the site's calendar."""

    client: Client
    site: Site
    years: int
    first: date
    at: datetime
    lines: tuple[Line, ...]


def accounting(client: Client, site: Site, years: int, at: datetime) -> Accounting:
    """The accounting of all records of a client, as of an instant. Three queries."""
    ids = ids_of(client)
    first = looks_back(at.astimezone(site.tz).date(), years)
    rows = Disclosure.objects.filter(
        client__in=ids, at__gte=datetime.combine(first, time(), tzinfo=site.tz), at__lte=at
    ).order_by("at", "pk")
    told = [
        Told(
            row.pk, row.at, row.recipient_id, row.recipient_name, row.recipient_address, row.summary, row.get_purpose_display(),
            Basis(row.basis), row.count,
        )
        for row in rows
    ]  # fmt: skip
    hidden = [
        Suspended(each.recipient_id, each.started_at, each.until)
        for each in AccountingSuspension.objects.filter(client__in=ids, started_at__lte=at, until__gt=at)
    ]
    return Accounting(client, site, years, first, at, lines(told, hidden, at))


def found(
    site_ids: Collection[int], words: str, first: date | None, last: date | None, at: datetime
) -> list[Disclosure]:
    """Disclosures of these sites by recipient, record number, number of the disclosure or the beginning of a fingerprint, newest first;
    MOST at the most. One query."""
    rows: QuerySet[Disclosure] = Disclosure.objects.filter(site__in=site_ids, at__lte=at)
    wanted = words.strip()
    if wanted:
        about = Q(recipient_name__icontains=wanted) | Q(client__record_number__iexact=wanted)
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 15:
            about |= Q(pk=int(wanted))
        if len(wanted) >= 8:
            about |= Q(content_sha256__istartswith=wanted)
        rows = rows.filter(about)
    if first is not None:
        rows = rows.filter(at__date__gte=first)
    if last is not None:
        rows = rows.filter(at__date__lte=last)
    return list(rows.select_related("client", "by", "site").order_by("-at", "-pk")[:MOST])
