"""What every test may ask for."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, settings
from pytest_django.plugin import DjangoDbBlocker

from tests import emptying, seeded
from tests.databases import copied, own
from tests.factories import World, world

# a loaded machine makes examples slowly; that says nothing about the rule
settings.register_profile("stepwell", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("stepwell")

django_settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]
django_settings.WHITENOISE_AUTOREFRESH = True  # a test's client does not look through every static file first

emptying.replace()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One database a worker, in place of pytest-django's, which runs every migration for each."""
    with django_db_blocker.unblock(), copied(own("all")):
        yield


@pytest.fixture(scope="module")
def demonstration(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[datetime]:
    """The tests of the file begin in the demonstration, with ninety days of history; the instant it stands at."""
    with seeded.there(django_db_blocker, seeded.copy(days=90)):
        yield seeded.NOW


@pytest.fixture(scope="module")
def short_demonstration(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[datetime]:
    """The same with two days of history, where the length says nothing and every row takes time."""
    with seeded.there(django_db_blocker, seeded.copy(days=2)):
        yield seeded.NOW


@pytest.fixture
def now() -> datetime:
    """An instant nobody waits for: Tuesday 18 November 2025, 10:42 in New York."""
    return datetime(2025, 11, 18, 15, 42, tzinfo=UTC)


@pytest.fixture
def here(db: None, now: datetime) -> World:
    """A small program; see tests/factories."""
    return world(now)
