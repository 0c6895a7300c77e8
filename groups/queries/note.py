"""The note of a session: shared parts and each member's own part, as one viewer may see them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet

from groups.access import Viewer
from groups.findings import Written, clock, day_and_clock, part_findings
from groups.models import MemberNoteObjective, Part, Session
from groups.queries.prompts import Objective, offered
from groups.queries.roster import Row
from groups.queries.signing import shared_sections

WRITING = timedelta(seconds=30)  # how long after the last save someone 'is writing'
PROMPTS = {
    Part.Section.TOPIC: "What was it about, and what did you do?",
    Part.Section.PROCESS: "How did the group work together?",
    Part.Section.MEMBER: "How did they take part, and what moved?",
}


@dataclass(frozen=True)
class Addition:
    """Words added to a sealed part: who and when ('LPC Danso, Tue 18:48'), and why."""

    text: str
    why: str
    by: str


@dataclass(frozen=True)
class Card:
    """One part as one viewer sees it. ``writer``: me, other (writing now), theirs, or none; ``text`` is '' where they may not
    read it. ``key``: topic, process, or m and the client's id;
    ``absent``: absent or excused, where nothing has to be written; ``cosign``: 'co-sign due Fri 17:48' or 'co-signed ND 18:02'."""

    session_id: int
    key: str
    section: str
    client_id: int | None
    title: str
    prompt: str
    text: str
    written: bool
    version: int
    writer: str
    initials: str
    saved: str
    signed: str
    writing_until: datetime | None
    may_write: bool
    wanted: bool
    absent: str
    objectives: tuple[Objective, ...] = ()
    cosign: str = ""
    may_add: bool = False
    may_take: bool = False
    additions: tuple[Addition, ...] = ()

    @property
    def to_write(self) -> bool:
        """Whether the note still needs this part."""
        return self.wanted and not self.written


@dataclass(frozen=True)
class Signing:
    """How far one facilitator's signature is: ``open`` parts wait for it; ``signed`` is the clock of the last one; ``cosign`` says
    until when a supervisor's name is due ('' = none is open)."""

    initials: str
    open: int
    signed: str
    cosign: str = ""


def key_of(section: str, client_id: int | None) -> str:
    """A part's name in addresses and element ids: 'topic', 'process', 'm12'."""
    return f"m{client_id}" if client_id is not None else section


def written_of(part: Part) -> Written:
    """The part as the rule sees it."""
    return Written(
        part.author_id,
        part.author.signature if part.author else "",
        part.text,
        part.version,
        part.saved_at,
        part.signed_at,
    )


def parts_of(session: Session) -> list[Part]:
    """All parts of a session that anyone began, with who co-signed, what was added and the objectives they name. Three queries,
    and one where something was added."""
    rows = session.parts.select_related("author", "cosign__by")
    rows = rows.prefetch_related("addenda__by", Prefetch("objective_links", _links()))
    return list(rows.order_by("pk"))


def cards(
    session: Session,
    rows: Sequence[Row],
    parts: Iterable[Part],
    viewer: Viewer,
    at: datetime,
    prompts: Mapping[int, tuple[Objective, ...]],
) -> list[Card]:
    """Every part the note has or needs, the shared ones first, then the members' in the order of the roster; ``prompts`` are the
    open objectives of each member. No query."""
    begun = {key_of(part.section, part.client_id): part for part in parts}
    shared = [
        _card(session, begun.get(section.value), section, None, viewer, at) for section in shared_sections(session)
    ]
    own = [
        replace(
            _card(session, begun.get(f"m{row.client_id}"), Part.Section.MEMBER, row, viewer, at),
            objectives=offered(prompts.get(row.client_id, ()), begun.get(f"m{row.client_id}")) if viewer.reads else (),
        )
        for row in rows
    ]
    return shared + own


def _card(
    session: Session, part: Part | None, section: Part.Section, row: Row | None, viewer: Viewer, at: datetime
) -> Card:  # fmt: skip
    tz, client_id = session.site.tz, row.client_id if row else None
    author = part.author if part else None
    mine = author is not None and author.pk == viewer.person_id
    free = part is None or not part_findings(written_of(part), viewer.person_id, at, tz)
    until = part.saved_at + WRITING if part and part.saved_at and not part.signed_at else None
    writing = author is not None and until is not None and until > at
    text = part.text if part else ""
    off = part is None and session.cancelled_at is not None  # what does not take place has nothing to write
    return Card(
        session_id=session.pk,
        key=key_of(section.value, client_id),
        section=section.value,
        client_id=client_id,
        title=f"{row.name} · own part" if row else section.label,
        prompt=PROMPTS[section],
        text=text if viewer.reads else "",
        written=bool(text),
        version=part.version if part else 0,
        writer="me"
        if mine
        else ("other" if writing else "theirs")
        if author and not (free and viewer.runs)
        else "none",
        initials=author.initials if author else "",
        saved=clock(part.saved_at, tz) if part and part.saved_at and text else "",
        signed=f"{author.initials} {clock(part.signed_at, tz)}" if author and part and part.signed_at else "",
        writing_until=until if writing and not mine else None,
        may_write=viewer.runs and free and not off,
        wanted=(row is None or row.there) and not off,
        absent=row.shown if row and row.settled and not row.there and not text else "",
        cosign=_cosign(part, session) if part else "",
        may_add=viewer.runs and part is not None and part.signed_at is not None,
        may_take=viewer.runs and bool(text) and not free and part is not None and part.signed_at is None,
        additions=_additions(part, session) if part and viewer.reads else (),
    )


def _links() -> QuerySet[MemberNoteObjective]:
    return MemberNoteObjective.objects.select_related("objective").order_by("pk")


def _cosign(part: Part, session: Session) -> str:
    cosign = getattr(part, "cosign", None)
    if cosign is None:
        return ""
    if cosign.at is None:
        return f"co-sign due {day_and_clock(cosign.due_at, session.site.tz)}"
    return f"co-signed {cosign.by.initials} {clock(cosign.at, session.site.tz)}"


def _additions(part: Part, session: Session) -> tuple[Addition, ...]:
    rows = sorted(part.addenda.all(), key=lambda row: row.pk)
    return tuple(
        Addition(row.text, row.why, f"{row.by.signature}, {day_and_clock(row.at, session.site.tz)}") for row in rows
    )


def signings(session: Session, parts: Iterable[Part]) -> list[Signing]:
    """Each author's signature: open while any of their written parts waits."""
    found: dict[int, list[Part]] = {}
    for part in parts:
        if part.author_id is not None and part.text:
            found.setdefault(part.author_id, []).append(part)
    lines = []
    for theirs in found.values():
        author, signed = theirs[0].author, [part.signed_at for part in theirs if part.signed_at]
        assert author is not None
        last = clock(max(signed), session.site.tz) if signed else ""
        due = [cosign.due_at for part in theirs if (cosign := getattr(part, "cosign", None)) and cosign.at is None]
        waits = day_and_clock(min(due), session.site.tz) if due else ""
        lines.append(Signing(author.initials, len(theirs) - len(signed), last, waits))
    return sorted(lines, key=lambda line: line.initials)
