"""Mark who came to a session. A mark is never changed: the newest one counts."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, override, refuse_unless_overridden, stop
from groups.access import lock_session
from groups.actions.common import announce, join, lock_clients, refuse_cancelled
from groups.actions.marking import Scene, counted_elsewhere, first, inside, newest, placed_in, write
from groups.actions.signing import settle
from groups.findings import too_early
from groups.models import Attendance, Presence, Session
from groups.queries.packs import pack_book, size_rule
from groups.queries.roster import roster
from groups.rules.minutes import AttendanceFacts, AttendanceStatus, SessionFacts, counted_interval
from groups.rules.room import most_at_once, seal_findings
from programs.models import Client
from staff.models import Person

S = AttendanceStatus
NO_REASONS: Mapping[str, str] = MappingProxyType({})


def _raced(kwargs: Mapping[str, Any]) -> Finding:
    """Told where only the database noticed that two people marked at once."""
    mark = newest(kwargs["session_id"], kwargs["client_id"])
    assert mark is not None
    return first(mark)


def _backwards(kwargs: Mapping[str, Any]) -> Finding:
    return stop("attendance.left_before_arrival", "They left before they came. Correct one of the two times.")


def _two_places(kwargs: Mapping[str, Any]) -> Finding:
    return counted_elsewhere(kwargs["session_id"], kwargs["client_id"])


def _signed(kwargs: Mapping[str, Any]) -> Finding:
    return override("attendance.signed", "The note was signed just now. Say why the attendance changes.")


WALLS = {
    "groups_attendance_version_once": _raced,
    "groups_left_after_arrival": _backwards,
    "groups_one_place_a_minute": _two_places,
    "groups_mark_after_seal": _signed,
}


@action("groups.mark", explain=WALLS)
def mark(
    *,
    by: Person,
    at: datetime,
    session_id: int,
    client_id: int,
    status: AttendanceStatus,
    arrived_at: datetime | None = None,
    left_at: datetime | None = None,
    seen_version: int,
    reasons: Mapping[str, str] = NO_REASONS,
    key: UUID | None = None,
) -> Attendance:
    """Mark how a client attended; ``seen_version`` is the mark the person saw (0 = none).

    The same mark again answers the one that stands. Refused: ``attendance.changed`` where someone marked meanwhile,
    ``attendance.elsewhere`` where those minutes count in another session, ``attendance.full`` and ``attendance.signed`` unless
    ``reasons`` says why, ``attendance.too_early``, ``attendance.not_yet``, ``attendance.not_in_care``,
    ``attendance.discharged``, and what ``attendance_findings`` says of the times.
    """
    client = lock_clients([client_id]).get(client_id)
    session = lock_session(by, at, session_id)
    if client is None or client.organisation_id != session.site.organisation_id:
        raise Client.DoesNotExist
    refuse_cancelled(session)
    standing = newest(session.pk, client.pk)
    facts = AttendanceFacts(status, arrived_at, left_at)

    if standing is not None and (standing.status, standing.arrived_at, standing.left_at) == (
        status.value, arrived_at, left_at,
    ):  # fmt: skip
        return standing
    if standing is not None and standing.version != seen_version:
        raise Refused(first(standing))
    scene = Scene(session, at, pack_book(session.site_id))
    overridden = refuse_unless_overridden(scene.findings(client, facts, inside(session)), reasons)

    join(session, by)
    why = " ".join(reasons[finding.code].strip() for finding in overridden)[:400]
    row = write(scene, client.pk, (standing.version if standing else 0) + 1, facts, by, at, why)
    _resettle(session, at)
    trail.record(
        "groups.mark", by=by, at=at, subject=row, site_id=session.site_id, client_id=client.pk,
        summary=f"{client.initials} {status.label.lower()} in {session.name}" + (f": {why}" if why else ""),
        detail={"version": row.version, "overridden": [finding.code for finding in overridden]},
    )  # fmt: skip

    guest = standing is None and not placed_in(client, session)  # a new line: the pages have nothing to patch
    announce(session, () if guest else (f"attendance:{client.pk}", f"part:m{client.pk}"))
    return row


@action("groups.mark_all_here")
def mark_all_here(
    *, by: Person, at: datetime, session_id: int, reasons: Mapping[str, str] = NO_REASONS, key: UUID | None = None
) -> Session:  # fmt: skip
    """Mark everyone as here who has no mark yet, is not on leave and is not counted elsewhere while the session runs.

    Refused ``attendance.full`` (unless ``reasons`` says why) where more would be in the room than may be.
    """
    before = Session.objects.select_related("series", "site").get(pk=session_id)
    locked = lock_clients(row.client_id for row in roster(before, at) if not row.settled)
    session = lock_session(by, at, session_id)
    refuse_cancelled(session)
    early = too_early(session.started_at, at, session.site.tz)
    if early:
        raise Refused(*early)
    rows = [row for row in roster(session, at) if not row.settled and not row.elsewhere and row.client_id in locked]
    waiting = [row.client_id for row in rows]
    findings = _too_many(session, len(waiting)) + _sealed(session, waiting)
    overridden = refuse_unless_overridden(findings, reasons)

    if waiting:
        join(session, by)
        why = " ".join(reasons[finding.code].strip() for finding in overridden)[:400]
        marks = Attendance.objects.bulk_create(
            Attendance(session=session, client_id=client_id, version=1, status=S.HERE.value, at=at, by=by, why=why)
            for client_id in waiting
        )
        counts = counted_interval(AttendanceFacts(S.HERE), SessionFacts(session.started_at, session.ended_at))
        assert counts is not None
        Presence.objects.bulk_create(
            Presence(session=session, client_id=row.client_id, mark=row, started_at=counts[0], ended_at=counts[1])
            for row in marks
        )
        _resettle(session, at)
        trail.record(
            "groups.mark_all_here", by=by, at=at, subject=session, site_id=session.site_id,
            summary=f"{len(waiting)} here in {session.name}" + (f": {why}" if why else ""),
            detail={"clients": waiting, "overridden": [finding.code for finding in overridden]},
        )  # fmt: skip

    announce(session)
    return session


def depart(*, by: Person, at: datetime, client_id: int, why: str) -> list[Session]:
    """Someone leaves the site now (discharged, on leave): where they sit in a running session, they left it now.

    Part of the act that sends them away: the caller has locked the client, holds the transaction, and announces the sessions
    that are answered.
    """
    running = Presence.objects.filter(client_id=client_id, started_at__lt=at, ended_at__gt=at)
    done = []
    for presence in running.select_related("session__series", "session__site").order_by("session_id"):
        session = Session.objects.select_for_update(of=("self",), no_key=True).get(pk=presence.session_id)
        standing = newest(session.pk, client_id)
        assert standing is not None
        status = S(standing.status) if S(standing.status) in (S.LATE, S.VIDEO) else S.LEFT_EARLY
        facts = AttendanceFacts(status, standing.arrived_at, at)
        scene = Scene(presence.session, at, pack_book(session.site_id))
        row = write(scene, client_id, standing.version + 1, facts, by, at, why)
        trail.record(
            "groups.depart", by=by, at=at, subject=row, site_id=session.site_id, client_id=client_id,
            summary=f"Left {presence.session.name}: {why}", detail={"version": row.version},
        )  # fmt: skip
        done.append(session)
    return done


def _resettle(session: Session, at: datetime) -> None:
    """A mark changes which parts the note needs; nothing stands before a first signature."""
    if session.parts.filter(signed_at__isnull=False).exists():
        settle(session, at)


def _too_many(session: Session, more: int) -> list[Finding]:
    """The room with everyone in it, before they are marked."""
    rule = size_rule(session, pack_book(session.site_id))
    there = most_at_once([*inside(session).values(), *[(session.started_at, session.ended_at)] * more])
    if rule is None or not more or there <= rule.most:
        return []
    message = (
        f"{rule.most} may be in this group ({rule.source}); with everyone here it would be {there}, and the hour may not be "
        "billed. Mark one by one, or give the reason to go on."
    )
    return [override("attendance.full", message, most=rule.most)]


def _sealed(session: Session, waiting: list[int]) -> list[Finding]:
    signed = session.parts.filter(client__in=waiting, signed_at__isnull=False).values_list("signed_at", flat=True)
    return seal_findings("this group", session.completed_at or signed.first(), session.site.tz) if waiting else []
