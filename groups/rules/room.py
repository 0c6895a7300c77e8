"""May this mark stand? One place a minute, a full room, too few facilitators, someone who has left, a note that is signed.

Pure: facts in, findings out; times are said on the site's clock.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from audit.rules.findings import Finding, Severity, note, override, stop
from groups.rules.minutes import NOT_THERE, AttendanceFacts, Interval, SessionFacts, minute_of
from groups.rules.packs import RatioRule, SizeRule

SKEW = timedelta(minutes=1)  # how far a tablet's clock may be ahead
NUMBERS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
           "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth")  # fmt: skip


@dataclass(frozen=True)
class Elsewhere:
    """Minutes of someone that count already in another session: what it is called, when, and who marked it."""

    session: str
    started_at: datetime
    ended_at: datetime
    by: str


def place_findings(who: str, counts: Interval | None, others: Iterable[Elsewhere], tz: tzinfo) -> list[Finding]:
    """One person is counted in one place a minute; touching sessions do not overlap."""
    if counts is None:
        return []
    return [
        stop(
            "attendance.elsewhere",
            f"{who} is counted in {other.session} from {other.started_at.astimezone(tz):%H:%M} to "
            f"{other.ended_at.astimezone(tz):%H:%M} ({other.by}). Write when they left there, or when they came here.",
        )
        for other in others
        if other.started_at < counts[1] and counts[0] < other.ended_at
    ]


def most_at_once(intervals: Iterable[Interval]) -> int:
    """How many of these stretches overlap at the fullest minute."""
    changes = sorted(
        (moment, change) for begins, ends in intervals for moment, change in ((begins, 1), (ends, -1)) if begins < ends
    )
    here = fullest = 0
    for _, change in changes:  # someone who leaves in the minute in which another comes makes room: -1 sorts first
        here += change
        fullest = max(fullest, here)
    return fullest


def size_findings(
    who: str, others: Collection[Interval], counts: Interval | None, rule: SizeRule, standing: Interval | None = None
) -> list[Finding]:  # fmt: skip
    """What is said before one more person makes the room fuller than the rule allows; nothing where they change nothing.

    ``others`` are the minutes of everyone else, ``standing`` those of theirs that count now, ``counts`` those that would.
    """
    if counts is None:
        return []
    before = most_at_once([*others, standing] if standing else others)
    after = most_at_once([*others, counts])
    if after <= rule.most or after <= before:
        return []
    say = {Severity.STOP: stop, Severity.OVERRIDE: override, Severity.NOTE: note}[rule.severity]
    message = (
        f"{rule.most} may be in this group ({rule.source}); {who} would be the {_ordinal(after)}, and the hour may not be "
        "billed. Ask who can move to another group, or give the reason to go on."
    )
    return [say("attendance.full", message, most=rule.most, source=rule.source)]


def ratio_findings(there: int, leads: int, rule: RatioRule) -> list[Finding]:
    """Too many people for the facilitators who run it: told on the page, nobody is turned away at the door."""
    if there <= leads * rule.clients:
        return []
    needed = -(-there // rule.clients)
    people = "1 facilitator" if needed == 1 else f"{needed} facilitators"
    message = f"{there} people need {people} here, one for {rule.clients} ({rule.source}); {_running(leads)}."
    return [note("session.ratio", message, needed=needed)]


def lead_findings(leads: Collection[str], eligible: Collection[str]) -> list[Finding]:
    """A session needs someone who runs it, with one of the credentials its service asks for (none named: anyone)."""
    if not leads:
        return [note("session.no_facilitator", "Nobody leads this session yet. Whoever marks or writes first runs it.")]
    if eligible and not set(leads) & set(eligible):
        named = " or ".join(sorted(eligible))
        return [
            note("session.credential", f"Nobody who runs it holds {named}: this service asks for one. Add someone.")
        ]
    return []


def when_findings(facts: AttendanceFacts, at: datetime, tz: tzinfo) -> list[Finding]:
    """Nobody came or left at an hour that has not come."""
    late = [moment for moment in (facts.arrived_at, facts.left_at) if moment is not None and moment > at + SKEW]
    return [
        stop("attendance.not_yet", f"{moment.astimezone(tz):%H:%M} has not come yet. Write it when it has happened.")
        for moment in late[:1]
    ]


def outside_findings(facts: AttendanceFacts, session: SessionFacts, tz: tzinfo) -> list[Finding]:
    """Whoever left before the session began, or came when it was over, was not there: that is an absence, not 0 minutes."""
    arrived, left = facts.arrived_at, facts.left_at
    if left is not None and minute_of(left) <= minute_of(session.started_at):
        message = (
            f"It began at {session.started_at.astimezone(tz):%H:%M}: nobody left it at {left.astimezone(tz):%H:%M}. "
        )
    elif arrived is not None and minute_of(arrived) >= minute_of(session.ended_at):
        message = f"It ended at {session.ended_at.astimezone(tz):%H:%M}: nobody came to it at {arrived.astimezone(tz):%H:%M}. "
    else:
        return []
    return [stop("attendance.outside", message + "Correct the time, or mark them absent.")]


def discharge_findings(
    who: str, facts: AttendanceFacts, counts: Interval | None, ended_at: datetime | None, tz: tzinfo
) -> list[Finding]:  # fmt: skip
    """Someone discharged during the session is counted up to then, not longer."""
    if counts is None or facts.status in NOT_THERE or ended_at is None or counts[1] <= ended_at:
        return []
    when = f"{ended_at.astimezone(tz):%H:%M}"
    return [
        stop(
            "attendance.discharged", f"{who} was discharged at {when}. Write that they left then, or mark them absent."
        )
    ]


def seal_findings(who: str, signed_at: datetime | None, tz: tzinfo) -> list[Finding]:
    """A mark after the note was signed is an amendment: it needs its reason."""
    if signed_at is None:
        return []
    message = (
        f"The note of {who} was signed at {signed_at.astimezone(tz):%H:%M on %-d %B}. Say why the attendance changes: "
        "it is kept as an amendment, and the signed words stay."
    )
    return [override("attendance.signed", message)]


def _running(leads: int) -> str:
    return "nobody runs it" if not leads else "1 runs it" if leads == 1 else f"{leads} run it"


def _ordinal(number: int) -> str:
    if number <= len(NUMBERS):
        return NUMBERS[number - 1]
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
