"""Scales: items with allowed values, what they add up to, and bands. A score has every item that is asked, or it is none.

The definitions are data (``chart/scales/*.toml``, read by ``chart.rules.scale_file``). Nothing is prorated: where one item is not
answered there is no score, and it is said which. Labels are neutral words of ours where the licence of the published wording is
not clear. What counts as a jump to look at again is a house proposal, named in each file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from audit.rules.findings import Finding, override, stop

AHEAD = timedelta(minutes=5)
"""How far ahead of the server a tablet's clock may be (emar-safety rule 29)."""

JUST = timedelta(minutes=10)
"""A second score of one scale by another person so soon is looked at before it is kept. House proposal."""


@dataclass(frozen=True)
class Item:
    """One thing asked: its name here, the values it may have, a word for each (or none), its published ``text`` where that ships.

    ``flipped``: the value counts from the other end (the highest answer is worth the lowest value).
    """

    code: str
    label: str
    values: tuple[int, ...]
    words: tuple[str, ...] = ()
    text: str = ""
    flipped: bool = False

    def points(self, value: int) -> int:
        """What an allowed value is worth."""
        return self.values[0] + self.values[-1] - value if self.flipped else value

    def said(self, value: int) -> str:
        """An answer as people read it: its word where there is one, else the number."""
        return self.words[self.values.index(value)] if self.words and value in self.values else str(value)


@dataclass(frozen=True)
class Band:
    """Totals from ``least`` to ``most`` (both inside), in a word; ``tone`` is a word of the look."""

    least: int
    most: int
    label: str
    tone: str


@dataclass(frozen=True)
class Measure:
    """One number of a scale: its total (code '') or a part of it. ``higher``: more is better; ``change``: points that count as
    a change (0: the scale says none)."""

    code: str
    name: str
    items: tuple[str, ...]
    bottom: int
    top: int
    bands: tuple[Band, ...]
    higher: bool
    change: int

    def band(self, value: int) -> Band:
        """The band of a value; ValueError for one that is not on the measure."""
        found = next((band for band in self.bands if band.least <= value <= band.most), None)
        if found is None:
            raise ValueError(f"{self.name} is from {self.bottom} to {self.top}.")
        return found


@dataclass(frozen=True)
class Skip:
    """Items that are not asked where every item of ``when`` was answered with one of its values. They count for nothing."""

    items: frozenset[str]
    when: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Rank:
    """The value of a scale that is no sum: it holds where any of these items was answered with at least 1."""

    value: int
    items: tuple[str, ...]


@dataclass(frozen=True)
class Alert:
    """What opens a task at once: an item (or, with item '', the total) of at least so much. ``line``: what to do, program policy."""

    code: str
    item: str
    least: int
    title: str
    line: str


@dataclass(frozen=True)
class Follows:
    """Due because of another scale: its newest total reached ``least`` within the last ``days``."""

    scale: str
    least: int
    days: int


@dataclass(frozen=True)
class Cadence:
    """When a scale is due: within ``intake_days`` of the start of an episode, then every ``every_days``; None where it is not."""

    intake_days: int | None = None
    every_days: int | None = None
    follows: Follows | None = None


@dataclass(frozen=True)
class Scale:
    """A scale as its file says it. ``kind``: withdrawal, symptoms, use, recovery or safety. ``by``: who may fill it in (staff,
    client). ``jump`` points within ``jump_within`` are looked at again; ``late``: how long after the fact it may be entered."""

    code: str
    name: str
    about: str
    kind: str
    edition: str
    source: str
    licence: str
    note: str
    wording: str
    by: tuple[str, ...]
    window: str
    lead: str
    items: tuple[Item, ...]
    measures: tuple[Measure, ...]
    skips: tuple[Skip, ...]
    ranks: tuple[Rank, ...]
    alerts: tuple[Alert, ...]
    cadence: Cadence
    late: timedelta
    jump: int
    jump_within: timedelta

    @property
    def whole(self) -> Measure | None:
        """The total; None for a scale that has parts only."""
        return next((each for each in self.measures if not each.code), None)

    @property
    def top(self) -> int:
        """The highest total there is; ValueError for a scale without one."""
        return self._whole().top

    @property
    def bands(self) -> tuple[Band, ...]:
        """The bands of the total; ValueError for a scale without one."""
        return self._whole().bands

    @property
    def for_client(self) -> bool:
        """Whether a client may fill it in: its wording is here, and the scale is one to fill in oneself."""
        return self.wording == "full" and "client" in self.by

    def band(self, total: int) -> Band:
        """The band of a total; ValueError for one that is not on the scale."""
        return self._whole().band(total)

    def item(self, code: str) -> Item | None:
        """One item; None where the scale has none of that code."""
        return next((each for each in self.items if each.code == code), None)

    def skipped(self, answers: Mapping[str, object]) -> frozenset[str]:
        """The items that are not asked after these answers. An item that is itself not asked leads to no further skip."""
        gone: set[str] = set()
        for skip in self.skips:
            if all(code not in gone and answers.get(code) in values for code, values in skip.when.items()):
                gone |= skip.items
        return frozenset(gone)

    def asked(self, answers: Mapping[str, object]) -> tuple[Item, ...]:
        """The items that are asked after these answers, in their order."""
        gone = self.skipped(answers)
        return tuple(item for item in self.items if item.code not in gone)

    def results(self, answers: Mapping[str, int]) -> dict[str, int]:
        """Every measure by its code; ValueError where an item is missing or not allowed: a part of a scale has no score."""
        found = answer_findings(self, answers)
        if found:
            raise ValueError(found[0].message)
        points = {item.code: item.points(answers[item.code]) for item in self.asked(answers)}
        if self.ranks:
            reached = (rank.value for rank in self.ranks if any(points.get(code, 0) >= 1 for code in rank.items))
            return {"": max(reached, default=0)}
        return {each.code: sum(points.get(code, 0) for code in each.items) for each in self.measures}

    def total(self, answers: Mapping[str, int]) -> int | None:
        """The total; None for a scale that has parts only. ValueError as ``results``."""
        return self.results(answers).get("")

    def alarms(self, answers: Mapping[str, int]) -> tuple[Alert, ...]:
        """What must be seen to at once. Answers may be a part of the scale: an item that alarms does so by itself."""
        whole = None if answer_findings(self, answers) else self.results(answers).get("")
        gone = self.skipped(answers)
        found = []
        for alert in self.alerts:
            item = self.item(alert.item)
            value = whole
            if item is not None:
                given = None if item.code in gone else answers.get(item.code)
                value = None if given is None or given not in item.values else item.points(given)
            if value is not None and value >= alert.least:
                found.append(alert)
        return tuple(found)

    def _whole(self) -> Measure:
        if self.whole is None:
            raise ValueError(f"{self.name} has no total.")
        return self.whole


@dataclass(frozen=True)
class Before:
    """The newest score of the same scale that stands: its total, when, by whom, and whether by the person who scores now."""

    total: int | None
    at: datetime
    by: str
    mine: bool = False


def answer_findings(scale: Scale, answers: Mapping[str, object]) -> list[Finding]:
    """What stands against the answers: each item missing, each value it may not have, each item not asked or not the scale's."""
    asked = scale.asked(answers)
    missing = [item for item in asked if answers.get(item.code) is None]
    found: list[Finding] = []
    if missing:
        left = f"{len(missing)} of {len(asked)} items are" if len(missing) > 1 else "One item is"
        names = "; ".join(item.label for item in missing)
        words = f"{left} not answered: {names}. Answer every item: part of {scale.name} is no score."
        found.append(stop("score.missing", words, items=[item.code for item in missing]))
    for item in scale.items:
        value = answers.get(item.code)
        if value is not None and (isinstance(value, bool) or value not in item.values):
            allowed = ", ".join(str(each) for each in item.values)
            found.append(stop("score.value", f"{item.label} is one of {allowed}. Answer it again.", item=item.code))
    if extra := [item.label for item in scale.items if item not in asked and answers.get(item.code) is not None]:
        words = (
            f"{'; '.join(extra)}: not asked after what was answered before. Leave it out, or look at the answers again."
        )
        found.append(stop("score.skipped", words))
    if unknown := set(answers) - {item.code for item in scale.items}:
        found.append(
            stop("score.item", f"{scale.name} has no item {sorted(unknown)[0]}. Reload the page and score again.")
        )
    return found


def time_findings(
    about: datetime, at: datetime, tz: tzinfo, *, since: datetime, late: timedelta = timedelta(hours=12)
) -> list[Finding]:
    """What stands against the time a score is said to be of: not ahead, not long ago, not before the episode (all aware)."""
    if about.utcoffset() is None:
        return [stop("score.no_zone", "The time came without a time zone. Send it with one, such as 08:00-05:00.")]
    said, now = about.astimezone(tz), at.astimezone(tz)
    if about - at > AHEAD:
        return [stop("score.future", f"{said:%H:%M} has not come yet: it is {now:%H:%M}. Check the time entered.")]
    if about < since:
        return [stop("score.before", "That is before this episode began. Check the time entered.")]
    if at - about > late:
        hours = int(late.total_seconds() // 3600)
        span = f"{hours} h" if hours < 48 else f"{hours // 24} days"
        return [stop("score.old", f"A score is entered within {span}. Write an older one as a nursing note.")]
    return []


def doubt_findings(
    scale: Scale, total: int | None, about: datetime, before: Before | None, tz: tzinfo
) -> list[Finding]:
    """What is looked at twice: somebody scored just now; of a withdrawal scale also a jump, and every item at its top. All may be
    gone past with a reason."""
    found: list[Finding] = []
    if before is not None:
        apart = abs(about - before.at)
        when = f"{before.at.astimezone(tz):%H:%M}"
        if not before.mine and apart < JUST:
            scored = scale.name if before.total is None else f"{scale.name} {before.total}"
            words = f"{before.by} scored {scored} at {when}. Look at that first; to keep a second, say why."
            found.append(override("score.just_scored", words, by=before.by, total=before.total))
        if scale.jump and total is not None and before.total is not None and apart <= scale.jump_within:
            words = f"{scale.name} was {before.total} at {when} and is {total} now. Look at the items again, or say what changed."
            if abs(total - before.total) >= scale.jump:
                found.append(override("score.jump", words, before=before.total))
    if scale.kind == "withdrawal" and total == scale.top:
        found.append(override("score.top", f"Every item is at its top ({total}). Look again, or say what you see."))
    return found
