"""Which instant does a clock on the wall mean? It shows one hour twice in the night in which it goes back, and skips one in spring.

What has happened is the latest instant that has passed; what is awaited is read by ``programs.forms.WallClock``.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

HALF, DAY = timedelta(hours=12), timedelta(days=1)


def instants(wall: datetime, tz: ZoneInfo) -> list[datetime]:
    """The instants (UTC, earliest first) at which the wall clock of ``tz`` shows this naive time: one, two, or none where it is skipped."""
    both = [wall.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1)]
    return sorted({each for each in both if each.astimezone(tz).replace(tzinfo=None) == wall})


def happened(wall: datetime, tz: ZoneInfo, now: datetime) -> datetime | None:
    """The latest of them that has passed at ``now`` (aware); the first where none has, None where it is skipped."""
    found = instants(wall, tz)
    return max((each for each in found if each <= now), default=found[0] if found else None)


def shown_last(clock: time, tz: ZoneInfo, now: datetime) -> datetime | None:
    """The last instant (UTC) at which the wall showed this time of day; None where it was skipped that day."""
    here = now.astimezone(tz)
    wall = datetime.combine(here.date(), clock)
    passed = [each for each in instants(wall, tz) if each <= now]
    if passed or (wall <= here.replace(tzinfo=None) and not instants(wall, tz)):
        return max(passed, default=None)
    return happened(wall - DAY, tz, now)


def shown_near(clock: time, tz: ZoneInfo, now: datetime, near: datetime) -> datetime:
    """The instant (UTC) nearest to ``near`` at which the wall showed this time of day, of those that have passed at ``now`` where
    one within half a day has; else one that is to come, for the rules to judge."""
    day = near.astimezone(tz).date()
    walls = (datetime.combine(day + DAY * off, clock) for off in (-1, 0, 1))
    found = [each for wall in walls for each in instants(wall, tz)]
    close = [each for each in found if each <= now and abs(each - near) <= HALF]
    return min(close or found, key=lambda each: abs(each - near))
