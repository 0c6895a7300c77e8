"""When is a scale due? By its cadence, the start of the episode and what was scored. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chart.rules.scales import Scale


@dataclass(frozen=True)
class Last:
    """The newest score of a scale that stands: when the client was looked at, and its total (None: it has parts)."""

    at: datetime
    total: int | None


@dataclass(frozen=True)
class Due:
    """A scale that is due at an instant, and why, as a sentence's end: 'at intake', 'every 14 days', 'after AUDIT-C 5'."""

    scale: Scale
    at: datetime
    why: str


def due(
    scale: Scale, started_at: datetime, last: Mapping[str, Last], names: Mapping[str, str] | None = None
) -> Due | None:
    """When a scale is next due in an episode that began at ``started_at``; None where nothing asks for it.

    ``last``: the newest score of each scale of this client, in whatever episode. Every so many days counts from the last score;
    at intake, from the start. A yearly scale that was scored in the year before stands also for a new episode; one that has an
    intake but no rhythm is due again in each episode.
    """
    cadence, mine = scale.cadence, last.get(scale.code)
    found: list[Due] = []
    if cadence.every_days is not None and mine is not None:
        at = mine.at + timedelta(days=cadence.every_days)
        found.append(Due(scale, at, f"every {cadence.every_days} days"))
    if cadence.intake_days is not None and (mine is None or mine.at < started_at):
        intake = Due(scale, started_at + timedelta(days=cadence.intake_days), "at intake")
        yearly = cadence.every_days is not None and cadence.every_days >= 365
        if not found or not yearly:
            found = [intake]
        elif found[0].at < intake.at:
            found = [intake]  # a year was over before, or is in the first days: asked with the intake
    follows = cadence.follows
    if follows is not None and (first := last.get(follows.scale)) is not None and first.total is not None:
        answered = mine is not None and mine.at >= first.at
        if first.total >= follows.least and not answered and first.at >= started_at - timedelta(days=follows.days):
            name = (names or {}).get(follows.scale, follows.scale)
            found.append(Due(scale, first.at, f"after {name} {first.total}"))
    return min(found, key=lambda each: each.at, default=None)
