"""When does an order have nothing left to give, though nobody stopped it?"""

from datetime import datetime, timedelta, tzinfo

from emar.rules.schedule import Once, Schedule, Taper
from emar.rules.schedule.due import as_utc, first_instant
from emar.rules.windows import Window, missed_from

LINGERS = timedelta(hours=12)
"""How long after its last dose an order still counts: a late one may yet be charted. House proposal."""


def last_due(schedule: Schedule, anchor: datetime, tz: tzinfo) -> datetime | None:
    """The last instant (UTC) at which the schedule is due; None where it goes on."""
    if isinstance(schedule, Once):
        return as_utc(anchor, "anchor")
    if not isinstance(schedule, Taper):
        return None
    day = anchor.astimezone(tz).date() + timedelta(days=schedule.days - 1)
    return first_instant(day, schedule.steps[-1].times[-1], tz)


def is_over(schedule: Schedule, anchor: datetime, *, at: datetime, tz: tzinfo) -> bool:
    """Whether a single dose or a taper has run out by now."""
    last = last_due(schedule, anchor, tz)
    return last is not None and at >= last + LINGERS


def dropped(due: datetime, window: Window, *, stopped_at: datetime | None, ended_at: datetime | None) -> bool:
    """Whether an uncharted dose went with its order: its window was still open when somebody stopped it.

    A dose missed by then stays missed; a planned end drops nothing.
    """
    return stopped_at is not None and ended_at is not None and missed_from(due, window) > ended_at
