"""Stepwell in a process of its own, and tablets that speak to it over HTTP on connections that stay open."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client as Session

from config import embedded, env
from staff.models import Person

HOST, PATIENCE = "127.0.0.1", 60.0
TOKEN = "b" * 32  # of the page, in cookie and header


@dataclass
class Process:
    """A web process on a port."""

    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def memory(self) -> int:
        """Bytes that are resident now."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))

    @property
    def seconds(self) -> float:
        """Seconds of processor time it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def processes(
    count: int, database: str, application: str = "config.asgi:application", *options: str, server: str = "bench.served"
) -> Iterator[list[Process]]:
    """So many web processes of this application on this database, stopped at the end, run by the product's own server or by
    ``daphne`` as it comes; ``options`` are Daphne's."""
    url = embedded.database_url().replace("/stepwell?", f"/{database}?")
    around = os.environ | {"DATABASE_URL": url, "REDIS_URL": embedded.redis_url(), "REDIS_PREFIX": "bench"}
    started = [_start(around, server, application, options) for _ in range(count)]
    try:
        for each in started:
            _wait(each)
        yield started
    finally:
        for each in started:
            each.process.terminate()
        for each in started:
            each.process.wait(20)


def _start(around: dict[str, str], server: str, application: str, options: Sequence[str]) -> Process:
    with socket.socket() as trial:
        trial.bind((HOST, 0))
        port = trial.getsockname()[1]
    command = [sys.executable, "-m", server, "-b", HOST, "-p", str(port), *options, application]
    log = env.data_folder() / f"web-{port}.log"
    with log.open("wb") as out:
        return Process(port, subprocess.Popen(command, cwd=env.ROOT, env=around, stdout=out, stderr=out))  # noqa: S603


def _wait(each: Process) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection = HTTPConnection(HOST, each.port, timeout=5)
            connection.request("GET", "/accounts/login/")
            connection.getresponse().read()
            return
        except OSError:
            if each.process.poll() is not None or time.monotonic() > until:
                raise SystemExit("The web process does not answer; its log is in the benchmark's folder.") from None
            time.sleep(0.1)


@dataclass
class Tablet:
    """A signed-in tablet with one connection."""

    port: int
    cookie: str
    connection: HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection(HOST, self.port, timeout=30)

    def send(self, method: str, address: str, body: object = None) -> tuple[int, Any]:
        """One request; status and the answer."""
        headers = {"Cookie": self.cookie, "X-CSRFToken": TOKEN, "Content-Type": "application/json"}
        self.connection.request(method, address, None if body is None else json.dumps(body), headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{method} {address} answered {answer.status}: {text[:500]!r}")
        return answer.status, json.loads(text)


def signed_in(who: Person) -> str:
    """The cookies of a session of this person. Call it where the site's database is."""
    session = Session()
    session.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
    key = session.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
