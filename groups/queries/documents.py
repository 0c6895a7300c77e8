"""What the papers of the group rooms need: a session's note as one chart has it, and a client's weeks one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from groups.findings import clock
from groups.models import Attendance, Part, Presence, Session
from groups.packs import services
from groups.queries.ledger import Ledger, ledger
from groups.queries.signing import note_state
from groups.queries.week import week_from
from groups.rules.minutes import AttendanceStatus
from programs.models import Client, Site


@dataclass(frozen=True)
class Signed:
    """A name under a part: 'LCSW Okafor, 18 Nov 2025, 11:42'; ``cosigned`` is '' where none is asked or given."""

    by: str
    cosigned: str


@dataclass(frozen=True)
class Addition:
    """Words added to a sealed part later, and why."""

    text: str
    why: str
    by: str


@dataclass(frozen=True)
class Section:
    """One signed part: what it is, what it says, who signed, what was added, which objectives of the client's plan it is about."""

    title: str
    text: str
    signed: Signed
    additions: tuple[Addition, ...]
    objectives: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChartNote:
    """The note of a session as one client's chart has it: the shared parts and their own part, nobody else's.

    ``minutes`` are those credited; ``attended`` says how; ``complete`` whether every required signature stands. Unsigned parts are
    not in it.
    """

    session: Session
    client: Client
    service: str
    leaders: tuple[str, ...]
    attended: str
    minutes: int
    sections: tuple[Section, ...]
    complete: bool


def chart_note(session: Session, client: Client, at: datetime) -> ChartNote | None:
    """The note for one chart as it stands; None where the client was never marked in the session. Nine queries at most."""
    mark = Attendance.objects.filter(session=session, client=client).order_by("-version").first()
    if mark is None:
        return None
    presence = Presence.objects.filter(session=session, client=client).first()
    parts = session.parts.filter(signed_at__isnull=False).select_related("author", "cosign__by")
    mine = [
        part
        for part in parts.prefetch_related("addenda__by", "objective_links__objective")
        if part.client_id in (None, client.pk)
    ]
    order = list(Part.Section.values)
    service = services().get(session.service)
    return ChartNote(
        session=session,
        client=client,
        service=f"{session.service} {service.name}" if service else session.service,
        leaders=tuple(
            row.person.signature
            for row in session.facilitator_rows.filter(removed_at=None).select_related("person").order_by("pk")
        ),
        attended=_attended(mark, session.site),
        minutes=int((presence.ended_at - presence.started_at).total_seconds() // 60) if presence else 0,
        sections=tuple(
            _section(part, session.site) for part in sorted(mine, key=lambda part: order.index(part.section))
        ),
        complete=note_state(session).complete,
    )


def _attended(mark: Attendance, site: Site) -> str:
    words = AttendanceStatus(mark.status).label
    came = f", came {clock(mark.arrived_at, site.tz)}" if mark.arrived_at else ""
    left = f", left {clock(mark.left_at, site.tz)}" if mark.left_at else ""
    return f"{words}{came}{left}"


def _section(part: Part, site: Site) -> Section:
    assert part.author is not None
    assert part.signed_at is not None
    cosign = getattr(part, "cosign", None)
    cosigned = ""
    if cosign is not None:
        cosigned = (
            f"Co-signed by {cosign.by.signature}, {told(cosign.at, site)}"
            if cosign.by is not None and cosign.at is not None
            else f"Co-signature due {told(cosign.due_at, site)}"
        )
    title = "Own part" if part.client_id else Part.Section(part.section).label
    return Section(
        title,
        part.text,
        Signed(f"{part.author.signature}, {told(part.signed_at, site)}", cosigned),
        tuple(
            Addition(each.text, each.why, f"{each.by.signature}, {told(each.at, site)}")
            for each in sorted(part.addenda.all(), key=lambda each: each.at)
        ),
        tuple(link.objective.text for link in sorted(part.objective_links.all(), key=lambda link: link.pk)),
    )


def told(moment: datetime, site: Site) -> str:
    """'18 Nov 2025, 11:42' on the site's wall."""
    return f"{moment.astimezone(site.tz):%-d %b %Y, %H:%M}"


def weeks(client: Client, site: Site, first: date, last: date, at: datetime) -> Sequence[Ledger]:
    """A client's ledger of every week that a range of dates touches, oldest first. A constant number of queries a week."""
    monday = first - timedelta(days=first.weekday())
    found = []
    while monday <= last:
        found.append(ledger(client, site, week_from(monday, site.tz), at))
        monday += timedelta(days=7)
    return found
