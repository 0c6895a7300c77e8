"""Who is this, before a second record is made: the people of an organisation who may be the one who asks."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, Subquery

from programs.models import Client, Merge, Organisation, Placement, PlacementRequest, Program
from programs.rules.duplicates import Match, Someone, match, slips

SHOWN = 8


@dataclass(frozen=True)
class Known:
    """Someone who may be the one who asks, with what tells them apart. ``care`` and ``asking`` are sentences or ''.

    ``request_id``: their open line at the site. ``in_care``: they are admitted now, so they cannot ask anew.
    """

    client: Client
    match: Match
    care: str
    asking: str
    request_id: int | None
    in_care: bool


def alike(organisation_id: int, who: Someone) -> list[tuple[Match, Client]]:
    """Clients who may be this person, the surest first; for a merged record the one that stays. One query, two where
    somebody was merged.

    Read are those born on the date or one slip from it, and those of the same spelling with another date.
    """
    near = Q(born_on__in=[who.born_on, *slips(who.born_on)])
    spelled = Q(last_name__iexact=who.last.strip(), first_name__iexact=who.first.strip())
    turned = Q(last_name__iexact=who.first.strip(), first_name__iexact=who.last.strip())
    part = Merge.objects.filter(client=OuterRef("pk"), ended_at=None).values("into_id")
    rows = Client.objects.filter(near | spelled | turned, organisation_id=organisation_id).annotate(kept=Subquery(part))
    found = [(level, row) for row in rows if (level := match(who, someone(row))) is not None]
    merged = {row.kept for _, row in found if row.kept is not None}
    stays = Client.objects.in_bulk(merged) if merged else {}
    surest: dict[int, tuple[Match, Client]] = {}
    for level, row in sorted(found, key=lambda pair: (-pair[0], pair[1].pk)):
        kept = row if row.kept is None else stays[row.kept]
        surest.setdefault(kept.pk, (level, kept))
    return list(surest.values())


def someone(client: Client) -> Someone:
    """A client as the rule takes them."""
    return Someone(client.first_name, client.last_name, client.born_on, client.preferred_name)


def known_like(organisation: Organisation, site_id: int, who: Someone, at: datetime) -> list[Known]:
    """The cards of 'Is it one of these?', at most eight, the surest first. Three queries, four where
    somebody was merged."""
    found = alike(organisation.pk, who)[:SHOWN]
    ids = [client.pk for _, client in found]
    care: dict[int, Placement] = {}
    placements = Placement.objects.filter(
        episode__client__in=ids, kind=Program.Kind.TREATMENT, started_at__lte=at
    ).order_by("started_at")  # fmt: skip
    for placement in placements.select_related("program__site", "episode"):
        care[placement.episode.client_id] = placement
    asking = {
        row.client_id: row for row in PlacementRequest.objects.filter(client__in=ids, site=site_id, settled_at=None)
    }
    return [_known(level, client, care.get(client.pk), asking.get(client.pk)) for level, client in found]


def _known(level: Match, client: Client, last: Placement | None, asked: PlacementRequest | None) -> Known:
    here = last is not None and last.episode.ended_at is None
    care = ""
    if last is not None:
        tz = last.program.site.tz
        when = last.episode.ended_at or last.started_at
        care = (
            f"{'In' if here else 'Last in'} {last.program}, {last.program.site}, "
            f"{'since' if here else 'until'} {when.astimezone(tz):%-d %b %Y}"
        )
    asking = ""
    if asked is not None:
        asking = f"On the placement list since {asked.asked_at:%-d %b}: {asked.get_state_display().lower()}"
    return Known(client, level, care, asking, asked.pk if asked else None, here)
