"""Real PostgreSQL, real Redis: started once for the whole run, one database and one Redis prefix per worker.

A plugin (``-p tests.servers``) and not a conftest: pytest-django reads the settings before any conftest is imported.
"""

import os
from pathlib import Path

import pytest

os.environ.setdefault("STEPWELL_DATA", str(Path(__file__).resolve().parent.parent / ".stepwell" / "test"))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's sync API runs a loop in the test's thread
os.environ["STEPWELL_DEMO"] = "1"
os.environ["REDIS_PREFIX"] = f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{os.getpid()}"

from config import embedded

_servers = embedded.Servers(durable=False)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the servers in the controlling process; workers find them running, and inherit the run's number."""
    if _controls(config):
        os.environ["STEPWELL_TEST_RUN"] = str(os.getpid())
    _servers.__enter__()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Drop what the run shared, and stop what was started."""
    from django.db import connections

    connections.close_all()
    if _controls(config):
        from tests import databases

        databases.forget()
    _servers.__exit__(None, None, None)


def _controls(config: pytest.Config) -> bool:
    """True but for the workers of xdist."""
    return not hasattr(config, "workerinput")
