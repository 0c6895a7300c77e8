"""What every test may ask for."""

from datetime import UTC, datetime

import pytest

from tests.factories import World, world


@pytest.fixture
def now() -> datetime:
    """An instant nobody waits for: Tuesday 18 November 2025, 10:42 in New York."""
    return datetime(2025, 11, 18, 15, 42, tzinfo=UTC)


@pytest.fixture
def here(db: None, now: datetime) -> World:
    """A small program; see tests/factories."""
    return world(now)
