"""The door: lets a page in, hears its one kind of message (``{"seen": n}``), asks again who it is, and shows it out.

A plain ASGI application: a Channels consumer would open a Redis channel of its own for each socket; the hub has one for
all of them.
"""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import parse_cookie

from live.access import Admission, Code, admit_in_thread
from live.drawing import encoded
from live.hub import Hub, hub
from live.sockets import Send, Socket

SILENCE = 90.0  # seconds without a heartbeat (the page sends one every 30 s)
SHIFT = 8 * 60 * 60.0  # seconds a socket lives at most
LONGEST_MESSAGE = 64  # characters
MOST_WORDS = 60  # messages a page may send in a minute

Receive = Callable[[], Awaitable[Mapping[str, Any]]]


async def door(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """``ws/live/<board>/<key>/``. Accepts first, so that the page is told by a 44xx code why it is turned away."""
    if (await receive())["type"] != "websocket.connect":
        return
    await send({"type": "websocket.accept"})
    code = await Door(scope, receive, send).serve()
    if code is not None:
        await send({"type": "websocket.close", "code": int(code)})


class Door:
    """One page at the door."""

    def __init__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        route = scope["url_route"]["kwargs"]
        self._asked: tuple[str | None, str, str] = (session_in(scope), route["board"], route["key"])
        self._receive = receive
        self._send = send
        self._hub: Hub = hub()
        now = time.monotonic()
        self._shift_ends = now + SHIFT * random.uniform(0.9, 1.0)  # noqa: S311  not all at once
        self._heard_at = now
        self._minute, self._words = now, 0

    async def serve(self) -> Code | None:
        """Until it ends; the code to close with, None when the page left by itself."""
        admission = await admit_in_thread(*self._asked)
        if isinstance(admission, Code):
            return admission
        socket = Socket(self._send, admission)
        try:
            await self._hub.join(socket)  # first, so that nothing falls between the snapshot and the first message
            return await self._listen(socket)
        finally:
            self._hub.leave(socket)

    async def _listen(self, socket: Socket) -> Code | None:
        reading = asyncio.ensure_future(self._receive())
        called = asyncio.ensure_future(socket.called.wait())
        try:
            while True:
                patience = min(self._heard_at + SILENCE, self._shift_ends) - time.monotonic()
                done, _ = await asyncio.wait({reading, called}, timeout=patience, return_when="FIRST_COMPLETED")
                code: Code | None = None
                if not done:
                    return Code.TIME_OVER
                if called in done:
                    socket.called.clear()
                    called = asyncio.ensure_future(socket.called.wait())
                    code = await self._answer_call(socket)
                if code is None and reading in done:
                    event = reading.result()
                    if event["type"] == "websocket.disconnect":
                        return None
                    reading = asyncio.ensure_future(self._receive())
                    code = await self._hear(socket, event)
                if code is not None:
                    return code
        finally:
            reading.cancel()
            called.cancel()

    async def _hear(self, socket: Socket, event: Mapping[str, Any]) -> Code | None:
        """A heartbeat: check the person, then say 'all well' or redraw."""
        seen = seen_in(event)
        if seen is None or self._too_many():
            return Code.BAD_MESSAGE
        self._heard_at = time.monotonic()
        socket.heard(seen)
        before = socket.seq
        admission = await self._check(socket)
        if isinstance(admission, Code):
            return admission
        drawn_to = self._hub.seq(socket.topic)
        if seen == admission.seq and drawn_to in (None, seen):
            socket.adopt(seen)
        if not socket.listening:
            return None
        if socket.seq is not None and (socket.seq == admission.seq or socket.seq != before):
            await socket.say(encoded({}, socket.seq))
        else:
            self._hub.redraw(socket)
        if before is not None and drawn_to == before:  # all stood still while we asked
            self._hub.doubt(socket.topic, admission.seq)
        return None

    async def _answer_call(self, socket: Socket) -> Code | None:
        """The hub wants this socket closed, or checked at once."""
        if socket.code is None and socket.recheck:
            socket.recheck = False
            admission = await self._check(socket)
            return admission if isinstance(admission, Code) else None
        return socket.code

    async def _check(self, socket: Socket) -> Admission | Code:
        """Session, person and permission, read again. Who may now see more or less gets a redraw."""
        admission: Admission | Code = await admit_in_thread(*self._asked)
        if isinstance(admission, Code):
            return admission
        if (admission.person_pk, admission.topic) != (socket.person_pk, socket.topic):
            return Code.TIME_OVER  # another person in this session, or another topic behind this address: begin again
        if admission.view != socket.view:
            socket.move(admission.view)
            self._hub.redraw(socket)
        return admission

    def _too_many(self) -> bool:
        now = time.monotonic()
        if now - self._minute > 60:
            self._minute, self._words = now, 0
        self._words += 1
        return self._words > MOST_WORDS


def session_in(scope: Mapping[str, Any]) -> str | None:
    """The session's key out of the page's cookies; who that is, ``live.access`` reads."""
    cookies = next((value for name, value in scope["headers"] if name == b"cookie"), b"")
    return parse_cookie(cookies.decode("latin1")).get(settings.SESSION_COOKIE_NAME)


def seen_in(event: Mapping[str, Any]) -> int | None:
    """The number in ``{"seen": n}``; None for anything else."""
    text = event.get("text")
    if not isinstance(text, str) or len(text) > LONGEST_MESSAGE:
        return None
    try:
        said = json.loads(text)
    except ValueError:
        return None
    if not isinstance(said, dict) or set(said) != {"seen"}:
        return None
    seen = said["seen"]
    return seen if type(seen) is int and 0 <= seen < 2**63 else None
