"""The placement list as the board shows it, in federal order."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from beds.queries.choice import Choice
from beds.rules.compatibility import client_facts
from programs.models import Client, PlacementRequest, Precaution, Site
from programs.rules.precautions import Precaution as Kind

OWN_BED = {Kind.LOWER_BUNK: "lower bunk", Kind.ACCESSIBLE: "accessible room", Kind.WITHDRAWAL_WATCH: "near nursing"}


@dataclass(frozen=True)
class Waiting:
    """One line of the placement list; ``needs`` are words. ``first`` says why they come first by federal rule, or ''."""

    pk: int
    client: Client
    level: str
    state: str
    priority: int
    first: str
    ready: str
    payer: str
    needs: tuple[str, ...]
    choice: Choice


def waiting_list(site: Site, at: datetime) -> tuple[Waiting, ...]:
    """Open requests: by federal priority (45 CFR 96.131), then the longest waiting. One query."""
    minded = Precaution.objects.current(at).filter(client=OuterRef("client")).values("kind")
    rows = (
        PlacementRequest.objects.filter(site=site, settled_at=None)
        .select_related("client")
        .annotate(kinds=ArraySubquery(minded))
        .in_order()
    )
    today = at.astimezone(site.tz).date()

    def line(row: PlacementRequest) -> Waiting:
        client, kinds = row.client, frozenset(map(Kind, getattr(row, "kinds", ())))
        facts = client_facts(
            client.pk, client.initials, row.level_wanted, client.housing_preference, client.age(today), kinds
        )
        ready = "" if row.ready_on is None else f"ready {row.ready_on:%a %-d %b}"
        return Waiting(
            pk=row.pk,
            client=client,
            level=row.level_wanted,
            state=row.get_state_display(),
            priority=row.priority,
            first=row.priority_words,
            ready="ready now" if row.ready_on and row.ready_on <= today else ready,
            payer=row.payer,
            needs=_needs(client, kinds),
            choice=Choice(row.pk, "request", client.pk, client.short_name, facts),
        )

    return tuple(line(row) for row in rows)


def _needs(client: Client, kinds: frozenset[Kind]) -> tuple[str, ...]:
    said = [client.pronouns] if client.pronouns else []
    if client.housing_preference != Client.Housing.ANY:
        said.append(client.get_housing_preference_display().lower())
    return (*said, *(OWN_BED.get(kind, kind.short.lower()) for kind in Kind if kind in kinds))
