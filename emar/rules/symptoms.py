"""A dose by a protocol: is there a fresh score, is it the newest, and does the dose match what the table says for it?

Nothing here gives a dose. A nurse who gives another amount says why; without a score, or by a protocol that has ended, the
prescriber is asked (emar-safety rules 15 and 25).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from audit.rules.findings import Finding, override, stop
from emar.rules.administration import say_amount, say_clock
from emar.rules.protocols import Scored, Table

SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class ProtocolFacts:
    """A protocol as a dose meets it. ``named`` is the score the nurse looked at, ``newest`` the one that stands at that moment.

    ``used_at``: when a dose was given for the named score already. ``ended_at``: when the protocol ended (None: it runs).
    """

    name: str
    scale: str
    table: Table
    tz: tzinfo
    named: Scored | None = None
    newest: Scored | None = None
    used_at: datetime | None = None
    ended_at: datetime | None = None


def score_is_old(scored: Scored, scale: str, *, given_at: datetime, fresh: timedelta, tz: tzinfo) -> Finding | None:
    """Why a score may not stand for the moment of a dose: too old, or of a time after it (emar-safety rule 25)."""
    when = say_clock(scored.at, tz, given_at)
    if scored.at - given_at > SKEW:
        given = say_clock(given_at, tz, given_at)
        return stop(
            "score.after", f"{scale} {scored.total} is from {when}, after the dose at {given}. Check the times."
        )
    if given_at - scored.at > fresh:
        minutes = int(fresh.total_seconds() // 60)
        words = f"{scale} {scored.total} is from {when}, more than {minutes} min before the dose. Score again."
        return stop("score.stale", words)
    return None


def protocol_findings(
    facts: ProtocolFacts, *, given_at: datetime, amount: Decimal | None, fresh: timedelta
) -> Iterator[Finding]:
    """What stands against giving ``amount`` by a protocol at that moment; all instants aware."""
    if facts.ended_at is not None and facts.ended_at <= given_at:
        ended = say_clock(facts.ended_at, facts.tz, given_at)
        words = f"The protocol {facts.name} ended at {ended}. Speak to the prescriber; to give a dose, say why."
        yield override("protocol.ended", words, ask="prescriber")
    if facts.named is None:
        words = f"Score {facts.scale} first: this dose goes by it. To give one without, speak to the prescriber and say why."
        yield override("protocol.score_needed", words, ask="prescriber")
        return
    old = score_is_old(facts.named, facts.scale, given_at=given_at, fresh=fresh, tz=facts.tz)
    if old is not None:
        yield old
        return
    newest = facts.newest
    if newest is not None and newest.pk != facts.named.pk and newest.at >= facts.named.at:
        at = say_clock(newest.at, facts.tz, given_at)
        words = (
            f"{newest.by} scored {facts.scale} {newest.total} at {at}, after the {facts.named.total} you saw. "
            "Look at that, then choose the dose again."
        )
        yield stop("protocol.newer_score", words, by=newest.by, total=newest.total)
        return
    if facts.used_at is not None:
        at = say_clock(facts.used_at, facts.tz, given_at)
        words = f"A dose was given at {at} for this {facts.scale} {facts.named.total}. Score again before the next."
        yield stop("protocol.score_used", words)
        return
    yield from _amount(facts, facts.named, amount)


def _amount(facts: ProtocolFacts, named: Scored, amount: Decimal | None) -> Iterator[Finding]:
    band = facts.table.band(named.total)
    head = f"The protocol has {{}} for {facts.scale} {named.total} ({band.said})"
    if band.amount is None:
        yield override("protocol.no_dose", f"{head.format('no dose')}. To give one, say why.")
    elif amount is not None and amount != band.amount:
        table, given = say_amount(band.amount, facts.table.unit), say_amount(amount, facts.table.unit)
        yield override("protocol.other_amount", f"{head.format(table)}, not {given}. Say why.", proposed=band.amount)
