"""Scales: items with allowed values, a total, and bands. A score has every item answered or it is none: never partial.

The definitions are data (``chart/scales/*.toml``). Labels are neutral words of ours where the licence of the published wording
is not clear. What counts as a jump to look at again is a house proposal, named in each file.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

from audit.rules.findings import Finding, override, stop

TONES = ("free", "held", "caution", "late", "stop")
AHEAD = timedelta(minutes=5)
"""How far ahead of the server a tablet's clock may be (emar-safety rule 29)."""

BEHIND = timedelta(hours=12)
"""How long after the fact a score may be entered: older ones belong in a note. House proposal."""

JUST = timedelta(minutes=10)
"""A second score of one scale by another person so soon is looked at before it is kept. House proposal."""


@dataclass(frozen=True)
class Item:
    """One thing looked at: what it is called here, and the values it may have."""

    code: str
    label: str
    values: tuple[int, ...]


@dataclass(frozen=True)
class Band:
    """Totals from ``least`` to ``most`` (both inside), in a word; ``tone`` is a word of the look."""

    least: int
    most: int
    label: str
    tone: str


@dataclass(frozen=True)
class Scale:
    """A scale as its file says it. ``recheck`` is its usual cadence; ``jump`` points within ``jump_within`` are looked at again."""

    code: str
    name: str
    about: str
    edition: str
    source: str
    licence: str
    note: str
    items: tuple[Item, ...]
    bands: tuple[Band, ...]
    recheck: timedelta
    jump: int
    jump_within: timedelta

    @property
    def top(self) -> int:
        """The highest total there is."""
        return sum(item.values[-1] for item in self.items)

    def band(self, total: int) -> Band:
        """The band of a total; ValueError for one that is not on the scale."""
        found = next((band for band in self.bands if band.least <= total <= band.most), None)
        if found is None:
            raise ValueError(f"{self.name} is from 0 to {self.top}.")
        return found

    def total(self, answers: Mapping[str, int]) -> int:
        """The sum of all items; ValueError where one is missing or not allowed: a part of a scale has no total."""
        found = answer_findings(self, answers)
        if found:
            raise ValueError(found[0].message)
        return sum(answers[item.code] for item in self.items)


@dataclass(frozen=True)
class Before:
    """The newest score of the same scale that stands: its total, when, by whom, and whether by the person who scores now."""

    total: int
    at: datetime
    by: str
    mine: bool = False


def scale_from(text: str) -> Scale:
    """Read a scale's file; ValueError with what is wrong. Bands begin at 0, touch each other and end at the top."""
    data = tomllib.loads(text)
    items = tuple(_item(each) for each in data.get("items", ()))
    if not items or len({item.code for item in items}) < len(items):
        raise ValueError("A scale has items, each with its own code.")
    top = sum(item.values[-1] for item in items)
    starts = [int(each["from"]) for each in data.get("bands", ())]
    if not starts or starts[0] != 0 or any(later <= earlier for earlier, later in pairwise(starts)) or starts[-1] > top:
        raise ValueError("Bands begin at 0 and go upwards, within the scale.")
    if any(each["tone"] not in TONES or not each["label"] for each in data["bands"]):
        raise ValueError(f"A band has a label, and one of the tones {', '.join(TONES)}.")
    ends = [*(start - 1 for start in starts[1:]), top]
    bands = tuple(
        Band(least, most, each["label"], each["tone"])
        for least, most, each in zip(starts, ends, data["bands"], strict=True)
    )
    words = {name: str(data.get(name, "")).strip() for name in _WORDS}
    if missing := [name for name in ("code", "name", "source", "licence") if not words[name]]:
        raise ValueError(f"A scale says its {' and '.join(missing)}.")
    minutes = timedelta(minutes=1)
    return Scale(
        **words, items=items, bands=bands, recheck=int(data["recheck_minutes"]) * minutes, jump=int(data["jump"]),
        jump_within=int(data["jump_minutes"]) * minutes,
    )  # fmt: skip


def answer_findings(scale: Scale, answers: Mapping[str, object]) -> list[Finding]:
    """What stands against the answers: each item missing, each value it may not have, each item that is none of the scale's."""
    missing = [item.label for item in scale.items if answers.get(item.code) is None]
    found: list[Finding] = []
    if missing:
        left = f"{len(missing)} of {len(scale.items)} items are" if len(missing) > 1 else "One item is"
        names = "; ".join(missing)
        words = f"{left} not answered: {names}. Answer every item: part of {scale.name} is no score."
        found.append(stop("score.missing", words, items=[i.code for i in scale.items if answers.get(i.code) is None]))
    for item in scale.items:
        value = answers.get(item.code)
        if value is not None and (isinstance(value, bool) or value not in item.values):
            allowed = ", ".join(str(each) for each in item.values)
            found.append(stop("score.value", f"{item.label} is one of {allowed}. Answer it again.", item=item.code))
    if unknown := set(answers) - {item.code for item in scale.items}:
        found.append(
            stop("score.item", f"{scale.name} has no item {sorted(unknown)[0]}. Reload the page and score again.")
        )
    return found


def time_findings(about: datetime, at: datetime, tz: tzinfo, *, since: datetime) -> list[Finding]:
    """What stands against the time a score is said to be of: not ahead, not long ago, not before the episode (all aware)."""
    if about.utcoffset() is None:
        return [stop("score.no_zone", "The time came without a time zone. Send it with one, such as 08:00-05:00.")]
    said, now = about.astimezone(tz), at.astimezone(tz)
    if about - at > AHEAD:
        return [stop("score.future", f"{said:%H:%M} has not come yet: it is {now:%H:%M}. Check the time entered.")]
    if about < since:
        return [stop("score.before", "That is before this episode began. Check the time entered.")]
    if at - about > BEHIND:
        hours = int(BEHIND.total_seconds() // 3600)
        words = f"A score is entered within {hours} h. Write an older one as a nursing note."
        return [stop("score.old", words)]
    return []


def doubt_findings(scale: Scale, total: int, about: datetime, before: Before | None, tz: tzinfo) -> list[Finding]:
    """What is looked at twice: somebody scored just now, a jump, every item at its top. All may be gone past with a reason."""
    found: list[Finding] = []
    if before is not None:
        apart = abs(about - before.at)
        when = f"{before.at.astimezone(tz):%H:%M}"
        if not before.mine and apart < JUST:
            words = f"{before.by} scored {scale.name} {before.total} at {when}. Look at that first; to keep a second, say why."
            found.append(override("score.just_scored", words, by=before.by, total=before.total))
        if abs(total - before.total) >= scale.jump and apart <= scale.jump_within:
            words = f"{scale.name} was {before.total} at {when} and is {total} now. Look at the items again, or say what changed."
            found.append(override("score.jump", words, before=before.total))
    if total == scale.top:
        found.append(override("score.top", f"Every item is at its top ({total}). Look again, or say what you see."))
    return found


def _item(data: Mapping[str, object]) -> Item:
    code, label, values = str(data.get("code", "")), str(data.get("label", "")), data.get("values")
    if not code or not label or not isinstance(values, list) or len(values) < 2:
        raise ValueError("An item has a code, a label and at least two values.")
    if values[0] != 0 or any(not isinstance(each, int) for each in values) or values != sorted(set(values)):
        raise ValueError(f"The values of {label} are whole numbers that begin at 0 and go upwards.")
    return Item(code, label, tuple(values))


_WORDS = ("code", "name", "about", "edition", "source", "licence", "note")
