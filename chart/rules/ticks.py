"""Where an axis of time is marked, and with what: hours, days or months of the site's clock, few enough to be read."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOURS, DAYS, MONTHS = (1, 2, 4, 6, 12), (1, 2, 7, 14), (1, 2, 3, 6, 12)
MOST = 8


def ticks(since: datetime, until: datetime, tz: tzinfo) -> Iterator[tuple[datetime, str]]:
    """At most about eight marks after ``since`` and until ``until`` (aware): the instant, and its words."""
    span = until - since
    if span <= MOST * 12 * HOUR:
        step = next((each for each in HOURS if span / (each * HOUR) <= MOST), HOURS[-1])
        yield from _hours(since, until, tz, step)
    elif span <= MOST * 14 * DAY:
        days = next((each for each in DAYS if span / (each * DAY) <= MOST), DAYS[-1])
        on = since.astimezone(tz).date() + DAY
        while (at := _midnight(on, tz)) <= until:
            yield at, f"{on:%a}" if days == 1 else f"{on:%-d %b}"
            on += days * DAY
    else:
        months = next((each for each in MONTHS if span / (each * 30 * DAY) <= MOST), MONTHS[-1])
        yield from _months(since, until, tz, months)


def _hours(since: datetime, until: datetime, tz: tzinfo, step: int) -> Iterator[tuple[datetime, str]]:
    at = since.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + HOUR
    while at <= until:
        local = at.astimezone(tz)
        if local.hour % step == 0 and local.minute == 0:
            yield at, f"{local:%H:%M}" if local.hour or step < 12 else f"{local:%a}"
        at += HOUR


def _months(since: datetime, until: datetime, tz: tzinfo, step: int) -> Iterator[tuple[datetime, str]]:
    first = since.astimezone(tz).date().replace(day=1)
    count = first.year * 12 + first.month  # the month after, counted from 0
    while (at := _midnight(date(count // 12, count % 12 + 1, 1), tz)) <= until:
        if count % step == 0:
            on = at.astimezone(tz)
            yield at, f"{on:%b %Y}" if on.month == 1 or step >= 12 else f"{on:%b}"
        count += 1


def _midnight(on: date, tz: tzinfo) -> datetime:
    return datetime.combine(on, time(), tzinfo=tz).astimezone(UTC)
