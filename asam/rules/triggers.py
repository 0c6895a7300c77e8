"""Why is a client due for review, and since when? The day of the calendar, hours delivered, and what happened; the earliest counts.

A leave does not stop the clock: who is away is still at a level, and payers count calendar days. Days are days of the site's
calendar. Source: facts/levels-of-care.md 5.2, 7.2.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from asam.rules.review_policy import Event, EventRule, Policy
from asam.rules.reviews import Due

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Happened:
    """Something of the chart that may ask for a review; ``words`` say it ('Methadone refused'). A planned discharge has ``at`` ahead.

    ``lasting``: it goes on, and nobody can be rated before it ends (in hospital): it asks for today, and is never overdue.
    """

    event: Event
    at: datetime
    words: str
    lasting: bool = False


@dataclass(frozen=True)
class Trigger:
    """One reason. ``kind`` is calendar, hours or event, ``code`` the event's; ``on`` the day it asks for, ``at`` when it came up."""

    kind: str
    code: str
    on: date
    at: datetime
    words: str
    risk: int


@dataclass(frozen=True)
class Clock:
    """What the rule counts from: ``since`` restarts the days and the hours (placement, ratings, decision, review), ``dealt`` the events
    (placement, decision, review: ratings alone settle nothing); ``began`` is the episode's first instant. ``set_on`` is the day that
    the last review named; ``minutes`` were delivered since, ``reached`` is when they came to the policy's hours (None: not yet)."""

    since: datetime
    dealt: datetime
    began: datetime
    set_on: date | None = None
    minutes: int = 0
    reached: datetime | None = None


@dataclass(frozen=True)
class Reasons:
    """Every reason, the most pressing first. ``on`` is the day it is due (None: by hand), ``risk`` the highest of what asks now."""

    triggers: tuple[Trigger, ...]
    due: Due
    on: date | None
    words: str
    risk: int

    @property
    def events(self) -> tuple[Trigger, ...]:
        """What happened, without the calendar."""
        return tuple(each for each in self.triggers if each.kind != "calendar")

    @property
    def late(self) -> bool:
        """Due today, or past."""
        return self.due in {Due.OVERDUE, Due.TODAY}


def reasons(policy: Policy, clock: Clock, happened: Iterable[Happened], at: datetime, tz: ZoneInfo) -> Reasons:
    """Why a client is due, and when: the earliest day of all reasons. More that happened never makes it later."""
    found = [*_calendar(policy, clock, tz), *_hours(policy, clock, tz)]
    by: dict[Event, list[Happened]] = {}
    for each in happened:
        by.setdefault(each.event, []).append(each)
    for event, rows in by.items():
        rule = policy.events.get(event)
        if rule is not None:
            found += _event(rule, rows, policy, clock, at, tz)
    today = at.astimezone(tz).date()
    found.sort(key=lambda each: (-each.risk, each.on, each.at, each.code))
    on = min((each.on for each in found), default=None)
    due, words = said_due(on, today)
    risk = max((each.risk for each in found if each.kind == "event"), default=0)
    return Reasons(tuple(found), due, on, words, risk)


def said_due(on: date | None, today: date) -> tuple[Due, str]:
    """How near a day is, and the words for it."""
    if on is None:
        return Due.BY_HAND, "no rule for this level: set by hand"
    days = (on - today).days
    if days < 0:
        return Due.OVERDUE, f"overdue by {-days} day{'' if days == -1 else 's'}"
    if days == 0:
        return Due.TODAY, "due today"
    return (Due.SOON, "due tomorrow") if days == 1 else (Due.LATER, f"due {on:%a %-d %b}")


def _calendar(policy: Policy, clock: Clock, tz: ZoneInfo) -> Iterable[Trigger]:
    since = clock.since.astimezone(tz).date()
    if policy.days is not None:
        on = since + policy.days * DAY
        words = f"{policy.days} day{'s' if policy.days != 1 else ''} after {since:%-d %b}"
        yield Trigger("calendar", "calendar", on, clock.since, words, 0)
    if clock.set_on is not None:
        words = f"The last review named {clock.set_on:%-d %b}"
        yield Trigger("calendar", "named", clock.set_on, clock.since, words, 0)


def _hours(policy: Policy, clock: Clock, tz: ZoneInfo) -> Iterable[Trigger]:
    if policy.hours is None or clock.reached is None:
        return
    on = clock.reached.astimezone(tz).date()
    words = f"{policy.hours} hours of service delivered by {on:%-d %b}"
    yield Trigger("hours", "hours", on, clock.reached, words, 0)


def _event(
    rule: EventRule, rows: Sequence[Happened], policy: Policy, clock: Clock, at: datetime, tz: ZoneInfo
) -> Iterable[Trigger]:
    if rule.event is Event.DISCHARGE:
        yield from _planned(rule, rows, clock, at, tz)
        return
    moved = rule.event is Event.MOVED  # the step itself deals with what was before it, and leaves this open
    after = [each for each in rows if each.at <= at and (each.at >= clock.since if moved else each.at > clock.dealt)]
    counted = sorted(after, key=lambda each: each.at)
    if rule.grace_days:
        counted = [each for each in counted if each.at >= clock.began + rule.grace_days * DAY]
    first = _pattern(counted, rule, tz)
    if first is None:
        return
    since = [each for each in counted if each.at >= first.at]
    last = counted[-1]
    when = first.at.astimezone(tz).date()
    words = f"{last.words}, {last.at.astimezone(tz):%-d %b}"
    if rule.count > 1:
        words = f"{rule.label}: {len(counted)} since {counted[0].at.astimezone(tz):%-d %b}, last {words}"
    elif len(since) > 1:
        words = f"{words}, and {len(since) - 1} more"
    on = when + policy.within_days * DAY
    if first.lasting:
        on = max(on, at.astimezone(tz).date())
    yield Trigger("event", rule.event.value, on, first.at, words, rule.risk)


def _pattern(rows: Sequence[Happened], rule: EventRule, tz: ZoneInfo) -> Happened | None:
    """The one with which the pattern was whole for the first time; None where it never was."""
    days = [each.at.astimezone(tz).date() for each in rows]
    for place in range(rule.count - 1, len(rows)):
        if (days[place] - days[place - rule.count + 1]).days < rule.days:
            return rows[place]
    return None


def _planned(rule: EventRule, rows: Sequence[Happened], clock: Clock, at: datetime, tz: ZoneInfo) -> Iterable[Trigger]:
    """A planned day is looked at before it comes; a review within those days is the one."""
    for each in rows:
        planned = each.at.astimezone(tz).date()
        on = planned - rule.ahead_days * DAY
        if clock.dealt.astimezone(tz).date() < on:
            yield Trigger("event", rule.event.value, on, at, f"{each.words} {planned:%a %-d %b}", rule.risk)
