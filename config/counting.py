"""The cache, in which sign-ins, PINs and requests of other systems are counted: where Redis does not answer, each process counts itself.

Nobody is kept out because Redis is away, full or slow, and nobody gets to guess without end: a limit then holds for each process.
"""

import functools
import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

PATIENCE = 1.0  # seconds for one request to Redis; it is not tried again
REST = (
    5.0  # seconds after a failure in which Redis is not asked: a Redis that hangs would cost each request its timeout
)
log = logging.getLogger(__name__)


def _steady(name: str) -> Callable[..., Any]:
    """The method of this name, by Redis or, where it fails, by this process."""
    asked: Callable[..., Any] = getattr(RedisCache, name)

    @functools.wraps(asked)
    def call(self: "SteadyCache", *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self.again:
            try:
                return asked(self, *args, **kwargs)
            except RedisError as error:
                self.rest(error)
        return getattr(self.own, name)(*args, **kwargs)

    return call


class SteadyCache(RedisCache):
    """Redis with this process's own memory behind it. What was counted in one is not known in the other."""

    own: LocMemCache

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        bounds = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "retry": Retry(NoBackoff(), 0)}
        super().__init__(server, params | {"OPTIONS": bounds | params.get("OPTIONS", {})})
        own = {name: value for name, value in params.items() if name != "OPTIONS"}
        self.own = LocMemCache("stepwell", own)

    @property
    def again(self) -> float:
        """When Redis is asked again (monotonic); 0 where it answers. One for the process: each thread has a cache of its own."""
        return _again[0]

    def rest(self, error: Exception) -> None:
        """It failed: leave it alone for a while."""
        _again[0] = time.monotonic() + REST
        log.warning("Redis does not answer (%s); this process counts by itself for %s s.", type(error).__name__, REST)

    add = _steady("add")
    get = _steady("get")
    set = _steady("set")
    touch = _steady("touch")
    delete = _steady("delete")
    has_key = _steady("has_key")
    incr = _steady("incr")
    clear = _steady("clear")
    get_many = _steady("get_many")
    set_many = _steady("set_many")
    delete_many = _steady("delete_many")


_again = [0.0]
