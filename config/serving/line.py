"""A bounded number of requests at a time in a process, the others in line, in the order they came.

Without it, two hundred tablets that open the pass at a change of shift are two hundred threads on one core: each is slow, each holds a
connection to the database, and who gets none in time is refused. In line, the first is answered as fast as ever and nobody is refused.
"""

import asyncio
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from prometheus_client import Gauge

from config import outages

AT_ONCE = 12  # below the pool of connections (settings), so that a request that has its turn has its connection
PATIENCE = 20.0  # seconds in line before somebody is asked to come again

Application = Callable[[Any, Any, Any], Awaitable[None]]
IN_LINE = Gauge("stepwell_requests_in_line", "Requests that wait for their turn in this process.")


def in_line(application: Application, at_once: int = AT_ONCE, patience: float = PATIENCE) -> Application:
    """The same ASGI application for HTTP, ``at_once`` requests at a time; who waits longer than ``patience`` is told 503 in words."""
    turns = asyncio.Semaphore(at_once)

    async def served(scope: Any, receive: Any, send: Any) -> None:
        try:
            with IN_LINE.track_inprogress():
                async with asyncio.timeout(patience):
                    await turns.acquire()
        except TimeoutError:
            await _refused(scope, send)
            return
        try:
            await application(scope, receive, send)
        finally:
            turns.release()

    return served


async def _refused(scope: Any, send: Any) -> None:
    """What a page, a piece or a program is told; nothing of the request was read."""
    answer = outages.answer(ASGIRequest(scope, BytesIO()), outages.CROWDED)
    headers = [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in answer.items()]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": answer.content})
