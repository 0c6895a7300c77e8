"""Redis is away or full: what is counted in the cache is counted by the process itself, and by Redis again when it is back."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.core.cache import caches

from config import counting, embedded
from config.counting import SteadyCache


@pytest.fixture(autouse=True)
def rested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_again", [0.0])


@pytest.fixture
def nowhere(tmp_path: Path) -> SteadyCache:
    return SteadyCache(f"unix://{tmp_path}/redis.sock", {})


def test_without_redis_the_process_counts_itself(nowhere: SteadyCache) -> None:
    key = str(uuid4())
    assert nowhere.add(key, 1, 60)
    assert not nowhere.add(key, 1, 60)
    assert nowhere.incr(key) == 2
    assert nowhere.get(key) == 2
    nowhere.set(key, [1.5], 60)
    assert nowhere.get(key, []) == [1.5]
    nowhere.delete(key)
    assert nowhere.get(key, "gone") == "gone"


def test_after_a_failure_redis_is_left_alone_for_a_while(nowhere: SteadyCache, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def away(*_: object, **__: object) -> None:
        asked.append(1)
        raise redis.ConnectionError("away")

    client: Any = type(nowhere._cache)  # type: ignore[attr-defined]
    monkeypatch.setattr(client, "get_client", away)
    for _ in range(3):
        nowhere.get("key")
    assert len(asked) == 1
    monkeypatch.setattr(counting, "_again", [0.0])
    nowhere.get("key")
    assert len(asked) == 2


def test_redis_that_refuses_to_write_is_as_good_as_away(monkeypatch: pytest.MonkeyPatch) -> None:
    cache, key = SteadyCache(embedded.redis_url(), {"KEY_PREFIX": "counting"}), str(uuid4())
    monkeypatch.setattr(redis.Redis, "set", full)
    assert cache.add(key, 1, 60)
    assert not cache.add(key, 1, 60)


def full(*_: object, **__: object) -> None:
    raise redis.exceptions.OutOfMemoryError("OOM command not allowed when used memory > 'maxmemory'.")


def test_with_redis_every_process_counts_the_same() -> None:
    one, other = (SteadyCache(embedded.redis_url(), {"KEY_PREFIX": "counting"}) for _ in range(2))
    key = str(uuid4())
    assert one.add(key, 1, 5)
    assert other.incr(key) == 2
    one.delete(key)
    assert isinstance(caches["default"], SteadyCache)
