"""Set a site's numbers from now on: the old row ends, a new one begins."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.trail import record
from emar.models import EmarPolicy
from programs.models import Site
from programs.rules.bands import NameForm
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

NOTHING: Mapping[str, int] = {}
NUMBERS = frozenset(
    field.name
    for field in EmarPolicy._meta.fields
    if field.name.endswith(("_minutes", "_hours", "_days", "_row", "_percent", "_cows"))
) - {"pass_hours"}
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def not_sane(asked: Mapping[str, Any]) -> Finding:
    """What a number out of reach is told."""
    return stop("policy.number", "One of these numbers is out of reach. Look at the ranges beside the fields.")


@action("emar.set_policy", explain={"emar_policy_sane": not_sane, "emar_policy_withdrawal_sane": not_sane})
def set_policy(
    *,
    by: Person,
    at: datetime,
    site_id: int,
    source: str,
    numbers: Mapping[str, int] = NOTHING,
    pass_hours: Mapping[str, Sequence[str]] | None = None,
    band_name: NameForm | None = None,
    counts_required: bool | None = None,
    key: UUID | None = None,
) -> EmarPolicy:
    """Set a site's numbers (fields of EmarPolicy) from now on; what is not named stays. ``source`` says whose numbers these are.

    ``pass_hours``: {"twice a day": ["08:00", "20:00"]}. ``band_name``: how names stand on wristbands. ``counts_required``: no
    controlled dose without a line of stock. For whoever manages the site's staff. Raises Refused, NotAllowed and Site.DoesNotExist.
    """
    require(by, Capability.MANAGE_STAFF, site_id, at)
    site = Site.objects.select_for_update().get(pk=site_id)
    old = EmarPolicy.objects.current(at).filter(site=site).first()

    _check(source, numbers, pass_hours, band_name, counts_required)
    if old is not None and old.started_at >= at:
        raise Refused(stop("policy.not_later", "These numbers were set this very moment. Wait and try again."))

    kept = (
        {}
        if old is None
        else {name: getattr(old, name) for name in (*NUMBERS, "pass_hours", "band_name", "counts_required")}
    )
    hours = {} if pass_hours is None else {"pass_hours": {name: sorted(each) for name, each in pass_hours.items()}}
    form = {} if band_name is None else {"band_name": band_name.value}
    stock = {} if counts_required is None else {"counts_required": counts_required}
    if old is not None:
        old.ended_at = at
        old.save(update_fields=["ended_at"])
    new = EmarPolicy.objects.create(
        site=site, started_at=at, by=by, source=source.strip(), **{**kept, **numbers, **hours, **form, **stock}
    )
    changed = [f"{name.replace('_', ' ')} {value}" for name, value in sorted(numbers.items())]
    words = ", ".join(
        [
            *changed,
            *(["the hours of the passes"] if hours else []),
            *(["names on wristbands"] if form else []),
            *(["controlled counts"] if stock else []),
        ]
    )
    record("emar.set_policy", by=by, at=at, subject=new, site_id=site_id, summary=f"Medication policy set: {words}")
    return new


def _check(
    source: str,
    numbers: Mapping[str, int],
    hours: Mapping[str, Sequence[str]] | None,
    form: NameForm | None,
    counts: bool | None,
) -> None:
    if not 1 <= len(source.strip()) <= 300:
        raise Refused(
            stop("policy.source", "Say in a sentence where these numbers come from, in at most 300 characters.")
        )
    if not numbers and hours is None and form is None and counts is None:
        raise Refused(stop("policy.nothing", "Nothing is changed. Enter at least one number."))
    for name, value in numbers.items():
        if name not in NUMBERS or isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10_000:
            raise Refused(not_sane({}))
    if hours is not None and not all(
        each and len(set(each)) == len(each) and all(_CLOCK.fullmatch(clock) for clock in each)
        for each in hours.values()
    ):
        raise Refused(stop("policy.hours", "The hours of a pass are times of day such as 08:00, each once."))
