"""Groups: series and their meetings, over the written history and the week to come; one runs right now at each site."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from config.demo import texts
from config.demo.stage import DAY, MINUTE, Path, Stage
from groups.models import Facilitator, Series, Session
from staff.models import Person
from staff.rules.capabilities import Role

WEEK, WORKDAYS, MWF, TTH = range(7), range(5), (0, 2, 4), (1, 3)

# name, program, weekdays, times, minutes, room, places
SERIES: tuple[tuple[str, str, Iterable[int], tuple[time, ...], int, str, int], ...] = (
    ("Morning meeting, Alder", "3.7", WEEK, (time(9),), 45, "Alder lounge", 16),
    ("Early recovery skills", "3.7", WORKDAYS, (time(14),), 60, "Alder lounge", 16),
    ("Cedar process group", "3.5", WORKDAYS, (time(9, 30),), 90, "Room A", 24),
    ("Coping skills, Cedar", "3.5", range(6), (time(13),), 90, "Room A", 24),
    ("Evening reflection, Cedar", "3.5", WEEK, (time(19),), 60, "Cedar lounge", 24),
    ("PHP morning", "2.5", WORKDAYS, (time(9),), 120, "Room B", 26),
    ("PHP afternoon", "2.5", WORKDAYS, (time(13),), 135, "Room B", 26),
    ("Relapse prevention, IOP evening", "2.1", MWF, (time(17, 30),), 180, "Room C", 24),
    ("Family group", "2.1", (5,), (time(10),), 90, "Room C", 24),
    ("Medication clinic group", "1.7", (2,), (time(16),), 60, "Clinic", 16),
    ("Continuing care", "1.5", (1,), (time(18),), 90, "Room A", 20),
    ("Morning meeting, Birch", "3.1", WEEK, (time(8, 30),), 45, "Birch lounge", 12),
    ("Living skills", "3.1", WORKDAYS, (time(15),), 90, "Birch kitchen", 12),
    ("IOP Hillcrest morning", "2.1 hillcrest", MWF, (time(9, 30),), 180, "Garden room", 16),
    ("Continuing care, Hillcrest", "1.5 hillcrest", (3,), (time(17, 30),), 90, "Garden room", 14),
)
# The group that runs right now at each site, outside its usual hours where need be: series, minutes since it began, length.
NOW = (("Relapse prevention, IOP evening", 20, 90), ("Living skills", 15, 75))


@dataclass(frozen=True)
class Meeting:
    """A session with what attendance and notes need to know."""

    session: Session
    program: str
    site: str
    leads: tuple[Person, ...]
    roster: tuple[Path, ...]
    running: bool = False


def write(stage: Stage) -> list[Meeting]:
    """Series, sessions and who runs them; sorted by start."""
    dice = stage.dice("sessions")
    rosters = _stretches(stage)
    meetings: list[Meeting] = []
    for name, program, weekdays, times, minutes, room, places in SERIES:
        site = stage.site_of(program)
        series = Series.objects.create(site=stage.sites[site], name=name, size_limit=places)
        series.programs.set([stage.programs[program]])
        running = next((row for row in NOW if row[0] == name), None)
        starts = [(at, minutes) for at in _starts(stage, site, weekdays, times)]
        if running is not None:
            began = stage.now - running[1] * MINUTE
            began = began.replace(minute=began.minute // 5 * 5)
            near = timedelta(minutes=minutes + running[2])
            starts = [(at, long) for at, long in starts if abs(at - began) > near] + [(began, running[2])]
        for at, long in starts:
            here = running is not None and (at, long) == starts[-1]
            session = Session(
                series=series,
                site=stage.sites[site],
                topic=texts.topic(dice) if at < stage.now + 2 * DAY else "",
                room=room,
                started_at=at,
                ended_at=at + long * MINUTE,
            )
            roster = tuple(
                path for path, begins, ends in rosters[program] if begins <= at and (ends is None or at < ends)
            )
            meetings.append(Meeting(session, program, site, _leads(stage, dice, site, at, here), roster, here))
    meetings.sort(key=lambda each: (each.session.started_at, each.program))
    Session.objects.bulk_create([each.session for each in meetings], batch_size=1_000)
    Facilitator.objects.bulk_create(
        [Facilitator(session=each.session, person=person) for each in meetings for person in each.leads],
        batch_size=2_000,
    )
    return meetings


def _stretches(stage: Stage) -> dict[str, list[tuple[Path, datetime, datetime | None]]]:
    found: dict[str, list[tuple[Path, datetime, datetime | None]]] = {program: [] for program in stage.programs}
    for path in stage.paths:
        for step in path.steps:
            found[step.program].append((path, step.starts, step.ends))
    return found


def _starts(stage: Stage, site: str, weekdays: Iterable[int], times: tuple[time, ...]) -> Iterator[datetime]:
    """Every start of a weekly pattern, from the beginning of the history to a week from now."""
    days: list[date] = [stage.today(site) + timedelta(days=day) for day in range(-stage.days, 8)]
    wanted = set(weekdays)
    for day in days:
        if day.weekday() in wanted:
            for at in times:
                yield stage.clock(site, day, at)


def _leads(stage: Stage, dice: Random, site: str, at: datetime, running: bool) -> tuple[Person, ...]:
    team = stage.teams[site, Role.FACILITATOR]
    if running:
        return tuple(team[:3])
    first = (at.toordinal() + at.hour) % len(team)
    return (team[first], team[(first + 1) % len(team)]) if dice.random() < 0.6 else (team[first],)
