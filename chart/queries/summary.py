"""A discharge summary drafted from the chart: what the record knows, in sentences, for a person to edit and sign."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chart.models import Note, ObjectiveStatus, Plan, Score
from chart.queries.notes import standing as standing_notes
from chart.queries.plan_tree import ObjectiveRow, tree
from chart.queries.scores import standing
from chart.scales import scale
from programs.contributions import medications
from programs.models import Episode, Leave, Placement, Program
from programs.rules.band import days_between, said_days

TEMPLATE = "discharge-summary"
LONGEST = 1200  # characters of the admission note that are brought along
JUST_BEFORE = timedelta(seconds=1)


def drafted(episode: Episode, at: datetime, tz: ZoneInfo) -> dict[str, str]:
    """The words of each field of the template that the chart can say something about. About ten queries."""
    end = episode.ended_at if episode.ended_at is not None and episode.ended_at <= at else None
    words = {
        "reason": _reason(episode, at),
        "course": _course(episode, end or at, tz),
        "goals": _goals(episode, at),
        "measures": _measures(episode, at, tz),
        "medications": "\n".join(medications([episode.client_id], end - JUST_BEFORE if end else at)),
        "state": f"{episode.get_ended_as_display()} on {end.astimezone(tz):%-d %b %Y}."
        if end and episode.ended_as
        else "",
    }
    return {name: text for name, text in words.items() if text}


def _reason(episode: Episode, at: datetime) -> str:
    """The words of the admission note."""
    rows = standing_notes(Note.objects.filter(episode=episode, kind=Note.Kind.ADMISSION, written_at__lte=at))
    first = rows.order_by("about_at", "pk").first()
    return "" if first is None else first.text[:LONGEST]


def _course(episode: Episode, end: datetime, tz: ZoneInfo) -> str:
    """One line for each level, and the leaves."""
    rows = Placement.objects.filter(episode=episode, kind=Program.Kind.TREATMENT, started_at__lte=end)
    lines = []
    for row in rows.select_related("program").order_by("started_at"):
        until = min(row.ended_at or end, end)
        lasted = said_days(days_between(row.started_at, until, tz))
        dates = f"{row.started_at.astimezone(tz):%-d %b %Y} to {until.astimezone(tz):%-d %b %Y}"
        lines.append(f"{row.level}, {row.program.name}: {dates}, {lasted}.")
    for leave in Leave.objects.filter(episode=episode, started_at__lte=end).order_by("started_at"):
        lines.append(f"{leave.get_kind_display()} from {leave.started_at.astimezone(tz):%-d %b %Y}.")
    return "\n".join(lines)


def _goals(episode: Episode, at: datetime) -> str:
    """Each objective of the last signed plan, with what became of it."""
    plan = Plan.objects.filter(episode=episode, signed_at__lte=at).order_by("-number").first()
    if plan is None:
        return ""
    return "\n".join(_objective(row) for row in tree(plan, at).objectives)


def _objective(row: ObjectiveRow) -> str:
    if row.status is not None:
        became = ObjectiveStatus.Status(row.status.status).label.lower()
    else:
        became = f"closed: {row.closed_why}" if row.closed_why else "no status was recorded"
    return f"{row.number} {row.words}: {became}."


def _measures(episode: Episode, at: datetime, tz: ZoneInfo) -> str:
    """The first and the last total of each scale."""
    rows = standing(at).filter(episode=episode, total__isnull=False).order_by("scale", "at", "pk")
    first: dict[str, Score] = {}
    last: dict[str, Score] = {}
    for row in rows:
        first.setdefault(row.scale, row)
        last[row.scale] = row
    lines = []
    for code, begun in first.items():
        found, ended = scale(code), last[code]
        name = code if found is None else found.name
        then = f"{name} {begun.total} on {begun.at.astimezone(tz):%-d %b %Y}"
        lines.append(then if begun == ended else f"{then}, {ended.total} on {ended.at.astimezone(tz):%-d %b %Y}.")
    return "\n".join(lines)
