"""Write that the state was told: a program reached 90 % of its license (45 CFR 96.126(a))."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from admissions.queries.capacity import capacities
from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from beds.topics import board_topic
from live.actions import publish
from programs.models import CapacityNotice, Program
from programs.placed import told
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


def _told_already(kwargs: Mapping[str, Any]) -> Finding:
    newest = (
        CapacityNotice.objects.filter(program=kwargs["program_id"]).select_related("by", "program__site")
    ).latest("sent_at")  # fmt: skip
    when = told(newest.sent_at, newest.program.site.tz)
    message = f"{newest.by.signature} told the state about {newest.program} at {when}. Nothing was written twice."
    return stop("capacity.told", message)


@action("admissions.tell_state", explain={"programs_notice_once": _told_already})
def tell_state(*, by: Person, at: datetime, program_id: int, key: UUID | None = None) -> CapacityNotice:
    """Write that the state was told now. Raises Refused where the program is below 90 %, or the state was told already."""
    program = Program.objects.select_for_update(of=("self",), no_key=True).select_related("site").get(pk=program_id)
    require(by, Capability.ADMIT, program.site_id, at)
    found = capacities([program], at)[program.pk] if program.licensed_capacity else None
    if found is None or found.reached_at is None:
        raise Refused(stop("capacity.below", f"{program} is below 90 % of its license. There is nothing to tell."))
    if CapacityNotice.objects.filter(program=program, reached_at=found.reached_at).exists():
        raise Refused(_told_already({"program_id": program_id}))

    notice = CapacityNotice.objects.create(program=program, reached_at=found.reached_at, sent_at=at, by=by)
    trail.record(
        "admissions.tell_state", by=by, at=at, subject=notice, site_id=program.site_id,
        summary=f"The state was told that {program} reached 90 %",
        detail={"taken": found.taken, "licensed": found.licensed, "reached_at": found.reached_at.isoformat()},
    )  # fmt: skip
    publish({board_topic(program.site): (f"counts:{program.site_id}",)})
    return notice
