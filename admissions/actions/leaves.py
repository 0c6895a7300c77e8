"""Record that someone goes on leave, comes back, or will come back at another time. The bed is kept."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from admissions.actions.common import InCare, in_care, tell
from audit import trail
from audit.actions import action
from audit.models import Event
from audit.rules.findings import Finding, Refused, stop
from beds.actions.common import check_later, name_of
from groups.actions import depart
from groups.models import Session
from programs.models import Leave
from programs.placed import told
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST = timedelta(days=90)


def _away_now(kwargs: Mapping[str, Any]) -> Finding:
    return stop("leave.away", "Someone recorded a leave for this person just now. Reload to see which.")


def _raced(kwargs: Mapping[str, Any]) -> Finding:
    return stop("time.not_later", "This leave was changed at this very moment. Wait a moment and try again.")


def _not_later(kwargs: Mapping[str, Any]) -> Finding:
    return stop("leave.expected", "Say a later time at which they are expected back.")


WALLS = {
    "programs_one_leave_a_time": _away_now,
    "programs_leave_ends_after_start": _raced,
    "programs_leave_expected_later": _not_later,
}


@action("admissions.leave", explain=WALLS)
def go(
    *, by: Person, at: datetime, episode_id: int, kind: str, expected_at: datetime, key: UUID | None = None
) -> Leave:  # fmt: skip
    """Record that someone leaves now, what for (``Leave.Kind``), and when they are expected back, at most 90 days on.

    Doses and groups follow. Raises Refused: away already (since when), not in care, an expected time that has passed.
    """
    care = in_care(episode_id, at)
    site, client = care.placement.program.site, care.placement.episode.client
    require(by, Capability.LEAVES, site.pk, at)
    away = Leave.objects.filter(episode=episode_id, ended_at=None).first()
    if away is not None:
        since = f"{client.short_name} is away since {told(_began(away), site.tz)} ({away.get_kind_display().lower()})"
        raise Refused(stop("leave.away", f"{since}. Record the return first."))
    if kind not in Leave.Kind.values:
        raise Refused(stop("leave.kind", "Choose what the leave is for."))
    _check_expected(at, expected_at)

    leave = Leave.objects.create(episode_id=episode_id, kind=kind, started_at=at, expected_at=expected_at)
    left = depart(by=by, at=at, client_id=client.pk, why=f"{leave.get_kind_display()}.")
    where = f", {name_of(care.bed)} kept" if care.bed else ""
    back = f"expected back {told(expected_at, site.tz)}"
    trail.record(
        "admissions.leave", by=by, at=at, subject=leave, site_id=site.pk, client_id=client.pk,
        summary=f"{client.short_name} {leave.get_kind_display().lower()}, {back}{where}",
    )  # fmt: skip

    _announce(care, at, left)
    return leave


@action("admissions.come_back", explain=WALLS)
def come_back(*, by: Person, at: datetime, leave_id: int, key: UUID | None = None) -> Leave:
    """Record that someone is back. Refused ``leave.over`` where the leave ended before (when, and who said so)."""
    leave, care = _locked(by, at, leave_id)
    client, site = care.placement.episode.client, care.placement.program.site

    leave.ended_at = at
    leave.save(update_fields=["ended_at"])
    trail.record(
        "admissions.come_back", by=by, at=at, subject=leave, site_id=site.pk, client_id=client.pk,
        summary=f"{client.short_name} came back ({leave.get_kind_display().lower()})",
    )  # fmt: skip

    _announce(care, at)
    return leave


@action("admissions.expect_later", explain=WALLS)
def expect_later(
    *, by: Person, at: datetime, leave_id: int, expected_at: datetime, key: UUID | None = None
) -> Leave:  # fmt: skip
    """Say anew when someone on leave is expected back: this row ends now, and one of the same kind begins, which is returned."""
    leave, care = _locked(by, at, leave_id)
    client, site = care.placement.episode.client, care.placement.program.site
    _check_expected(at, expected_at)
    if expected_at == leave.expected_at:
        when = told(expected_at, site.tz)
        raise Refused(stop("leave.same", f"{client.short_name} is expected back at {when} already."))

    leave.ended_at = at
    leave.save(update_fields=["ended_at"])
    made = Leave.objects.create(episode_id=leave.episode_id, kind=leave.kind, started_at=at, expected_at=expected_at)
    trail.record(
        "admissions.expect_later", by=by, at=at, subject=made, site_id=site.pk, client_id=client.pk,
        summary=f"{client.short_name} expected back {told(expected_at, site.tz)} now",
    )  # fmt: skip

    _announce(care, at)
    return made


def _locked(by: Person, at: datetime, leave_id: int) -> tuple[Leave, InCare]:
    """The running leave under lock: the one named, or the one that took its place when the return was expected anew."""
    known = Leave.objects.get(pk=leave_id)
    care = in_care(known.episode_id, at)
    site = care.placement.program.site
    require(by, Capability.LEAVES, site.pk, at)
    leave = _newest(Leave.objects.get(pk=leave_id))
    if leave.ended_at is not None:
        said = Event.objects.filter(subject_kind=leave._meta.label, subject_id=leave.pk, at=leave.ended_at).first()
        who = f", {said.by_name} recorded" if said else ""
        name = care.placement.episode.client.short_name
        raise Refused(
            stop("leave.over", f"{name} came back at {told(leave.ended_at, site.tz)}{who}. Reload the board.")
        )
    check_later(at, leave.started_at, site)
    return leave, care


def _newest(leave: Leave) -> Leave:
    """Follow a leave to the row that runs on from it."""
    while leave.ended_at is not None:
        following = Leave.objects.filter(episode=leave.episode_id, kind=leave.kind, started_at=leave.ended_at).first()
        if following is None:
            break
        leave = following
    return leave


def _began(leave: Leave) -> datetime:
    """When the person really went, however often their return was expected anew."""
    earlier = Leave.objects.filter(episode=leave.episode_id, kind=leave.kind, ended_at=leave.started_at).first()
    return _began(earlier) if earlier else leave.started_at


def _check_expected(at: datetime, expected_at: datetime) -> None:
    if not at < expected_at <= at + LONGEST:
        words = f"Say a later time at which they are expected back, at most {LONGEST.days} days from now."
        raise Refused(stop("leave.expected", words))


def _announce(care: InCare, at: datetime, left: Iterable[Session] = ()) -> None:
    tell([care.bed] if care.bed else [], [care.placement.program], at, sessions=left)
