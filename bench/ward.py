"""Units whose clients have doses due this minute, and what was charted in all the time before: made in bulk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from beds.models import Bed, BedStay, Room, Unit
from emar.models import Medication, Order
from emar.rules.schedule import AsNeeded, FixedTimes, to_json
from programs.models import Client, Episode, Organisation, Placement, Program, Site
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Role

DAY = timedelta(days=1)
LATELY = 30  # days of doses that the clients of today have behind them


@dataclass(frozen=True)
class Ward:
    """A site with one unit. ``orders`` are each client's, one dose of each due at ``at``; ``nurse`` charts."""

    site: Site
    unit: Unit
    nurse: Person
    orders: Sequence[Sequence[Order]]
    at: datetime

    @property
    def doses(self) -> list[Order]:
        """An order for each dose, one client after the other: no two in a row are of one client."""
        longest = max(len(each) for each in self.orders)
        return [each[number] for number in range(longest) for each in self.orders if number < len(each)]


def ward(clients: int, doses: int, *, prns: int = 0) -> Ward:
    """A site of its own with ``clients`` in beds, ``doses`` due this minute among them, and as-needed orders for each."""
    at = timezone.now().astimezone(UTC).replace(second=0, microsecond=0)
    tag, start = uuid4().hex[:8], at - LATELY * DAY
    organisation = Organisation.objects.create(name=f"Bench {tag}")
    site = Site.objects.create(organisation=organisation, name="Bench", slug=f"bench-{tag}", time_zone="UTC")
    program = Program.objects.create(site=site, name="Residential", level="3.5")
    unit = Unit.objects.create(site=site, program=program, name="Bench")
    nurse = Person.objects.create(username=f"bench-{tag}", name="Bea Bench", credentials="RN")
    RoleAssignment.objects.create(person=nurse, site=site, role=Role.NURSE, started_at=start)
    made = Client.objects.bulk_create(
        Client(
            organisation=organisation, record_number=f"{tag}-{number}", first_name="B", last_name=f"N{number}",
            born_on=start.date(),
        )
        for number in range(clients)
    )  # fmt: skip
    episodes = Episode.objects.bulk_create(Episode(client=client, started_at=start) for client in made)
    Placement.objects.bulk_create(
        Placement(episode=episode, program=program, level="3.5", started_at=start) for episode in episodes
    )
    rooms = Room.objects.bulk_create(Room(unit=unit, name=str(number), position=number) for number in range(clients))
    beds = Bed.objects.bulk_create(Bed(room=room, label="A") for room in rooms)
    BedStay.objects.bulk_create(
        BedStay(bed=bed, episode=episode, client_id=episode.client_id, started_at=start)
        for bed, episode in zip(beds, episodes, strict=True)
    )
    counts = [doses // clients + (number < doses % clients) for number in range(clients)]
    drugs = _medications(max(counts) + prns)
    daily, needed = to_json(FixedTimes((at.time(),))), to_json(AsNeeded(timedelta(hours=6), 4))
    orders = Order.objects.bulk_create(
        Order(
            episode=episode, client_id=episode.client_id, medication=drugs[number], dose=Decimal(10), unit="mg",
            route="by mouth", schedule=daily if number < count else needed, started_at=start, by=nurse,
            indication="" if number < count else "Headache",
        )
        for episode, count in zip(episodes, counts, strict=True)
        for number in range(count + prns)
    )  # fmt: skip
    by_client: dict[int, list[Order]] = {client.pk: [] for client in made}
    for order in orders:
        if order.schedule == daily:
            by_client[order.client_id].append(order)
    return Ward(site, unit, nurse, list(by_client.values()), at)


def _medications(count: int) -> list[Medication]:
    return [
        Medication.objects.get_or_create(
            name=f"Benchamol {number}", strength="10 mg", form="tablet",
            defaults={"ingredient": f"benchamol {number}", "route": "by mouth"},
        )[0]
        for number in range(count)
    ]  # fmt: skip


PAST = """
    INSERT INTO emar_administration (order_id, due_at, outcome, amount, unit, reason, note, identifiers, overrides, measures,
        body_site, prn_reason, scale, tried_first, attested_as, barcode, unscanned, device, given_at, recorded_at, wall_clock,
        minutes_off, by_id)
    SELECT o.id, o.started_at + n * interval '1 minute', 'given', 10, 'mg', '', '', '["wristband"]', '[]', '[]',
        '', '', '', '', '', '', '', '', o.started_at + n * interval '1 minute', o.started_at + n * interval '1 minute',
        '2026-01-05T08:10+00:00', 0, o.by_id
    FROM emar_order o, generate_series(1, %s) n WHERE o.id = ANY(%s)
"""


def live_through(here: Ward, administrations: int) -> int:
    """Give the site a past: orders that ended a month ago and more, with so many doses charted. How many there are now."""
    each = 400  # doses an order
    old = here.at - 400 * DAY
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no foreign keys to look up, no triggers
        past = Order.objects.bulk_create(
            [
                Order(
                    episode_id=source.episode_id, client_id=source.client_id, medication_id=source.medication_id,
                    dose=source.dose, unit="mg", route=source.route, schedule=source.schedule,
                    started_at=old - number % 1000 * DAY, ended_at=old - (number % 1000 - 1) * DAY, by=here.nurse,
                )
                for number in range(max(1, administrations // each))
                for source in [here.doses[number % len(here.doses)]]
            ],
            batch_size=1000,
        )  # fmt: skip
        cursor.execute(PAST, [each, [order.pk for order in past]])
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT count(*) FROM emar_administration")
        return int(cursor.fetchone()[0])
