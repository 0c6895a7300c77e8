"""What the groups room adds to a client's timeline."""

from collections import defaultdict
from datetime import datetime, tzinfo

from django.db.models import Q
from django.urls import reverse

from groups.findings import clock
from groups.models import Addendum, Attendance, Part
from groups.rules.minutes import AttendanceFacts, AttendanceStatus, SessionFacts, credited_minutes
from programs.contributions import Entry
from programs.together import Asking, asks

S = AttendanceStatus
TONES = {S.ABSENT: "stop", S.EXCUSED: "off", S.LATE: "late", S.LEFT_EARLY: "late"}


@asks
def timeline(client_id: int, since: datetime, until: datetime, at: datetime) -> Asking[list[Entry]]:
    """The groups that began in ``since <= t < until`` and in which a client was marked by ``at``, with credited minutes and what
    was signed about them and about the group; never another member's part. Three queries."""
    there = Attendance.objects.filter(
        client_id=client_id, at__lte=at, session__started_at__gte=since, session__started_at__lt=until
    )
    newest = there.order_by("session_id", "-version").distinct("session_id")
    written = Part.objects.filter(
        Q(client=client_id) | Q(client=None), session__in=there.values("session_id"), signed_at__lte=at
    )
    later = Addendum.objects.filter(part__in=written.values("pk"), at__lte=at).select_related("by")
    marks, parts, addenda = yield (
        newest.select_related("session__series", "session__site", "by"),
        written.order_by("-section", "pk"),
        later.order_by("pk"),
    )
    added: dict[int, list[Addendum]] = defaultdict(list)
    for row in addenda:
        added[row.part_id].append(row)
    zones = {mark.session_id: mark.session.site.tz for mark in marks}
    own: dict[int, str] = {}
    shared: dict[int, list[str]] = {}
    for part in parts:
        words = _words(part, added[part.pk], zones[part.session_id])
        if part.client_id == client_id:
            own[part.session_id] = words
        else:
            shared.setdefault(part.session_id, []).append(words)
    return [_entry(mark, shared.get(mark.session_id, []), own.get(mark.session_id, "")) for mark in marks]


def _words(part: Part, addenda: list[Addendum], tz: tzinfo) -> str:
    """A sealed part, and what was added to it."""
    added = [f"Added {clock(row.at, tz)} by {row.by.signature} ({row.why}): {row.text}" for row in addenda]
    return "\n".join([part.text, *added])


def _entry(mark: Attendance, shared: list[str], own: str) -> Entry:
    session, tz, status = mark.session, mark.session.site.tz, S(mark.status)
    facts = AttendanceFacts(status, mark.arrived_at, mark.left_at)
    minutes = credited_minutes(facts, SessionFacts(session.started_at, session.ended_at))
    times = [f"came {clock(mark.arrived_at, tz)}"] if mark.arrived_at else []
    times += [f"left {clock(mark.left_at, tz)}"] if mark.left_at else []
    counted = [f"{minutes} min"] if minutes else []
    said = " · ".join([status.label, *times, *counted])
    return Entry(
        at=session.started_at,
        kind="group",
        title=session.name,
        line="\n".join(text for text in (said, *shared, own) if text),
        by=mark.by.signature,
        icon="users",
        tone=TONES.get(status, ""),
        paper=reverse("groups:note_pdf", args=[session.pk, mark.client_id]) if shared or own else "",
    )
