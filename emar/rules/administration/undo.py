"""May an entry be undone, and is a result of an as-needed dose right? (emar-safety rules 16 and 33)"""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from audit.rules.findings import Finding, stop
from emar.rules.administration.facts import DEFAULT, AdministrationPolicy
from emar.rules.administration.scales import SCALES
from emar.rules.administration.words import say_clock
from emar.rules.windows import minutes_off

UNDO = timedelta(minutes=30)
WORDS_NEEDED = frozenset({"not_seen"})
"""Effects that say why in words."""


def undo_findings(
    *, mine: bool, by: str, recorded_at: datetime, at: datetime, within: timedelta = UNDO
) -> list[Finding]:
    """What stands against undoing an entry: only who wrote it may, and only for so long; both edges count as in time."""
    if not mine:
        words = f"{by} charted this and alone may undo it. Correct it instead, and say why."
        return [stop("undo.not_yours", words, by=by)]
    if at - recorded_at > within:
        ago, most = minutes_off(recorded_at, at), int(within.total_seconds() // 60)
        words = f"This was charted {ago} min ago; it can be undone for {most} min. Correct it instead, and say why."
        return [stop("undo.too_late", words, minutes=ago)]
    return []


def undo_until(recorded_at: datetime, within: timedelta = UNDO) -> datetime:
    """The last instant at which an entry may be undone by who wrote it."""
    return recorded_at + within


def reassess_due(given_at: datetime, minutes: int | None, usual: timedelta) -> datetime:
    """When an as-needed dose is to be looked at: as its order says, else as usual at the site."""
    return given_at + (usual if minutes is None else timedelta(minutes=minutes))


def result_findings(
    *,
    given_at: datetime,
    seen_at: datetime,
    at: datetime,
    effect: str,
    words: str,
    scale: str,
    score: Decimal | None,
    amending: bool,
    tz: tzinfo,
    policy: AdministrationPolicy = DEFAULT,
) -> Iterator[Finding]:
    """What stands against writing down how an as-needed dose worked."""
    if seen_at - at > policy.clock_skew:
        seen, now = say_clock(seen_at, tz, at), say_clock(at, tz)
        yield stop("reassess.future", f"{seen} has not come yet: it is {now}. Check the time entered.")
    elif seen_at < given_at:
        seen, given = say_clock(seen_at, tz, at), say_clock(given_at, tz, at)
        yield stop("reassess.before", f"{seen} is before the dose at {given}. Check the time entered.")
    if not words.strip() and (amending or effect in WORDS_NEEDED):
        why = "why this is changed" if amending else "why the client could not be seen"
        yield stop("reassess.words", f"Write {why}.")
    if score is None:
        return
    if scale not in SCALES:
        yield stop("reassess.score", "There is no score before this dose. Leave the score out, and use words.")
    elif not score.is_finite() or not 0 <= score <= SCALES[scale][1]:
        name, top = SCALES[scale]
        yield stop("reassess.score", f"{name} is scored from 0 to {top}. Enter the score again.")
