"""The large organisation before it has lived a day: sites, who works there, units, beds, programs, groups, medications."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from beds.models import Bed, Room, Unit
from bench.organisation import Size
from emar.models import Medication
from groups.models import Series
from programs.models import Organisation, Program, Site
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Role

DAY = timedelta(days=1)
ZONE = "America/Chicago"
LEVELS = ("3.7", "3.5", "3.5", "3.1", "3.1")  # of a site's units
GROUP = 14  # clients of a group
WEEKLY = 540  # minutes of service for those without a bed
ROLES = {
    "nurse": Role.NURSE, "intake": Role.INTAKE, "technician": Role.TECHNICIAN, "facilitator": Role.FACILITATOR,
    "director": Role.DIRECTOR, "administrator": Role.ADMINISTRATOR,
}  # fmt: skip


@dataclass(frozen=True)
class Group:
    """A group of those without a bed, with its program."""

    series: Series
    program: Program


@dataclass(frozen=True)
class Ground:
    """A site as it was opened. ``beds`` are its beds with unit and program, unit by unit."""

    site: Site
    people: dict[str, Person]
    units: tuple[Unit, ...]
    beds: tuple[Bed, ...]
    groups: tuple[Group, ...]


def opened(size: Size, at: datetime) -> tuple[list[Ground], list[Medication]]:
    """Every site, and the medications that its clients get: one for each order somebody can have, and one as needed."""
    organisation = Organisation.objects.create(name="Bench")
    grounds = [_ground(organisation, size, number, at) for number in range(size.sites)]
    count = size.now + size.later + 1
    drugs = Medication.objects.bulk_create(
        Medication(
            name=f"Benchamol {number}", strength="10 mg", form="tablet", ingredient=f"benchamol {number}",
            route="by mouth",
        )
        for number in range(count)
    )  # fmt: skip
    return grounds, drugs


def _ground(organisation: Organisation, size: Size, number: int, at: datetime) -> Ground:
    site = Site.objects.create(
        organisation=organisation, name=f"Bench {number + 1}", slug=f"bench-{number + 1}", time_zone=ZONE,
        position=number,
    )  # fmt: skip
    people = {
        name: Person.objects.create(
            username=f"bench-{name}-{number + 1}",
            name=f"Bea {name.title()}",
            credentials="RN" if name == "nurse" else "",
        )
        for name in ROLES
    }
    since = at - (size.long_days + 400) * DAY
    for name, role in ROLES.items():
        RoleAssignment.objects.create(person=people[name], site=site, role=role, started_at=since)
    units = [_unit(site, size, place) for place in range(size.units)]
    groups = [_group(site, place, at) for place in range(-(-size.outside // GROUP))]
    beds = Bed.objects.filter(room__unit__site=site).select_related("room__unit__program")
    inside = beds.order_by("room__unit__position", "room__position", "label")
    return Ground(site, people, tuple(units), tuple(inside), tuple(groups))


def _unit(site: Site, size: Size, place: int) -> Unit:
    """A unit with a program of its own, rooms of two beds."""
    program = Program.objects.create(
        site=site, name=f"Program {place + 1}", level=LEVELS[place % len(LEVELS)], licensed_capacity=size.beds,
        position=place,
    )  # fmt: skip
    unit = Unit.objects.create(
        site=site,
        program=program,
        name=f"Unit {place + 1}",
        position=place,
        gender_policy=("any", "women", "men")[place % 3],
    )
    for position in range(-(-size.beds // 2)):
        room = Room.objects.create(
            unit=unit, name=f"{place + 1}{position:02}", position=position, near_nursing=position < 3,
            accessible=position == 0,
        )  # fmt: skip
        for bed in range(min(2, size.beds - 2 * position)):
            Bed.objects.create(room=room, label="AB"[bed], lower_bunk=bed == 0 or place == 0)  # no bunks in detox
    return unit


def _group(site: Site, place: int, at: datetime) -> Group:
    program = Program.objects.create(
        site=site, name=f"IOP {place + 1}", level="2.1", weekly_minutes=WEEKLY, position=50 + place
    )
    series = Series.objects.create(
        site=site, name=f"Group {place + 1}", size_limit=16, planned_until=at.date() + 8 * DAY
    )
    series.programs.add(program)
    return Group(series, program)
