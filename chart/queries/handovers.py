"""What a client answered on a tablet that was handed over, and what waits to be signed."""

from dataclasses import dataclass
from datetime import datetime

from chart.models import HandOver
from chart.rules.scales import Item, Scale
from chart.scales import scale as scale_of
from programs.people import mine


@dataclass(frozen=True)
class Line:
    """An item that is asked, and what was answered in words; None where it was not."""

    item: Item
    said: str | None


@dataclass(frozen=True)
class Handed:
    """A hand-over as staff see it before they sign; ``lines`` are the items asked, ``missing`` how many were not answered."""

    row: HandOver
    scale: Scale
    lines: tuple[Line, ...]
    missing: int


def answers_of(row: HandOver) -> dict[str, int]:
    """The newest answer to each item. One query."""
    return dict(row.answers.order_by("pk").values_list("item", "value"))


def handed(row: HandOver) -> Handed:
    """What was answered. One query. Raises ValueError where the scale's file is gone."""
    found = scale_of(row.scale)
    if found is None:
        raise ValueError(f"There is no scale {row.scale} any more.")
    answers = answers_of(row)
    lines = tuple(
        Line(item, item.said(answers[item.code]) if item.code in answers else None) for item in found.asked(answers)
    )
    return Handed(row, found, lines, sum(each.said is None for each in lines))


def waiting(client_id: int, at: datetime) -> tuple[HandOver, ...]:
    """The hand-overs of a client that nobody signed or set aside yet, newest first. One query."""
    rows = HandOver.objects.filter(mine(client_id), settled_at=None, began_at__lte=at).select_related("began_by")
    return tuple(rows.order_by("-began_at"))
