"""One session as one viewer sees it: roster, note, who is here, who has signed."""

from dataclasses import dataclass
from datetime import datetime

from groups.access import Viewer
from groups.findings import DASH, clock, day_and_clock
from groups.models import Session
from groups.queries.note import Card, Signing, cards, parts_of, signings
from groups.queries.roster import Row, roster


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
        """More people in the room than the group may have."""
        return self.here > self.size_limit

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


def session_page(session: Session, viewer: Viewer, at: datetime) -> SessionPage:
    """The page of a session (with its series and site loaded). Eight queries, however many members."""
    tz = session.site.tz
    rows = roster(session, at)
    parts = parts_of(session)
    faces = [
        Face(who.initials, who.name, who.pk == viewer.person_id) for who in session.facilitators.order_by("name", "pk")
    ]
    return SessionPage(
        pk=session.pk,
        name=session.series.name,
        topic=session.topic,
        room=session.room,
        when=f"{day_and_clock(session.started_at, tz)}{DASH}{clock(session.ended_at, tz)}",
        day=session.started_at.astimezone(tz).date().isoformat(),
        viewer=viewer,
        rows=tuple(rows),
        cards=tuple(cards(session, rows, parts, viewer, at)),
        faces=tuple(faces),
        signings=tuple(signings(session, parts)),
        size_limit=session.series.size_limit,
        begun=session.started_at <= at,
        mine_open=sum(
            1 for part in parts if part.author_id == viewer.person_id and part.text and part.signed_at is None
        ),
    )
