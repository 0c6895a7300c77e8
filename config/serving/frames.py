"""One text for many pages: framed once, and written to each connection at once.

Daphne frames a text anew for every page and hands it to Twisted, which asks the kernel twice (tell me when, tell me no more) around
each write; with a thousand boards open that was most of the time a change took (docs/benchmarks.md). A connection with nothing waiting
takes the bytes now; what it does not take, and what comes while something waits, goes Twisted's way, so the order stays.
"""

from functools import lru_cache
from typing import Any

from autobahn.websocket.protocol import PreparedMessage


@lru_cache(maxsize=8)  # a batch has a few audiences; each one's text goes to many pages
def framed(text: str) -> bytes:
    """The text as one WebSocket frame from a server (RFC 6455, 5.2: whole, not masked, not compressed)."""
    frame: bytes = PreparedMessage(text.encode(), isBinary=False, applyMask=False, doNotCompress=True).payloadHybi
    return frame


def write(page: Any, text: str) -> None:
    """Send a text to this page, a Daphne ``WebSocketProtocol`` that is open. Never waits; what the page is slow to take is kept."""
    frame = framed(text)
    taken = page.transport.writeSomeData(frame) if _at_rest(page) else 0
    if not isinstance(taken, int):  # the connection is lost; Twisted notices that by writing
        taken = 0
    if taken < len(frame):
        page.sendData(frame[taken:])


def _at_rest(page: Any) -> bool:
    """Nothing waits to be written before, and the transport is one that says so."""
    line = page.transport
    waiting = getattr(line, "dataBuffer", b"?") or getattr(line, "_tempDataBuffer", True) or page.send_queue
    return not waiting and line.connected and not line.disconnecting
