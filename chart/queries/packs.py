"""The packs of deadline rules with their sources, and which of them the programs of a site follow and followed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chart.deadlines import book
from chart.models import ProgramDeadlines
from chart.rules.deadline_rules import Pack
from programs.models import Program, Site


@dataclass(frozen=True)
class Choice:
    """A program followed a pack from an instant to an instant (None: still)."""

    pk: int
    name: str
    by: str
    started_at: datetime
    ended_at: datetime | None
    ended_by: str


@dataclass(frozen=True)
class ProgramPacks:
    """A program, what it follows now, and what it followed before."""

    program: Program
    follows: Sequence[Choice]
    before: Sequence[Choice]
    offered: Sequence[Pack]


@dataclass(frozen=True)
class PacksPage:
    """Every treatment program of the site, and every pack, the house's own last."""

    programs: Sequence[ProgramPacks]
    packs: Sequence[Pack]
    house: Pack


def packs_page(site: Site, at: datetime) -> PacksPage:
    """Two queries."""
    known = book()
    names = {pack.code: pack.name for pack in known.packs}
    rows: dict[int, list[ProgramDeadlines]] = {}
    found = ProgramDeadlines.objects.filter(program__site=site, started_at__lte=at).select_related("by", "ended_by")
    for row in found.order_by("started_at", "pk"):
        rows.setdefault(row.program_id, []).append(row)
    programs = []
    for program in Program.objects.filter(site=site, kind=Program.Kind.TREATMENT):
        mine = [(row, _choice(row, names)) for row in rows.get(program.pk, ())]
        follows = [choice for row, choice in mine if row.ended_at is None or row.ended_at > at]
        held = {row.pack for row, choice in mine if choice in follows}
        offered = [pack for pack in known.packs if pack.code not in held and pack != known.house]
        programs.append(
            ProgramPacks(program, follows, [choice for _, choice in mine if choice not in follows], offered)
        )
    packs = sorted(known.packs, key=lambda pack: (pack.code != known.house.code, pack.name))
    return PacksPage(programs, packs, known.house)


def _choice(row: ProgramDeadlines, names: dict[str, str]) -> Choice:
    ended_by = row.ended_by.signature if row.ended_by else ""
    return Choice(row.pk, names.get(row.pack, row.pack), row.by.signature, row.started_at, row.ended_at, ended_by)
