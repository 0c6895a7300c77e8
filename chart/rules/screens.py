"""Drug screens: panels as data, and what can be true of a specimen, its steps and its results."""

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta

from audit.rules.findings import Finding, stop

OLDEST = timedelta(days=7)  # how long after the hour a specimen may still be written down
STEPS = ("sealed", "stored", "handed", "sent", "received", "disposed")
CONFIRMED = frozenset({"positive", "confirmed_negative"})
POSITIVE = frozenset({"presumptive", "positive"})


@dataclass(frozen=True)
class Substance:
    """One substance of a panel."""

    code: str
    name: str


@dataclass(frozen=True)
class Panel:
    """The program's own list of what a screen looks for, of which specimens."""

    code: str
    name: str
    specimens: tuple[str, ...]
    substances: tuple[Substance, ...]


def panel_from(text: str) -> Panel:
    """A panel from its file (TOML: code, name, specimens, [substances] code = "name"). Raises ValueError."""
    data = tomllib.loads(text)
    try:
        substances = tuple(Substance(code, str(name)) for code, name in data["substances"].items())
        panel = Panel(str(data["code"]), str(data["name"]), tuple(map(str, data["specimens"])), substances)
    except (KeyError, AttributeError, TypeError) as error:
        raise ValueError(f"A panel has code, name, specimens and substances: {error}") from error
    if not panel.substances or not panel.specimens:
        raise ValueError("A panel has at least one specimen and one substance.")
    if any(not re.fullmatch(r"[a-z0-9_]{1,20}", each.code) for each in panel.substances):
        raise ValueError("The code of a substance is small letters, digits and underscores, at most 20.")
    return panel


def check_collected(collected: datetime, *, at: datetime, since: datetime) -> list[Finding]:
    """Whether a specimen can have been asked for then: not in the future, in the episode, not long ago."""
    if collected > at:
        return [stop("screen.later", "That hour is still to come. Write when it was.", field="collected_at")]
    if collected < since:
        message = "That is before this episode of care began. Look at the date."
        return [stop("screen.before", message, field="collected_at")]
    if at - collected > OLDEST:
        message = f"That is more than {OLDEST.days} days ago. Write a note about it instead."
        return [stop("screen.old", message, field="collected_at")]
    return []


def check_specimen(panel: Panel, specimen: str, outcome: str, *, temperature: bool | None) -> list[Finding]:
    """Whether the panel is made for the specimen, and a temperature is said for urine that was given."""
    if specimen not in panel.specimens:
        message = f"{panel.name} is not made for that specimen. Choose another panel or specimen."
        return [stop("screen.specimen", message, field="specimen")]
    if outcome == "collected" and specimen == "urine" and temperature is None:
        message = "Say whether the temperature was in range: urine that is not may not be what it seems."
        return [stop("screen.temperature", message, field="temperature")]
    if temperature is not None and (outcome != "collected" or specimen != "urine"):
        message = "A temperature is read of urine that was given, and of nothing else. Leave it out."
        return [stop("screen.no_temperature", message, field="temperature")]
    return []


def check_step(kind: str, when: datetime, *, done: tuple[str, ...], last: datetime, at: datetime) -> list[Finding]:
    """Whether a step of custody can follow: not before the one before it, not in the future, nothing after disposal."""
    if "disposed" in done:
        return [stop("screen.disposed", "The specimen was disposed of: nothing follows.", field="kind")]
    if kind in done and kind != "handed":
        return [stop("screen.step_twice", "That step is written already. Reload the page to see it.", field="kind")]
    if kind == "received" and "sent" not in done:
        return [stop("screen.not_sent", "It was not sent to a laboratory yet. Write that step first.", field="kind")]
    if when > at:
        return [stop("screen.step_later", "That hour is still to come. Write when it was.", field="when")]
    if when < last:
        return [stop("screen.step_before", "That is before the step before it. Look at the hour.", field="when")]
    return []


def why_confirmed(before: str, result: str) -> str:
    """The reason a result follows another by itself: a laboratory confirms what a test presumed ('': it is a correction)."""
    return "Confirmed by the laboratory" if before == "presumptive" and result in CONFIRMED else ""
