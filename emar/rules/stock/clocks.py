"""When a loss of controlled medication is reported by (21 CFR 1301.76(b), as amended by 88 FR 40707).

A theft or significant loss: a written notice to the authority's field office within one business day of discovery, and the form
(DEA Form 106) within 45 days of it. What is significant is the registrant's to judge, so the clocks run from any count that found
too little, until a cause says it was none. Holidays are not left out: the clock may be early, never late.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from emar.rules.stock.kinds import Cause, Told
from programs.rules.clocks import State, days_later

FORM_DAYS = 45
NEAR = 4  # a clock is near in the last quarter of its time
SATURDAY = 5


@dataclass(frozen=True)
class Report:
    """One thing to be sent: due at (UTC), sent at (None: not yet), and how it stands."""

    what: Told
    due_at: datetime
    sent_at: datetime | None
    state: State


def is_reportable(missing: Decimal, cause: Cause | None) -> bool:
    """Whether the clocks run: something was missing, and no cause yet, or theft or loss."""
    return missing > 0 and (cause is None or cause.is_loss)


def notice_due(found_at: datetime, tz: ZoneInfo) -> datetime:
    """The same time of the next business day (Monday to Friday) on the site's clock, in UTC."""
    days = 1
    while (found_at.astimezone(tz) + timedelta(days=days)).weekday() >= SATURDAY:
        days += 1
    return days_later(found_at, days, tz)


def form_due(found_at: datetime, tz: ZoneInfo) -> datetime:
    """45 days later at the same time on the site's clock, in UTC."""
    return days_later(found_at, FORM_DAYS, tz)


def reports(
    found_at: datetime, *, notice_at: datetime | None, form_at: datetime | None, now: datetime, tz: ZoneInfo
) -> tuple[Report, ...]:
    """Both clocks of a loss, as they stand."""
    return (
        _report(Told.NOTICE, found_at, notice_due(found_at, tz), notice_at, now),
        _report(Told.FORM, found_at, form_due(found_at, tz), form_at, now),
    )


def _report(what: Told, start: datetime, due_at: datetime, sent_at: datetime | None, now: datetime) -> Report:
    if sent_at is not None:
        return Report(what, due_at, sent_at, State.MET if sent_at <= due_at else State.LATE)
    if now > due_at:
        return Report(what, due_at, None, State.LATE)
    return Report(what, due_at, None, State.NEAR if due_at - now <= (due_at - start) / NEAR else State.RUNNING)
