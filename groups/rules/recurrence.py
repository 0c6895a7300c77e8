"""On which dates does a group meet? RFC 5545 rules of whole days, by python-dateutil, on the site's calendar.

A date is the identity of a meeting; the clock time is put on it afterwards, so a clock change moves nothing.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from dateutil.rrule import rrule, rrulestr

from audit.rules.findings import Finding, stop

KNOWN = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYSETPOS", "WKST", "UNTIL", "COUNT"})
MONTHLY_ONLY = frozenset({"BYMONTHDAY", "BYSETPOS"})
HORIZON = timedelta(days=400)  # a rule that has no date within this never meets


@dataclass(frozen=True)
class Meets:
    """When a series meets, from a date to a date (``ends_on`` exclusive); ``minutes`` are real minutes."""

    rule: str
    begins_on: date
    ends_on: date | None
    starts: time
    minutes: int


def rule_findings(rule: str, begins_on: date) -> list[Finding]:
    """What makes a rule unusable here, each with what would make it right; empty where it is sound."""
    parts = dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)
    unknown = sorted(set(parts) - KNOWN)
    if unknown or any("=" not in part for part in rule.split(";")):
        named = ", ".join(unknown) or "a part without a value"
        return [stop("series.rule_unknown", f"The rule has {named}. Use {', '.join(sorted(KNOWN))}.")]
    if parts.get("FREQ") not in {"DAILY", "WEEKLY", "MONTHLY"}:
        return [stop("series.rule_frequency", "A group meets daily, weekly or monthly. Choose one of the three.")]
    if parts["FREQ"] != "MONTHLY" and MONTHLY_ONLY & set(parts):
        return [stop("series.rule_month_day", "A day of the month is for groups that meet monthly. Choose weekdays.")]
    try:
        first = next(iter(_rrule(rule, begins_on)), None)
    except (ValueError, TypeError):
        return [stop("series.rule_unreadable", "The rule cannot be read. Choose the weekdays again.")]
    if first is None or first.date() > begins_on + HORIZON:
        return [
            stop("series.rule_never", "With this rule the group never meets. Choose other days or an earlier start.")
        ]
    return []


def dates(meets: Meets, since: date, until: date, holidays: Collection[date] = ()) -> Iterator[date]:
    """The dates from ``since`` up to and not including ``until`` on which the series meets, without the holidays."""
    last = min(until, meets.ends_on) if meets.ends_on is not None else until
    for found in _rrule(meets.rule, meets.begins_on):
        if found.date() >= last:
            return
        if found.date() >= since and found.date() not in holidays:
            yield found.date()


def times(on: date, starts: time, minutes: int, tz: tzinfo) -> tuple[datetime, datetime]:
    """When a meeting of a date begins and ends: the site's clock shows ``starts`` (the first time, where it comes twice; the
    first minute after the gap, where it is skipped), and it lasts that many real minutes. In UTC."""
    begins = datetime.combine(on, starts, tzinfo=tz)
    there = begins.astimezone(UTC)
    if there.astimezone(tz).replace(tzinfo=None) != begins.replace(tzinfo=None):  # the clock skips it
        there = _after_gap(begins.replace(fold=1).astimezone(UTC), tz)  # fold=1 reads it as before the gap
    return there, there + timedelta(minutes=minutes)


def _after_gap(before: datetime, tz: tzinfo) -> datetime:
    """The first minute after a change of the clock that lies within a day after ``before``."""
    low, high = before, before + timedelta(days=1)
    offset = before.astimezone(tz).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
        if middle.astimezone(tz).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high


def _rrule(rule: str, begins_on: date) -> rrule:
    found = rrulestr(rule, dtstart=datetime.combine(begins_on, time.min), ignoretz=True)
    if not isinstance(found, rrule):
        raise ValueError("one rule, not a set of rules")
    return found
