"""Say when someone is expected to leave, so that their bed can be promised to the next."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from admissions.actions.common import InCare, in_care, require_either
from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from beds.actions.common import announce, check_later, clock, name_of
from beds.actions.holds import waiting_after
from programs.models import ExpectedDischarge
from programs.placed import told
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST = timedelta(days=365)


def _raced(kwargs: Mapping[str, Any]) -> Finding:
    return stop("expected.raced", "Someone said just now when this person is expected to leave. Reload to see what.")


def _not_later(kwargs: Mapping[str, Any]) -> Finding:
    return stop("expected.past", "That time has passed. Say a later one, or discharge the person.")


WALLS = {
    "programs_one_expected_discharge": _raced,
    "programs_expected_ends_after_start": _raced,
    "programs_expected_later": _not_later,
}


@action("admissions.expect", explain=WALLS)
def expect(
    *, by: Person, at: datetime, episode_id: int, expected_at: datetime, key: UUID | None = None
) -> ExpectedDischarge:  # fmt: skip
    """Say from now on when an episode's discharge is expected, at most a year ahead.

    Refused where that instant has passed, where it is what was known already, and where a hold waits for the bed and
    would run out before (for whom, and until when).
    """
    care, running = _locked(by, at, episode_id)
    client, site = care.placement.episode.client, care.placement.program.site
    if not at < expected_at:
        raise Refused(_not_later({}))
    if expected_at > at + LONGEST:
        raise Refused(stop("expected.far", "That is more than a year away. Check the date."))
    if running is not None and running.expected_at == expected_at:
        when = told(expected_at, site.tz)
        raise Refused(stop("expected.same", f"{client.short_name} is expected to leave at {when} already."))
    _refuse_if_promised(care, at, expected_at)

    _end(running, at)
    made = ExpectedDischarge.objects.create(episode_id=episode_id, expected_at=expected_at, started_at=at, by=by)
    trail.record(
        "admissions.expect", by=by, at=at, subject=made, site_id=site.pk, client_id=client.pk,
        summary=f"{client.short_name} expected to leave {told(expected_at, site.tz)}",
    )  # fmt: skip

    _announce(care, at)
    return made


@action("admissions.expect_nothing", explain=WALLS)
def expect_nothing(*, by: Person, at: datetime, episode_id: int, key: UUID | None = None) -> ExpectedDischarge:
    """Say that it is not known any more when an episode's discharge is expected; the row that ended is returned.

    Refused where nothing was known, and where a hold waits for the bed (for whom, and until when).
    """
    care, running = _locked(by, at, episode_id)
    client, site = care.placement.episode.client, care.placement.program.site
    if running is None:
        raise Refused(stop("expected.none", f"Nobody said when {client.short_name} is expected to leave."))
    _refuse_if_promised(care, at, None)

    _end(running, at)
    trail.record(
        "admissions.expect_nothing", by=by, at=at, subject=running, site_id=site.pk, client_id=client.pk,
        summary=f"{client.short_name} stays: no discharge expected",
    )  # fmt: skip

    _announce(care, at)
    return running


def _locked(by: Person, at: datetime, episode_id: int) -> tuple[InCare, ExpectedDischarge | None]:
    care = in_care(episode_id, at)
    site = care.placement.program.site
    require_either(by, site.pk, at, Capability.ASSIGN_BEDS, Capability.DISCHARGE)
    running = ExpectedDischarge.objects.filter(episode=episode_id, ended_at=None).first()
    if running is not None:
        check_later(at, running.started_at, site)
    return care, running


def _refuse_if_promised(care: InCare, at: datetime, expected_at: datetime | None) -> None:
    """A hold that waits for this bed was made on what was known: it is settled first."""
    hold = waiting_after(care.stay, at) if care.stay else None
    if hold is None or (expected_at is not None and expected_at < hold.until):
        return
    kept = f"{name_of(hold.bed)} is held for {hold.client.short_name} until {clock(hold.until, hold.bed)}"
    first = "Let that hold go first" if expected_at is None else "Hold it for longer, or let it go, first"
    raise Refused(
        stop("expected.promised", f"{kept}, after {care.placement.episode.client.short_name} leaves. {first}.")
    )


def _end(running: ExpectedDischarge | None, at: datetime) -> None:
    if running is not None:
        running.ended_at = at
        running.save(update_fields=["ended_at"])


def _announce(care: InCare, at: datetime) -> None:
    if care.bed is not None:
        announce(care.bed, at=at)
