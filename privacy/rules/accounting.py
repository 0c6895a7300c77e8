"""What a client is told of what left: every disclosure of some years, repeated ones in one line (42 CFR 2.25, 45 CFR 164.528(b))."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from privacy.rules.basis import Basis

YEARS = (3, 6)
"""Part 2 looks back three years, HIPAA six."""
UNTOLD = frozenset({Basis.INTERNAL_2_12C3, Basis.QSO_2_12C4, Basis.PATIENT_2_23})
"""No disclosures to account for: inside, to who serves the program as a part of it, to the client in person."""


@dataclass(frozen=True)
class Told:
    """One disclosure as it was written down; ``recipient_id`` None: the client."""

    pk: int
    at: datetime
    recipient_id: int | None
    recipient: str
    address: str
    summary: str
    purpose: str
    basis: Basis
    count: int


@dataclass(frozen=True)
class Suspended:
    """What went to this recipient is not told until ``until`` (exclusive)."""

    recipient_id: int
    started_at: datetime
    until: datetime


@dataclass(frozen=True)
class Line:
    """One line of the accounting: one disclosure, or several to one recipient for one purpose: the first, the last, how many."""

    first: datetime
    last: datetime
    times: int
    recipient: str
    address: str
    summary: str
    purpose: str
    basis: Basis


def looks_back(on: date, years: int) -> date:
    """The first day of the accounting: the same date so many years before (29 February: the 28th)."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)


def lines(told: Iterable[Told], suspended: Iterable[Suspended], at: datetime) -> tuple[Line, ...]:
    """The accounting at an instant, newest first. Three or more to one recipient for one purpose and on one basis are one line; fewer
    stand each for itself."""
    hidden = {each.recipient_id for each in suspended if each.started_at <= at < each.until}
    groups: defaultdict[tuple[object, ...], list[Told]] = defaultdict(list)
    for each in told:
        if each.basis not in UNTOLD and (each.recipient_id is None or each.recipient_id not in hidden):
            groups[(each.recipient_id, each.recipient, each.purpose, each.basis)].append(each)
    found = []
    for several in groups.values():
        several.sort(key=lambda each: (each.at, each.pk))
        parts = [several] if len(several) >= 3 else [[each] for each in several]
        found += [_line(part) for part in parts]
    return tuple(sorted(found, key=lambda line: line.last, reverse=True))


def _line(part: list[Told]) -> Line:
    newest = part[-1]
    summaries = list(dict.fromkeys(each.summary for each in part))
    more = f" (and {len(summaries) - 1} others like it)" if len(summaries) > 1 else ""
    return Line(
        part[0].at, newest.at, sum(each.count for each in part), newest.recipient, newest.address, summaries[-1] + more, newest.purpose,
        newest.basis,
    )  # fmt: skip
