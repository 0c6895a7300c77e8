"""The program that the faults happen to: a unit with people in its beds, doses due, beds to hold, a group that runs."""

import subprocess
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.test import Client as Session
from django.utils import timezone

from beds.models import Bed, Room
from config import embedded
from emar.keys import dose_pk, form_key, minute_of
from emar.models import Order
from emar.rules.schedule import Once
from emar.rules.schedule import to_json as schedule_json
from programs.models import PlacementRequest
from staff.models import Person
from tests.factories import World, admit, client, world
from tests.factories.meds import medication
from tests.factories.sessions import group
from tests.faults.cluster import Cluster

TOKEN = "c" * 32  # of the pages, in cookie and header
CLIENTS, DOSES = 12, 48
WAITING = 4
FREE = 8  # beds that nobody has


@dataclass(frozen=True)
class Dose:
    """One dose that is due: once, of a drug of its own."""

    order_id: int
    client_id: int
    due_at: datetime
    form: str  # the key of its row's form

    @property
    def minute(self) -> int:
        """As addresses name it."""
        return int(self.due_at.timestamp() // 60)


@dataclass(frozen=True)
class Shift:
    """What the tablets know, all of it plain: keys of rows, and cookies."""

    site_slug: str
    unit_id: int
    minute: int
    pass_key: str
    doses: list[Dose]
    free: list[int]  # beds
    movers: list[tuple[int, int]]  # a bed somebody has, and the empty one they go to and come back from
    waiting: list[int]  # placement requests
    waits: dict[int, int]  # their clients
    session_id: int
    members: list[int]
    cookies: dict[str, str]
    people: dict[str, int]


def furnish() -> Shift:
    """Write the program into the default database, by the real clock."""
    here = world(timezone.now())
    beds = _beds(here)
    doses = _doses(here, beds)
    waiting = [_waits(here, number) for number in range(WAITING)]
    session, members = group(here, 4)
    who = {"nurse": here.on_unit, "second": here.second_nurse, "intake": here.intake, "lead": here.facilitator}
    due = doses[0].due_at
    return Shift(
        site_slug=here.site.slug,
        unit_id=here.unit.pk,
        minute=minute_of(due),
        pass_key=f"{here.site.pk}.{here.unit.pk}.{minute_of(due)}.{doses[0].client_id}",
        doses=doses,
        free=[bed.pk for bed in beds[CLIENTS : CLIENTS + FREE - 2]],
        movers=[(beds[number].pk, beds[CLIENTS + FREE - 2 + number].pk) for number in range(2)],
        waiting=[each.pk for each in waiting],
        waits={each.pk: each.client_id for each in waiting},
        session_id=session.pk,
        members=[each.pk for each in members],
        cookies={name: signed_in(person) for name, person in who.items()},
        people={name: person.pk for name, person in who.items()},
    )


def signed_in(who: Person) -> str:
    """The cookies of a session of this person."""
    session = Session()
    session.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
    name, token = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
    return f"{name}={session.cookies[name].value}; {token}={TOKEN}"


def carry(cluster: Cluster) -> None:
    """Copy the default database into the cluster's."""
    named = connection.settings_dict
    dump = subprocess.run(
        [embedded.postgres_program("pg_dump"), "-h", named["HOST"], "-U", named["USER"], "-O", "-x", named["NAME"]],
        capture_output=True,
        check=True,
    ).stdout
    load = [str(embedded.postgres_program("psql")), "-h", str(cluster.sockets), "-U", "stepwell", "-d", "stepwell"]
    subprocess.run([*load, "-q", "-1", "-v", "ON_ERROR_STOP=1"], input=dump, capture_output=True, check=True)
    with cluster.connect() as asking:
        asking.execute("ANALYZE")


def _beds(here: World) -> list[Bed]:
    here.residential.licensed_capacity = 40
    here.residential.save()
    rooms = [Room(unit=here.unit, name=str(number), position=number) for number in range(3, 11)]
    Room.objects.bulk_create(rooms)
    return here.beds + Bed.objects.bulk_create(
        Bed(room=room, label=label, lower_bunk=True) for room in rooms for label in "AB"
    )


def _doses(here: World, beds: list[Bed]) -> list[Dose]:
    """Many doses, due some minutes ago, each of a drug of its own, so that no dose speaks against another."""
    due = (here.now - timedelta(minutes=3)).replace(second=0, microsecond=0)
    drugs = [medication(f"Drug {number}", "100 mg") for number in range(DOSES)]
    orders = []
    for number in range(CLIENTS):
        episode = admit(here, client(here, f"Name{number}", f"Family{number}"), here.residential, beds[number])
        orders += [
            Order(
                episode=episode, client_id=episode.client_id, medication=drug, dose=100, unit="mg", route=drug.route,
                schedule=schedule_json(Once()), started_at=due, by=here.prescriber,
            )
            for drug in drugs
        ]  # fmt: skip
    made = Order.objects.bulk_create(orders)
    return [Dose(each.pk, each.client_id, due, str(form_key(dose_pk(each.pk, due), 0))) for each in made]


def _waits(here: World, number: int) -> PlacementRequest:
    who = client(here, f"Waiting{number}", f"Person{number}", asks_for="3.5")
    who.born_on = date(1990, 1, 1 + number)
    who.save()
    return who.requests.get()
