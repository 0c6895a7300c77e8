"""Chart doses over HTTP, beside bare PostgreSQL commits of rows of the same size, in one run: one tablet, many tablets, a
client's whole pass in one request; the act itself on a short and on a long history; the memory of the process."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from statistics import median
from time import perf_counter
from typing import TypeVar
from uuid import uuid4

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import databases, passes
from bench.figures import HEAD, Figure, clocked, in_turns
from bench.ward import Ward, live_through, ward
from bench.web import Process, Tablet, processes, signed_in
from emar.actions import administer
from emar.models import Administration, Order
from emar.rules.administration import Outcome

ONE, ALL = "/api/emar/administrations", "/api/emar/clients/{}/administrations"
SIZES = ((1, 320), (2, 420), (3, 160))  # bytes: administration, audit event, answer
BUMP = "INSERT INTO live_topic (name, seq) VALUES (%s, 1) ON CONFLICT (name) DO UPDATE SET seq = live_topic.seq + 1"
TABLETS, TOGETHER, TIMES = 16, 20, 5
Hand = TypeVar("Hand")


@dataclass(frozen=True)
class Knobs:
    """How much is measured: doses charted, rounds of the pass, doses of the long history, doses for the memory."""

    doses: int
    rounds: int
    past: int
    memory: int


def tables(name: str, short: BaseDatabaseWrapper, long: BaseDatabaseWrapper, knobs: Knobs) -> Iterator[str]:
    """Measure on databases made for it, and the lines as people read them; ``name`` is the short one's."""
    with databases.using(short):
        pass_, charted = ward(60, 500, prns=2), ward(60, knobs.doses * 5 // 2 + 60)
        passes_of = knobs.doses // TOGETHER + 2
        several = ward(passes_of, passes_of * TOGETHER)
        many = ward(max(2, knobs.memory // TOGETHER), knobs.memory)
        databases.analyze()
        with processes(2, name) as running:
            yield passes.table(pass_, Tablet(running[0].port, signed_in(pass_.nurse)), knobs.rounds)
            yield _charting(charted, several, running, knobs.doses)
            yield _memory(many, running[0])
    yield _flat(short, long, knobs)


def asked(order: Order, here: Ward) -> dict[str, object]:
    """The JSON of an ordinary dose."""
    return {
        "key": str(uuid4()), "order_id": order.pk, "due_at": here.at.isoformat(), "outcome": "given",
        "identifiers": ["wristband"], "amount": "10", "unit": "mg",
    }  # fmt: skip


def chart(order: Order, here: Ward) -> Administration:
    """The whole act, without HTTP."""
    return administer(
        by=here.nurse, at=timezone.now(), order_id=order.pk, due_at=here.at, outcome=Outcome.GIVEN,
        client_id=order.client_id, identifiers=("wristband",), amount=order.dose, unit=order.unit, key=uuid4(),
    )  # fmt: skip


def _charting(here: Ward, several: Ward, running: Sequence[Process], runs: int) -> str:
    """Bare commits, the act, a dose over HTTP and a whole pass over HTTP in turns; then many tablets at once."""
    orders, left = iter(here.doses), iter(several.orders)
    cookie, process = signed_in(here.nurse), running[0]
    one, other = Tablet(process.port, cookie), Tablet(process.port, signed_in(several.nurse))
    floor, act = Figure("bare PostgreSQL commit of such rows"), Figure("chart a dose (the act)")
    http, batch = Figure("chart a dose over HTTP: one tablet"), Figure(f"a client's {TOGETHER} doses in one request")
    spent: list[float] = []

    def over_http(tablet: Tablet, order: Order) -> None:
        tablet.send("POST", ONE, asked(order, here) | {"client_id": order.client_id})

    def whole() -> None:
        mine = next(left)
        body = {"mode": "each", "doses": [asked(order, several) for order in mine]}
        _, answer = other.send("POST", ALL.format(mine[0].client_id), body)
        assert answer["written"] == len(mine), answer

    with Bare() as commit:
        for number in range(-10, runs):
            before, seconds = process.seconds, [clocked(commit.run), clocked(lambda: over_http(one, next(orders)))]
            spent.append(process.seconds - before)
            if number % 2 == 0:
                seconds.append(clocked(lambda: chart(next(orders), here)))
            if number % TOGETHER == 0:
                batch.seconds.append(clocked(whole))
            if number >= 0:
                for figure, each in zip((floor, http, act), seconds, strict=False):
                    figure.seconds.append(each)
    with CaptureQueriesContext(connection) as captured:
        chart(next(orders), here)
    tablets = [Tablet(running[number % 2].port, cookie) for number in range(TABLETS)]
    bares = [Bare() for _ in range(TABLETS)]
    spread: list[tuple[float, float, float]] = []
    for _ in range(TIMES):
        rest = list(islice(orders, runs // TIMES))
        alone = _at_once(bares[:1], rest, lambda commit, _: commit.run())
        together = _at_once(bares, rest, lambda commit, _: commit.run())
        spread.append((_at_once(tablets, rest, over_http), alone, together))
    for connected in bares:
        connected.close()
    rate, alone, together = (median(column) for column in zip(*spread, strict=True))
    shares = [each / bare for each, bare, _ in spread]
    return "\n".join([
        f"{'Chart a dose':<46}{HEAD}",
        floor.line(),
        f"{act.line(floor)}   {len(captured)} queries",
        f"{http.line(floor)}   {http.rate:.0f} a second, {_share(_rounds(http, floor))} of the bare {floor.rate:.0f}, wanted 6 %",
        f"  of the web process' own time: {sum(spent) / len(spent) * 1e3:.1f} ms a dose",
        f"{batch.line(floor)}   {batch.rate * TOGETHER:.0f} doses a second, "
        f"{_share([each * TOGETHER for each in _rounds(batch, floor)])} of the bare {floor.rate:.0f} in doses, wanted 25 %",
        f"  {TABLETS} tablets, two processes: {rate:.0f} a second, {_share(shares)} of {alone:.0f} on one connection, wanted 5 %; "
        f"{rate / together:.1%} of {together:.0f} on {TABLETS} connections",
    ])  # fmt: skip


class Bare:
    """A bare connection; a call commits the rows a charted dose writes: administration, audit event, answer, topic."""

    def __init__(self) -> None:
        self.connection = connection.copy()
        self.connection.inc_thread_sharing()
        self.topic = uuid4().hex
        with self.connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS bench_floor (id bigserial PRIMARY KEY, kind int, payload text)")

    def __enter__(self) -> "Bare":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the database."""
        self.connection.close()

    def run(self) -> None:
        """One transaction."""
        with self.connection.cursor() as cursor:
            cursor.execute("BEGIN")
            for kind, size in SIZES:
                cursor.execute("INSERT INTO bench_floor (kind, payload) VALUES (%s, %s)", [kind, "x" * size])
            cursor.execute(BUMP, [f"bench.{self.topic}"])
            cursor.execute("COMMIT")


def _at_once(hands: Sequence[Hand], orders: Sequence[Order], act: Callable[[Hand, Order], None]) -> float:
    """Doses a second, when each hand takes its share at the same time."""

    def work(number: int) -> None:
        for order in orders[number :: len(hands)]:
            act(hands[number], order)

    with ThreadPoolExecutor(len(hands)) as pool:
        seconds = clocked(lambda: list(pool.map(work, range(len(hands)))))
    return len(orders) / seconds


def _rounds(figure: Figure, floor: Figure) -> list[float]:
    """The rate as a share of the floor's, for each of ``TIMES`` stretches of the run: both were timed in turns."""
    stretches = [(_part(figure.seconds, number), _part(floor.seconds, number)) for number in range(TIMES)]
    return [(len(done) / sum(done)) / (len(bare) / sum(bare)) for done, bare in stretches]


def _part(seconds: Sequence[float], number: int) -> Sequence[float]:
    """The stretch of that number of ``TIMES`` equal ones."""
    return seconds[len(seconds) * number // TIMES : len(seconds) * (number + 1) // TIMES]


def _share(shares: Sequence[float]) -> str:
    return f"{median(shares):.1%} ({min(shares):.1%} to {max(shares):.1%} in {len(shares)} rounds)"


def _memory(here: Ward, process: Process) -> str:
    """The resident memory of a process before and after many doses."""
    tablet = Tablet(process.port, signed_in(here.nurse))
    marks: list[tuple[int, int]] = []
    done, started = 0, perf_counter()
    for mine in here.orders:
        for order in mine[: len(mine) // 2]:
            tablet.send("POST", ONE, asked(order, here) | {"client_id": order.client_id})
        body = {"doses": [asked(order, here) for order in mine[len(mine) // 2 :]]}
        tablet.send("POST", ALL.format(mine[0].client_id), body)
        done += len(mine)
        if len(marks) * len(here.doses) // 4 <= done:
            marks.append((done, process.memory))
    told = ", ".join(f"{count} doses {size / 2**20:.0f} MB" for count, size in marks)
    return f"Memory of the process (half one by one, half {TOGETHER // 2} a request; {perf_counter() - started:.0f} s): {told}"


def _flat(short: BaseDatabaseWrapper, long: BaseDatabaseWrapper, knobs: Knobs) -> str:
    """The act and the pass, on two histories in turns."""
    wards: dict[str, tuple[BaseDatabaseWrapper, Ward, Iterator[Order], int]] = {}
    for name, database, past in (("short", short, knobs.past // 100), ("long", long, knobs.past)):
        with databases.using(database):
            here = ward(60, 500, prns=2)
            rows = live_through(here, past)
            wards[name] = database, here, iter(here.doses), rows
    acts = {
        (name, what): act
        for name, (_, here, orders, _) in wards.items()
        for what, act in (
            ("chart", lambda here=here, orders=orders: chart(next(orders), here)),
            ("pass", lambda here=here: passes.read(here)),
        )
    }
    figures = in_turns(acts, min(knobs.doses // 3, 200), lambda which: databases.using(wards[which[0]][0]), 5)
    counts = " and ".join(f"{each[3]:,}" for each in wards.values())
    lines = [f"{f'With {counts} administrations':<46}{HEAD}"]
    for what, told in (("chart", "chart a dose (the act)"), ("pass", "pass of 500 doses: read")):
        first, last = figures["short", what], figures["long", what]
        first.name, last.name = f"{told}, short", f"{told}, long"
        lines += [first.line(), last.line()]
        lines.append(
            f"  long over short: {last.p50 / first.p50:.2f}x by the median, "
            f"{min(last.seconds) / min(first.seconds):.2f}x by the fastest; wanted 1.1x"
        )
    return "\n".join(lines)
