"""The demonstration as tests find it: seeded once a run for each length of its history, and copied for each file that wants it.

The tests of such a file are rolled back as all others (``pytest.mark.django_db``); none is transactional, which would empty the copy.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from pytest_django.plugin import DjangoDbBlocker

from config.demo.seed import seed
from tests.databases import copied, filled, own

NUMBER = 1
NOW = datetime(2026, 3, 10, 15, 4, tzinfo=UTC)  # a Tuesday morning in New York
T = TypeVar("T")


@contextmanager
def copy(*, days: int) -> Iterator[None]:
    """The default database is a copy of the demonstration that stands at NOW with so many ``days`` of history."""
    source = filled(f"seeded{days}", partial(seed, seed=NUMBER, now=NOW, days=days))
    with copied(own(f"demo{days}"), of=source):
        yield


@contextmanager
def there(blocker: DjangoDbBlocker, place: AbstractContextManager[T]) -> Iterator[T]:
    """In ``place``, for a fixture of a whole file: databases are open to going there and back, and in between as each test asks."""
    with ExitStack() as back:
        with blocker.unblock():
            found = back.enter_context(place)
        try:
            yield found
        finally:
            with blocker.unblock():
                back.close()
