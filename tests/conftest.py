"""What every test may ask for."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, settings
from pytest_django.plugin import DjangoDbBlocker

from tests.databases import copied
from tests.factories import World, world

# a loaded machine makes examples slowly; that says nothing about the rule
settings.register_profile("stepwell", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("stepwell")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One database a worker, in place of pytest-django's, which runs every migration for each."""
    with django_db_blocker.unblock(), copied(f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"):
        yield


@pytest.fixture
def now() -> datetime:
    """An instant nobody waits for: Tuesday 18 November 2025, 10:42 in New York."""
    return datetime(2025, 11, 18, 15, 42, tzinfo=UTC)


@pytest.fixture
def here(db: None, now: datetime) -> World:
    """A small program; see tests/factories."""
    return world(now)
