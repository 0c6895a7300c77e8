"""Chart a dose, beside bare PostgreSQL commits of rows of the same size, on one connection, in one run."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from beds.models import Bed, BedStay, Room, Unit
from bench.figures import HEAD, Figure, timed
from emar.actions import administer
from emar.models import Administration, Medication, Order
from emar.rules.administration import Outcome
from emar.rules.schedule import FixedTimes, to_json
from programs.models import Client, Episode, Organisation, Placement, Program, Site
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Role


@dataclass(frozen=True)
class Result:
    """Both figures of one run, and the rows they ran on."""

    charted: Figure
    floor: Figure
    orders: int
    administrations: int
    queries: int


def warm_up(runs: int) -> int:
    """Calls before the counted ones."""
    return max(5, runs // 10)


def measure(runs: int) -> Result:
    """Seed a unit of its own, then chart ``runs`` doses through the action, and commit as many bare rows."""
    nurse, orders, at = _unit(runs)

    def chart(number: int) -> None:
        order = orders[number]
        administer(
            by=nurse, at=at, order_id=order.pk, due_at=at, outcome=Outcome.GIVEN, client_id=order.client_id,
            identifiers=("name", "birth_date"), amount=order.dose, unit=order.unit, key=uuid4(),
        )  # fmt: skip

    charted = timed("chart a dose (action)", runs, chart, warm_up(runs))
    with CaptureQueriesContext(connection) as captured:
        chart(len(orders) - 1)
    return Result(charted, _floor(runs), len(orders), Administration.objects.count(), len(captured))


def _floor(runs: int) -> Figure:
    """One bare transaction of the rows a charted dose writes: administration, audit event, answer, topic number."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_floor")
        cursor.execute("CREATE TABLE bench_floor (id bigserial PRIMARY KEY, kind int, payload text)")

    def commit(number: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for kind, size in ((1, 220), (2, 420), (3, 160)):
                cursor.execute("INSERT INTO bench_floor (kind, payload) VALUES (%s, %s)", [kind, "x" * size])
            cursor.execute(
                "INSERT INTO live_topic (name, seq) VALUES ('bench.floor', 1) "
                "ON CONFLICT (name) DO UPDATE SET seq = live_topic.seq + 1"
            )

    return timed("bare PostgreSQL commit of such rows", runs, commit, warm_up(runs))


def _unit(runs: int) -> tuple[Person, list[Order], datetime]:
    """A site of its own with a nurse, and as many clients as doses are charted, each with one dose due this minute."""
    at = timezone.now().astimezone(UTC).replace(second=0, microsecond=0)
    tag, start = uuid4().hex[:8], at - timedelta(days=2)
    organisation = Organisation.objects.create(name=f"Bench {tag}")
    site = Site.objects.create(organisation=organisation, name="Bench", slug=f"bench-{tag}", time_zone="UTC")
    program = Program.objects.create(site=site, name="Residential", level="3.5")
    unit = Unit.objects.create(site=site, program=program, name="Bench")
    nurse = Person.objects.create(username=f"bench-{tag}", name="Bea Bench", credentials="RN")
    RoleAssignment.objects.create(person=nurse, site=site, role=Role.NURSE, started_at=start)
    medication, _ = Medication.objects.get_or_create(
        name="Benchamol", strength="10 mg", form="tablet", defaults={"ingredient": "benchamol", "route": "oral"}
    )
    schedule = to_json(FixedTimes((at.time(),)))
    orders = []
    for number in range(warm_up(runs) + runs + 1):
        client = Client.objects.create(
            organisation=organisation, record_number=f"{tag}-{number}", first_name="B", last_name=f"N{number}",
            born_on=start.date(),
        )  # fmt: skip
        episode = Episode.objects.create(client=client, started_at=start)
        Placement.objects.create(episode=episode, program=program, level="3.5", started_at=start)
        bed = Bed.objects.create(room=Room.objects.create(unit=unit, name=str(number)), label="A")
        BedStay.objects.create(bed=bed, episode=episode, client=client, started_at=start)
        orders.append(
            Order.objects.create(
                episode=episode, client=client, medication=medication, dose=Decimal(1), unit="tablet", route="oral",
                schedule=schedule, started_at=start, by=nurse,
            )
        )  # fmt: skip
    return nurse, orders, at


def table(result: Result) -> str:
    """The figures as people read them."""
    share = result.charted.rate / result.floor.rate
    return "\n".join(
        [
            f"{'Chart a dose: one connection, one process':<46}{HEAD}",
            result.floor.line(),
            f"{result.charted.line(result.floor)}   {result.queries} queries",
            f"  {result.charted.rate:.0f} a second, {share:.1%} of the floor's {result.floor.rate:.0f}; on {result.orders} orders "
            f"and {result.administrations} administrations",
        ]
    )
