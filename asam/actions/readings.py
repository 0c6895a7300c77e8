"""A person says what a level of an older edition means in the 4th."""

from datetime import datetime
from uuid import UUID

from asam.models import LevelReading
from asam.queries.readings import edition_of
from asam.rules.editions import may_read_as
from audit import trail
from audit.actions import action
from audit.rules.findings import Refused, stop
from programs.models import Client, Placement
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


@action("asam.read_level")
def read_level(
    *, by: Person, at: datetime, placement_id: int, level: str, reason: str, key: UUID | None = None
) -> LevelReading:
    """Read a placement's older level as one of the 4th edition, with a reason. The placement itself is never changed.

    Raises Refused: it is of the 4th edition, the rule reads it otherwise, or no reason is given; NotAllowed,
    Placement.DoesNotExist. Source: facts/levels-of-care.md 1.3.
    """
    placement = Placement.objects.select_related("program__site", "episode").get(pk=placement_id)
    Client.objects.select_for_update(of=("self",)).get(pk=placement.episode.client_id)
    require(by, Capability.DECIDE, placement.program.site_id, at)
    edition = edition_of(placement)
    findings = []
    if edition == "4":
        findings.append(
            stop("asam.reading_new", f"{placement.level} is a level of the 4th edition: there is nothing to read.")
        )
    elif why := may_read_as(edition, placement.level, level):
        findings.append(stop("asam.reading_level", why))
    if not reason.strip() or len(reason.strip()) > 400:
        findings.append(stop("asam.reading_why", "Say why it is that level, in at most 400 characters."))
    if findings:
        raise Refused(*findings)

    row = LevelReading.objects.create(
        placement=placement, edition=edition, code=placement.level, level=level, reason=reason.strip(), at=at, by=by
    )
    trail.record(
        "asam.read_level", by=by, at=at, subject=row, site_id=placement.program.site_id,
        client_id=placement.episode.client_id, summary=f"{placement.level} of edition {edition} read as {level}",
    )  # fmt: skip
    return row
