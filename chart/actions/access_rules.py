"""Set a site's rules of access from now on: the old row ends, a new one begins."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from programs.models import Site, SiteAccess
from programs.rules.access_policy import RANGES, ChartAccess
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


def _not_later(kwargs: Mapping[str, Any]) -> Finding:
    return stop("time.not_later", "These rules were set at this very moment. Wait a moment and try again.")


@action("access.set", explain={"programs_access_ends_after_start": _not_later, "programs_one_access": _not_later})
def set_access(
    *, by: Person, at: datetime, site_id: int, numbers: Mapping[str, int], charts: str, source: str, key: UUID | None = None
) -> SiteAccess:  # fmt: skip
    """Say when sessions of a site lock, whose charts are one's own (``charts``: a value of ChartAccess), and how long a broken glass
    lasts. ``numbers`` names every one of RANGES; ``source`` says whose they are.

    Raises Refused (``access.number``, ``access.charts``, ``access.source``), NotAllowed, Site.DoesNotExist.
    """
    require(by, Capability.ACCESS_RULES, site_id, at)
    site = Site.objects.select_for_update(of=("self",)).get(pk=site_id)
    old = SiteAccess.objects.filter(site=site, ended_at=None).first()
    findings = [_reach(name) for name, (least, most) in RANGES.items() if not least <= numbers.get(name, -1) <= most]
    if charts not in set(ChartAccess):
        findings.append(stop("access.charts", "Choose whose charts people open."))
    if not 1 <= len(source.strip()) <= 300 or "\x00" in source:
        findings.append(stop("access.source", "Say in a sentence whose numbers these are."))
    if old is not None and old.started_at >= at:
        findings.append(_not_later({}))
    if findings:
        raise Refused(*findings)

    if old is not None:
        old.ended_at = at
        old.save(update_fields=["ended_at"])
    made = SiteAccess.objects.create(
        site=site, started_at=at, by=by, source=source.strip(), chart_access=charts,
        **{name: numbers[name] for name in RANGES},
    )  # fmt: skip
    trail.record(
        "access.set", by=by, at=at, subject=made, site_id=site.pk, summary="Rules of access of the site set",
        detail={**{name: numbers[name] for name in RANGES}, "chart_access": charts, "source": made.source},
    )  # fmt: skip

    return made


def _reach(name: str) -> Finding:
    least, most = RANGES[name]
    return stop("access.number", f"{_NAMES[name]}: write a number from {least} to {most}.", field=name)


_NAMES = {
    "idle_minutes": "Minutes at a desk",
    "tablet_minutes": "Minutes on a tablet",
    "discharged_days": "Days after discharge",
    "assigned_days": "Days after having worked with somebody",
    "glass_minutes": "Minutes of an emergency",
}
