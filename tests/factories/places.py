"""A small program: two sites, a residential unit with rooms, IOP, and a few clients."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from beds.models import Bed, BedStay, Room, Unit
from programs.models import (
    Client,
    Episode,
    KeepApart,
    Organisation,
    Placement,
    PlacementRequest,
    Precaution,
    Program,
    Site,
)
from programs.rules.precautions import Precaution as Kind
from staff.models import Person
from staff.rules.capabilities import Role
from tests.factories.people import held, unsaved

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def last_noon() -> datetime:
    """The latest noon in New York: for pages that read the clock, in tests that mean neither a night nor the turn of a day."""
    here = timezone.now().astimezone(ZoneInfo("America/New_York"))
    noon = here.replace(hour=12, minute=0, second=0, microsecond=0)
    return noon.astimezone(UTC) if noon <= here else (noon - timedelta(days=1)).astimezone(UTC)


@dataclass
class World:
    """What most tests stand on. ``now`` is the instant of the test; ``on_unit`` nurses the unit, ``elsewhere`` works at the
    other site, ``without_role`` only signs in."""

    now: datetime
    site: Site
    other_site: Site
    residential: Program
    php: Program
    iop: Program
    unit: Unit
    beds: list[Bed]
    on_unit: Person
    second_nurse: Person
    elsewhere: Person
    without_role: Person
    intake: Person
    director: Person
    facilitator: Person
    cofacilitator: Person
    prescriber: Person
    housekeeper: Person
    clients: list[Client] = field(default_factory=list)

    def day(self, days: int = 0) -> date:
        """The calendar day of the site, so many days from the test's own: the day in UTC is another each evening."""
        return (self.now + timedelta(days=days)).astimezone(self.site.tz).date()


def world(now: datetime) -> World:
    """Alder (3.5, four beds in two rooms) and IOP at Riverbend; Hillcrest is the other site."""
    organisation = Organisation.objects.create(name="Riverbend Recovery")
    site = Site(organisation=organisation, name="Riverbend campus", slug="riverbend", time_zone="America/New_York")
    other = Site(
        organisation=organisation, name="Hillcrest", slug="hillcrest", time_zone="America/Los_Angeles", position=1
    )
    saved(site, other)
    residential = Program(site=site, name="Residential 3.5", level="3.5", licensed_capacity=4, weekly_minutes=1200)
    php = Program(site=site, name="PHP", level="2.5", weekly_minutes=1200, position=1)
    iop = Program(site=site, name="IOP", level="2.1", weekly_minutes=540, position=2)
    saved(residential, php, iop)
    unit = Unit.objects.create(site=site, program=residential, name="Alder")
    rooms = [Room(unit=unit, name=str(number), position=number, near_nursing=number == 1) for number in (1, 2)]
    saved(*rooms)
    beds = [Bed(room=room, label=label, lower_bunk=label == "A") for room in rooms for label in "AB"]
    saved(*beds)
    staff = {
        "on_unit": ("cole", "Robin Cole", "RN", Role.NURSE),
        "second_nurse": ("ames", "Ada Ames", "RN", Role.NURSE),
        "intake": ("clarke", "Imani Clarke", "", Role.INTAKE),
        "director": ("desai", "Nila Desai", "LCSW", Role.DIRECTOR),
        "facilitator": ("danso", "Kofi Danso", "LPC", Role.FACILITATOR),
        "cofacilitator": ("marsh", "Jo Marsh", "LSW", Role.FACILITATOR),
        "prescriber": ("okoye", "Chidi Okoye", "MD", Role.PRESCRIBER),
        "housekeeper": ("lund", "Pia Lund", "", Role.HOUSEKEEPING),
        "elsewhere": ("reyes", "Sol Reyes", "RN", Role.NURSE),
    }
    made = {key: unsaved(username, name, credentials) for key, (username, name, credentials, _) in staff.items()}
    without_role = unsaved("nobody", "Nova Body")
    saved(*made.values(), without_role)
    works = {key: other if key == "elsewhere" else site for key in made}
    saved(*(held(who, works[key], staff[key][3], at=now) for key, who in made.items()))
    return World(
        now=now, site=site, other_site=other, residential=residential, php=php, iop=iop, unit=unit, beds=beds,
        without_role=without_role, **made,  # type: ignore[arg-type]  # the keys above are fields that take a person
    )  # fmt: skip


def saved(*rows: Model) -> None:
    """Save rows of one kind, with their history, in two statements: most tests begin with these."""
    bulk_create_with_history(rows, type(rows[0]))


def client(here: World, first: str, last: str, *, asks_for: str | None = None) -> Client:
    """A client of the organisation; on the placement list where ``asks_for`` names a level."""
    made = Client.objects.create(
        organisation=here.site.organisation,
        record_number=f"R{Client.objects.count() + 1:04}",
        first_name=first,
        last_name=last,
        born_on=date(1988, 3, 14),
    )
    here.clients.append(made)
    if asks_for is not None:
        PlacementRequest.objects.create(
            client=made, site=here.site, level_wanted=asks_for, state="approved", asked_at=here.now - timedelta(days=1)
        )
    return made


def precaution(who: Client, kind: Kind | str, *, since: datetime = LONG_AGO) -> Precaution:
    """Something that is minded about a client from an instant on."""
    return Precaution.objects.create(client=who, kind=kind, started_at=since)


def keep_apart(
    one: Client, other: Client, by: Person, *, why: str = "A fight", since: datetime = LONG_AGO
) -> KeepApart:
    """Two clients who do not share a room from an instant on, whichever is named first."""
    first, second = sorted((one, other), key=lambda client: client.pk)
    return KeepApart.objects.create(first=first, second=second, why=why, started_at=since, by=by)


def admit(here: World, who: Client, program: Program, bed: Bed | None = None, *, days: int = 10) -> Episode:
    """An episode of that many days in a program, in a bed where one is named (rows, not the action)."""
    start = here.now - timedelta(days=days)
    episode = Episode.objects.create(client=who, started_at=start)
    Placement.objects.create(episode=episode, program=program, kind=program.kind, level=program.level, started_at=start)
    if bed is not None:
        BedStay.objects.create(bed=bed, episode=episode, client=who, started_at=start)
    return episode
