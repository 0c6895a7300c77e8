"""A 200-bed site: where it is, who works there, and everything a card of its board can show, as of now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from beds.models import Bed, BedStay, CleaningJob, Closure, Hold, Room, Staffing, Unit
from chart.models import Allergy
from programs.models import (
    Client,
    ExpectedDischarge,
    KeepApart,
    Leave,
    Organisation,
    PlacementRequest,
    Precaution,
    Program,
    Site,
)
from programs.rules.precautions import Precaution as Kind
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Role

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ROOMS, BEDS = 10, 2  # a unit; a room
UNITS = (("3.7", 3), ("3.5", 4), ("3.1", 2), ("", 1))  # level of the program ('' = recovery residence), its units
EMPTY = 20  # beds in which nobody is
WAITING = 20


@dataclass(frozen=True)
class Place:
    """The site, who assigns its beds (and sees names), who sees initials only, and beds that somebody has or nobody."""

    site: Site
    at: datetime
    intake: Person
    technician: Person
    taken: tuple[Bed, ...]
    empty: tuple[Bed, ...]


def found(at: datetime) -> Place:
    """Make the site: ten units of ten rooms of two beds, four programs, two people at work."""
    organisation = Organisation.objects.create(name="Bench")
    site = Site.objects.create(organisation=organisation, name="Bench", slug="bench-beds", time_zone="America/Chicago")
    intake, technician = (
        Person.objects.create(username=f"bench-{role.value}", name=f"Bea {role.value.title()}")
        for role in (Role.INTAKE, Role.TECHNICIAN)
    )
    for person, role in ((intake, Role.INTAKE), (technician, Role.TECHNICIAN)):
        RoleAssignment.objects.create(person=person, site=site, role=role, started_at=at - 2000 * DAY)
    beds: list[Bed] = []
    for level, units in UNITS:
        program = Program.objects.create(
            site=site, name=f"Program {level or 'residence'}", level=level, licensed_capacity=units * ROOMS * BEDS,
            kind=Program.Kind.TREATMENT if level else Program.Kind.RESIDENCE,
        )  # fmt: skip
        for _ in range(units):
            beds += _unit(site, program, number=len(beds) // (ROOMS * BEDS))
    empty = beds[4 :: len(beds) // EMPTY]
    mixed = tuple(empty[number * 7 % EMPTY] for number in range(EMPTY))  # so that free beds are in many units
    return Place(site, at, intake, technician, tuple(bed for bed in beds if bed not in empty), mixed)


def _unit(site: Site, program: Program, number: int) -> list[Bed]:
    unit = Unit.objects.create(
        site=site, program=program, name=f"Unit {number + 1}", position=number,
        gender_policy=("any", "women", "men")[number % 3], age_from=18 if number % 2 else None,
    )  # fmt: skip
    beds = []
    for position in range(ROOMS):
        room = Room.objects.create(
            unit=unit, name=f"{number + 1}{position:02}", position=position, near_nursing=position < 3,
            accessible=position == 0,
        )  # fmt: skip
        beds += [Bed.objects.create(room=room, label="AB"[n], lower_bunk=n == 0) for n in range(BEDS)]
    return beds


def furnish(place: Place, dice: Random) -> None:
    """Everything that a card can say, of today: leaves, holds, cleaning, closures, precautions, and who waits."""
    at, by = place.at, place.intake
    stays = list(
        BedStay.objects.filter(ended_at=None, bed__room__unit__site=place.site).select_related("client").order_by("pk")
    )
    dice.shuffle(stays)
    for unit in Unit.objects.filter(site=place.site).order_by("position")[::3]:
        Staffing.objects.create(unit=unit, places=19, started_at=at - 90 * DAY, by=by)
    for number, stay in enumerate(stays[: min(8, len(stays) // 8)]):
        kind = list(Leave.Kind)[number % 4]
        back = at + (number - 2) * HOUR
        Leave.objects.create(episode=stay.episode, kind=kind, started_at=at - 5 * HOUR, expected_at=back)
    for number, stay in enumerate(stays[8:58]):
        out = at + HOUR * (number * 4 - 3)
        made = at - dice.random() * (at - stay.started_at)
        if out > made:
            ExpectedDischarge.objects.create(episode=stay.episode, expected_at=out, started_at=made, by=by)
    for stay in stays[60:65]:
        stay.overrides = [{"code": "bed.upper_bunk", "message": "Upper bunk, needs a lower", "reason": "By choice."}]
        stay.save(update_fields=["overrides"])
    _mind([stay.client for stay in stays], at, by, dice)
    waiting = _wait(place, dice)
    for number, bed in enumerate(place.empty):
        _idle(bed, number / len(place.empty), waiting[number], at, by)
    for stay, client in zip(stays[8:11], waiting[10:13], strict=False):
        Hold.objects.create(
            bed_id=stay.bed_id, client=client, after=stay, started_at=at - HOUR, until=at + 3 * DAY,
            ended_at=at + 3 * DAY, by=by,
        )  # fmt: skip


def _idle(bed: Bed, place: float, waits: Client, at: datetime, by: Person) -> None:
    """Of twenty beds six are held, five wait for cleaning or are being cleaned, four are closed, five are free."""
    number = round(place * EMPTY)
    if number < 6:
        until = at + (number + 2) * HOUR
        Hold.objects.create(bed=bed, client=waits, started_at=at - HOUR, until=until, ended_at=until, by=by)
    elif number < 11:
        accepted = at - HOUR / 2 if number % 2 else None
        CleaningJob.objects.create(
            bed=bed, after=bed.stays.order_by("-ended_at").first(), started_at=at - HOUR, accepted_at=accepted,
            accepted_by=by if accepted else None,
        )  # fmt: skip
    elif number < 15:
        back = (at + number * DAY).date()
        Closure.objects.create(bed=bed, why="Waiting for a new mattress", back_on=back, started_at=at - HOUR)


def _mind(clients: list[Client], at: datetime, by: Person, dice: Random) -> None:
    """A third have a precaution, a quarter an allergy (some with a past one beside it), twelve are kept apart."""
    Precaution.objects.bulk_create(
        Precaution(client=client, kind=kind.value, started_at=at - DAY, by=by)
        for client in clients[::3]
        for kind in dice.sample(list(Kind), dice.choice((1, 1, 2)))
        if kind is not Kind.ISOLATION
    )
    Allergy.objects.bulk_create(
        Allergy(client=client, substance="penicillin", reaction="rash", noted_at=at - DAY) for client in clients[1::4]
    )
    for one, other in zip(clients[:6], clients[6:12], strict=False):
        first, second = sorted((one, other), key=lambda client: client.pk)
        KeepApart.objects.create(first=first, second=second, why="Asked for", started_at=at - DAY, by=by)


def _wait(place: Place, dice: Random) -> list[Client]:
    organisation, at = place.site.organisation, place.at
    clients = [
        Client.objects.create(
            organisation=organisation, record_number=f"W{place.site.pk}-{number}", first_name="Wil", last_name=f"Waits{number}",
            born_on=(at - dice.randint(19, 70) * 365 * DAY).date(),
            housing_preference=("any", "women", "men")[number % 3],
        )
        for number in range(WAITING)
    ]  # fmt: skip
    for number, client in enumerate(clients):
        PlacementRequest.objects.create(
            client=client, site=place.site, level_wanted=("3.7", "3.5", "3.1")[number % 3], payer="Medicaid",
            ready_on=at.date(), pregnant=number % 9 == 0, injects=number % 4 == 0, asked_at=at - number * DAY,
            state=PlacementRequest.State.APPROVED,
        )  # fmt: skip
        if number % 3 == 0:
            Precaution.objects.create(client=client, kind=Kind.LOWER_BUNK.value, started_at=at - DAY, by=place.intake)
    return clients
