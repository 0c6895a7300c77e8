"""Is this process fit for requests? Asked of the database and of Redis, never of a session, and answered in two seconds.

Without Redis acts still commit and pages follow by the numbers of the database: ready, but degraded. Without the database, or while
migrations are missing, or while it drains: not ready.
"""

import asyncio
import functools
from dataclasses import dataclass
from typing import Any

import redis.asyncio
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from psycopg import AsyncConnection

from config import embedded
from config.clocks import CLOCK
from config.serving.state import PROCESS

PATIENCE = 1.8  # seconds for the database
SHORT = 1.0  # seconds for Redis

MISSING = """
SELECT count(*) FROM unnest(%s::text[], %s::text[]) AS wanted (app, name)
WHERE NOT EXISTS (SELECT FROM django_migrations made WHERE made.app = wanted.app AND made.name = wanted.name)
"""


@dataclass(frozen=True)
class Readiness:
    """How the process is, in words that carry nothing about anybody."""

    database: str  # answers, away, migrations missing, another clock
    redis: str  # answers, away
    draining: bool

    @property
    def ready(self) -> bool:
        """Whether it may be sent requests."""
        return self.database == "answers" and not self.draining

    @property
    def status(self) -> str:
        """One word for a monitor."""
        if self.draining:
            return "draining"
        if not self.ready:
            return "not ready"
        return "ready" if self.redis == "answers" else "degraded"


async def readiness() -> Readiness:
    """Look now; both are asked at once."""
    if PROCESS.draining:
        return Readiness("not asked", "not asked", draining=True)
    tables, cache = await asyncio.gather(database(), _redis())
    return Readiness(tables, cache, draining=PROCESS.draining)


async def connected() -> AsyncConnection[Any]:
    """A connection of its own, beside the pool: whoever waits for the pool does not keep a monitor waiting."""
    given_by: dict[str, Any] = settings.DATABASES["default"]
    named = {"user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    given = {name: given_by[key] for name, key in named.items() if given_by[key]}
    return await AsyncConnection.connect(
        dbname=given_by["NAME"], autocommit=True, connect_timeout=2, application_name="stepwell-health", **given
    )


async def database() -> str:
    """How the database is: it answers, it is away, or migrations are missing in it. Never raises."""
    try:
        async with asyncio.timeout(PATIENCE):
            wanted = await asyncio.to_thread(heads)
            async with await connected() as line:
                cursor = await line.execute(MISSING, [[app for app, _ in wanted], [name for _, name in wanted]])
                row = await cursor.fetchone()
                now = await (await line.execute("SELECT clock_timestamp()")).fetchone()
        if now is not None:
            CLOCK.compare(now[0])
        if CLOCK.wrong is not None:
            return "another clock"
        return "migrations missing" if row is None or row[0] else "answers"
    except Exception:
        return "away"


async def _redis() -> str:
    client = redis.asyncio.from_url(embedded.redis_url(), socket_timeout=SHORT, socket_connect_timeout=SHORT)
    try:
        async with asyncio.timeout(SHORT):
            await client.execute_command("PING")  # type: ignore[no-untyped-call]
        return "answers"
    except Exception:
        return "away"
    finally:
        await client.aclose()


@functools.cache
def heads() -> tuple[tuple[str, str], ...]:
    """The last migration of each app, as this release has them on disk. A newer database has them too."""
    return tuple(sorted(MigrationLoader(None).graph.leaf_nodes()))
