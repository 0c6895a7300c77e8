"""What is left of a payer's authorisation, and does it go with the level the client is at? Days are days of the site's calendar."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from asam.rules.levels import LEVELS, covers

NEAR = 3  # days left from which on it is said


@dataclass(frozen=True)
class Stay:
    """A stretch at a level of the 4th edition; ``ended_at`` exclusive, None where it lasts."""

    level: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Given:
    """One answer of a payer, as it counts: ``level`` is of the 4th edition, both days belong to it, ``approved`` 0 is a refusal."""

    pk: int
    payer: str
    level: str
    unit: str
    approved: Decimal
    first_on: date
    last_on: date
    review_on: date | None = None

    def holds(self, on: date) -> bool:
        """True where the day belongs to it."""
        return self.first_on <= on <= self.last_on


@dataclass(frozen=True)
class Left:
    """What was used of an authorisation and what is left; ``days`` until it ends, today among them (0: it ended)."""

    used: Decimal
    left: Decimal
    days: int


@dataclass(frozen=True)
class Gap:
    """What does not fit between what is paid for and where the client is. ``tone`` is a word of the look: stop, late or caution."""

    tone: str
    words: str


def same_family(a: str, b: str) -> bool:
    """Whether an authorisation of one is used up by days at the other: enhancements are of their level's family."""
    return a in LEVELS and b in LEVELS and LEVELS[a].family == LEVELS[b].family


def days_at(level: str, stays: Iterable[Stay], first: date, last: date, at: datetime, tz: ZoneInfo) -> int:
    """Days from the first to the last on which the client was in a placement of that level, counted as residential days are:
    the day of coming counts, the day of leaving does not; today counts while they are there."""
    today = at.astimezone(tz).date()
    found: set[date] = set()
    for stay in stays:
        if not same_family(stay.level, level):
            continue
        day = max(stay.started_at.astimezone(tz).date(), first)
        until = today if stay.ended_at is None or stay.ended_at > at else stay.ended_at.astimezone(tz).date()
        while day <= min(last, until):
            end = min(datetime.combine(day + timedelta(days=1), time(), tz), at)
            if stay.started_at <= end and (
                stay.ended_at is None or stay.ended_at > end or (day == today and stay.ended_at > at)
            ):
                found.add(day)
            day += timedelta(days=1)
    return len(found)


def minutes_within(
    level: str, stays: Sequence[Stay], came: Iterable[tuple[datetime, int]], first: date, last: date, tz: ZoneInfo
) -> tuple[int, int]:
    """Minutes and sessions of ``came`` (start, minutes) from the first to the last day, while the client was at that level."""
    minutes = sessions = 0
    for start, length in came:
        there = any(
            same_family(stay.level, level)
            and stay.started_at <= start
            and (stay.ended_at is None or start < stay.ended_at)
            for stay in stays
        )
        if there and first <= start.astimezone(tz).date() <= last and length > 0:
            minutes += length
            sessions += 1
    return minutes, sessions


def left(
    given: Given, stays: Sequence[Stay], came: Collection[tuple[datetime, int]], at: datetime, tz: ZoneInfo
) -> Left:
    """What was used and what is left, counted from what was delivered; never below nothing."""
    today = at.astimezone(tz).date()
    if given.unit == "days":
        used = Decimal(days_at(given.level, stays, given.first_on, given.last_on, at, tz))
    else:
        minutes, sessions = minutes_within(given.level, stays, came, given.first_on, given.last_on, tz)
        used = Decimal(sessions) if given.unit == "sessions" else (Decimal(minutes) / 60).quantize(Decimal("0.01"))
    return Left(used, max(given.approved - used, Decimal(0)), max((given.last_on - today).days + 1, 0))


def counts_now(given: Collection[Given], level: str, on: date) -> Given | None:
    """The authorisation that a day at this level falls under: one of the level's family first, then an approval before a
    refusal, then the one that lasts longest; None where the day belongs to none."""
    holding = [each for each in given if each.holds(on)]
    if not holding:
        return None
    return max(holding, key=lambda each: (same_family(each.level, level), each.approved > 0, each.last_on, each.pk))


def gap(given: Collection[Given], now: Given | None, rest: Left | None, level: str, payer: str) -> Gap | None:
    """What is to be said about paying for a client at a level today; None where it goes together.

    ``level`` is '' where nobody read an older level yet: then nothing is compared.
    """
    if now is None or rest is None:
        if not given:
            return Gap("caution", f"No authorisation of {payer} is on record.") if payer else None
        newest = max(given, key=lambda each: (each.last_on, each.pk))
        return Gap("stop", f"{newest.payer}'s authorisation of {newest.level} ended on {newest.last_on:%-d %b}.")
    if now.approved == 0:
        return Gap("stop", f"{now.payer} refused {now.level} from {now.first_on:%-d %b} to {now.last_on:%-d %b}.")
    if level in LEVELS and now.level in LEVELS and not same_family(now.level, level):
        more = covers(now.level, level)
        tail = "more than they need now: tell the payer" if more else "ask the payer, or the days are not paid"
        return Gap("late" if more else "stop", f"{now.payer} authorised {now.level}, the client is at {level}: {tail}.")
    if rest.left == 0:
        return Gap("stop", f"All {number(now.approved)} {now.unit} that {now.payer} authorised are used.")
    soon = min(rest.days, int(rest.left)) if now.unit == "days" else rest.days
    if soon <= NEAR:
        words = "Today is the last day" if soon <= 1 else f"{soon} days are left"
        return Gap("late", f"{words} of {now.payer}'s authorisation of {now.level}.")
    return None


def number(amount: Decimal) -> str:
    """An amount without needless zeros: '14', '7.5'."""
    return f"{amount.normalize():f}"
