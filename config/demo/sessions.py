"""Groups: series and their meetings, over the written history and the week to come; one runs right now at each site."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from config.demo import texts
from config.demo.stage import DAY, MINUTE, Path, Stage
from groups.models import Facilitator, Member, Pattern, Series, Session, Topic
from staff.models import Person
from staff.rules.capabilities import Role

WEEK, WORKDAYS, MWF, TTH = range(7), range(5), (0, 2, 4), (1, 3)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
GROUP, SKILLS = "H0005", "T1012"  # group counseling of at most twelve; skills and education

# name, program, weekdays, times, minutes, room, places, service
SERIES: tuple[tuple[str, str, Iterable[int], tuple[time, ...], int, str, int, str], ...] = (
    ("Morning meeting, Alder", "3.7", WEEK, (time(9),), 45, "Alder lounge", 16, SKILLS),
    ("Early recovery skills", "3.7", WORKDAYS, (time(14),), 60, "Alder lounge", 16, SKILLS),
    ("Coping skills, Alder", "3.7", WEEK, (time(10, 30),), 90, "Alder lounge", 16, SKILLS),
    ("Cedar process group", "3.5", WORKDAYS, (time(9, 30),), 90, "Room A", 24, SKILLS),
    ("Coping skills, Cedar", "3.5", range(6), (time(13),), 90, "Room A", 24, SKILLS),
    ("Evening reflection, Cedar", "3.5", WEEK, (time(19),), 60, "Cedar lounge", 24, SKILLS),
    ("PHP morning", "2.5", WORKDAYS, (time(9),), 120, "Room B", 26, SKILLS),
    ("PHP afternoon", "2.5", WORKDAYS, (time(13),), 135, "Room B", 26, SKILLS),
    ("Relapse prevention, IOP evening", "2.1", MWF, (time(17, 30),), 180, "Room C", 12, GROUP),
    ("Recovery skills, IOP evening", "2.1", MWF, (time(17, 30),), 180, "Room D", 12, GROUP),
    ("Family group", "2.1", (5,), (time(10),), 90, "Room C", 24, SKILLS),
    ("Medication clinic group", "1.7", (2,), (time(16),), 60, "Clinic", 16, SKILLS),
    ("Continuing care", "1.5", (1,), (time(18),), 90, "Room A", 20, SKILLS),
    ("Morning meeting, Birch", "3.1", WEEK, (time(8, 30),), 45, "Birch lounge", 12, GROUP),
    ("Living skills", "3.1", WORKDAYS, (time(15),), 90, "Birch kitchen", 12, GROUP),
    ("IOP Hillcrest morning", "2.1 hillcrest", MWF, (time(9, 30),), 180, "Garden room", 16, SKILLS),
    ("Continuing care, Hillcrest", "1.5 hillcrest", (3,), (time(17, 30),), 90, "Garden room", 14, SKILLS),
    ("Make-up group", "2.1", (1, 3, 5, 6), (time(11),), 120, "Room D", 12, GROUP),
)
MAKE_UP = "Make-up group"  # nobody is chosen for it: who missed a group is asked to come
# The group that runs right now at each site, outside its usual hours where need be: series, minutes since it began, length.
NOW = (("Relapse prevention, IOP evening", 20, 90), ("Living skills", 15, 75))


# Two groups at one hour: the people of the program are chosen for one of them in turn.
CHOSEN = ("Relapse prevention, IOP evening", "Recovery skills, IOP evening")
TOPICS = ("Early warning signs", "Triggers and cravings", "High-risk weekends", "Asking for help", "Family and friends")


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
    for name, program, weekdays, times, minutes, room, places, service in SERIES:
        site = stage.site_of(program)
        series = _series(stage, name, program, weekdays, times[0], minutes, room, places, service)
        half = CHOSEN.index(name) if name in CHOSEN else None
        members = [row for number, row in enumerate(rosters[program]) if half is None or number % len(CHOSEN) == half]
        if name == MAKE_UP:
            members = []
        if half is not None:
            Member.objects.bulk_create(
                Member(series=series, client=path.who, started_at=begins, ended_at=ends, by=stage.people["director"])
                for path, begins, ends in members
            )
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
                service=service,
                topic=texts.topic(dice) if at < stage.now + 2 * DAY else "",
                room=room,
                started_at=at,
                ended_at=at + long * MINUTE,
                occurs_on=None if here else at.astimezone(stage.tz(site)).date(),
                planned=not here,
            )
            roster = tuple(path for path, begins, ends in members if begins <= at and (ends is None or at < ends))
            meetings.append(Meeting(session, program, site, _leads(stage, dice, site, at, here), roster, here))
    meetings.sort(key=lambda each: (each.session.started_at, each.program))
    Session.objects.bulk_create([each.session for each in meetings], batch_size=1_000)
    Facilitator.objects.bulk_create(
        [Facilitator(session=each.session, person=person) for each in meetings for person in each.leads],
        batch_size=2_000,
    )
    return meetings


def _series(
    stage: Stage,
    name: str,
    program: str,
    weekdays: Iterable[int],
    starts: time,
    minutes: int,
    room: str,
    places: int,
    service: str,
) -> Series:
    """A series with its pattern and topics, written out to the end of next week."""
    site = stage.site_of(program)
    series = Series.objects.create(
        site=stage.sites[site], name=name, size_limit=places, service=service, by_choice=name in (*CHOSEN, MAKE_UP),
        planned_until=stage.today(site) + timedelta(days=8),
    )  # fmt: skip
    series.programs.set([stage.programs[program]])
    Topic.objects.bulk_create(Topic(series=series, position=at, title=title) for at, title in enumerate(TOPICS))
    rule = f"FREQ=WEEKLY;BYDAY={','.join(DAYS[day] for day in weekdays)}"
    Pattern.objects.create(
        series=series, rule=rule, starts=starts, minutes=minutes, room=room,
        begins_on=stage.today(site) - timedelta(days=stage.days),
    )  # fmt: skip
    return series


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
