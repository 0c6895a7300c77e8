"""What marking shares: the facts of one client in one session under lock, what is said of a mark, and how it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from audit.rules.findings import Finding, stop
from groups.findings import marked_meanwhile, not_in_care, too_early
from groups.models import Attendance, Presence, Session
from groups.queries.packs import PackBook, size_rule
from groups.queries.roster import elsewhere, names
from groups.rules.minutes import (
    AttendanceFacts,
    AttendanceStatus,
    Interval,
    SessionFacts,
    attendance_findings,
    counted_interval,
)
from groups.rules.room import (
    discharge_findings,
    outside_findings,
    place_findings,
    seal_findings,
    size_findings,
    when_findings,
)
from programs.models import Client, Episode, Placement
from staff.models import Person

S = AttendanceStatus


@dataclass(frozen=True)
class Scene:
    """A session under lock, and the clients asked about (locked before it)."""

    session: Session
    at: datetime
    book: PackBook

    @property
    def length(self) -> SessionFacts:
        """When it runs."""
        return SessionFacts(self.session.started_at, self.session.ended_at)

    def findings(
        self, client: Client, facts: AttendanceFacts, inside: Mapping[int, Interval]
    ) -> list[Finding]:  # fmt: skip
        """Everything that is said of one mark. ``inside``: the minutes that count in this session now, by client."""
        session, tz, who = self.session, self.session.site.tz, names([client])[client.pk]
        counts = counted_interval(facts, self.length)
        found = attendance_findings(facts, self.length) + too_early(session.started_at, self.at, tz)
        found += when_findings(facts, self.at, tz) + outside_findings(facts, self.length, tz)
        episode = _episode(client, session, self.at)
        if episode is None:
            found.append(not_in_care(who))
        else:
            found += discharge_findings(who, facts, counts, episode.ended_at, tz)
        found += place_findings(who, counts, elsewhere([client.pk], session).get(client.pk, ()), tz)
        rule = size_rule(session, self.book)
        if rule is not None:
            others = [interval for client_id, interval in inside.items() if client_id != client.pk]
            found += size_findings(who, others, counts, rule, inside.get(client.pk))
        return found + seal_findings(who, signed_at(session, client.pk), tz)


def inside(session: Session) -> dict[int, Interval]:
    """The minutes that count in a session now, by client. One query."""
    rows = Presence.objects.filter(session=session).values_list("client_id", "started_at", "ended_at")
    return {client_id: (begins, ends) for client_id, begins, ends in rows}


def signed_at(session: Session, client_id: int) -> datetime | None:
    """When what a mark of this client would contradict was signed: their own part, else the whole note."""
    own = session.parts.filter(client_id=client_id).values_list("signed_at", flat=True).first()
    return own or session.completed_at


def newest(session_id: int, client_id: int) -> Attendance | None:
    """The mark that counts."""
    marks = Attendance.objects.filter(session_id=session_id, client_id=client_id)
    return marks.select_related("by", "client", "session__site").order_by("-version").first()


def first(mark: Attendance) -> Finding:
    """What the second facilitator is shown: the first one's mark."""
    name = names([mark.client])[mark.client_id]
    return marked_meanwhile(name, S(mark.status), mark.by.signature, mark.at, mark.session.site.tz)


def write(
    scene: Scene, client_id: int, version: int, facts: AttendanceFacts, by: Person, at: datetime, why: str = ""
) -> Attendance:  # fmt: skip
    """Write a mark, and put its minutes in the place of the older one's."""
    row = Attendance.objects.create(
        session=scene.session, client_id=client_id, version=version, status=facts.status.value,
        arrived_at=facts.arrived_at, left_at=facts.left_at, why=why, at=at, by=by,
    )  # fmt: skip
    Presence.objects.filter(session=scene.session, client_id=client_id).delete()
    counts = counted_interval(facts, scene.length)
    if counts is not None:
        Presence.objects.create(
            session=scene.session, client_id=client_id, mark=row, started_at=counts[0], ended_at=counts[1]
        )
    return row


def counted_elsewhere(session_id: int, client_id: int) -> Finding:
    """Told where only the database noticed that someone is in two places."""
    session = Session.objects.select_related("series", "site").get(pk=session_id)
    client = Client.objects.get(pk=client_id)
    others = elsewhere([client_id], session).get(client_id, [])
    found = place_findings(names([client])[client_id], (session.started_at, session.ended_at), others, session.site.tz)
    return found[0] if found else stop("attendance.elsewhere", "They are counted in another session at that time.")


def _episode(client: Client, session: Session, at: datetime) -> Episode | None:
    """The episode that was open when the session started, else the one open now: guests and late admissions count as well."""
    mine = Episode.objects.filter(client=client)
    return mine.current(session.started_at).first() or mine.current(at).first()


def placed_in(client: Client, session: Session) -> bool:
    """Whether the session's programs place them when it starts."""
    placed = Placement.objects.current(session.started_at)
    return placed.filter(episode__client=client, program__series=session.series_id).exists()
