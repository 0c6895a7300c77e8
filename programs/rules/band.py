"""An episode as a band of levels over time: which part, how wide, which words. Widths are per cent of the picture."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

NARROWEST = 5.0  # per cent: a day in 3.7 stays visible beside a year in 1.5
ROOM_FOR_DAYS = 13.0  # per cent that 'level and days' need on a tablet
NEXT = 16.0  # per cent for 'next?'


@dataclass(frozen=True)
class Stretch:
    """One placement: ``ended_at`` None while it lasts; ``level`` as it was then ('' for a gap)."""

    level: str
    program: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Part:
    """One piece of the picture: ``x`` and ``width`` in per cent, ``text`` as much as fits, ``title`` all of it."""

    level: str
    program: str
    x: str
    width: str
    text: str
    title: str
    since: datetime | None
    until: datetime | None
    days: int | None


@dataclass(frozen=True)
class Band:
    """The picture; ``label`` says all of it in words."""

    parts: tuple[Part, ...]
    label: str


def level_class(level: str) -> str:
    """The look's class of a level: 'level-3-7' for '3.7 COE', 'level-none' for none."""
    return f"level-{level.split()[0].replace('.', '-')}" if level else "level-none"


def days_between(start: datetime, end: datetime, tz: ZoneInfo) -> int:
    """Nights between two instants on a site's calendar."""
    return (end.astimezone(tz).date() - start.astimezone(tz).date()).days


def said_days(days: int) -> str:
    """'today', '1 day', '21 days'."""
    return {0: "today", 1: "1 day"}.get(days, f"{days} days")


def band(stretches: Iterable[Stretch], *, at: datetime, tz: ZoneInfo, ask_next: bool) -> Band:
    """The band of an episode up to ``at``: placements in order, gaps between them, 'next?' where ``ask_next``."""
    known = sorted((each for each in stretches if each.started_at <= at), key=lambda each: each.started_at)
    pieces = list(_with_gaps(known))
    room = 100.0 - (NEXT if ask_next else 0.0)
    widths = _widths([(min(each.ended_at or at, at) - each.started_at).total_seconds() for each in pieces], room)
    parts, x, words = [], 0.0, []
    for piece, width in zip(pieces, widths, strict=True):
        part = _part(piece, x, width, at, tz)
        parts.append(part)
        lasted = f"for {said_days(part.days)}" if part.days else "today"
        words.append(f"{piece.level or 'no program'} {lasted}")
        x += width
    if ask_next:
        width = 100.0 - x
        parts.append(Part("", "", f"{x:.2f}%", f"{width:.2f}%", "next?", "Next level not decided", None, None, None))
        words.append("next not decided")
    return Band(tuple(parts), ", ".join(words))


def _with_gaps(known: list[Stretch]) -> Iterable[Stretch]:
    before: Stretch | None = None
    for each in known:
        if before is not None and before.ended_at is not None and before.ended_at < each.started_at:
            yield Stretch("", "no program", before.ended_at, each.started_at)
        yield each
        before = each


def _widths(lengths: list[float], room: float) -> list[float]:
    """Shares of ``room`` by length, none so narrow that it vanishes."""
    total = sum(lengths) or 1.0
    least = min(NARROWEST, room / max(len(lengths), 1))
    wanted = [max(room * length / total, least) for length in lengths]
    spare, over = sum(each - least for each in wanted), sum(wanted) - room
    return [each - (over * (each - least) / spare if spare else 0.0) for each in wanted]


def _part(piece: Stretch, x: float, width: float, at: datetime, tz: ZoneInfo) -> Part:
    ended = piece.ended_at if piece.ended_at is not None and piece.ended_at <= at else None
    days = days_between(piece.started_at, ended or at, tz)
    since = f"{piece.started_at.astimezone(tz):%-d %b}"
    period = f"{since} to {ended.astimezone(tz):%-d %b}" if ended else f"since {since}"
    whole = f"{piece.level or 'no program'} · {said_days(days)}"
    text = whole if width >= ROOM_FOR_DAYS else piece.level
    title = f"{piece.level or 'No program'}, {piece.program}, {period}, {said_days(days)}"
    return Part(
        piece.level, piece.program, f"{x:.2f}%", f"{width:.2f}%", text, title, piece.started_at, ended, days
    )  # fmt: skip
