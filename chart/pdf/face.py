"""The face sheet: who a client is, on one page."""

from chart.queries.papers import Face
from documents import Column, Document, Fact, Facts, Heading, Kind, Notice, Table, Text
from documents.blocks import Block
from programs.rules.dates import said_at

INSIDE = "For use inside the program; not released. 42 CFR Part 2."
STAYS = (Column("From"), Column("Until"), Column("Level", Kind.STRONG), Column("Program", share=0.4), Column("Ended"))
PEOPLE = (Column("Who", Kind.STRONG, 0.4), Column("As"), Column("Telephone"))


def stamp(face: Face, printed_by: str) -> str:
    """What stands at the foot of every page: whose paper it is, who printed it and when, and that it stays inside."""
    top = face.head
    number = ", ".join((top.client.record_number, *face.numbers))
    return f"{top.client.called}, {number}. {printed_by}, {said_at(top.at, top.site.tz)}. {INSIDE}"


def face_document(face: Face, *, printed_by: str) -> Document:
    """The sheet as it is known at the instant of the head."""
    top = face.head
    return Document(
        title=f"Face sheet: {top.client.called}",
        organisation=top.site.organisation.name,
        site=top.site.name,
        as_of=f"As of {said_at(top.at, top.site.tz)}",
        printed_by=printed_by,
        confidential=stamp(face, printed_by),
        blocks=face_blocks(face),
    )


def face_blocks(face: Face) -> tuple[Block, ...]:
    """Name, where, allergies, precautions, diagnoses, people and episodes."""
    top, tz = face.head, face.head.site.tz
    client = top.client
    allergies = top.allergies.line(tz)
    minded = ", ".join(each.kind.label for each in top.precautions)
    people = tuple(
        (each.name, each.part + (", emergency" if each.emergency else ""), each.phone) for each in face.around
    )
    diagnoses = "\n".join(
        f"{each.code} {each.name} ({each.get_kind_display().lower()})".strip() for each in face.diagnoses
    )
    return (
        Facts(
            (
                Fact("Name", client.called), Fact("Legal name", f"{client.first_name} {client.last_name}"),
                Fact("Record", ", ".join((client.record_number, *face.numbers))),
                Fact("Born", f"{client.born_on:%-d %b %Y}, {top.age}"), Fact("Pronouns", client.pronouns or "Not recorded"),
                Fact("Language", _language(face)), Fact("Sex for clinical use", client.get_clinical_sex_display()),
                Fact("Where", _where(face)), Fact("Next level review", face.review or "None is due"),
            ),
            columns=3,
        ),
        Notice("Allergies", allergies or "Not asked yet. Ask before the first dose.", strong=bool(top.allergies)),
        *((Notice("Precautions", minded),) if minded else ()),
        Heading("Diagnoses", 2),
        Text(diagnoses or "None is recorded."),
        Heading("People", 2),
        Table(PEOPLE, people, empty="Nobody is recorded."),
        Heading("Episodes", 2),
        Table(STAYS, _stays(face), empty="No episode of care yet."),
    )  # fmt: skip


def _language(face: Face) -> str:
    client = face.head.client
    return (client.language or "Not asked") + (", interpreter needed" if client.interpreter else "")


def _where(face: Face) -> str:
    top = face.head
    if top.placement is None:
        return "In no program now"
    place = f", {top.place.unit} {top.place.room}-{top.place.bed}" if top.place else ""
    leave = f", {top.leave.get_kind_display().lower()}" if top.leave else ""
    return f"{top.placement.program.name} {top.placement.level}{place}{leave}"


def _stays(face: Face) -> tuple[tuple[str, ...], ...]:
    top = face.head
    episodes = {each.pk: each for each in top.episodes}
    rows = []
    for each in reversed(top.placements[-12:]):
        episode, tz = episodes[each.episode_id], each.program.site.tz
        ended = each.ended_at is not None and each.ended_at <= top.at
        over = ended and episode.ended_at == each.ended_at and episode.ended_as
        rows.append((
            f"{each.started_at.astimezone(tz):%-d %b %Y}",
            f"{each.ended_at.astimezone(tz):%-d %b %Y}" if ended and each.ended_at else "now",
            each.level, each.program.name, episode.get_ended_as_display() if over else "",
        ))  # fmt: skip
    return tuple(rows)
