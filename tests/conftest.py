"""Real PostgreSQL, real Redis: started once for the whole run, one database and one Redis prefix per worker."""

import os
from pathlib import Path

os.environ.setdefault("STEPWELL_DATA", str(Path(__file__).resolve().parent.parent / ".stepwell" / "test"))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's sync API runs a loop in the test's thread
os.environ["STEPWELL_DEMO"] = "1"
_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ["REDIS_PREFIX"] = f"test-{_worker}-{os.getpid()}"

import pytest  # noqa: E402  the environment first

from config import embedded  # noqa: E402


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
