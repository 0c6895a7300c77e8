"""The database is away, full, or too busy: the page says so in words, with 503, and nothing is acknowledged.

Called where nothing else caught the error (``config/errors.py``), so it needs no database, no session and no cache. What was sent
may have been recorded whole (the answer was lost on its way) or not at all; the same form sent again is answered once.
"""

import logging
from threading import Lock, Thread
from time import monotonic
from typing import Any

from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from psycopg.errors import DeadlockDetected, DiskFull, LockNotAvailable, QueryCanceled, SerializationFailure

from audit.rules.findings import Finding, stop

AGAIN = 10  # seconds after which a page or a program may try again
AWAY = stop(
    "server.away",
    "The server cannot reach its database just now. What you sent last may not be recorded: wait a moment, look, and send it "
    "again. The same form sent again is recorded once.",
)
FULL = stop(
    "server.full",
    "The server's disk is full. What you sent last may not be recorded: tell whoever keeps the server, and send it again when "
    "there is room.",
)
BUSY = stop(
    "server.busy",
    "The server was too busy with the same thing. What you sent last may not be recorded: look, and send it again. The "
    "same form sent again is recorded once.",
)
CROWDED = stop(
    "server.crowded",
    "More people asked at once than the server can answer. What you sent last was not recorded: wait a moment, and send it again.",
)
PAPER = "Until it works again, medications go by the downtime packet."
MOST = 10  # errors behind an error that are looked at
CRAMPED = (DeadlockDetected, LockNotAvailable, QueryCanceled, SerializationFailure)

log = logging.getLogger(__name__)
_checking = Lock()
_checked = -1e9


def told(error: BaseException | None) -> Finding | None:
    """What an error means to a person where the database is to blame; None for any other error, a fault of ours."""
    for each in _behind(error):
        if isinstance(each, DiskFull):
            return FULL
        if isinstance(each, CRAMPED):
            return BUSY
    found = any(isinstance(each, (OperationalError, InterfaceError)) for each in _behind(error))
    return AWAY if found else None


def answer(request: HttpRequest, finding: Finding) -> HttpResponse:
    """503 with the sentence: a page, a piece for htmx, or JSON; and the pool of connections looks after itself."""
    mend()
    kind = request.headers.get("Accept", "")
    response: HttpResponse
    if "json" in kind or request.path.startswith(("/api/", "/fhir/")):
        said = [{"code": finding.code, "severity": finding.severity.value, "message": finding.message}]
        response = JsonResponse({"findings": said}, status=503)
    elif request.headers.get("HX-Request"):
        piece = {"findings": [finding], "title": "This may not be recorded"}
        response = HttpResponse(render_to_string("components/findings.html", piece), status=503)
        response["HX-Retarget"], response["HX-Reswap"] = "#refusal", "innerHTML"
    else:
        whole = render_to_string("errors/away.html", {"finding": finding, "paper": PAPER})
        response = HttpResponse(whole, status=503)
    response["Retry-After"] = str(AGAIN)
    response["Cache-Control"] = "no-store"
    return response


def mend() -> None:
    """Have the pool look at its idle connections, beside the request and at most once a second: those that died with the database
    would each fail one request more."""
    global _checked
    with _checking:
        if monotonic() - _checked < 1:
            return
        _checked = monotonic()
    pool: Any = getattr(connections["default"], "pool", None)
    if pool is not None and not pool.closed:
        Thread(target=_check, args=(pool,), name="pool check", daemon=True).start()


def _check(pool: Any) -> None:
    try:
        pool.check()
    except Exception:  # it is away still: the next request looks again
        log.info("The pool could not be checked.")


def _behind(error: BaseException | None) -> list[BaseException]:
    """The error, and those it was raised from or while."""
    found: list[BaseException] = []
    while error is not None and len(found) < MOST:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
