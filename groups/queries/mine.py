"""A facilitator's own day: each of my sessions today, and the one thing that is next to do in it."""

from dataclasses import dataclass
from datetime import datetime

from groups.queries.day import DayLine, day_list
from groups.queries.queue import Queue
from programs.models import Site
from staff.models import Person


@dataclass(frozen=True)
class MySession:
    """One of my sessions. ``tone`` and ``words`` say how it stands, ``act`` what to press now ('' where nothing waits)."""

    line: DayLine
    tone: str
    words: str
    act: str


def my_sessions(site: Site, person: Person, queue: Queue | None, at: datetime) -> tuple[MySession, ...]:
    """My sessions of today in order; ``queue`` is what waits for me, None where I may not run groups. Five queries at most."""
    today = day_list(site, person, at.astimezone(site.tz).date(), at)
    to_write = {each.session_id: each.count for each in queue.to_write} if queue else {}
    to_sign = {each.session_id: each.count for each in queue.to_sign} if queue else {}
    return tuple(_stands(line, to_write.get(line.pk, 0), to_sign.get(line.pk, 0)) for line in today.mine)


def _stands(line: DayLine, to_write: int, to_sign: int) -> MySession:
    """The first of: cancelled, attendance, the note to write, my name, everybody's names."""
    left = line.expected - line.marked
    if line.state == "cancelled":
        return MySession(line, "off", f"cancelled: {line.why}", "")
    if line.state == "next":
        return MySession(line, "accent", "attendance open", "Open") if line.opens else MySession(line, "", "", "")
    if line.state == "now":
        return MySession(line, "accent", f"{left} to mark" if left > 0 else "everyone marked", "Open")
    if left > 0 and not line.marked:
        return MySession(line, "late", "nobody marked", "Mark")
    if to_write:
        return MySession(line, "late", "note to write", "")
    if to_sign or line.to_sign:
        words = f"{to_sign} to sign" if to_sign else "waits for a colleague to sign"
        return MySession(line, "late" if to_sign else "", words, "")
    if line.complete:
        return MySession(line, "free", "signed", "")
    return MySession(line, "", "waits for a colleague", "") if line.marked else MySession(line, "", "nobody came", "")
