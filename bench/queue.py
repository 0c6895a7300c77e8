"""Sync a tablet's queue over HTTP: 200 doses charted without the network in one request, beside smaller requests and bare commits."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from bench import databases
from bench.figures import HEAD, Figure, clocked
from bench.load.bare import Bare
from bench.ward import Ward, ward
from bench.web import Tablet, processes, signed_in
from emar import device
from emar.models import Order
from emar.models import Tablet as Registered

QUEUE = "/api/emar/tablet/queue"
SIZES = (1, 50, 200)
CLIENTS = 12


def table(name: str, short: BaseDatabaseWrapper, runs: int) -> str:
    """Measure on a database made for it, and the lines as people read them."""
    with databases.using(short):
        here = ward(CLIENTS, (runs + 2) * sum(SIZES))
        databases.analyze()
        with processes(1, name) as [process], Bare() as commit:
            tablet = Tablet(process.port, f"{signed_in(here.nurse)}; {device.COOKIE}={_registered(here)}")
            orders, floor = iter(here.doses), Figure("bare PostgreSQL commit of such rows")
            figures = {size: Figure(f"sync a queue of {size}") for size in SIZES}
            for number in range(-2, runs):
                spent = {size: clocked(lambda size=size: _send(tablet, here, orders, size)) for size in SIZES}  # type: ignore[misc]
                bare = [clocked(commit.run) for _ in range(20)]
                if number >= 0:
                    floor.seconds += bare
                    for size, seconds in spent.items():
                        figures[size].seconds.append(seconds)
    lines = [f"{f'Send doses charted without the network, {CLIENTS} clients':<46}{HEAD}", floor.line()]
    for size, figure in figures.items():
        share = floor.p50 / (figure.p50 / size)
        lines.append(
            f"{figure.line(floor)}   {figure.p50 / size * 1e3:.2f} ms a dose, {share:.1%} of the bare rate in doses"
        )
    return "\n".join(lines)


def _registered(here: Ward) -> str:
    secret = device.new_secret()
    Registered.objects.create(
        site=here.site, name="Bench", secret_sha256=device.hashed(secret), registered_at=timezone.now(),
        registered_by=here.nurse,
    )  # fmt: skip
    return secret


def _send(tablet: Tablet, here: Ward, orders: Iterator[Order], size: int) -> None:
    now = datetime.now(UTC)
    device_at = (now - timedelta(minutes=1)).isoformat()
    doses = []
    for place in range(size):
        order, key = next(orders), str(uuid4())
        said = {
            "key": key, "place": place, "person_id": here.nurse.pk, "client_id": order.client_id, "order_id": order.pk,
            "due_at": here.at.isoformat(), "outcome": "given", "identifiers": ["wristband"], "amount": "10", "unit": "mg",
            "device_at": device_at, "contact_at": device_at, "offset_ms": 0, "overrides": {},
        }  # fmt: skip
        doses.append({"key": key, "entry": json.dumps(said)})
    _, answer = tablet.send("POST", QUEUE, {"sent_at": now.isoformat(), "doses": doses})
    wrong = [each for each in answer["answers"] if each["result"] != "charted"]
    assert not wrong, wrong[0]
