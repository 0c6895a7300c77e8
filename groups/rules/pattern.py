"""How a group meets, in plain words: what is picked on a page, the RFC 5545 rule it stands for, and the sentence it reads as."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SAID = dict(zip(DAYS, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
WEEKS = {"1": "Every week", "2": "Every second week", "3": "Every third week", "4": "Every fourth week"}
MONTHS = {
    "first": ("1", "The first of the month"), "second": ("2", "The second of the month"), "third": ("3", "The third of the month"),
    "fourth": ("4", "The fourth of the month"), "last": ("-1", "The last of the month"),
}  # fmt: skip


@dataclass(frozen=True)
class Picks:
    """Days of the week (of ``DAYS``), how often (a key of ``WEEKS`` or ``MONTHS``), and the last date, None while it goes on."""

    days: tuple[str, ...]
    every: str = "1"
    until: date | None = None


def rule_of(days: Collection[str], every: str, until: date | None) -> str:
    """The rule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20261231'. In a month, each day has its own first, second, ... last."""
    picked = [day for day in DAYS if day in days]
    if every in MONTHS:
        number, _ = MONTHS[every]
        rule = f"FREQ=MONTHLY;BYDAY={','.join(number + day for day in picked)}"
    else:
        rule = f"FREQ=WEEKLY;INTERVAL={every};BYDAY={','.join(picked)}"
    return rule + (f";UNTIL={until:%Y%m%d}" if until else "")


def picks_of(rule: str) -> Picks | None:
    """What was picked for a rule; None where the page could not have made it (it stands as it is)."""
    parts = _parts(rule)
    freq, every, days = parts.get("FREQ"), parts.get("INTERVAL", "1"), parts.get("BYDAY", "").split(",")
    until = _until(parts)
    if set(parts) - {"FREQ", "INTERVAL", "BYDAY", "UNTIL", "WKST"}:
        return None
    if freq == "DAILY" and every == "1" and "BYDAY" not in parts:
        return Picks(DAYS, "1", until)
    if freq == "WEEKLY" and every in WEEKS and set(days) <= set(DAYS):
        return Picks(tuple(days), every, until)
    numbers = {day[:-2] for day in days}
    named = next((name for name, (number, _) in MONTHS.items() if numbers == {number}), None)
    if freq == "MONTHLY" and every == "1" and named and {day[-2:] for day in days} <= set(DAYS):
        return Picks(tuple(day[-2:] for day in days), named, until)
    return None


def in_words(rule: str) -> str:
    """'Mon, Thu', 'every second week on Mon', 'the first Tue of the month, until 31 Dec 2026'; the rule itself where it is other."""
    picks = picks_of(rule)
    if picks is None:
        return f"by the rule {rule}"
    named = [SAID[day] for day in DAYS if day in picks.days]
    said = _days(named) if picks.every in {*MONTHS, "1"} else f"{WEEKS[picks.every].lower()} on {_days(named)}"
    if picks.every in MONTHS:
        said = f"the {picks.every} {' and '.join(named)} of the month"
    return said + (f", until {picks.until:%-d %b %Y}" if picks.until else "")


def _days(named: list[str]) -> str:
    whole = list(SAID.values())
    if len(named) == 7:
        return "every day"
    start = whole.index(named[0]) if named else 0
    if len(named) > 2 and named == whole[start : start + len(named)]:
        return f"{named[0]} to {named[-1]}"
    return ", ".join(named)


def _parts(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)


def _until(parts: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(parts.get("UNTIL", "")[:8])
    except ValueError:
        return None
