"""Health, ready and metrics: answered before Django, by who is asked on this machine, and soon."""

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from config import embedded
from config.serving import ready
from config.serving.apart import answered_apart
from config.serving.state import PROCESS

LOCAL = ["127.0.0.1", 51000]


async def django(scope: Any, receive: Any, send: Any) -> None:
    """What stands behind; here it only says that it was asked."""
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


async def ask(
    path: str, *, method: str = "GET", client: Any = LOCAL, **headers: str
) -> tuple[int, bytes, dict[bytes, bytes]]:
    """The answer of the application to a request."""
    sent: list[Any] = []
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "client": client, "headers": pairs}

    async def send(message: Any) -> None:
        sent.append(message)

    await answered_apart(django)(scope, None, send)
    return sent[0]["status"], sent[1]["body"], dict(sent[0]["headers"])


@pytest.fixture
def elsewhere() -> Iterator[Any]:
    """The settings of the database, to be bent; as they were afterwards."""
    bent: dict[str, Any] = settings.DATABASES["default"]
    before = dict(bent)
    yield bent
    bent.clear()
    bent.update(before)


async def test_a_process_lives_whatever_the_database_does(elsewhere: Any) -> None:
    elsewhere["HOST"] = "/nowhere"
    status, body, headers = await ask("/health/")
    assert (status, json.loads(body), headers[b"cache-control"]) == (200, {"status": "alive"}, b"no-store")


async def test_it_is_ready_where_the_tables_are_of_this_release(transactional_db: None) -> None:
    status, body, headers = await ask("/health/ready")
    assert (status, json.loads(body)["status"]) == (200, "ready")
    assert headers[b"cache-control"] == b"no-store"


async def test_without_a_database_it_is_not_ready(elsewhere: Any) -> None:
    elsewhere["HOST"] = "/nowhere"
    status, body, _ = await ask("/health/ready")
    assert (status, json.loads(body)) == (503, {"status": "not ready", "database": "away", "redis": "answers"})


async def test_a_database_that_hangs_is_called_away_in_two_seconds(elsewhere: Any) -> None:
    with socket.socket() as mute:  # takes the connection, and never says a word
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        elsewhere.update(HOST="127.0.0.1", PORT=str(mute.getsockname()[1]))
        ready.heads()
        began = time.monotonic()
        status, body, _ = await ask("/health/ready")
        assert (status, json.loads(body)["database"]) == (503, "away")
        assert time.monotonic() - began < 15, "bounded; about two seconds on a machine that does nothing else"


async def test_a_table_that_is_older_than_the_release_is_not_ready(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "heads", lambda: (("beds", "9999_of_tomorrow"),))
    status, body, _ = await ask("/health/ready")
    assert (status, json.loads(body)["database"]) == (503, "migrations missing")


async def test_without_redis_it_is_ready_but_degraded(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "redis_url", lambda: "unix:///nowhere/redis.sock")
    status, body, _ = await ask("/health/ready")
    assert (status, json.loads(body)) == (200, {"status": "degraded", "database": "answers", "redis": "away"})


async def test_who_is_leaving_is_not_ready_but_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PROCESS, "draining", True)
    assert (await ask("/health/ready"))[0] == 503
    assert (await ask("/health/"))[0] == 200


@pytest.mark.parametrize("path", ["/health/ready", "/metrics"])
async def test_only_this_machine_is_told_more(path: str) -> None:
    assert (await ask(path, client=["203.0.113.9", 1]))[0] == 404
    assert (await ask(path, x_forwarded_for="203.0.113.9"))[0] == 404
    assert (await ask(path, forwarded="for=203.0.113.9"))[0] == 404
    assert (await ask(path, method="POST"))[0] == 404


async def test_metrics_are_told_without_a_database_too(elsewhere: Any) -> None:
    elsewhere["HOST"] = "/nowhere"
    status, body, _ = await ask("/metrics")
    assert status == 200
    assert b"stepwell_audit_unsealed NaN" in body


async def test_every_other_address_is_django_s() -> None:
    assert (await ask("/healthy/"))[0] == 299
    assert (await ask("/metrics.csv"))[0] == 299
