"""What a client brought: inventories with their items, what is still kept, and what left."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from chart.models import Belonging, BelongingEnd, Inventory


@dataclass(frozen=True)
class Item:
    """One thing that counts (nothing corrected it). ``end`` is None while it is kept; ``old`` is what it corrected."""

    row: Belonging
    end: BelongingEnd | None
    old: Belonging | None


@dataclass(frozen=True)
class Taken:
    """One inventory, with those of its items that count."""

    inventory: Inventory
    items: tuple[Item, ...]


def inventories(client_ids: Sequence[int], *, only: int | None = None) -> list[Taken]:
    """Inventories of these records, newest first, or the one named. Two queries."""
    found = Inventory.objects.filter(client__in=client_ids).select_related("by", "witness").order_by("-at", "-pk")
    found = found if only is None else found.filter(pk=only)
    rows = Belonging.objects.filter(inventory__in=list(found), corrected_by=None)
    items: dict[int, list[Item]] = defaultdict(list)
    for row in rows.select_related("end__by", "end__witness", "corrects").order_by("kind", "pk"):
        items[row.inventory_id].append(Item(row, getattr(row, "end", None), row.corrects))
    return [Taken(each, tuple(items[each.pk])) for each in found if items[each.pk]]


def kept_of(client_ids: Collection[int]) -> Mapping[int, int]:
    """How many things are kept of each of these clients; who has none is no key. One query."""
    rows = Belonging.objects.filter(client__in=client_ids, corrected_by=None, end=None).values_list(
        "client_id", flat=True
    )
    found: dict[int, int] = defaultdict(int)
    for client_id in rows:
        found[client_id] += 1
    return found
