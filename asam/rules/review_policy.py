"""By which rule is a level looked at again? The shipped rule as data, and what a program made of it.

Source of the shipped days: facts/levels-of-care.md 5.2 ('suggested shipped defaults'); which dates win is 5.2 too: the tightest.
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from asam.rules.levels import LEVELS
from audit.rules.findings import Finding, stop

LONGEST_DAYS, LONGEST_HOURS = 365, 999


class Event(StrEnum):
    """What may ask for a review before its day. The value is stored."""

    HARM = "harm"
    HOSPITAL = "hospital"
    USE = "use"
    DOSES = "doses"
    WORSE = "worse"
    SESSIONS = "sessions"
    MOVED = "moved"
    DISCHARGE = "discharge"


@dataclass(frozen=True)
class EventRule:
    """``count`` of an event within ``days`` days ask for a review. ``risk`` is 0 to 3; ``grace_days`` of an episode do not count,
    ``ahead_days`` is how long before a planned day it is asked for."""

    event: Event
    label: str
    risk: int
    count: int
    days: int
    grace_days: int = 0
    ahead_days: int = 0


@dataclass(frozen=True)
class Cadence:
    """``days`` between reviews of a family of levels, and the public rule that is nearest ('': none is known)."""

    days: int
    public: str


@dataclass(frozen=True)
class HouseRule:
    """What ships. ``days`` by family of level; ``risks`` are words for 0 to 3."""

    title: str
    source: str
    within_days: int
    fresh_days: int
    risks: tuple[str, ...]
    days: Mapping[str, Cadence]
    events: Mapping[Event, EventRule]


@dataclass(frozen=True)
class Policy:
    """The rule of one program at one level. ``days`` None: no rule knows the level. ``source`` says whose rule it is."""

    days: int | None
    hours: int | None
    events: Mapping[Event, EventRule]
    within_days: int
    source: str


def house_from(text: str) -> HouseRule:
    """The shipped rule out of its file. Raises ValueError with a sentence where it says nothing, or what cannot be."""
    raw = tomllib.loads(text)
    days = {family: Cadence(int(each["days"]), str(each["public"])) for family, each in raw["days"].items()}
    missing = {level.family for level in LEVELS.values()} ^ set(days)
    if missing:
        raise ValueError(f"Every family of levels has its days, and no other: look at {', '.join(sorted(missing))}.")
    events = {}
    for each in raw["events"]:
        event = Event(each.pop("code"))
        events[event] = EventRule(event, **each)
    if set(events) != set(Event):
        raise ValueError(f"Every event has its rule: {', '.join(sorted(set(Event) - set(events)))} has none.")
    wrong = [rule.event for rule in events.values() if not (0 <= rule.risk <= 3 and rule.count > 0 and rule.days > 0)]
    if wrong or any(each.days < 1 for each in days.values()):
        raise ValueError(f"Days and counts are at least 1, a risk is 0 to 3: look at {', '.join(wrong) or 'the days'}.")
    return HouseRule(
        raw["title"], raw["source"], int(raw["within_days"]), int(raw["fresh_days"]), tuple(raw["weight"]), days, events
    )


def policy_for(level: str, rule: HouseRule, own: tuple[int, int | None, Collection[str], str] | None = None) -> Policy:
    """The rule for a client at a level: the program's ``own`` (days, hours, events that are off, why), else the shipped one."""
    if own is not None:
        days, hours, off, why = own
        kept = {event: each for event, each in rule.events.items() if event.value not in off}
        return Policy(days, hours, kept, rule.within_days, f"The program's own rule: {why}")
    if level not in LEVELS:
        return Policy(None, None, rule.events, rule.within_days, "")
    found = rule.days[LEVELS[level].family]
    words = f"{rule.title}: every {found.days} day{'s' if found.days != 1 else ''}"
    return Policy(
        found.days, None, rule.events, rule.within_days, f"{words} ({found.public})" if found.public else words
    )


def check_policy(days: int, hours: int | None, off: Collection[str], why: str) -> list[Finding]:
    """What stands against a rule of a program."""
    findings = []
    if not 1 <= days <= LONGEST_DAYS:
        findings.append(stop("asam.review_days", f"Between reviews are 1 to {LONGEST_DAYS} days. Write such a number."))
    if hours is not None and not 1 <= hours <= LONGEST_HOURS:
        sentence = f"Hours of service are 1 to {LONGEST_HOURS}, or nothing where they are not counted."
        findings.append(stop("asam.review_hours", sentence))
    if any(code not in set(Event) for code in off):
        findings.append(stop("asam.review_event", "There is no such event: choose from the list."))
    if Event.HARM in off:
        sentence = "Self-harm, an overdose or leaving without leave always asks for a review. Leave it on."
        findings.append(stop("asam.review_harm_stays", sentence))
    if not why.strip():
        findings.append(
            stop("asam.review_why", "Say where this rule is written: the state, the payer, or your policy.")
        )
    elif len(why.strip()) > 300:
        findings.append(stop("asam.review_why", "Say in at most 300 characters where this rule is written."))
    return findings
