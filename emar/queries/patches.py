"""Which patches a client wears: those that were put on and that nobody has said to be off."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from emar.models import TAKEN, Administration, Order, PatchSeen
from emar.rules.administration import site_label
from emar.rules.administration.sites import patch_name
from emar.rules.orders.kinds import Sites
from programs.people import mine

LONGEST = timedelta(days=8)
"""Nobody wears a patch for longer: the longest are changed weekly. House limit."""

SHOWN = timedelta(minutes=30)
"""How long a patch that was taken off still shows, for a slip to be put right."""


@dataclass(frozen=True)
class Worn:
    """A patch that was put on. ``seen`` is the newest statement about it, None where there is none."""

    row: Administration
    seen: PatchSeen | None

    @property
    def on(self) -> bool:
        """Whether it is still on, as far as anybody said."""
        return self.seen is None or self.seen.state == PatchSeen.State.ON

    @property
    def title(self) -> str:
        """'Nicotine patch 21 mg'."""
        return f"{patch_name(self.row.order.medication.shown)} {self.row.order.medication.strength}"

    @property
    def where(self) -> str:
        """'Left upper arm'."""
        return site_label(self.row.body_site) if self.row.body_site else "place not written down"


def worn(client_id: int, at: datetime) -> tuple[Worn, ...]:
    """The patches a client was given in the last days, as it was known at ``at``, newest first. Two queries."""
    rows = list(
        Administration.objects.filter(
            mine(client_id, "order__client"), order__medication__sites=Sites.PATCH.value, outcome__in=TAKEN, corrected_by=None,
            given_at__gt=at - LONGEST, given_at__lte=at,
        ).select_related("order__medication", "by", "corrects__corrects").order_by("-given_at", "-pk")
    )  # fmt: skip
    seen = _newest(rows, at) if rows else {}
    return tuple(Worn(row, seen.get(row.pk)) for row in rows)


def still_on(order: Order, at: datetime) -> tuple[Worn, ...]:
    """The patches of an order's main ingredient that its client still wears; nothing, and no query, for any other dose."""
    medication = order.medication
    if medication.sites != Sites.PATCH.value:
        return ()
    same = (each for each in worn(order.client_id, at) if each.on)
    return tuple(each for each in same if each.row.order.medication.ingredient == medication.ingredient)


def shown_patches(client_id: int, at: datetime) -> tuple[Worn, ...]:
    """Those that are on, and those that were said to be off a moment ago. Two queries."""
    return tuple(each for each in worn(client_id, at) if each.on or (each.seen and each.seen.recorded_at > at - SHOWN))


def _newest(rows: Iterable[Administration], at: datetime) -> Mapping[int, PatchSeen]:
    """The newest statement by the row that stands now; what was said of a row goes over to its correction."""
    stands = {row.pk: row.pk for row in rows} | {
        earlier.pk: row.pk for row in rows for earlier in _corrected(row)
    }  # fmt: skip
    found: dict[int, PatchSeen] = {}
    said = PatchSeen.objects.filter(administration__in=list(stands), recorded_at__lte=at).select_related("by")
    for each in said.order_by("recorded_at", "pk"):
        found[stands[each.administration_id]] = each
    return found


def _corrected(row: Administration) -> Iterable[Administration]:
    earlier = row.corrects
    while earlier is not None:
        yield earlier
        earlier = earlier.corrects
