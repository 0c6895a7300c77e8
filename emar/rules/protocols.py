"""A withdrawal protocol: from a score to the dose its table has for it, and to when the next score is due.

A protocol proposes and never gives. What it proposes lies within the order's range and under the most of every ingredient in 24
hours, or it proposes nothing and says why. Reassessment clocks: Cleveland Clinic Journal of Medicine table and the ASAM pocket
guide, as examples; the numbers in force are the site's, written by a prescriber (facts: levels of care, 7.1).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import NamedTuple

from audit.rules.findings import Finding, stop
from emar.rules.administration import Ceiling, PrnLimits, RecentDose, next_allowed, say_amount, say_clock
from emar.rules.administration.facts import DEFAULT, AdministrationPolicy

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SHORTEST, LONGEST = 15, 24 * 60
"""The least and the most minutes until the next score. House limits."""

PLACES = 3  # decimals of an amount that the tables keep


@dataclass(frozen=True)
class Band:
    """Totals from ``least`` to ``most`` (both inside): the dose (None: none), when to score again, whether to call."""

    least: int
    most: int
    amount: Decimal | None
    recheck_minutes: int
    call: bool = False

    @property
    def said(self) -> str:
        """'8 to 15'."""
        return f"{self.least} to {self.most}" if self.least != self.most else str(self.least)


@dataclass(frozen=True)
class Stretch:
    """After so many low scores in a row the next is due after so many minutes."""

    times: int
    recheck_minutes: int


@dataclass(frozen=True)
class Table:
    """A protocol's numbers. ``low``: totals under it are low; ``end_after`` of low scores alone ends the scoring (None: never)."""

    scale: str
    top: int
    ingredient: str
    unit: str
    bands: tuple[Band, ...]
    low: int = 0
    stretches: tuple[Stretch, ...] = ()
    end_after: timedelta | None = None

    def band(self, total: int) -> Band:
        """The band of a total; ValueError for one outside the scale."""
        found = next((band for band in self.bands if band.least <= total <= band.most), None)
        if found is None:
            raise ValueError(f"{total} is not on the scale: it is from 0 to {self.top}.")
        return found

    @property
    def amounts(self) -> tuple[Decimal, ...]:
        """Every dose the table has, the least first, each once."""
        return tuple(sorted({band.amount for band in self.bands if band.amount is not None}))


class Scored(NamedTuple):
    """A score that stands: its id, total, when (aware), and by whom ("RN Cole")."""

    pk: int
    total: int
    at: datetime
    by: str


@dataclass(frozen=True)
class Proposal:
    """What the table says for a score. ``amount`` None: nothing is proposed, and ``why`` says why. ``call``: call the prescriber."""

    score: Scored
    band: Band
    amount: Decimal | None
    why: str
    call: bool
    from_at: datetime | None = None  # where the amount may be given only later


@dataclass(frozen=True)
class NextScore:
    """When the next score is due; ``at`` None: scoring has ended. ``why`` in a sentence."""

    at: datetime | None
    why: str


def table_findings(table: Table, scale: str) -> list[Finding]:
    """What stands against a table; ``scale`` is the scale's name. Empty: every total has one band, and doses never fall."""
    return [*_cover(table, scale), *_amounts(table), *_clocks(table)]


def propose(
    table: Table,
    score: Scored,
    *,
    scale: str,
    least: Decimal,
    most: Decimal,
    limits: PrnLimits,
    recent: Sequence[RecentDose],
    ceilings: Callable[[Decimal], Iterable[Ceiling]],
    at: datetime,
    tz: tzinfo,
    policy: AdministrationPolicy = DEFAULT,
) -> Proposal:
    """The dose for a score. ``least`` to ``most`` is the order's range, ``limits``, ``recent`` and ``ceilings`` what a dose as needed
    is held against; ``ceilings(amount)`` are those of that amount. Never more than any of them allows."""
    band = table.band(score.total)
    head = f"{scale} {score.total} at {say_clock(score.at, tz, at)} is in {band.said}"
    if band.amount is None:
        return Proposal(score, band, None, f"{head}: no dose.", band.call)
    dose = say_amount(band.amount, table.unit)
    if not least <= band.amount <= most:
        words = f"{head}: {dose}, which this order does not allow. Ask the prescriber."
        return Proposal(score, band, None, words, True)
    free = next_allowed(limits, recent, amount=band.amount, after=at, policy=policy, ceilings=ceilings(band.amount))
    if free is None:
        words = f"{head}: {dose}, which would pass the most in 24 h. Ask the prescriber."
        return Proposal(score, band, None, words, True)
    if free > at:
        words = f"{head}: {dose}, but not before {say_clock(free, tz, at)}."
        return Proposal(score, band, None, words, band.call, free)
    return Proposal(score, band, band.amount, f"{head}: {dose}.", band.call)


def named_findings(
    table: Table, name: str, *, ingredient: str, unit: str, least: Decimal | None, most: Decimal | None, as_needed: bool
) -> list[Finding]:  # fmt: skip
    """What stands against an order that names a protocol: another drug or unit, another kind, a range that is not the table's."""
    if not as_needed:
        return [stop("order.protocol", f"{name} is for an order as needed. Choose 'As needed', or leave it away.")]
    if ingredient != table.ingredient:
        return [stop("order.protocol", f"{name} is of {table.ingredient}, not {ingredient}. Choose another protocol.")]
    if unit != table.unit:
        return [stop("order.protocol", f"{name} is in {table.unit}, not {unit}. Order it in {table.unit}.")]
    first, last = table.amounts[0], table.amounts[-1]
    if least is not None and (least != first or (least if most is None else most) != last):
        one = say_amount(first, unit)
        doses = one if first == last else f"{one} up to {say_amount(last, unit)}"
        return [stop("order.protocol", f"The doses of {name} are {doses}. Order that range.")]
    return []


def next_score(table: Table, scores: Sequence[tuple[datetime, int]], *, scale: str, begins: datetime) -> NextScore:
    """When the next score is due, by the scores since the order began (earliest first); the first is due as it begins."""
    if not scores:
        return NextScore(begins, f"The first {scale} is due as the order begins.")
    last, total = scores[-1]
    low = _low(scores, table.low)
    if low and table.end_after is not None and last - low[0] >= table.end_after:
        hours = int(table.end_after / HOUR)
        return NextScore(None, f"{scale} stayed under {table.low} for {hours} h. Ask the prescriber to stop the order.")
    minutes = table.band(total).recheck_minutes
    for stretch in table.stretches:
        if len(low) >= stretch.times:
            minutes = max(minutes, stretch.recheck_minutes)
    return NextScore(last + minutes * MINUTE, f"{scale} {total}: score again after {said_minutes(minutes)}.")


def said_minutes(minutes: int) -> str:
    """'45 min', '2 h', '1 h 30 min'."""
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if part
    )


def bands_to_json(bands: Iterable[Band]) -> list[dict[str, object]]:
    """As a protocol keeps them."""
    return [
        {
            "from": band.least,
            "to": band.most,
            "amount": None if band.amount is None else f"{band.amount:f}",
            "recheck_minutes": band.recheck_minutes,
            "call": band.call,
        }
        for band in bands
    ]


def table_from_json(
    *, scale: str, top: int, ingredient: str, unit: str, bands: object, low: int, stretches: object, end_hours: int | None
) -> Table:  # fmt: skip
    """What a protocol keeps, as the rules take it; ValueError for anything else."""
    if not isinstance(bands, list | tuple) or not isinstance(stretches, list | tuple):
        raise ValueError("Bands and stretches are lists.")
    return Table(
        scale, top, ingredient, unit, tuple(_band(each) for each in bands), low,
        tuple(Stretch(int(each["times"]), int(each["recheck_minutes"])) for each in stretches),
        None if end_hours is None else end_hours * HOUR,
    )  # fmt: skip


def _band(data: object) -> Band:
    if not isinstance(data, Mapping) or set(data) != {"from", "to", "amount", "recheck_minutes", "call"}:
        raise ValueError("A band has exactly from, to, amount, recheck_minutes and call.")
    try:
        amount = None if data["amount"] is None else Decimal(str(data["amount"]))
    except InvalidOperation as error:
        raise ValueError(f"{data['amount']!r} is not an amount.") from error
    return Band(int(data["from"]), int(data["to"]), amount, int(data["recheck_minutes"]), bool(data["call"]))


def _cover(table: Table, scale: str) -> Iterator[Finding]:
    if not table.bands:
        yield stop("protocol.bands", f"A protocol has at least one band, from 0 to {table.top}.")
        return
    first, last = table.bands[0], table.bands[-1]
    if any(band.most < band.least for band in table.bands):
        yield stop("protocol.bands", "A band goes upwards: its end is not under its beginning.")
    if first.least != 0:
        yield stop("protocol.gap", f"The first band begins at 0, not {first.least}: every {scale} total has a band.")
    if last.most != table.top:
        yield stop("protocol.gap", f"The last band ends at {table.top}, the top of {scale}, not {last.most}.")
    for one, other in pairwise(table.bands):
        if other.least > one.most + 1:
            missing = f"{one.most + 1} to {other.least - 1}" if other.least > one.most + 2 else str(one.most + 1)
            yield stop("protocol.gap", f"No band holds {missing}. Close the gap between {one.said} and {other.said}.")
        elif other.least <= one.most:
            yield stop("protocol.overlap", f"{other.least} lies in two bands: {one.said} and {other.said}. Part them.")


def _amounts(table: Table) -> Iterator[Finding]:
    if table.bands and not table.amounts:
        yield stop("protocol.no_dose", "No band has a dose. Enter one, or leave the protocol away.")
    for amount in table.amounts:
        if not amount.is_finite() or amount <= 0 or amount != round(amount, PLACES):
            words = f"A dose is a number of more than zero, with at most {PLACES} decimals; none is an empty field."
            yield stop("protocol.amount", words)
            return
    for one, other in pairwise(table.bands):
        if (other.amount or Decimal(0)) < (one.amount or Decimal(0)):
            words = f"The dose falls from {one.said} to {other.said}. A higher score never has a smaller dose."
            yield stop("protocol.falls", words)


def _clocks(table: Table) -> Iterator[Finding]:
    minutes = [band.recheck_minutes for band in table.bands] + [each.recheck_minutes for each in table.stretches]
    if any(not SHORTEST <= each <= LONGEST for each in minutes):
        yield stop("protocol.recheck", f"The next score is due after {SHORTEST} to {LONGEST:,} minutes.")
    for one, other in pairwise(table.bands):
        if other.recheck_minutes > one.recheck_minutes:
            words = (
                f"{other.said} is scored later again than {one.said}. A higher score is looked at as soon, or sooner."
            )
            yield stop("protocol.recheck", words)
    if any(
        later.times <= earlier.times or later.recheck_minutes < earlier.recheck_minutes
        for earlier, later in pairwise(table.stretches)
    ) or any(each.times < 1 for each in table.stretches):
        yield stop("protocol.stretch", "Each later step asks for more low scores, and a longer time until the next.")
    if (table.stretches or table.end_after is not None) and not 0 < table.low <= table.top:
        yield stop("protocol.low", f"Say under which score (1 to {table.top}) a score is low.")
    if table.low and any(band.amount is not None and band.least < table.low for band in table.bands):
        yield stop("protocol.low", f"Scores under {table.low} are low, so no band under it has a dose.")


def _low(scores: Sequence[tuple[datetime, int]], low: int) -> list[datetime]:
    """The instants of the low scores at the end, earliest first."""
    found: list[datetime] = []
    for at, total in reversed(scores):
        if total >= low:
            break
        found.append(at)
    return found[::-1]
