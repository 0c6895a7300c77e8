"""Group sessions for tests: one series of IOP, meeting around the world's now."""

from datetime import datetime, timedelta

from groups.models import Attendance, Facilitator, Part, Presence, Series, Session
from groups.rules.minutes import AttendanceFacts, AttendanceStatus, SessionFacts, counted_interval
from programs.models import Client, Leave, Placement, Program
from staff.models import Person
from tests.factories.places import World, admit, client

MEMBERS = (("Amira", "Saleh"), ("Ben", "Torres"), ("Chantel", "Reid"), ("Deon", "Ward"), ("Farah", "Karim"))


def series(here: World, *programs: Program, name: str = "Relapse prevention") -> Series:
    """A series at the world's first site, for IOP where no program is named."""
    made = Series.objects.create(site=here.site, name=name)
    made.programs.set(programs or [here.iop])
    return made


def session(
    of: Series | None, starts: datetime, *leads: Person, minutes: int = 180, topic: str = "Early warning signs"
) -> Session:  # fmt: skip
    """A meeting in Room B with these facilitators, of a series that is there."""
    assert of is not None
    made = Session.objects.create(
        series=of,
        site=of.site,
        topic=topic,
        room="Room B",
        started_at=starts,
        ended_at=starts + timedelta(minutes=minutes),
    )
    for lead in leads:
        Facilitator.objects.create(session=made, person=lead)
    return made


def members(here: World, count: int, program: Program | None = None) -> list[Client]:
    """That many clients in a program (IOP unless named)."""
    made = []
    for number in range(count):
        first, last = MEMBERS[number] if number < len(MEMBERS) else (f"Member{number}", f"Number{number}")
        who = client(here, first, last)
        admit(here, who, program or here.iop)
        made.append(who)
    return made


def group(here: World, count: int = 3, *, since: int = 18) -> tuple[Session, list[Client]]:
    """A three-hour IOP group that began ``since`` minutes ago, led by the facilitator, with that many members."""
    people = members(here, count)
    return session(series(here), here.now - timedelta(minutes=since), here.facilitator), people


def individual(here: World, who: Client, starts: datetime, lead: Person, *, minutes: int = 60) -> Session:
    """A session of the facilitator with one client."""
    made = Session.objects.create(
        kind="individual", client=who, site=here.site, service="H0004", room="Office 2", started_at=starts,
        ended_at=starts + timedelta(minutes=minutes),
    )  # fmt: skip
    Facilitator.objects.create(session=made, person=lead)
    return made


def attended(
    where: Session,
    who: Client,
    by: Person,
    status: AttendanceStatus = AttendanceStatus.HERE,
    *,
    version: int = 1,
    arrived_at: datetime | None = None,
    left_at: datetime | None = None,
) -> Attendance:
    """A mark (rows, not the action), made when the session started, with the minutes it counts."""
    made = Attendance.objects.create(
        session=where, client=who, version=version, status=status.value, arrived_at=arrived_at, left_at=left_at,
        at=where.started_at, by=by,
    )  # fmt: skip
    Presence.objects.filter(session=where, client=who).delete()
    facts = AttendanceFacts(status, arrived_at, left_at)
    counts = counted_interval(facts, SessionFacts(where.started_at, where.ended_at))
    if counts is not None:
        Presence.objects.create(session=where, client=who, mark=made, started_at=counts[0], ended_at=counts[1])
    return made


def part(where: Session, section: str, author: Person, text: str, who: Client | None = None) -> Part:
    """A written part."""
    return Part.objects.create(
        session=where, section=section, client=who, author=author, text=text, version=1, saved_at=where.started_at
    )


def on_pass(who: Client, starts: datetime, back: datetime) -> Leave:
    """A leave of the client's current episode."""
    placement = Placement.objects.filter(episode__client=who).latest("started_at")
    return Leave.objects.create(episode=placement.episode, kind="pass", started_at=starts, expected_at=back)
