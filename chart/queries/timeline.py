"""What the chart adds to a client's timeline: notes, and the moves that ``programs`` (which has no pages) records."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from chart.models import Note
from programs.contributions import Entry
from programs.models import Leave, Placement
from programs.together import Asking, asks

LONGEST = 900  # characters of a note on the timeline
PLACED, AWAY = "placed", "away"


@asks
def notes(client_id: int, since: datetime, until: datetime, at: datetime) -> Asking[list[Entry]]:
    """The notes about ``since <= t < until`` that were written by ``at``; a corrected one says by whom, one that was entered in
    error is not shown. Long ones are cut; ``paper`` has them whole. One query."""
    gone = Note.objects.filter(amendment=Note.Amendment.RETRACTION, written_at__lte=at)
    found = (
        Note.objects.filter(episode__client_id=client_id, about_at__gte=since, about_at__lt=until, written_at__lte=at)
        .exclude(amendment=Note.Amendment.RETRACTION)
        .annotate(first=Coalesce("root", "pk"))
        .filter(~Exists(gone.filter(root=OuterRef("first"))))
        .filter(Q(adds_to=None) | ~Exists(gone.filter(root=OuterRef("adds_to"))))
    )
    entries = []
    (rows,) = yield (found.select_related("by", "corrected_by__by").defer("words", "corrected_by__words"),)
    for note in rows:
        title, tone = note.title, ""
        newer = getattr(note, "corrected_by", None)
        if newer is not None and newer.written_at <= at:
            title, tone = f"{title}, corrected by {newer.by.signature}", "off"
        elif note.corrects_id is not None:
            title, tone = f"{note.get_kind_display()}, a correction", "caution"
        elif note.late and note.amendment != Note.Amendment.LATE_ENTRY:
            title, tone = f"{title}, late entry", "caution"
        line = note.text if len(note.text) <= LONGEST else f"{note.text[: LONGEST - 1].rstrip()}…"
        paper = reverse("chart:note_paper", args=[client_id, note.pk])
        entries.append(Entry(note.about_at, "note", title, line, note.by.signature, "notebook-pen", tone, paper=paper))
    return entries


@asks
def moves(client_id: int, since: datetime, until: datetime, at: datetime) -> Asking[list[Entry]]:
    """Where the client was placed, when care ended, and leaves, in ``since <= t < until`` as known at ``at``. One query."""
    touched = Q(started_at__gte=since, started_at__lt=until) | Q(ended_at__gte=since, ended_at__lt=until)
    mine = {"episode__client_id": client_id, "started_at__lte": at}
    placed = Placement.objects.filter(touched, **mine).values_list(
        Value(PLACED), "started_at", "ended_at", "episode__ended_at", "level", "program__name", "program__site__name"
    )
    away = Leave.objects.filter(touched, **mine).values_list(
        Value(AWAY), "started_at", "ended_at", "ended_at", "kind", Value(""), Value("")
    )

    def shown(moment: datetime | None) -> bool:
        return moment is not None and since <= moment < until and moment <= at

    found = []
    (rows,) = yield (placed.union(away, all=True),)
    for what, begun, ended, over, word, program, site in rows:
        if what == PLACED:
            where = f"{program}, {site}"
            if shown(begun):
                found.append(Entry(begun, "move", f"Placed in {where}", "", "", "signpost", "accent", word))
            if shown(over) and ended == over:
                found.append(Entry(over, "move", f"Discharged from {where}", "", "", "door-open", "off", word))
            continue
        label = Leave.Kind(word).label
        if shown(begun):
            found.append(Entry(begun, "move", label, "", "", "footprints", "other"))
        if shown(ended):
            found.append(Entry(ended, "move", f"Back, no longer {label.lower()}", "", "", "footprints"))
    return found
