"""A pass as JSON; the memory of a process that charts many doses; the act of charting on a short and on a long history.

How many doses a second, beside bare commits, is part 2 of the one table (``bench/load/charting.py``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from uuid import uuid4

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from bench import databases, passes
from bench.figures import HEAD, in_turns
from bench.ward import Ward, live_through, ward
from bench.web import Process, Tablet, processes, signed_in
from emar.actions import administer
from emar.models import Administration, Order
from emar.rules.administration import Outcome

ONE, ALL = "/api/emar/administrations", "/api/emar/clients/{}/administrations"
TOGETHER = 20


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
        pass_ = ward(60, 500, prns=2)
        many = ward(max(2, knobs.memory // TOGETHER), knobs.memory)
        databases.analyze()
        with processes(1, name) as running:
            yield passes.table(pass_, Tablet(running[0].port, signed_in(pass_.nurse)), knobs.rounds)
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
