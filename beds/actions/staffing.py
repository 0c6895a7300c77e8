"""Say how many people a unit is staffed for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from beds.actions.common import check_later
from beds.models import Bed, Staffing, Unit
from beds.topics import board_topic
from live.actions import publish
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


def _raced(kwargs: Mapping[str, Any]) -> Finding:
    return stop("time.not_later", "Someone changed the staffing of this unit just now. Wait a moment and try again.")


@action("beds.staff", explain={"beds_one_staffing_a_unit": _raced, "beds_staffing_ends_after_start": _raced})
def staff(*, by: Person, at: datetime, unit_id: int, places: int, key: UUID | None = None) -> Staffing:
    """Say for how many people a unit is staffed from now on: 0 to the number of its beds.

    Who is there stays; beyond this number a bed needs a reason. Raises Refused ``unit.unknown``, ``unit.places``,
    ``unit.staffed_so``; NotAllowed.
    """
    unit = Unit.objects.select_for_update(of=("self",), no_key=True).select_related("site").filter(pk=unit_id).first()
    if unit is None:
        raise Refused(stop("unit.unknown", "There is no such unit. Reload the board."))
    require(by, Capability.ASSIGN_BEDS, unit.site_id, at)
    beds = Bed.objects.filter(room__unit=unit).count()
    if not 0 <= places <= beds:
        said = f"{beds} bed{'' if beds == 1 else 's'}"
        raise Refused(stop("unit.places", f"{unit.name} has {said}: say a number from 0 to {beds}."))
    running = Staffing.objects.filter(unit=unit, ended_at=None).first()
    if running is not None:
        check_later(at, running.started_at, unit.site)
        if running.places == places:
            raise Refused(stop("unit.staffed_so", f"{unit.name} is staffed for {places} already."))

    if running is not None:
        running.ended_at = at
        running.save(update_fields=["ended_at"])
    made = Staffing.objects.create(unit=unit, places=places, started_at=at, by=by)
    trail.record(
        "beds.staff", by=by, at=at, subject=made, site_id=unit.site_id,
        summary=f"{unit.name} staffed for {places} of {beds} beds",
    )  # fmt: skip

    publish({board_topic(unit.site): ()})
    return made
