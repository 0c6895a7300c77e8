"""Plan one meeting: an individual session, another time for one of a series, none at all, who comes besides."""

from datetime import datetime, timedelta
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from groups.access import lock_session
from groups.actions.common import announce, join, lock_clients, refuse_cancelled
from groups.actions.marking import newest
from groups.findings import day_and_clock
from groups.models import Attendance, Guest, Session
from groups.packs import services
from groups.queries.roster import names
from groups.rules.minutes import AttendanceFacts, AttendanceStatus, SessionFacts, counted_interval, credited_minutes
from programs.models import Client, Episode, Site
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

RUN = Capability.RUN_GROUPS


@action(
    "groups.plan_individual",
    explain={"groups_session_ends_after_start": lambda kwargs: stop("session.length", "It ends before it begins.")},
)
def plan_individual(
    *,
    by: Person,
    at: datetime,
    site_id: int,
    client_id: int,
    service: str,
    starts: datetime,
    minutes: int,
    room: str = "",
    by_video: bool = False,
    topic: str = "",
    key: UUID | None = None,
) -> Session:
    """Plan a session with one client; who plans it runs it. It counts towards the week like a group.

    Refused: ``session.not_in_care``, ``session.service``, ``session.length``, ``session.no_room``.
    """
    client = lock_clients([client_id]).get(client_id)
    site = Site.objects.get(pk=site_id)
    require(by, RUN, site.pk, at)
    if client is None or client.organisation_id != site.organisation_id:
        raise Client.DoesNotExist
    found = _length_findings(minutes) + _room_findings(room, by_video=by_video)
    if service not in services():
        found.append(stop("session.service", "Choose the service that the session is."))
    if not Episode.objects.filter(client=client).current(at).exists():
        found.append(
            stop("session.not_in_care", f"{names([client])[client.pk]} is in no program now. Admit them first.")
        )
    if found:
        raise Refused(*found)

    session = Session.objects.create(
        kind=Session.Kind.INDIVIDUAL, client=client, site=site, service=service, topic=topic.strip(), room=room.strip(),
        by_video=by_video, started_at=starts, ended_at=starts + timedelta(minutes=minutes),
    )  # fmt: skip
    join(session, by)
    trail.record(
        "groups.plan_individual", by=by, at=at, subject=session, site_id=site.pk, client_id=client.pk,
        summary=f"Individual session {day_and_clock(starts, site.tz)}",
    )  # fmt: skip
    return session


@action(
    "groups.move_session",
    explain={
        "groups_session_once": lambda kwargs: stop(
            "session.another_then", "Another session of this group begins at that time. Choose another hour."
        )
    },
)
def move_session(
    *,
    by: Person,
    at: datetime,
    session_id: int,
    starts: datetime,
    minutes: int,
    room: str,
    by_video: bool = False,
    why: str,
    key: UUID | None = None,
) -> Session:
    """Meet at another time or place this once; the series is not changed, and no longer changes this session.

    Refused once attendance was taken (``session.attendance_taken``), the session is over, or the new time has passed.
    """
    session = lock_session(by, at, session_id)
    refuse_cancelled(session)
    found = _length_findings(minutes) + _room_findings(room, by_video=by_video) + _why_findings(why)
    found += _open_findings(session, at, "move")
    if starts + timedelta(minutes=minutes) <= at:
        found.append(stop("session.past", "The new time has passed. Choose a later one, or plan another session."))
    if found:
        raise Refused(*found)

    before = day_and_clock(session.started_at, session.site.tz)
    session.started_at, session.ended_at = starts, starts + timedelta(minutes=minutes)
    session.room, session.by_video, session.moved_why, session.planned = room.strip(), by_video, why.strip(), False
    session.save(update_fields=["started_at", "ended_at", "room", "by_video", "moved_why", "planned"])
    trail.record(
        "groups.move_session", by=by, at=at, subject=session, site_id=session.site_id, client_id=session.client_id,
        summary=f"{session.name} moved from {before} to {day_and_clock(starts, session.site.tz)}: {why.strip()}",
    )  # fmt: skip

    announce(session)
    return session


@action("groups.cancel_session")
def cancel_session(*, by: Person, at: datetime, session_id: int, why: str, key: UUID | None = None) -> Session:
    """Do not meet this once. Refused once attendance was taken; the same again answers the cancelled session."""
    session = lock_session(by, at, session_id)
    if session.cancelled_at is not None:
        return session
    found = _why_findings(why) + _open_findings(session, at, "cancel")
    if found:
        raise Refused(*found)

    session.cancelled_at, session.cancelled_why, session.planned = at, why.strip(), False
    session.save(update_fields=["cancelled_at", "cancelled_why", "planned"])
    trail.record(
        "groups.cancel_session", by=by, at=at, subject=session, site_id=session.site_id, client_id=session.client_id,
        summary=f"{session.name} of {day_and_clock(session.started_at, session.site.tz)} cancelled: {why.strip()}",
    )  # fmt: skip

    announce(session)
    return session


@action("groups.invite", explain={"groups_guest_once": lambda kwargs: _asked_already()})
def invite(*, by: Person, at: datetime, session_id: int, client_id: int, key: UUID | None = None) -> Guest:
    """Ask a client to a session their program does not serve. Refused where they are not in care, or asked already."""
    client, session = _both(by, at, session_id, client_id)
    return _ask(by, at, session, client, None)


@action("groups.make_up", explain={"groups_guest_once": lambda kwargs: _asked_already()})
def make_up(
    *, by: Person, at: datetime, session_id: int, client_id: int, missed_id: int, key: UUID | None = None
) -> Guest:  # fmt: skip
    """Ask a client to a session that makes up for one they missed; the two stay linked.

    Refused: ``makeup.not_missed`` where every minute of it counts, ``makeup.same``, ``makeup.over``, ``makeup.linked`` where
    another session that is still to come, or was attended, makes up for it already.
    """
    client, session = _both(by, at, session_id, client_id)
    missed = Session.objects.select_related("series", "site").get(
        pk=missed_id, site__organisation_id=client.organisation_id
    )
    who = names([client])[client.pk]
    found: list[Finding] = []
    if missed.pk == session.pk:
        found.append(stop("makeup.same", "A session does not make up for itself. Choose another one."))
    if session.ended_at <= at:
        found.append(stop("makeup.over", "This session is over. Choose one that is still to come."))
    mark = newest(missed.pk, client.pk)
    length = SessionFacts(missed.started_at, missed.ended_at)
    if missed.ended_at > at and mark is None:
        found.append(stop("makeup.not_missed", f"{who} can still come to that session. Mark them first."))
    elif mark is not None:
        got = credited_minutes(AttendanceFacts(AttendanceStatus(mark.status), mark.arrived_at, mark.left_at), length)
        if got == credited_minutes(AttendanceFacts(AttendanceStatus.HERE), length):
            found.append(stop("makeup.not_missed", f"{who} was there the whole time: there is nothing to make up."))
    for other in Guest.objects.filter(client=client, repairs=missed, withdrawn_at=None).select_related("session"):
        if other.session_id != session.pk and _still_repairs(other, at):
            when = day_and_clock(other.session.started_at, session.site.tz)
            found.append(stop("makeup.linked", f"{who} makes up for it on {when} already. Take that back first."))
    if found:
        raise Refused(*found)
    return _ask(by, at, session, client, missed)


@action("groups.withdraw")
def withdraw(*, by: Person, at: datetime, session_id: int, client_id: int, key: UUID | None = None) -> Guest:
    """Take an invitation or make-up back, while nobody marked them. Raises Guest.DoesNotExist where there is none."""
    client, session = _both(by, at, session_id, client_id)
    row = Guest.objects.get(session=session, client=client, withdrawn_at=None)
    if newest(session.pk, client.pk) is not None:
        raise Refused(stop("guest.marked", "They were marked in this session: correct the mark instead."))

    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    trail.record(
        "groups.withdraw", by=by, at=at, subject=row, site_id=session.site_id, client_id=client.pk,
        summary=f"Not expected in {session.name} any more",
    )  # fmt: skip

    announce(session)
    return row


def _both(by: Person, at: datetime, session_id: int, client_id: int) -> tuple[Client, Session]:
    """The client, then the session, locked. Raises Client.DoesNotExist, Session.DoesNotExist, Refused where cancelled."""
    client = lock_clients([client_id]).get(client_id)
    session = lock_session(by, at, session_id)
    if client is None or client.organisation_id != session.site.organisation_id:
        raise Client.DoesNotExist
    refuse_cancelled(session)
    return client, session


def _ask(by: Person, at: datetime, session: Session, client: Client, missed: Session | None) -> Guest:
    """Write the invitation. Refused where they are not in care, sit in an individual session, or were asked already."""
    who = names([client])[client.pk]
    if session.kind == Session.Kind.INDIVIDUAL and session.client_id != client.pk:
        raise Refused(
            stop("guest.individual", "This session is for one client alone. Choose a group, or plan another.")
        )
    if not Episode.objects.filter(client=client).current(at).exists():
        raise Refused(stop("session.not_in_care", f"{who} is in no program now. Admit them first."))
    standing = Guest.objects.filter(session=session, client=client, withdrawn_at=None).first()
    if standing is not None:
        if standing.repairs_id == (missed.pk if missed else None):
            return standing
        raise Refused(_asked_already())

    row = Guest.objects.create(session=session, client=client, repairs=missed, at=at, by=by)
    tz = session.site.tz
    repaired = f", for {missed.name} of {day_and_clock(missed.started_at, tz)}" if missed else ""
    trail.record(
        "groups.make_up" if missed else "groups.invite", by=by, at=at, subject=row, site_id=session.site_id,
        client_id=client.pk, summary=f"Asked to {session.name} of {day_and_clock(session.started_at, tz)}{repaired}",
    )  # fmt: skip

    announce(session)
    return row


def _still_repairs(other: Guest, at: datetime) -> bool:
    """A make-up that was cancelled, or that they missed too, repairs nothing."""
    if other.session.cancelled_at is not None:
        return False
    mark = newest(other.session_id, other.client_id)
    if mark is None:
        return other.session.ended_at > at
    facts = AttendanceFacts(AttendanceStatus(mark.status), mark.arrived_at, mark.left_at)
    return counted_interval(facts, SessionFacts(other.session.started_at, other.session.ended_at)) is not None


def _asked_already() -> Finding:
    return stop("guest.asked", "They were asked to this session already. Open it to see.")


def _length_findings(minutes: int) -> list[Finding]:
    if 1 <= minutes <= 720:
        return []
    return [stop("session.length", "A session lasts from 1 minute to 12 hours.")]


def _room_findings(room: str, *, by_video: bool) -> list[Finding]:
    if room.strip() or by_video:
        return []
    return [stop("session.no_room", "Say in which room it is, or that it is by video.")]


def _why_findings(why: str) -> list[Finding]:
    if why.strip() and len(why.strip()) <= 200:
        return []
    return [stop("reason.missing", "Say in at most 200 characters why.")]


def _open_findings(session: Session, at: datetime, what: str) -> list[Finding]:
    """Once people were marked the session took place, when and where it did."""
    mark = Attendance.objects.filter(session=session).select_related("by").order_by("pk").first()
    tz = session.site.tz
    if mark is not None:
        message = (
            f"{mark.by.signature} took attendance at {mark.at.astimezone(tz):%H:%M}, so this session took place. "
            "Plan another session for who still needs the hour."
        )
        return [stop("session.attendance_taken", message)]
    if session.ended_at <= at and what == "move":
        return [stop("session.over", "This session is over. Plan another one.")]
    return []
