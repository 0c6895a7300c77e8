"""Set a site's limits of vital signs from now on: the old row ends, a new one begins."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.models import VitalsPolicy
from chart.rules.vitals import plain
from chart.rules.vitals_limits import read_limits
from chart.vitals import signs
from programs.models import Site
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST_SOURCE = 200


def _not_later(asked: Mapping[str, Any]) -> Finding:
    return stop("time.not_later", "These limits were set at this very moment. Wait a moment and try again.")


@action(
    "vitals.set_limits",
    explain={"chart_vitals_policy_ends_after_start": _not_later, "chart_one_vitals_policy_at_a_time": _not_later},
)
def set_limits(
    *, by: Person, at: datetime, site_id: int, typed: Mapping[str, tuple[str, str]], source: str, key: UUID | None = None
) -> VitalsPolicy:  # fmt: skip
    """Say from which numbers on somebody looks at a site, from now on: ``typed`` is measure to (under, over) in the house's unit, ''
    for none. ``source`` says whose numbers these are. What was measured before keeps the task it raised.

    Raises Refused (``vitals.limit``, ``vitals.no_limit``, ``vitals.source``, ``time.not_later``), NotAllowed, Site.DoesNotExist.
    """
    require(by, Capability.VITALS_LIMITS, site_id, at)
    site = Site.objects.select_for_update(of=("self",)).get(pk=site_id)
    old = VitalsPolicy.objects.filter(site=site, ended_at=None).first()

    limits, findings = read_limits(signs(), typed)
    if not 1 <= len(source.strip()) <= LONGEST_SOURCE or "\x00" in source:
        words = f"Say in at most {LONGEST_SOURCE} characters whose numbers these are."
        findings.append(stop("vitals.source", words, field="source"))
    if old is not None and old.started_at >= at:
        findings.append(_not_later({}))
    if findings:
        raise Refused(*findings)

    if old is not None:
        old.ended_at = at
        old.save(update_fields=["ended_at"])
    kept = {code: [None if each is None else plain(each) for each in pair] for code, pair in limits.items()}
    made = VitalsPolicy.objects.create(site=site, limits=kept, source=source.strip(), by=by, started_at=at)
    trail.record(
        "vitals.set_limits", by=by, at=at, subject=made, site_id=site.pk, summary="Limits of vital signs set",
        detail={"limits": kept},
    )  # fmt: skip
    return made
