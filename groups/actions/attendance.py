"""Mark who came to a session. A mark is never changed: the newest one counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, Severity, stop
from groups.access import lock_session
from groups.actions.common import announce, join
from groups.findings import marked_meanwhile, not_in_care, too_early
from groups.models import Attendance, Session
from groups.queries.roster import names, roster
from groups.rules.minutes import AttendanceFacts, AttendanceStatus, SessionFacts, attendance_findings
from programs.models import Client, Episode, Placement
from staff.models import Person

S = AttendanceStatus


def _first(mark: Attendance) -> Finding:
    name = names([mark.client])[mark.client_id]
    return marked_meanwhile(name, S(mark.status), mark.by.signature, mark.at, mark.session.site.tz)


def _raced(kwargs: Mapping[str, Any]) -> Finding:
    """Told where only the database noticed that two people marked at once."""
    newest = _newest(kwargs["session_id"], kwargs["client_id"])
    assert newest is not None
    return _first(newest)


def _backwards(kwargs: Mapping[str, Any]) -> Finding:
    return stop("attendance.left_before_arrival", "They left before they came. Correct one of the two times.")


@action("groups.mark", explain={"groups_attendance_version_once": _raced, "groups_left_after_arrival": _backwards})
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
    key: UUID | None = None,
) -> Attendance:
    """Mark how a client attended; ``seen_version`` is the mark the person saw (0 = none).

    The same mark again answers the one that stands. Refused: ``attendance.changed`` where someone marked meanwhile,
    ``attendance.too_early``, ``attendance.not_in_care``, and what ``attendance_findings`` says of the times.
    """
    session = lock_session(by, at, session_id)
    client = _client(session, client_id)
    newest = _newest(session.pk, client.pk)
    facts = AttendanceFacts(status, arrived_at, left_at)

    if newest is not None and (newest.status, newest.arrived_at, newest.left_at) == (status.value, arrived_at, left_at):
        return newest
    if newest is not None and newest.version != seen_version:
        raise Refused(_first(newest))
    findings = attendance_findings(facts, SessionFacts(session.started_at, session.ended_at))
    findings += too_early(session.started_at, at, session.site.tz)
    if not _in_care(client, session, at):
        findings.append(not_in_care(names([client])[client.pk]))
    if any(finding.severity is Severity.STOP for finding in findings):
        raise Refused(*findings)

    join(session, by)
    row = Attendance.objects.create(
        session=session, client=client, version=(newest.version if newest else 0) + 1, status=status.value,
        arrived_at=arrived_at, left_at=left_at, at=at, by=by,
    )  # fmt: skip
    trail.record(
        "groups.mark", by=by, at=at, subject=row, site_id=session.site_id, client_id=client.pk,
        summary=f"{client.initials} {status.label.lower()} in {session.series.name}", detail={"version": row.version},
    )  # fmt: skip

    guest = newest is None and not _expected(client, session)  # a new line: the pages have nothing to patch
    announce(session, () if guest else (f"attendance:{client.pk}", f"part:m{client.pk}"))
    return row


@action("groups.mark_all_here")
def mark_all_here(*, by: Person, at: datetime, session_id: int, key: UUID | None = None) -> Session:
    """Mark everyone as here who has no mark yet and is not on leave."""
    session = lock_session(by, at, session_id)
    early = too_early(session.started_at, at, session.site.tz)
    if early:
        raise Refused(*early)
    waiting = [row.client_id for row in roster(session, at) if not row.settled]

    if waiting:
        join(session, by)
        Attendance.objects.bulk_create(
            Attendance(session=session, client_id=client_id, version=1, status=S.HERE.value, at=at, by=by)
            for client_id in waiting
        )
        trail.record(
            "groups.mark_all_here", by=by, at=at, subject=session, site_id=session.site_id,
            summary=f"{len(waiting)} here in {session.series.name}", detail={"clients": waiting},
        )  # fmt: skip

    announce(session)
    return session


def _newest(session_id: int, client_id: int) -> Attendance | None:
    marks = Attendance.objects.filter(session_id=session_id, client_id=client_id)
    return marks.select_related("by", "client", "session__site").order_by("-version").first()


def _client(session: Session, client_id: int) -> Client:
    """The client, where they belong to the site's organisation. Raises Client.DoesNotExist."""
    return Client.objects.get(pk=client_id, organisation_id=session.site.organisation_id)


def _expected(client: Client, session: Session) -> bool:
    placed = Placement.objects.current(session.started_at)
    return placed.filter(episode__client=client, program__series=session.series_id).exists()


def _in_care(client: Client, session: Session, at: datetime) -> bool:
    """True where an episode was open when the session started, or is now: guests and late admissions count as well."""
    started, now = Episode.objects.current(session.started_at), Episode.objects.current(at)
    return started.filter(client=client).exists() or now.filter(client=client).exists()
