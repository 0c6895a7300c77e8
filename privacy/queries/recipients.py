"""The recipients of an organisation, with the agreements that count."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from privacy.models import Agreement, Recipient
from privacy.rules.classes import AgreementKind, Hipaa, Part2, RecipientKind
from privacy.rules.recipients import counts
from programs.models import Client


@dataclass(frozen=True)
class Line:
    """A recipient as the list shows it. ``live``: the agreements that count today; ``unknown``: what is not known of it, in words."""

    row: Recipient
    kind: str
    hipaa: str
    part2: str
    live: tuple[str, ...]
    unknown: bool


def lines(organisation_id: int, today: date, find: str = "") -> list[Line]:
    """The recipients of the whole organisation by name, those that ``find`` names. Two queries."""
    rows = Recipient.objects.filter(organisation=organisation_id, client=None, ended_at=None)
    if find:
        rows = rows.filter(Q(name__icontains=find) | Q(address__icontains=find))
    found = list(rows.order_by("name", "pk"))
    live = agreements_on([row.pk for row in found], today)
    return [
        Line(
            row, RecipientKind(row.kind).label, Hipaa(row.hipaa).label, Part2(row.part2).label,
            tuple(AgreementKind(each).label for each in sorted(live.get(row.pk, ()))),
            row.hipaa == Hipaa.UNKNOWN or row.part2 == Part2.UNKNOWN,
        )
        for row in found
    ]  # fmt: skip


def agreements_on(recipient_ids: Collection[int], on: date) -> Mapping[int, frozenset[AgreementKind]]:
    """Which agreements count on a day, by recipient; who is not in it has none. One query."""
    found: dict[int, frozenset[AgreementKind]] = {}
    for row in Agreement.objects.filter(recipient__in=recipient_ids, starts_on__lte=on):
        if counts(row.starts_on, row.ends_on, on):
            found[row.recipient_id] = found.get(row.recipient_id, frozenset()) | {AgreementKind(row.kind)}
    return found


def choosable(client: Client, kinds: Collection[RecipientKind] = ()) -> list[Recipient]:
    """Whom a consent of this client may name: the organisation's and the client's own, of these kinds where any are said. One query."""
    rows = Recipient.objects.filter(
        Q(client=None) | Q(client=client), organisation=client.organisation_id, ended_at=None
    )
    return list(
        (rows.filter(kind__in=kinds) if kinds else rows).order_by(F("client").asc(nulls_last=True), "name", "pk")
    )
