"""End everything that an episode has, as rows: leave, stay, placements, expected discharge, orders, wristband, the episode."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from admissions.actions.common import InCare
from audit.rules.findings import Finding, stop
from beds.actions import occupancy
from beds.actions.common import check_later, name_of
from beds.models import Bed
from emar.actions import stop_all
from emar.models import Order
from programs import bands
from programs.models import ExpectedDischarge, Leave, Placement, PlacementRequest, Program, Wristband
from programs.rules.bands import Why
from staff.models import Person


def _raced(kwargs: Mapping[str, Any]) -> Finding:
    return stop("time.not_later", "Something of this episode was changed at this very moment. Wait and try again.")


NAMES = (
    "programs_episode_ends_after_start",
    "programs_placement_ends_after_start",
    "programs_leave_ends_after_start",
    "programs_expected_ends_after_start",
    "programs_wristband_ends_after_start",
    "emar_order_ends_after_start",
    "beds_stay_ends_after_start",
    "beds_one_cleaning_a_bed",
)
WALLS = dict.fromkeys(NAMES, _raced)


@dataclass(frozen=True)
class Ended:
    """What came to an end: the beds to tell of (the person's own first), the programs, and the orders."""

    beds: tuple[Bed, ...]
    programs: tuple[Program, ...]
    orders: tuple[Order, ...]


def end_everything(care: InCare, *, by: Person, at: datetime, outcome: str, why: str) -> Ended:
    """End an episode and all that hangs on it at ``at``; the bed asks for cleaning.

    A bed that is held for the person is let go, unless they ask for a place again. Refused ``time.not_later`` where something
    began at ``at`` or later. The caller has locked (``in_care`` with ``holds``) and announces.
    """
    episode, site = care.placement.episode, care.placement.program.site
    placements = list(Placement.objects.filter(episode=episode, ended_at=None).select_related("program"))
    rows: list[Placement | Leave | ExpectedDischarge] = [
        *placements,
        *Leave.objects.filter(episode=episode, ended_at=None),
        *ExpectedDischarge.objects.filter(episode=episode, ended_at=None),
    ]
    worn = Wristband.objects.filter(client=episode.client_id, ended_at=None)
    began = [row.started_at for row in (*rows, episode, *worn, *([care.stay] if care.stay else []))]
    check_later(at, max(began), site)

    for row in rows:
        row.ended_at = at
        row.save(update_fields=["ended_at"])
    if worn:
        bands.end(episode.client_id, by=by, at=at, why=Why.LEFT)
    if care.stay is not None:
        occupancy.leave(care.stay, at)
    asks = PlacementRequest.objects.filter(client=episode.client_id, settled_at=None).exists()
    freed = [] if asks else occupancy.use_holds(episode.client, at)
    orders = stop_all(by=by, at=at, episode_id=episode.pk, site_id=site.pk, why=why)
    episode.ended_at, episode.ended_as = at, outcome
    episode.save(update_fields=["ended_at", "ended_as"])
    beds = (*([care.bed] if care.bed else []), *freed)
    return Ended(beds, tuple(row.program for row in placements), tuple(orders))


def in_words(care: InCare, ended: Ended) -> str:
    """' Bed Alder 1-A freed. 2 medication orders stopped.', or ''."""
    bed = f" Bed {name_of(care.bed)} freed." if care.bed else ""
    count = len(ended.orders)
    return bed + (f" {count} medication order{'' if count == 1 else 's'} stopped." if count else "")
