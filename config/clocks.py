"""Is this process's clock right? Compared with the database's at every request of a signed-in person, in a query that is asked anyway.

All processes share one database, so its clock is the one they have in common. A process whose own is wrong by minutes would chart doses
at wrong times, lock or end sessions, and begin stays that the others call the future: it says so, and answers nobody, until the clock
is right. What both clocks tell wrongly together (one machine for all) cannot be seen here.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from time import monotonic
from time import time as wall
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

from audit.rules.findings import Finding, stop
from config import outages

TOLERANCE = 120.0  # seconds; a clock that is kept by NTP is off by some milliseconds
STEP = 5.0  # seconds by which a clock that was set differs from one that ran

Application = Callable[[Any, Any, Any], Awaitable[None]]
log = logging.getLogger(__name__)


class Clock:
    """What is known of this process's clock: seconds ahead of the database's, and where it stood beside the one nobody sets."""

    def __init__(self) -> None:
        self.off = 0.0
        self.ran = wall() - monotonic()

    def compare(self, database: datetime) -> None:
        """The database says it is this instant now."""
        before, self.off = self.off, wall() - database.timestamp()
        self.ran = wall() - monotonic()
        if (abs(before) > TOLERANCE) != (abs(self.off) > TOLERANCE):
            log.error("This process's clock is %+.0f s off the database's.", self.off)

    @property
    def doubtful(self) -> bool:
        """It was wrong when it was compared last, or was set since."""
        return abs(self.off) > TOLERANCE or abs(wall() - monotonic() - self.ran) > STEP

    @property
    def wrong(self) -> Finding | None:
        """What there is to say of a clock that is too far off; None where it is right."""
        if abs(self.off) <= TOLERANCE:
            return None
        minutes, where = round(abs(self.off) / 60), "ahead of" if self.off > 0 else "behind"
        message = (
            f"This server's clock is {minutes} minutes {where} the database's, so nothing is shown or recorded here. What you sent "
            "last may not be recorded: send it again. Tell whoever keeps the server to set the clock."
        )
        return stop("server.clock", message)


CLOCK = Clock()


class ClockMiddleware:
    """Before the session, which a wrong clock would end: asks the database again while the clock is doubtful, and only then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if CLOCK.doubtful:
            with connection.cursor() as cursor:
                cursor.execute("SELECT clock_timestamp()")
                CLOCK.compare(cursor.fetchone()[0])
        wrong = CLOCK.wrong
        return self.get_response(request) if wrong is None else outages.answer(request, wrong)


def by_the_right_clock(application: Application) -> Application:
    """The same ASGI application for sockets: while the clock is doubtful nothing is sent to a page, which comes back to another process."""

    async def served(scope: Any, receive: Any, send: Any) -> None:
        async def said(message: Any) -> None:
            if message["type"] == "websocket.send" and CLOCK.doubtful:
                raise ConnectionError("This process's clock is wrong: its pages go to another one.")
            await send(message)

        await application(scope, receive, said)

    return served
