"""The addresses that are answered before Django: whether the process lives, whether it is ready, and what it counts.

No session, no host name, no redirect to HTTPS stands before them, and no view is in them: they say nothing about anybody. Ready and
metrics answer only who asks the process itself, on this machine; what comes through the proxy carries ``X-Forwarded-For``, and is
told that there is nothing here.
"""

import json
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any

from config.serving.metrics import CONTENT_TYPE_LATEST, exposed
from config.serving.ready import readiness

Application = Callable[[Any, Any, Any], Awaitable[None]]
Answer = tuple[int, str, bytes]
JSON = "application/json"


async def lives() -> Answer:
    """``/health/``: the process answers. Asks nobody else, so that a database that is away restarts nothing."""
    return 200, JSON, b'{"status": "alive"}\n'


async def ready() -> Answer:
    """``/health/ready``: 200 where it may be sent requests, else 503."""
    found = await readiness()
    said = {"status": found.status, "database": found.database, "redis": found.redis}
    return 200 if found.ready else 503, JSON, json.dumps(said).encode() + b"\n"


async def metrics() -> Answer:
    """``/metrics``, as Prometheus reads it."""
    return 200, CONTENT_TYPE_LATEST, await exposed()


async def _nothing() -> Answer:
    return 404, "text/plain; charset=utf-8", b"There is nothing here.\n"


FOR_ALL = {"/health/": lives, "/health": lives}
WITHIN = {"/health/ready": ready, "/health/ready/": ready, "/metrics": metrics, "/metrics/": metrics}


def answered_apart(application: Application) -> Application:
    """The same ASGI application, with these addresses before it."""

    async def served(scope: Any, receive: Any, send: Any) -> None:
        answer = FOR_ALL.get(scope["path"]) or WITHIN.get(scope["path"])
        if answer is None:
            await application(scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD") or (scope["path"] in WITHIN and not _direct(scope)):
            answer = _nothing
        status, kind, body = await answer()
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
        headers += [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    return served


def _direct(scope: Any) -> bool:
    """True for who asks from this machine and not through the proxy; a Unix socket has no address."""
    client = scope.get("client")
    if any(name in (b"x-forwarded-for", b"forwarded") for name, _ in scope["headers"]):
        return False
    return client is None or ip_address(client[0]).is_loopback
