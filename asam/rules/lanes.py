"""What stands above and below the band of levels: what was recommended when, and where the payer's level was another one.

The band's widths are no scale of time (a day stays visible beside a year), so an instant is found inside its own part. x and
widths are per cent of the picture, as the band's.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from asam.rules.authorised import Given, Stay, counts_now, same_family
from asam.rules.drawing import SIGNS
from asam.rules.levels import LEVELS, compare, covers
from programs.rules.band import Part, days_between, said_days

ROOM, LITTLE = 24.0, 9.0  # per cent that all words need on a tablet; that the level alone needs
APART = 9.0  # per cent between two recommendations with words


@dataclass(frozen=True)
class Piece:
    """A stretch in which what was paid for and the level differ. ``tone`` is stop (not paid) or late (more than is used)."""

    x: str
    width: str
    tone: str
    text: str
    level: str
    said: str
    since: date
    until: date
    days: int


class Recommended(NamedTuple):
    """A recommendation over the band: its level with the sign of how it stands ('' where there is no room), and all of it."""

    x: str
    label: str
    said: str


def across(parts: Sequence[Part], at: datetime, now: datetime) -> float:
    """Per cent from the left at which an instant stands; at the edge where it is before the first part or after the last."""
    right = 0.0
    for part in parts:
        if part.since is None:
            continue
        left, wide, end = _number(part.x), _number(part.width), part.until or now
        if at < part.since:
            return left
        right = left + wide
        if at < end:
            return left + wide * (at - part.since) / (end - part.since)
    return right


def paid(
    parts: Sequence[Part], stays: Collection[Stay], given: Collection[Given], now: datetime, tz: ZoneInfo
) -> tuple[Piece, ...]:
    """Where the authorised level differs from the actual one, or nothing was authorised. Before the first day that a payer answered
    for, nothing is known and nothing is drawn; so it is empty where no payer ever answered."""
    if not given:
        return ()
    turns = sorted({_midnight(day, tz) for each in given for day in (each.first_on, each.last_on + timedelta(days=1))})
    known, found = turns[0], list[Piece]()
    for stay in sorted(stays, key=lambda each: each.started_at):
        end = min(stay.ended_at or now, now)
        gone = stay.ended_at is not None and stay.ended_at <= now
        counted = (
            _midnight(end.astimezone(tz).date(), tz) if gone else end
        )  # the day of leaving is no day of this level
        begun = max(stay.started_at, known)
        if stay.level not in LEVELS or begun >= counted:
            continue
        edges = [begun, *(each for each in turns if begun < each < counted), end]
        for state, since, until in _runs(stay.level, edges, given, tz):
            found.append(_piece(parts, stay.level, state, since, until, now, tz))
    return tuple(found)


State = tuple[str, str]  # what: other, refused or none; the payer's level


def _runs(
    level: str, edges: Sequence[datetime], given: Collection[Given], tz: ZoneInfo
) -> list[tuple[State, datetime, datetime]]:
    """The stretches of one state each; those that go together with the level are left out."""
    found: list[tuple[State, datetime, datetime]] = []
    for since, until in pairwise(edges):
        counting = counts_now(given, level, since.astimezone(tz).date())
        if counting is not None and counting.approved and same_family(counting.level, level):
            continue
        what = "none" if counting is None else "other" if counting.approved else "refused"
        state = (what, counting.level if counting else "")
        if found and found[-1][0] == state and found[-1][2] == since:
            found[-1] = (state, found[-1][1], until)
        else:
            found.append((state, since, until))
    return found


def _piece(
    parts: Sequence[Part], level: str, state: State, since: datetime, until: datetime, now: datetime, tz: ZoneInfo
) -> Piece:
    what, paid_for = state
    left, right = across(parts, since, now), across(parts, until, now) if until < now else _end(parts)
    days = days_between(since, until, tz)
    lasted = said_days(days) if days else "less than a day"
    words = {"none": "nothing authorised", "refused": f"{paid_for} refused", "other": f"{paid_for} authorised"}[what]
    short = {"none": "none", "refused": f"{paid_for} refused", "other": paid_for}[what]
    more = what == "other" and paid_for in LEVELS and covers(paid_for, level)
    wide = right - left
    text = f"≠ {words} · {lasted}" if wide >= ROOM else f"≠ {short}" if wide >= LITTLE else "≠" if wide >= 2 else ""
    first, last = since.astimezone(tz).date(), until.astimezone(tz).date()
    said = f"{words} while at {level}, {first:%-d %b} to {last:%-d %b}, {lasted}"
    return Piece(f"{left:.2f}%", f"{wide:.2f}%", "late" if more else "stop", text, paid_for, said, first, last, days)


def recommended(
    parts: Sequence[Part],
    stays: Collection[Stay],
    given: Iterable[tuple[datetime, str, str]],
    now: datetime,
    tz: ZoneInfo,
) -> tuple[Recommended, ...]:
    """Every recommendation (instant, level, words) over the band; the newest keep their words where they crowd."""
    found: list[Recommended] = []
    written: list[float] = []
    for at, level, words in sorted(given, reverse=True):
        x = across(parts, at, now)
        actual = next((stay.level for stay in stays if stay.started_at <= at < (stay.ended_at or now)), "")
        order = compare(level, actual) if level in LEVELS and actual in LEVELS else ""
        sign = "" if order in ("", "same") else f" {SIGNS[order]}"
        fits = all(abs(x - other) >= APART for other in written)
        written += [x] if fits else []
        tail = f", {'a different service than' if order == 'different' else order + ' than'} {actual}" if sign else ""
        said = f"{at.astimezone(tz):%-d %b %Y}: {words} was recommended{tail}"
        found.append(Recommended(f"{min(x, 96.0):.2f}%", f"{level}{sign}" if fits else "", said))
    return tuple(reversed(found))


def _end(parts: Sequence[Part]) -> float:
    """Where the last part that is a placement ends: 'next?' is no time."""
    return max((_number(part.x) + _number(part.width) for part in parts if part.since is not None), default=0.0)


def _number(per_cent: str) -> float:
    return float(per_cent.removesuffix("%"))


def _midnight(day: date, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tz)
