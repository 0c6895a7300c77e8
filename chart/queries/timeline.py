"""What the chart adds to a client's timeline: notes, and the moves that ``programs`` (which has no pages) records."""

from collections.abc import Iterator
from datetime import datetime

from chart.models import Note
from programs.contributions import Entry
from programs.models import Leave, Placement


def notes(client_id: int, at: datetime) -> Iterator[Entry]:
    """Every note written by then; a corrected one says by whom. One query."""
    found = Note.objects.filter(episode__client_id=client_id, written_at__lte=at)
    for note in found.select_related("by", "corrected_by__by"):
        title, tone = note.get_kind_display(), ""
        newer = getattr(note, "corrected_by", None)
        if newer is not None and newer.written_at <= at:
            title, tone = f"{title}, corrected by {newer.by.signature}", "off"
        elif note.corrects_id is not None:
            title, tone = f"{title}, a correction", "caution"
        yield Entry(note.about_at, "note", title, note.text, note.by.signature, "notebook-pen", tone)


def moves(client_id: int, at: datetime) -> Iterator[Entry]:
    """Where the client was placed, when care ended, and leaves. Two queries."""
    placed = Placement.objects.filter(episode__client_id=client_id, started_at__lte=at).select_related(
        "program__site", "episode"
    )
    for placement in placed:
        where = f"{placement.program.name}, {placement.program.site.name}"
        yield Entry(placement.started_at, "move", f"Placed in {where}", "", "", "signpost", "accent", placement.level)
        ended = placement.episode.ended_at
        if ended is not None and ended <= at and placement.ended_at == ended:
            yield Entry(ended, "move", f"Discharged from {where}", "", "", "door-open", "off", placement.level)
    for leave in Leave.objects.filter(episode__client_id=client_id, started_at__lte=at):
        label = Leave.Kind(leave.kind).label
        yield Entry(leave.started_at, "move", label, "", "", "footprints", "other")
        if leave.ended_at is not None and leave.ended_at <= at:
            yield Entry(leave.ended_at, "move", f"Back, no longer {label.lower()}", "", "", "footprints")
