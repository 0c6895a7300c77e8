"""One hub an event loop: joins each watched topic once, with a channel of its own, and knows who is at which socket.

Redis only makes it quick. Every few seconds the hub asks the database for the numbers of all it watches, in one query:
that finds messages that were lost, groups that could not be joined, and a Redis that went away or came back.
"""

import asyncio
import contextlib
import logging
import time
import weakref
from collections.abc import Mapping
from typing import Any

from channels.db import database_sync_to_async

from live.line import Line
from live.names import person_topic
from live.queries import current_seqs
from live.sockets import Socket
from live.watch import Watch

logger = logging.getLogger(__name__)

SWEEP = 5.0  # seconds between two looks at the numbers in the database
PATIENCE = 4.0  # seconds a page waits to be joined; without Redis it goes on by the database's numbers

_hubs: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = weakref.WeakKeyDictionary()
_seqs_in_thread = database_sync_to_async(current_seqs)


def hub() -> "Hub":
    """The hub of the running event loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())


class Hub:
    """Everything happens on one event loop; only ``_tend`` talks to Redis, by its line."""

    def __init__(self) -> None:
        self.watches: dict[str, Watch] = {}
        self._persons: dict[str, set[Socket]] = {}
        self._wake = asyncio.Event()
        self._swept = 0.0
        self._task: asyncio.Task[None] | None = None
        self._line: Line | None = None

    async def join(self, socket: Socket) -> None:
        """Take a socket in. When this returns, no later change of its topic goes unnoticed."""
        watch = self.watches.get(socket.topic)
        if watch is None:
            watch = self.watches[socket.topic] = Watch(socket.topic)
        watch.sockets.add(socket)
        self._persons.setdefault(person_topic(socket.person_pk), set()).add(socket)
        self._wake.set()
        if self._task is None:
            self._task = asyncio.create_task(self._tend(), name="live hub")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await watch.ready.wait()

    def leave(self, socket: Socket) -> None:
        """Let a socket go; harmless when it never joined."""
        watch = self.watches.get(socket.topic)
        if watch is not None:
            watch.sockets.discard(socket)
            if not watch.sockets:
                watch.stop()
                del self.watches[socket.topic]
        topic = person_topic(socket.person_pk)
        self._persons.get(topic, set()).discard(socket)
        if not self._persons.get(topic, True):
            del self._persons[topic]
        self._wake.set()

    def redraw(self, socket: Socket) -> None:
        """Send this socket its whole board with the next batch."""
        if socket.topic in self.watches:
            self.watches[socket.topic].redraw(socket)

    def seq(self, topic: str) -> int | None:
        """The number this process has drawn the topic up to."""
        return self.watches[topic].seq if topic in self.watches else None

    def doubt(self, topic: str, current: int) -> None:
        """The database says ``current``; when we are elsewhere, something may have been lost."""
        watch = self.watches.get(topic)
        if watch is not None and watch.seq is not None and watch.seq != current:
            watch.doubt(current)

    def arrived(self, message: Mapping[str, Any]) -> None:
        """A message of ``live.actions.publish``; anything else is ignored."""
        match message:
            case {"topic": str(topic), "seq": int(seq), "keys": list(keys)}:
                if topic in self.watches:
                    self.watches[topic].arrived(seq, (str(key) for key in keys), message.get("at"))
                for socket in self._persons.get(topic, ()):
                    socket.call()
            case _:
                logger.warning("Not a message for the hub: %r", message.get("type"))

    async def _tend(self) -> None:
        """Keep the joined groups equal to the watched topics, and sweep; ends with the last socket."""
        line = self._line = Line(self.arrived)
        try:
            while self.watches or self._persons:
                self._wake.clear()
                await line.match([*self.watches, *self._persons])
                await self._sweep()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(line.pause(SWEEP)):
                        await self._wake.wait()
        finally:
            self._task = self._line = None
            await line.close()

    async def _sweep(self) -> None:
        """Compare our numbers with the database's, by 'not equal': a restored backup heals too."""
        new = [watch for watch in self.watches.values() if watch.seq is None]
        due = time.monotonic() - self._swept >= SWEEP
        if not (new or due):
            return
        before = {topic: watch.seq for topic, watch in self.watches.items() if due or watch.seq is None}
        try:
            numbers = await _seqs_in_thread(list(before))
        except Exception:
            logger.exception("The numbers could not be read; next try in %s s.", SWEEP)
            return
        self._swept = time.monotonic() if due else self._swept
        for topic, seq in before.items():
            watch = self.watches.get(topic)
            if watch is None:
                continue
            if watch.seq is None:
                watch.start(numbers[topic])
            elif watch.seq == seq:  # it stood still while we asked
                self.doubt(topic, numbers[topic])
