"""Real PostgreSQL, real Redis: started once for the whole run, one database and one Redis prefix per worker."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("STEPWELL_DATA", str(Path(__file__).resolve().parent.parent / ".stepwell" / "test"))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's sync API runs a loop in the test's thread
os.environ["STEPWELL_DEMO"] = "1"
_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ["REDIS_PREFIX"] = f"test-{_worker}-{os.getpid()}"

import pytest  # noqa: E402  the environment first

from config import embedded  # noqa: E402

if TYPE_CHECKING:
    from tests.factories import World


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers in the controlling process; workers find them running."""
    config._stepwell_servers = servers = embedded.Servers(durable=False)  # type: ignore[attr-defined]
    servers.__enter__()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    servers = getattr(config, "_stepwell_servers", None)
    if servers is not None:
        from django.db import connections

        connections.close_all()
        servers.__exit__(None, None, None)


@pytest.fixture
def now() -> datetime:
    """An instant nobody waits for: Tuesday 18 November 2025, 10:42 in New York."""
    return datetime(2025, 11, 18, 15, 42, tzinfo=UTC)


@pytest.fixture
def here(db: None, now: datetime) -> "World":
    """A small program; see tests/factories."""
    from tests.factories import world

    return world(now)
