"""Say otherwise what a group is: its name, places, credentials, topics, and whether it meets on holidays; from now on.

Which programs it serves, its service, and whether it is by choice say who was expected when and how an hour counts: they stay
as they were. Another answer to them is another group, from a date on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from groups.actions.planning import rewrite
from groups.models import Series, Topic
from groups.queries.change import written_out
from groups.rules.follow import curriculum
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


@dataclass(frozen=True)
class Facts:
    """What can be said otherwise of a series; ``topics`` in their order."""

    name: str
    size_limit: int
    credentials: str
    meets_on_holidays: bool
    topics: tuple[str, ...]


def facts_of(series: Series) -> Facts:
    """As they stand. One query."""
    titles = Topic.objects.filter(series=series).order_by("position").values_list("title", flat=True)
    return Facts(series.name, series.size_limit, series.credentials, series.meets_on_holidays, tuple(titles))


@action("groups.amend_series")
def amend_series(
    *, by: Person, at: datetime, series_id: int, facts: Facts, seen: Facts | None = None, key: UUID | None = None
) -> Series:  # fmt: skip
    """Say what a group is from now on. Sessions to come take the new topics in turn; those that took place keep theirs.

    ``seen``: what the page showed; refused ``series.changed`` where somebody said otherwise meanwhile.
    """
    series = Series.objects.select_for_update(of=("self",), no_key=True).select_related("site").get(pk=series_id)
    require(by, Capability.PLAN_GROUPS, series.site_id, at)
    before = facts_of(series)
    if facts == before:
        return series
    found: list[Finding] = []
    if seen is not None and seen != before:
        found.append(
            stop(
                "series.changed",
                f"Somebody changed {before.name} since you opened it. Look at it again, then change it.",
            )
        )
    if not facts.name.strip():
        found.append(stop("series.no_name", "Give the group a name."))
    if facts.size_limit < 1:
        found.append(stop("series.no_places", "A group has at least one place."))
    if found:
        raise Refused(*found)

    series.name, series.size_limit, series.credentials = facts.name.strip(), facts.size_limit, facts.credentials.strip()
    series.meets_on_holidays = facts.meets_on_holidays
    series.save(update_fields=["name", "size_limit", "credentials", "meets_on_holidays"])
    if facts.topics != before.topics:
        _teach(series, facts.topics, at)
    if facts.meets_on_holidays != before.meets_on_holidays:
        rewrite(series, at.astimezone(series.site.tz).date(), at)
    trail.record(
        "groups.amend_series", by=by, at=at, subject=series, site_id=series.site_id,
        summary=f"{series.name}: what it is was changed",
        detail={"places": facts.size_limit, "was": before.size_limit, "topics": len(facts.topics)},
    )  # fmt: skip
    return series


def _teach(series: Series, titles: Sequence[str], at: datetime) -> None:
    """Another curriculum: written down, and given to the sessions to come in turn."""
    Topic.objects.filter(series=series).delete()
    Topic.objects.bulk_create(Topic(series=series, position=number, title=title) for number, title in enumerate(titles))
    today = at.astimezone(series.site.tz).date()
    rows = written_out(series, today, series.planned_until or today)
    open_ones = [row for _, row in sorted(rows.items()) if row.started_at > at and not getattr(row, "touched", False)]
    last = series.sessions.filter(started_at__lte=at).order_by("-started_at").values_list("topic", flat=True).first()
    for row, title in zip(open_ones, curriculum(titles, last or "", len(open_ones)), strict=True):
        if row.topic != title:
            row.topic = title
            row.save(update_fields=["topic"])
