"""Which programs of a site are at 90 % of their license, since when, and was the state told (45 CFR 96.126(a))?"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from beds.models import Bed, BedStay
from programs.models import CapacityNotice, Placement, Program, Site
from programs.rules.clocks import Capacity, Taken, capacity, is_full, tell_by

BACK = timedelta(days=120)  # how far back the periods are read first


@dataclass(frozen=True)
class Notice:
    """A program at 90 % or more that the state was not told of: since when, and until when it is told. UTC."""

    program: Program
    capacity: Capacity
    reached_at: datetime
    tell_by: datetime
    late: bool


def notices(site: Site, at: datetime) -> tuple[Notice, ...]:
    """What the state is still to be told, in the order of the programs. Five queries, two more where a program has been full
    for longer than 120 days."""
    programs = list(Program.objects.filter(site=site, licensed_capacity__gt=0))
    found = capacities(programs, at)
    told = set(CapacityNotice.objects.filter(program__in=programs).values_list("program_id", "reached_at"))
    return tuple(
        Notice(program, full, full.reached_at, due := tell_by(full.reached_at, site.tz), at > due)
        for program in programs
        if (full := found[program.pk]).reached_at is not None and (program.pk, full.reached_at) not in told
    )


def capacities(programs: list[Program], at: datetime) -> dict[int, Capacity]:
    """How full these licensed programs are, by id."""
    housed = set(Bed.objects.filter(room__unit__program__in=programs).values_list("room__unit__program", flat=True))
    found = _since(programs, housed, at, at - BACK)
    long = [
        program for program in programs if is_full(found[program.pk].taken, program.licensed_capacity or 0)
        and found[program.pk].reached_at == at - BACK
    ]  # fmt: skip
    return found | (_since(long, housed, at, None) if long else {})


def _since(programs: list[Program], housed: set[int], at: datetime, after: datetime | None) -> dict[int, Capacity]:
    """Counted from the periods later than ``after``; what began before it counts as begun then."""
    open_then = Q(ended_at=None) | Q(ended_at__gt=after) if after else Q()
    periods: dict[int, list[Taken]] = defaultdict(list)
    stays = BedStay.objects.filter(open_then, bed__room__unit__program__in=programs, started_at__lte=at)
    placed = Placement.objects.filter(open_then, program__in=programs, started_at__lte=at).exclude(program__in=housed)
    for rows, program in ((stays, "bed__room__unit__program"), (placed, "program")):
        for pk, started_at, ended_at in rows.values_list(program, "started_at", "ended_at"):
            periods[pk].append(Taken(max(started_at, after) if after else started_at, ended_at))
    return {program.pk: capacity(periods[program.pk], program.licensed_capacity or 0, at) for program in programs}
