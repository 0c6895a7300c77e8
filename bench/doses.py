"""Chart a dose, beside bare PostgreSQL commits of rows of the same size, on one connection, in one run."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from statistics import median, quantiles
from uuid import uuid4

import django
from django.db import connection, transaction
from django.utils import timezone

from beds.models import Bed, BedStay, Room, Unit
from emar.actions import administer
from emar.models import Administration, Medication, Order
from emar.rules.administration import Outcome
from emar.rules.schedule import FixedTimes, to_json
from programs.models import Client, Episode, Organisation, Placement, Program, Site
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Role

CLIENTS = 20
TIMES = tuple(clock(hour, minute) for hour in range(24) for minute in (0, 30))


@dataclass(frozen=True)
class Figure:
    """A line of the table: seconds each, as measured."""

    name: str
    seconds: tuple[float, ...]

    @property
    def rate(self) -> float:
        """A second, over the whole run."""
        return len(self.seconds) / sum(self.seconds)


@dataclass(frozen=True)
class Result:
    """Both figures of one run, and the rows they ran on."""

    charted: Figure
    floor: Figure
    orders: int
    administrations: int
    queries: int


def timed(name: str, runs: int, act: Callable[[int], object]) -> Figure:
    """Time each of ``runs`` calls, after a tenth as many that do not count."""
    warm = max(5, runs // 10)
    seconds = []
    for number in range(-warm, runs):
        started = time.perf_counter()
        act(number + warm)
        if number >= 0:
            seconds.append(time.perf_counter() - started)
    return Figure(name, tuple(seconds))


def measure(runs: int) -> Result:
    """Seed a unit of its own, then chart ``runs`` doses through the action, and commit as many bare rows."""
    nurse, orders, at = _unit(runs)
    doses = _doses(orders, at, runs)

    def chart(number: int) -> None:
        order, due_at = doses[number]
        administer(
            by=nurse, at=max(at, due_at), order_id=order.pk, due_at=due_at, outcome=Outcome.GIVEN, client_id=order.client_id,
            identifiers=("name", "birth_date"), amount=order.dose, unit=order.unit, key=uuid4(),
        )  # fmt: skip

    from django.test.utils import CaptureQueriesContext

    charted = timed("chart a dose (action)", runs, chart)
    with CaptureQueriesContext(connection) as captured:
        chart(len(doses) - 1)
    floor = _floor(runs)
    return Result(charted, floor, len(orders), Administration.objects.count(), len(captured))


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

    return timed("bare PostgreSQL commit of such rows", runs, commit)


def _unit(runs: int) -> tuple[Person, list[Order], datetime]:
    at = timezone.now().astimezone(UTC).replace(microsecond=0)
    tag = uuid4().hex[:8]
    start = at - timedelta(days=2)
    organisation = Organisation.objects.create(name=f"Bench {tag}")
    site = Site.objects.create(organisation=organisation, name="Bench", slug=f"bench-{tag}", time_zone="UTC")
    program = Program.objects.create(site=site, name="Residential", level="3.5")
    unit = Unit.objects.create(site=site, program=program, name="Bench")
    nurse = Person.objects.create(username=f"bench-{tag}", name="Bea Bench", credentials="RN")
    RoleAssignment.objects.create(person=nurse, site=site, role=Role.NURSE, started_at=start)
    medication, _ = Medication.objects.get_or_create(
        name="Benchamol", strength="10 mg", form="tablet", defaults={"ingredient": "benchamol", "route": "oral"}
    )
    orders = []
    needed = runs + max(5, runs // 10) + 1
    slots = 40  # doses of one order that may be charted now
    for number in range(max(CLIENTS, needed // slots + 1)):
        client = Client.objects.create(
            organisation=organisation, record_number=f"{tag}-{number}", first_name="B", last_name=f"N{number}",
            born_on=datetime(1990, 1, 1, tzinfo=UTC).date(),
        )  # fmt: skip
        episode = Episode.objects.create(client=client, started_at=start)
        Placement.objects.create(episode=episode, program=program, level="3.5", started_at=start)
        room = Room.objects.create(unit=unit, name=str(number))
        BedStay.objects.create(
            bed=Bed.objects.create(room=room, label="A"), episode=episode, client=client, started_at=start
        )
        orders.append(
            Order.objects.create(
                episode=episode,
                client=client,
                medication=medication,
                dose=Decimal(1),
                unit="tablet",
                route="oral",
                schedule=to_json(
                    FixedTimes(tuple(clock(hour, minute) for hour in range(24) for minute in range(0, 60, 5)))
                ),
                started_at=start,
                by=nurse,
            )
        )
    return nurse, orders, at


def _doses(orders: list[Order], at: datetime, runs: int) -> list[tuple[Order, datetime]]:
    """Distinct doses due just now, order by order, so that no two fall on one client within a moment."""
    needed = runs + max(5, runs // 10) + 1
    first = at.replace(second=0) - timedelta(minutes=at.minute % 5)
    found: list[tuple[Order, datetime]] = []
    step = 0
    while len(found) < needed:
        found += [(order, first + timedelta(minutes=5 * step)) for order in orders]
        step += 1
    return found[:needed]


def table(result: Result) -> str:
    """The figures as people read them."""

    def line(figure: Figure) -> str:
        p50, p95 = median(figure.seconds), quantiles(figure.seconds, n=20)[-1]
        return f"{figure.name:<38}{len(figure.seconds):>6}{p50 * 1e3:>10.2f}{p95 * 1e3:>10.2f}{figure.rate:>12.0f}"

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    share = result.charted.rate / result.floor.rate
    return "\n".join(
        [
            f"{'one connection, one process':<38}{'runs':>6}{'p50 ms':>10}{'p95 ms':>10}{'a second':>12}",
            line(result.charted),
            line(result.floor),
            f"ratio to the floor: {share:.1%}   queries a dose: {result.queries}   on {result.orders} orders and "
            f"{result.administrations} administrations   Django {django.get_version()}, PostgreSQL {version}",
        ]
    )
