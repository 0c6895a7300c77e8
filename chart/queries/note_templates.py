"""Which templates an organisation's notes follow, and when a note is late there."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from chart.models import NotePolicy, NoteTemplate
from chart.note_templates import shipped
from chart.rules.note_templates import Template, fields_from
from chart.rules.notes import LATE


def templates(organisation_id: int) -> Mapping[str, Template]:
    """The template that counts of each code: the organisation's newest, else the one that ships. One query."""
    rows = NoteTemplate.objects.filter(organisation_id=organisation_id).order_by("code", "-version").distinct("code")
    return {**shipped(), **{row.code: of_row(row) for row in rows}}


def of_row(row: NoteTemplate) -> Template:
    """A stored version as the rule sees it."""
    return Template(
        row.code, row.name, row.kind, row.line, fields_from(row.fields), row.asks_times, row.asks_goal, row.version,
        row.in_use,
    )  # fmt: skip


def late_after(organisation_id: int, at: datetime) -> timedelta:
    """How long after it happened a note is a late entry. One query."""
    rows = NotePolicy.objects.filter(organisation_id=organisation_id, written_at__lte=at)
    hours = rows.order_by("-written_at", "-pk").values_list("late_hours", flat=True).first()
    return LATE if hours is None else timedelta(hours=hours)
