"""What stands between a note and its signatures: what it still needs, whom its words name, which sentences are alike."""

from collections.abc import Hashable, Sequence

from audit.rules.findings import Finding
from groups.models import Attendance, Part, Session
from groups.queries.expected import expected
from groups.queries.roster import names
from groups.rules.minutes import NOT_THERE, AttendanceStatus
from groups.rules.notes import (
    Named,
    NoteState,
    PartState,
    alike,
    alike_findings,
    mentions,
    missing,
    naming_findings,
)
from programs.models import Client


def shared_sections(session: Session) -> tuple[Part.Section, ...]:
    """The sections that all charts of a session share: what it was about, and of a group how it worked together."""
    own = session.kind == Session.Kind.INDIVIDUAL
    return (Part.Section.TOPIC,) if own else (Part.Section.TOPIC, Part.Section.PROCESS)


def note_state(session: Session) -> NoteState:
    """What the note of a session still needs. Two queries."""
    newest = (
        Attendance.objects.filter(session=session)
        .order_by("client_id", "-version")
        .distinct("client_id")
        .values_list("client_id", "status")
    )
    there = [client_id for client_id, status in newest if AttendanceStatus(status) not in NOT_THERE]
    parts = [state_of(part) for part in session.parts.select_related("cosign")]
    return missing([section.value for section in shared_sections(session)], there, parts)


def state_of(part: Part) -> PartState:
    """How far a part (loaded with its co-signature) is."""
    cosign = getattr(part, "cosign", None)
    waits = "" if cosign is None else "done" if cosign.at else "open"
    key = part.section if part.client_id is None else f"m{part.client_id}"
    return PartState(key, bool(part.text), part.signed_at is not None, waits)


def checked(session: Session, parts: Sequence[Part]) -> list[Finding]:
    """What is said of these parts before they are signed: neighbours they name, sentences another member's part has too."""
    written = list(session.parts.filter(client__isnull=False).exclude(text="").order_by("pk"))
    marked = Attendance.objects.filter(session=session).values_list("client_id", flat=True)
    ids = expected([session])[session.pk] | set(marked) | {part.client_id for part in parts if part.client_id}
    clients = {client.pk: client for client in Client.objects.filter(pk__in=ids)}
    called = names(clients.values())
    named = {
        pk: Named(pk, who.first_name, who.last_name, who.preferred_name, who.record_number)
        for pk, who in clients.items()
    }

    def title(part: Part) -> str:
        return f"{called[part.client_id]}'s part" if part.client_id in called else part.get_section_display()

    found: list[Finding] = []
    for part in parts:
        own = named.get(part.client_id) if part.client_id is not None else None
        found += naming_findings(title(part), mentions(part.text, named.values(), own), called)
    texts: dict[Hashable, str] = {part.pk: part.text for part in written}
    titles: dict[Hashable, str] = {part.pk: title(part) for part in written}
    mine = {part.pk for part in parts}
    pairs = [pair for pair in alike(texts) if pair.first in mine or pair.second in mine]
    return found + alike_findings(pairs, titles)
