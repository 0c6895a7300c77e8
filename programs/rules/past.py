"""Which past minute was asked for? A wall-clock time of the site, judged: garbled, not yet, skipped, or one that came twice."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from programs.rules.wall import instants

SHAPE = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?", re.ASCII)
GARBLED = "Write a date and a time, as in 2026-11-03 02:14."
EARLIEST, LATEST = 1970, 9999


@dataclass(frozen=True)
class Past:
    """``at`` is the UTC instant, None where ``wrong`` says why not. ``twice``: the clock showed this time twice that night;
    ``second``: the later of the two is meant."""

    typed: str
    at: datetime | None = None
    wrong: str = ""
    twice: bool = False
    second: bool = False


def past_minute(typed: str, now: datetime, tz: ZoneInfo, *, second: bool = False) -> Past:
    """Read what was typed as a minute on the wall clock of ``tz`` that has passed at ``now`` (aware).

    Of an hour that comes twice the first is meant, unless ``second``.
    """
    typed = typed.strip()
    wall = _wall(typed)
    if wall is None:
        return Past(typed, wrong=GARBLED)
    shown = instants(wall, tz)
    if not shown:
        behind, ahead = (wall.replace(tzinfo=tz, fold=fold).astimezone(UTC).astimezone(tz) for fold in (1, 0))
        return Past(
            typed, wrong=f"The clocks went forward and {wall:%H:%M} did not come that day: {behind:%H:%M} or {ahead:%H:%M} did."
        )  # fmt: skip
    twice = len(shown) == 2
    at = shown[-1] if second else shown[0]
    if at > now:
        return Past(
            typed,
            wrong=f"{wall:%a} {wall.day} {wall:%b %Y}, {wall:%H:%M} has not come yet. Choose a time that has passed.",
        )
    return Past(typed, at, twice=twice and shown[-1] <= now, second=twice and second)


def _wall(typed: str) -> datetime | None:
    """What the clock on the wall showed, without a zone; None where it is no time, or one no calendar reaches."""
    if not SHAPE.fullmatch(typed):
        return None
    try:
        found = datetime.fromisoformat(typed).replace(second=0)
    except ValueError:
        return None
    return found if EARLIEST <= found.year < LATEST else None
