"""One session as one viewer sees it: roster, note, who is here, who has signed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from audit.rules.findings import Finding
from groups.access import Viewer
from groups.findings import DASH, OPENS, clock, day_and_clock
from groups.models import Part, Session
from groups.packs import services
from groups.queries.note import Card, Signing, cards, parts_of, signings
from groups.queries.packs import pack_book, size_rule
from groups.queries.prompts import Objective, objectives
from groups.queries.roster import Row, roster
from groups.rules.packs import Packs
from groups.rules.room import lead_findings, most_at_once, ratio_findings
from staff.models import Person
from staff.rules.credentials import split_credentials


@dataclass(frozen=True)
class Face:
    """A facilitator's avatar."""

    initials: str
    name: str
    me: bool


@dataclass(frozen=True)
class SessionPage:
    """What the session page shows. ``when`` is in the site's zone; ``mine_open`` counts my parts that wait for my name."""

    pk: int
    name: str
    topic: str
    room: str
    when: str
    day: str
    viewer: Viewer
    rows: tuple[Row, ...]
    cards: tuple[Card, ...]
    faces: tuple[Face, ...]
    signings: tuple[Signing, ...]
    size_limit: int
    begun: bool
    mine_open: int
    kind: str = "group"
    service: str = ""
    cancelled: str = ""
    moved: str = ""
    notes: tuple[Finding, ...] = ()
    may_cosign: bool = False
    complete: str = ""

    @property
    def here(self) -> int:
        """How many were marked as there."""
        return sum(row.there for row in self.rows)

    @property
    def unmarked(self) -> int:
        """How many still have to be marked."""
        return sum(not row.settled for row in self.rows)

    @property
    def full(self) -> bool:
        """More people in the room at one time than the group may have; whoever left has made room."""
        return most_at_once([row.counts for row in self.rows if row.counts is not None]) > self.size_limit

    @property
    def to_write(self) -> int:
        """How many parts the note still needs."""
        return sum(card.to_write for card in self.cards)

    @property
    def saved(self) -> str:
        """When a word of the note was last saved."""
        return max((card.saved for card in self.cards), default="")

    def row(self, client_id: int) -> Row | None:
        """One client's line."""
        return next((row for row in self.rows if row.client_id == client_id), None)

    def card(self, key: str) -> Card | None:
        """One part."""
        return next((card for card in self.cards if card.key == key), None)


@dataclass(frozen=True)
class SessionFacts:
    """All that was read for a session's page, the same for whoever looks at it."""

    session: Session
    rows: tuple[Row, ...]
    prompts: Mapping[int, tuple[Objective, ...]]
    parts: tuple[Part, ...]
    leads: tuple[Person, ...]
    packs: Packs
    size_limit: int
    at: datetime
    drawn: dict[tuple[str, bool], str] = field(
        default_factory=dict, compare=False
    )  # lines of the roster, drawn already


def session_facts(session: Session, at: datetime) -> SessionFacts:
    """Read a session (with its series and site loaded). Eighteen queries however many members, one more where they have plans."""
    book = pack_book(session.site_id)
    leads = Person.objects.filter(facilitator_rows__session=session, facilitator_rows__removed_at=None)
    rule = size_rule(session, book)
    rows = tuple(roster(session, at))
    return SessionFacts(
        session=session,
        rows=rows,
        prompts=objectives([row.client_id for row in rows], at),
        parts=tuple(parts_of(session)),
        leads=tuple(leads.order_by("name", "pk")),
        packs=book.packs(at.astimezone(session.site.tz).date()),
        size_limit=rule.most if rule else 1,
        at=at,
    )


def session_page(session: Session, viewer: Viewer, at: datetime) -> SessionPage:
    """The page of a session (with its series and site loaded), read now for one viewer."""
    return page_for(session_facts(session, at), viewer, at)


def page_for(facts: SessionFacts, viewer: Viewer, at: datetime) -> SessionPage:
    """What was read, as one viewer sees it. No query."""
    session, rows, parts, leads, packs = facts.session, facts.rows, facts.parts, facts.leads, facts.packs
    tz, service = session.site.tz, services().get(session.service)
    faces = [Face(who.initials, who.name, who.pk == viewer.person_id) for who in leads]
    return SessionPage(
        pk=session.pk,
        name=session.name,
        topic=session.topic,
        room=session.room,
        when=f"{day_and_clock(session.started_at, tz)}{DASH}{clock(session.ended_at, tz)}",
        day=session.started_at.astimezone(tz).date().isoformat(),
        viewer=viewer,
        rows=rows,
        cards=tuple(cards(session, rows, parts, viewer, at, facts.prompts)),
        faces=tuple(faces),
        signings=tuple(signings(session, parts)),
        size_limit=facts.size_limit,
        begun=session.started_at <= at,
        mine_open=sum(
            1 for part in parts if part.author_id == viewer.person_id and part.text and part.signed_at is None
        ),
        kind=session.kind,
        service=service.name if service else "",
        cancelled=session.cancelled_why,
        moved=session.moved_why,
        notes=tuple(_told(session, leads, sum(row.there for row in rows), packs, at)),
        may_cosign=_may_cosign(parts, viewer, packs, at.astimezone(tz).date()),
        complete=day_and_clock(session.completed_at, tz) if session.completed_at else "",
    )


def _told(session: Session, leads: Sequence[Person], there: int, packs: Packs, at: datetime) -> list[Finding]:
    """What is told of who runs it; nothing of a session still far away or cancelled."""
    if session.cancelled_at is not None or session.started_at > at + OPENS:
        return []
    held = [credential for lead in leads for credential in split_credentials(lead.credentials)]
    eligible = split_credentials(session.series.credentials) if session.series else []
    found = lead_findings(held or [""] * len(leads), eligible)
    service, on = services().get(session.service), session.started_at.astimezone(session.site.tz).date()
    rule = packs.ratio(service.cls if service else "", (), on)
    return found + (ratio_findings(there, len(leads), rule) if rule is not None and leads else [])


def _may_cosign(parts: Iterable[Part], viewer: Viewer, packs: Packs, on: date) -> bool:
    waits = any(
        part.author_id != viewer.person_id and (cosign := getattr(part, "cosign", None)) and cosign.at is None
        for part in parts
    )
    return waits and viewer.runs and bool(packs.cosigners(on) & set(split_credentials(viewer.credentials)))
