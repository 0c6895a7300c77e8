"""Choose which packs of deadline rules a program follows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.deadlines import HOUSE, book
from chart.models import ProgramDeadlines
from programs.models import Program
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


def _raced(kwargs: Mapping[str, Any]) -> Finding:
    return stop("time.not_later", "This changed at this very moment. Wait a moment and try again.")


def _followed(kwargs: Mapping[str, Any]) -> Finding:
    return stop("deadlines.followed", "The program follows this pack already. There is nothing to do.")


@action("deadlines.follow", explain={"chart_program_deadlines_once": _followed})
def follow_pack(*, by: Person, at: datetime, program_id: int, pack: str, key: UUID | None = None) -> ProgramDeadlines:
    """A program follows a pack from now on; clocks that run already keep the rules they began under.

    Raises Refused (``deadlines.pack``, ``deadlines.followed``, ``deadlines.residence``), NotAllowed, Program.DoesNotExist.
    """
    program = Program.objects.select_for_update(no_key=True).get(pk=program_id)
    require(by, Capability.DEADLINES, program.site_id, at)
    if program.kind != Program.Kind.TREATMENT:
        sentence = (
            f"{program.name} is a recovery residence: deadlines belong to treatment programs. Choose one of those."
        )
        raise Refused(stop("deadlines.residence", sentence))
    if pack == HOUSE or not book().of([pack]):
        raise Refused(stop("deadlines.pack", "There is no such pack to follow. Choose one of the list."))
    if ProgramDeadlines.objects.current(at).filter(program=program, pack=pack).exists():
        raise Refused(stop("deadlines.followed", f"{program.name} follows this pack already. There is nothing to do."))

    row = ProgramDeadlines.objects.create(program=program, pack=pack, started_at=at, by=by)
    trail.record(
        "deadlines.follow", by=by, at=at, subject=row, site_id=program.site_id,
        summary=f"{program.name} follows the deadline pack {pack}",
    )  # fmt: skip
    return row


@action("deadlines.leave", explain={"chart_program_deadlines_ends": _raced})
def leave_pack(*, by: Person, at: datetime, row_id: int, key: UUID | None = None) -> ProgramDeadlines:
    """A program follows a pack no longer; clocks that run already keep its rules. Raises Refused ``deadlines.left``, NotAllowed."""
    row = ProgramDeadlines.objects.select_for_update(of=("self",)).select_related("program").get(pk=row_id)
    require(by, Capability.DEADLINES, row.program.site_id, at)
    if row.ended_at is not None:
        raise Refused(stop("deadlines.left", "This pack was ended before. Reload the page to see what is followed."))

    row.ended_at, row.ended_by = at, by
    row.save(update_fields=["ended_at", "ended_by"])
    trail.record(
        "deadlines.leave", by=by, at=at, subject=row, site_id=row.program.site_id,
        summary=f"{row.program.name} follows the deadline pack {row.pack} no longer",
    )  # fmt: skip
    return row
