"""What this process counts and times, in Prometheus' text. Labels name kinds of things: never an id, a name or a path."""

import asyncio
import tomllib
from collections import Counter as Tally
from collections.abc import Iterator

import prometheus_client
from django.db.backends.postgresql.base import DatabaseWrapper
from prometheus_client import Counter, Gauge, Histogram, Info
from prometheus_client.core import REGISTRY, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from audit.chain import NEAR
from config import env
from config.serving.ready import connected
from config.serving.state import PROCESS
from live.hub import hub

__all__ = ["CONTENT_TYPE_LATEST", "IN_FLIGHT", "REQUESTS", "SECONDS", "exposed"]

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]

REQUESTS = Counter("stepwell_requests", "Requests answered, by view and class of status.", ["view", "status"])
SECONDS = Histogram(
    "stepwell_request_seconds",
    "From the first middleware to the headers of the answer.",
    ["view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
IN_FLIGHT = Gauge("stepwell_requests_in_flight", "Requests being answered now.")
UNSEALED = Gauge("stepwell_audit_unsealed", "Events of the trail not yet in the hash chain; NaN: not known.")
OLDEST = Gauge("stepwell_audit_unsealed_oldest_seconds", "How long the oldest of them has waited; NaN: not known.")
Info("stepwell", "Which Stepwell this is.").info(
    {"version": str(tomllib.loads((env.ROOT / "pyproject.toml").read_text())["project"]["version"])}
)

PATIENCE = 1.5  # seconds for the database; without it the rest is told all the same
WAITING = """
SELECT count(*), COALESCE(EXTRACT(EPOCH FROM clock_timestamp() - min(event.recorded_at)), 0)
FROM audit_event event LEFT JOIN audit_seal seal ON seal.event_id = event.id
WHERE seal.event_id IS NULL AND event.id > COALESCE(
    (SELECT min(near.event_id) FROM audit_seal near WHERE near.position > (SELECT max(position) FROM audit_seal) - %s), 0)
"""
POOL = {
    "pool_size": "Connections this process has.",
    "pool_max": "Connections it may have.",
    "pool_available": "Connections nobody uses.",
    "requests_waiting": "Requests that wait for a connection.",
    "requests_errors": "Requests that got none in time.",
}


class _Here(Collector):
    """What is looked up at the moment of asking: pages on the line, the pool, whether it drains."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """On the event loop, where the hub is."""
        pages = GaugeMetricFamily("stepwell_live_sockets", "Open live pages, by board.", labels=["board"])
        for board, count in _boards().items():
            pages.add_metric([board], count)
        yield pages
        yield GaugeMetricFamily("stepwell_draining", "1: this process is ending.", value=PROCESS.draining)
        pool = DatabaseWrapper._connection_pools.get("default")  # type: ignore[attr-defined]
        stats = pool.get_stats() if pool is not None else {}
        for name, words in POOL.items():
            yield GaugeMetricFamily(f"stepwell_database_{name}", words, value=stats.get(name, 0))


def _boards() -> Tally[str]:
    try:
        watches = hub().watches.values()
    except RuntimeError:  # no event loop runs here: not a web process
        return Tally()
    return Tally(socket.view.board.name for watch in watches for socket in watch.sockets)


async def exposed() -> bytes:
    """The whole of it."""
    count, oldest = await _unsealed()
    UNSEALED.set(count)
    OLDEST.set(oldest)
    return generate_latest(REGISTRY)


async def _unsealed() -> tuple[float, float]:
    try:
        async with asyncio.timeout(PATIENCE), await connected() as line:
            row = await (await line.execute(WAITING, [NEAR])).fetchone()
        return (float(row[0]), float(row[1])) if row else (0.0, 0.0)
    except Exception:
        return float("nan"), float("nan")


REGISTRY.register(_Here())
