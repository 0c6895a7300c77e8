"""Daphne that leaves in order: asked to end, it takes nothing new, finishes what it has, sends its pages elsewhere, and then goes.

Twisted begins all that stands before its shutdown at once, and waits for all of it; so what Daphne would do at once (cancel every
request) is held back here until nothing is left to cancel.
"""

import asyncio
import logging
import random
import select
import time
from typing import Any

from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from config.serving.frames import write
from config.serving.notify import notify
from config.serving.state import PROCESS
from live.actions import all_sent

logger = logging.getLogger(__name__)

LONGEST = 20.0  # seconds a request may still take
BREATH = 0.3  # seconds in which a connection that was just taken says what it wants
SPREAD = 1.0  # seconds over which pages are sent elsewhere: not all at once
FAREWELL = 3.0  # seconds for their browsers to answer
RESTARTING = 1012  # close code 'service restart' (IANA's registry of WebSocket close codes); static/js/live.js comes back by itself


class DrainingServer(Server):  # type: ignore[misc]
    """One process of many."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._ports: list[Any] = []

    def listen_success(self, port: Any) -> None:
        """Remember what is to be closed first."""
        self._ports.append(port)
        super().listen_success(port)

    async def handle_reply(self, protocol: Any, message: Any) -> None:
        """What the application says: a text to a page is written at once, all else goes Daphne's way."""
        text = message.get("text") if message["type"] == "websocket.send" else None
        if text and not message.get("bytes") and protocol in self.connections and protocol.state == protocol.STATE_OPEN:
            write(protocol, text)
        else:
            await super().handle_reply(protocol, message)

    def kill_all_applications(self) -> Any:
        """Called once, before the shutdown."""
        done = Deferred.fromFuture(asyncio.ensure_future(self._drain()))
        done.addErrback(lambda failure: logger.error("The drain broke off.", exc_info=failure.value))
        return done.addCallback(lambda _: self._cancel())

    async def _drain(self) -> None:
        PROCESS.draining = True
        notify("STOPPING=1")
        for port in self._ports:
            shut(port)
        until = time.monotonic() + LONGEST
        pages = asyncio.ensure_future(self._send_pages_elsewhere())
        await asyncio.sleep(BREATH)
        while self._under_way() and time.monotonic() < until:
            await asyncio.sleep(0.05)
        await pages
        await all_sent()
        await asyncio.sleep(0.1)  # what was answered last leaves the machine's buffers

    async def _send_pages_elsewhere(self) -> None:
        """Close every live page, each at a moment of its own; also one that was let in meanwhile."""
        begun = time.monotonic()
        for page in random.sample(pages := self._pages(), len(pages)):
            await asyncio.sleep(SPREAD / len(pages))
            page.sendCloseFrame(code=RESTARTING)
        while time.monotonic() - begun < SPREAD + FAREWELL:
            for page in self._pages():
                page.sendCloseFrame(code=RESTARTING)
            if not self._on_the_line():
                return
            await asyncio.sleep(0.05)

    def _pages(self) -> list[Any]:
        return [page for page in self._on_the_line() if page.state == page.STATE_OPEN]

    def _on_the_line(self) -> list[Any]:
        return [each for each in self._connected() if isinstance(each, WebSocketProtocol)]

    def _under_way(self) -> list[Any]:
        return [each for each in self._connected() if not isinstance(each, WebSocketProtocol)]

    def _connected(self) -> list[Any]:
        return [each for each, known in self.connections.items() if "disconnected" not in known]

    def _cancel(self) -> Any:
        """What is left after all this: too slow, or not answering."""
        left = [known["application_instance"] for known in self.connections.values() if "application_instance" in known]
        left = [each for each in left if not each.done()]
        for each in left:
            each.cancel()
        gone = Deferred.fromFuture(asyncio.ensure_future(asyncio.wait(left, timeout=5))) if left else Deferred()
        if not left:
            gone.callback(None)
        return gone.addErrback(lambda _: None)


def shut(port: Any) -> None:
    """Take whoever already knocked, and close the door in the same breath, so that the next one goes to another process."""
    port.stopReading()
    while select.select([port.socket], [], [], 0)[0]:
        port.doRead()
    port.connectionLost(Failure(ConnectionDone()))  # type: ignore[no-untyped-call]
