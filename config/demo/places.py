"""Where the demonstration happens: two sites in different zones, their programs, units, rooms and beds."""

from beds.models import Bed, Room, Unit
from config.demo.stage import Stage
from programs.models import Organisation, Program, Site

SITES = (("riverbend", "Riverbend campus", "America/New_York"), ("hillcrest", "Hillcrest", "America/Los_Angeles"))

# key, site, name, kind, level, licensed capacity, least minutes a week
PROGRAMS = (
    ("3.7", "riverbend", "Alder, medically managed residential", "3.7", 16, 1200),
    ("3.5", "riverbend", "Cedar, high-intensity residential", "3.5", 24, 1200),
    ("2.5", "riverbend", "PHP Riverbend", "2.5", 28, 1200),
    ("2.1", "riverbend", "IOP Riverbend", "2.1", 24, 540),
    ("1.7", "riverbend", "Medication clinic", "1.7", None, None),
    ("1.5", "riverbend", "Outpatient Riverbend", "1.5", None, None),
    ("house", "riverbend", "Linden house", "", 8, None),
    ("3.1", "hillcrest", "Birch, low-intensity residential", "3.1", 12, 540),
    ("2.1 hillcrest", "hillcrest", "IOP Hillcrest", "2.1", None, 540),
    ("1.5 hillcrest", "hillcrest", "Outpatient Hillcrest", "1.5", None, None),
)

# unit, program, whom it takes, first room, rooms (two beds each), rooms with a bunk, rooms near nursing, accessible rooms
UNITS: tuple[tuple[str, str, str, int, int, set[int], set[int], set[int]], ...] = (
    ("Alder", "3.7", Unit.Gender.ANY, 1, 8, {7, 8}, {1, 2, 3, 4}, {1, 2}),
    ("Cedar East", "3.5", Unit.Gender.WOMEN, 11, 6, {15, 16}, {11}, {11}),
    ("Cedar West", "3.5", Unit.Gender.MEN, 21, 6, {25, 26}, {21}, {21}),
    ("Birch", "3.1", Unit.Gender.ANY, 1, 6, {5, 6}, set(), {1}),
    ("Linden house", "house", Unit.Gender.ANY, 31, 4, {34}, set(), {31}),
)

ADULTS = {"Birch": (18, None)}  # the least and the greatest age of a unit


def build(stage: Stage) -> None:
    """The organisation, its sites, programs, units, rooms and beds."""
    organisation = Organisation.objects.create(name="Riverbend Recovery (demonstration)")
    for position, (slug, name, zone) in enumerate(SITES):
        stage.sites[slug] = Site.objects.create(
            organisation=organisation, name=name, slug=slug, time_zone=zone, position=position
        )
    for position, (key, site, name, level, capacity, minutes) in enumerate(PROGRAMS):
        stage.programs[key] = Program.objects.create(
            site=stage.sites[site],
            name=name,
            kind=Program.Kind.TREATMENT if level else Program.Kind.RESIDENCE,
            level=level,
            licensed_capacity=capacity,
            weekly_minutes=minutes,
            is_part2=bool(level),
            position=position,
        )
    for position, (name, key, gender, first, rooms, bunks, near, accessible) in enumerate(UNITS):
        program = stage.programs[key]
        low, high = ADULTS.get(name, (None, None))
        unit = Unit.objects.create(
            site=program.site,
            program=program,
            name=name,
            gender_policy=gender,
            age_from=low,
            age_to=high,
            position=position,
        )
        stage.units[name] = unit
        made = Room.objects.bulk_create(
            Room(
                unit=unit,
                name=str(number),
                near_nursing=number in near,
                accessible=number in accessible,
                position=number,
            )
            for number in range(first, first + rooms)
        )
        stage.beds += Bed.objects.bulk_create(
            Bed(room=room, label=label, lower_bunk=label == "A" or room.position not in bunks)
            for room in made
            for label in "AB"
        )
