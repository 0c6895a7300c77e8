"""The hub's line to Redis: one channel, the groups it has joined, and the task that receives."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

PATIENCE = 2.0  # seconds for one request to Redis
LONGEST_BACKOFF = 15.0  # seconds between two tries to reach Redis


class Line:
    """Never raises: what does not work is tried again, with growing pauses."""

    def __init__(self, arrived: Callable[[Mapping[str, Any]], None]) -> None:
        self._arrived = arrived
        self._layer: Any = get_channel_layer()
        self._channel: str | None = None
        self._joined: set[str] = set()
        self._receiver: asyncio.Task[None] | None = None
        self._failures = 0
        self._again = 0.0  # when the next try is due

    async def match(self, wanted: list[str]) -> None:
        """Join what is wanted and not joined, leave what is joined and not wanted. Failures are retried, not raised."""
        todo = [topic for topic in wanted if topic not in self._joined]
        done = self._joined.difference(wanted)
        if not (todo or done) or time.monotonic() < self._again:
            return
        try:
            if self._channel is None:
                self._channel = await _bounded(self._layer.new_channel())
                self._receiver = asyncio.create_task(self._receive(self._channel), name="live receive")
            for topic in todo:
                await _bounded(self._layer.group_add(topic, self._channel))
                self._joined.add(topic)
            for topic in done:
                await _bounded(self._layer.group_discard(topic, self._channel))
                self._joined.discard(topic)
            self._failures = 0
        except Exception as error:
            self._failures += 1
            self._again = time.monotonic() + min(2.0**self._failures, LONGEST_BACKOFF)
            logger.warning("Redis cannot be reached (%r); pages follow the database's numbers meanwhile.", error)

    def pause(self, longest: float) -> float:
        """Seconds until there is something to do unasked."""
        return max(0.1, min(longest, self._again - time.monotonic())) if self._failures else longest

    async def close(self) -> None:
        """Leave everything; what Redis does not answer in time is let go."""
        with contextlib.suppress(Exception):
            for topic in self._joined:
                await _bounded(self._layer.group_discard(topic, self._channel))
        if self._receiver is not None:
            self._receiver.cancel()  # the layer gives the channel back
            await asyncio.wait([self._receiver], timeout=PATIENCE)

    async def _receive(self, channel: str) -> None:
        while True:
            try:
                self._arrived(await self._layer.receive(channel))
            except Exception:  # a message of another key or version, or the layer's own trouble
                logger.exception("A message could not be received.")
                await asyncio.sleep(1)


async def _bounded(doing: Awaitable[Any]) -> Any:
    async with asyncio.timeout(PATIENCE):
        return await doing
