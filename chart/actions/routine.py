"""Set a site's hours from now on: the old row ends, a new one begins."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from live.actions import publish
from programs.contributions import wards
from programs.models import Site, SiteRoutine
from programs.topics import rounds_topic
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

MOST_SHIFTS = 6


def _not_later(kwargs: Mapping[str, Any]) -> Finding:
    return stop("time.not_later", "These hours were set at this very moment. Wait a moment and try again.")


@action("routine.set", explain={"programs_routine_ends_after_start": _not_later, "programs_one_routine": _not_later})
def set_routine(
    *, by: Person, at: datetime, site_id: int, changes: Sequence[time], night_from: time, night_until: time, night_minutes: int,
    source: str, key: UUID | None = None,
) -> SiteRoutine:  # fmt: skip
    """Say when shifts change at a site, and how often everybody is looked in on at night (0: not), from now on.

    For whoever manages the site's staff. Raises Refused, NotAllowed, Site.DoesNotExist.
    """
    require(by, Capability.MANAGE_STAFF, site_id, at)
    site = Site.objects.select_for_update(of=("self",)).get(pk=site_id)
    old = SiteRoutine.objects.filter(site=site, ended_at=None).first()
    findings = []
    if not 1 <= len(changes) <= MOST_SHIFTS or list(changes) != sorted(set(changes)):
        findings.append(
            stop("routine.changes", f"Write 1 to {MOST_SHIFTS} changes of shift in the order of the day, each once.")
        )
    if night_from == night_until:
        findings.append(stop("routine.night", "The night begins and ends at the same hour. Choose two hours."))
    if night_minutes and not 5 <= night_minutes <= 240:
        findings.append(stop("routine.minutes", "Write 5 to 240 minutes, or 0 for no rounds at night."))
    if not 1 <= len(source.strip()) <= 300:
        findings.append(stop("routine.source", "Say in a sentence whose numbers these are."))
    if old is not None and old.started_at >= at:
        findings.append(_not_later({}))
    if findings:
        raise Refused(*findings)

    if old is not None:
        old.ended_at = at
        old.save(update_fields=["ended_at"])
    made = SiteRoutine.objects.create(
        site=site, started_at=at, by=by, source=source.strip(), shift_changes=[f"{each:%H:%M}" for each in changes],
        night_from=night_from, night_until=night_until, night_minutes=night_minutes,
    )  # fmt: skip
    trail.record("routine.set", by=by, at=at, subject=made, site_id=site.pk, summary="Hours of the site set")

    publish({rounds_topic(ward.pk): () for ward in wards(site.pk)})
    return made
