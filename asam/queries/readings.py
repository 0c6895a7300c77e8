"""What levels of an older edition mean now: by the rule where it is plain, by what a person said where it is not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from asam.models import LevelReading
from asam.rules.editions import Reading, read
from asam.rules.levels import LEVELS
from programs.models import Client, Placement, Program, Site


def edition_of(placement: Placement) -> str:
    """The edition of a placement's level: the program's, where the level is one of the program's, else the one that knows it."""
    program = placement.program
    if program.level == placement.level:
        return program.edition
    return "4" if placement.level in LEVELS else "3"


def readings(placements: Sequence[Placement], at: datetime) -> dict[int, Reading]:
    """How each placement's level reads, as known at an instant. Needs ``program`` with it. One query, none where all are new."""
    plain = {placement.pk: read(edition_of(placement), placement.level) for placement in placements}
    older = [pk for pk, reading in plain.items() if reading.edition != "4"]
    if not older:
        return plain
    said = LevelReading.objects.filter(placement_id__in=older, at__lte=at).order_by("at", "pk")
    for row in said:
        plain[row.placement_id] = replace(plain[row.placement_id], level=row.level)
    return plain


def levels_of(placements: Sequence[Placement], at: datetime) -> dict[int, str]:
    """The level of the 4th edition for each placement; '' where nobody said yet. At most one query."""
    return {pk: reading.level for pk, reading in readings(placements, at).items()}


@dataclass(frozen=True)
class OldLevel:
    """A placement whose level is of an older edition, on the page where a person reads it."""

    placement: Placement
    client: Client
    reading: Reading
    said: LevelReading | None


def old_levels(site: Site, at: datetime) -> list[OldLevel]:
    """Every placement of a site with a level of an older edition, those that nobody read yet first. Two queries."""
    placed = [
        placement
        for placement in Placement.objects.filter(program__site=site, kind=Program.Kind.TREATMENT, started_at__lte=at)
        .exclude(level__in=list(LEVELS), program__edition="4")
        .select_related("program", "episode__client")
        .order_by("-started_at")[:500]
        if edition_of(placement) != "4" or placement.level not in LEVELS
    ]
    found = readings(placed, at)
    said = {
        row.placement_id: row
        for row in LevelReading.objects.filter(placement__in=placed, at__lte=at)
        .select_related("by")
        .order_by("at", "pk")
    }
    rows = [OldLevel(each, each.episode.client, found[each.pk], said.get(each.pk)) for each in placed]
    return sorted(rows, key=lambda row: (bool(row.reading.level), row.client.last_name, row.client.first_name))
