"""What must be minded about people at an instant: precautions, and who is kept apart from whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from programs.contributions import Place, places
from programs.models import Client, Episode, KeepApart, Leave, Placement, PlacementRequest, Precaution, Site
from programs.rules.precautions import Precaution as Kind
from programs.together import Asking, asks
from staff.models import Person


@dataclass(frozen=True)
class Minded:
    """One precaution that holds: since when (an aware instant), and who set it ('' where it was carried over)."""

    pk: int
    kind: Kind
    since: datetime
    by: str


def precautions_of(client_ids: Collection[int], at: datetime) -> dict[int, frozenset[Kind]]:
    """Which precautions hold for each of these clients at an instant; a client without any is not a key. One query."""
    found: dict[int, set[Kind]] = {}
    rows = Precaution.objects.current(at).filter(client__in=client_ids).values_list("client_id", "kind")
    for client_id, kind in rows:
        found.setdefault(client_id, set()).add(Kind(kind))
    return {client_id: frozenset(kinds) for client_id, kinds in found.items()}


def minded(client_id: int, at: datetime) -> list[Minded]:
    """The precautions of one client at an instant, in the order of a card, with since when and by whom. One query."""
    order = list(Kind)
    rows = Precaution.objects.current(at).filter(client=client_id).select_related("by")
    found = [Minded(row.pk, Kind(row.kind), row.started_at, row.by.signature if row.by else "") for row in rows]
    return sorted(found, key=lambda each: order.index(each.kind))


@asks
def minded_and_leave(client_id: int, episode_id: int | None, at: datetime) -> Asking[tuple[list[Minded], Leave | None]]:
    """The precautions of a client, as ``minded`` gives them, and the leave an episode is on, at an instant. One query."""
    held = Precaution.objects.current(at).filter(client=client_id)
    away = Leave.objects.current(at).filter(episode=episode_id)
    nobody, never = Value(""), Cast(Value(None), DateTimeField())
    union = held.values_list(
        Value("minded"), "pk", "kind", "started_at", never, Coalesce("by__name", nobody), Coalesce("by__credentials", nobody)
    ).union(
        away.values_list(Value("leave"), "pk", "kind", "started_at", "expected_at", nobody, nobody), all=True
    )  # fmt: skip
    (rows,) = yield (union,)
    order, found, leave = list(Kind), [], None
    for what, pk, kind, since, expected, name, credentials in rows:
        if what == "leave" and episode_id is not None:
            leave = Leave(pk=pk, episode_id=episode_id, kind=kind, started_at=since, expected_at=expected)
        else:
            by = Person(name=name, credentials=credentials).signature if name else ""
            found.append(Minded(pk, Kind(kind), since, by))
    return sorted(found, key=lambda each: order.index(each.kind)), leave


def sites_of(client_id: int, at: datetime) -> list[Site]:
    """The sites that care for a client at an instant (by placement), then those they ask for a place. Two queries."""
    placed = Placement.objects.current(at).filter(episode__client=client_id).order_by("-kind", "pk")
    asked = PlacementRequest.objects.filter(client=client_id, settled_at=None).order_by("asked_at", "pk")
    found = [row.program.site for row in placed.select_related("program__site")]
    found += [row.site for row in asked.select_related("site")]
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Apart:
    """A keep-apart rule that holds: the two by name, where each sleeps (None: no bed at the site), why, since when, by whom.

    ``shared`` names the room that they share now, '' where they do not.
    """

    pk: int
    first: Client
    second: Client
    first_place: Place | None
    second_place: Place | None
    why: str
    since: datetime
    by: str

    @property
    def shared(self) -> str:
        """'Alder 3'."""
        first, second = self.first_place, self.second_place
        if first is None or second is None or (first.unit_id, first.room) != (second.unit_id, second.room):
            return ""
        return f"{first.unit} {first.room}"


def people_at(site: Site, at: datetime) -> QuerySet[Client]:
    """Who is cared for at a site at an instant, or asks it for a place, by name."""
    placed = Placement.objects.current(at).filter(episode__client=OuterRef("pk"), program__site=site)
    asked = PlacementRequest.objects.filter(client=OuterRef("pk"), site=site, settled_at=None)
    return Client.objects.filter(Exists(placed) | Exists(asked)).order_by("last_name", "first_name", "pk")


def rules_at(site: Site, at: datetime) -> list[Apart]:
    """The keep-apart rules of a site's people at an instant, the newest first. Three queries."""
    here = people_at(site, at).order_by().values("pk")
    rules = list(
        KeepApart.objects.current(at)
        .filter(Q(first__in=here) | Q(second__in=here))
        .select_related("first", "second", "by")
        .order_by("-started_at", "-pk")
    )
    beds = places(site.pk, at)
    clients = {pk for rule in rules for pk in (rule.first_id, rule.second_id)}
    open_episodes = Episode.objects.current(at).filter(client__in=clients).values_list("client_id", "pk")
    where = {client_id: beds.get(episode_id) for client_id, episode_id in open_episodes}
    return [
        Apart(
            rule.pk, rule.first, rule.second, where.get(rule.first_id), where.get(rule.second_id), rule.why,
            rule.started_at, rule.by.signature,
        )
        for rule in rules
    ]  # fmt: skip
