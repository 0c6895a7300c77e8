"""One page's connection as the hub sees it: what it has, what is on its way to it, and whether it keeps up."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from live import counted
from live.access import Admission, Code
from live.drawing import Drawn, View

logger = logging.getLogger(__name__)

MOST_MESSAGES = 200  # on their way and not yet seen by the page
MOST_BYTES = 2_000_000
PATIENCE = 1.0  # seconds one send may take on servers that wait for the client
LATE = 10.0  # seconds after which a page that still has not seen a message has lost it

Send = Callable[[Mapping[str, object]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Flying:
    """A message that the page has not yet said it saw."""

    seq: int
    size: int
    at: float


class Socket:
    """Until the page says hello, and again when it falls behind, nothing is sent to it."""

    def __init__(self, send: Send, admission: Admission) -> None:
        self.person_pk = admission.person_pk
        self.topic = admission.topic
        self.view = admission.view
        self.listening = False
        self.moved = False  # its view changed: whatever number it has, it needs a redraw
        self.seq: int | None = None  # what the page has, or will have once all that flies has landed; None: unknown
        self.code: Code | None = None  # why it is to be closed
        self.recheck = False
        self.called = asyncio.Event()  # the door is wanted: ``code`` or ``recheck`` is set
        self._send = send
        self._seen: int | None = None
        self._flying: deque[Flying] = deque()
        self._bytes = 0  # of all that flies

    def heard(self, seen: int) -> None:
        """The page says which number it has: forget what has landed, and notice what never will."""
        numbers = [flying.seq for flying in self._flying]
        if seen in numbers:
            for _ in range(numbers.index(seen) + 1):
                self._bytes -= self._flying.popleft().size
        elif seen != self._seen:
            self._flying.clear()
            self._bytes = 0
            self.seq = None
        if self._flying and time.monotonic() - self._flying[0].at > LATE:
            self.seq = None
        self._seen = seen
        self.listening = not self._full()

    def keeps_up(self) -> bool:
        """True where it can be sent something; one that is too far behind is left alone until its next word."""
        if self.listening and self._full():
            logger.info("A page on %s does not keep up; it is skipped until it answers.", self.topic)
            self.listening, self.seq = False, None
            counted.SKIPPED.inc()
        return self.listening and self.code is None

    def move(self, view: View) -> None:
        """It may see more now, or less, than what it was sent."""
        self.view, self.moved, self.seq = view, True, None

    def adopt(self, seq: int) -> None:
        """The page came with this number, and it is the current one: nothing to draw."""
        if self.seq is None and not self._flying and not self.moved:
            self.seq = seq

    async def deliver(self, drawn: Drawn) -> None:
        """Send a patch or a redraw; the page will then be at its number."""
        self.seq, self.moved = drawn.seq, False
        self._flying.append(Flying(drawn.seq, drawn.size, time.monotonic()))
        self._bytes += drawn.size
        await self.say(drawn)

    async def say(self, drawn: Drawn) -> None:
        """Send without keeping count. A connection that cannot take it is closed."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._send({"type": "websocket.send", "text": drawn.text})
        except Exception as error:  # whatever the server raises for a lost connection
            logger.info("A page on %s could not be reached: %r", self.topic, error)
            self.end(Code.BROKEN)

    def end(self, code: Code) -> None:
        """Have the door close it."""
        self.code = self.code or code
        self.called.set()

    def call(self) -> None:
        """Have the door check it again now."""
        self.recheck = True
        self.called.set()

    def _full(self) -> bool:
        return len(self._flying) >= MOST_MESSAGES or self._bytes >= MOST_BYTES
