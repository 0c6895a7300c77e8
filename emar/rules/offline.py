"""What a tablet's clock is worth, when two entries are one act, and what a person may say of an unsettled dose.

Both clocks are kept (emar-safety 29). The tablet's time is corrected by how far the server was ahead of it at their last
contact: a wrong clock is harmless as long as it runs evenly. Where it jumped between charting and sending, nobody knows the
time of the dose, and a person says it. An instant is an instant: a clock change of the site moves none of this (30).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from audit.rules.findings import Finding, stop
from emar.rules.administration import TAKEN, Outcome, say_clock

MOST_IN_A_QUEUE = 200
"""How many doses one request brings."""

SAME_ACT = timedelta(minutes=10)
"""A tap whose answer was lost, charted again without the network: house proposal."""

GOOD_FOR = timedelta(hours=24)
"""How long after its last contact a tablet may go on charting in a person's name: a shift, and one more; house proposal."""

BEYOND = frozenset(
    {"dose.amount", "dose.unit", "dose.no_zone", "dose.time", "dose.future", "dose.wrong_client", "dose.measure_wrong",
     "dose.reason_needed", "dose.reason", "prn.score", "tablet.unreadable"}
)  # fmt: skip
"""What no word of a person mends: such an entry is charted by hand instead."""


@dataclass(frozen=True)
class Clocks:
    """The tablet's clock when a dose was charted, and how far the server was ahead of it: then, and when it was sent."""

    device_at: datetime
    contact_at: datetime
    offset: timedelta
    offset_now: timedelta

    @property
    def charted_at(self) -> datetime:
        """The server's time of the tap."""
        return self.device_at + self.offset

    def moved(self, skew: timedelta) -> bool:
        """Whether the tablet's clock jumped between the tap and the sending."""
        return abs(self.offset_now - self.offset) > skew


@dataclass(frozen=True)
class Entered:
    """An entry for a dose: who, what, how much, and when."""

    person_id: int
    outcome: str
    amount: Decimal | None
    given_at: datetime


def same_act(one: Entered, other: Entered) -> bool:
    """Whether two entries for one scheduled dose are one tap that was answered too late: same person, outcome and amount."""
    same = (one.person_id, one.outcome, one.amount) == (other.person_id, other.outcome, other.amount)
    return same and abs(one.given_at - other.given_at) <= SAME_ACT


def clock_findings(clocks: Clocks, skew: timedelta) -> list[Finding]:
    """What the two clocks say against taking the entry's time for true."""
    if clocks.moved(skew):
        minutes = round(abs(clocks.offset_now - clocks.offset).total_seconds() / 60)
        words = (
            f"The tablet's clock moved by {minutes} min between charting and sending, so nobody knows when this was."
            " Ask who charted it and say the time."
        )
        return [stop("tablet.clock_moved", words)]
    if clocks.device_at - clocks.contact_at > GOOD_FOR:
        hours = int(GOOD_FOR.total_seconds() // 3600)
        words = (
            f"The tablet had not heard of the server for more than {hours} h. Ask who charted it whether it is right."
        )
        return [stop("tablet.too_long", words)]
    return []


def late_words(charted_at: datetime, tz: tzinfo) -> str:
    """The reason that goes with an entry because it waited for the network: the same each time it is sent."""
    return f"Charted at {say_clock(charted_at, tz)} without the network"


def verdict_findings(
    verdict: str, *, taken: bool, other: Outcome | None, codes: frozenset[str], known: bool, why: str
) -> list[Finding]:
    """What stands against settling an entry with that verdict.

    ``taken``: the tablet says something was taken; ``other`` is what stands charted for the dose now, None for nothing; ``codes``
    are the findings it was refused with; ``known``: its client and order are on file. Source: the queue is never dropped and
    never doubled (issue 5, Offline).
    """
    if verdict == "same" and other is None:
        return [stop("settle.nothing_else", "Nothing else is charted for this dose. Say whether it happened.")]
    if verdict != "same" and not why.strip():
        return [stop("settle.why", "Say how you know: whom you asked, or what you saw.")]
    if verdict in ("both", "record"):
        if not known or codes & BEYOND:
            words = "This entry cannot be put on the record as it is. Chart the dose by hand, then settle it as charted twice."
            return [stop("settle.by_hand", words)]
        if verdict == "both" and not (taken and other in TAKEN):
            return [stop("settle.not_both", "Two doses are both given only where both say that something was taken.")]
        if verdict == "record" and other is not None:
            words = "Something else is charted for this dose. Say that it is the same dose, or that both were given."
            return [stop("settle.charted", words)]
    return []
