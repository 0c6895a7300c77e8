"""What ``make demo`` runs: servers, data, Daphne, the sealer and the colleagues, until Ctrl-C."""

import errno
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from django.core.management import call_command
from django.db import connections

from config import embedded, env
from config.demo.people import PASSWORD, SIGN_INS
from config.demo.seed import HISTORY
from config.demo.signing import PIN
from config.processes import Child, stop

HOST = "127.0.0.1"
PATIENCE = 90.0  # seconds for the first answer on a slow machine
BREATH = 5.0  # seconds before a helper that stopped is started again

Say = Callable[[str], None]


class CannotRun(Exception):
    """The demonstration cannot run; the sentence says why and what to do."""


def check_port(port: int) -> None:
    """Raise CannotRun where the port cannot be had."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as Daphne does: a port just left is free
        try:
            trial.bind((HOST, port))
        except OverflowError:
            raise CannotRun(f"{port} is not a port. Choose one from 1024 to 65535: make demo PORT=8001") from None
        except OSError as error:
            other = f"make demo PORT={8001 if port != 8001 else 8002}"
            if error.errno == errno.EADDRINUSE:
                raise CannotRun(f"Port {port} is in use. Stop what uses it, or choose another: {other}") from None
            raise CannotRun(f"Port {port} cannot be opened ({error.strerror}). Choose another: {other}") from None


def demonstrate(*, port: int, activity: bool, say: Say, days: int = HISTORY) -> None:
    """Run until SIGINT or SIGTERM; ``days`` of history where there is none yet. Everything that was started is stopped, whatever
    happens. Raises CannotRun."""
    check_port(port)
    for name in ("DATABASE_URL", "REDIS_URL"):  # invented people and one-tap sign-in never go near real servers
        if env.text(name):
            raise CannotRun(
                f"{name} is set, and the demonstration runs on servers of its own only. Unset it, or use: make demo"
            )
    os.environ["STEPWELL_DEMO"] = "1"
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell started us with SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    children: list[Child] = []
    try:
        with embedded.Servers(alone=True):
            try:
                say("Stepwell: the database is up; looking at its tables and data.")
                prepare(days)
                _start(children, port, activity)
                _wait(children[0], port)
                say(welcome(port))
                _watch(children, say)
            finally:
                _deaf()
                stop(children)
    except KeyboardInterrupt:
        say("\nStopped.")


def prepare(days: int = HISTORY) -> None:
    """Tables and data, where they are missing; ``days`` of history."""
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("seed_demo", if_empty=True, days=days)
    finally:
        for connection in connections.all(initialized_only=True):
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]  # its threads must not live on beside the children


def _start(children: list[Child], port: int, activity: bool) -> None:
    """Daphne first; the caller's list grows as they start, so that what was started is always known."""
    logs = env.data_folder() / "logs"
    logs.mkdir(exist_ok=True)
    manage = [sys.executable, str(env.ROOT / "manage.py")]
    wanted = [
        ("daphne", [*manage, "web", "--host", HOST, "--port", str(port)]),
        ("sealer", [*manage, "seal_audit", "--watch"]),
    ]
    if activity:
        wanted.append(("colleagues", [*manage, "activity"]))
    for name, command in wanted:
        log = logs / f"{name}.log"
        log.write_bytes(b"")
        children.append(Child(name, command, cwd=env.ROOT, env=dict(os.environ), log=log, vital=name == "daphne"))


def _wait(daphne: Child, port: int) -> None:
    """Until the sign-in page answers."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(f"http://{HOST}:{port}/accounts/login/", timeout=5).close()
            return
        except urllib.error.HTTPError as error:
            raise CannotRun(
                f"The sign-in page answers {error.code}; {daphne.log} says why:\n{daphne.last_words()}"
            ) from None
        except OSError:
            if not daphne.running or time.monotonic() > until:
                raise CannotRun(f"Daphne does not answer; {daphne.log} says why:\n{daphne.last_words()}") from None
            time.sleep(0.1)


def _watch(children: list[Child], say: Say) -> None:
    """Until a signal. A helper that stops is started again; without Daphne there is nothing to look at."""
    while True:
        time.sleep(0.5)
        for child in children:
            if child.running:
                continue
            if child.vital:
                raise CannotRun(f"Daphne stopped; {child.log} says why:\n{child.last_words()}")
            if time.monotonic() - child.started > BREATH:
                say(f"The {child.name} stopped and is started again; {child.log} says why.")
                child.restart()


def _deaf() -> None:
    """A second Ctrl-C while stopping would leave something behind."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def welcome(port: int) -> str:
    """The address and whom one can be."""
    rows = [f"    {each.username:<15}{each.role:<21}{each.line}" for each in SIGN_INS]
    return "\n".join(
        [
            "",
            f"  Stepwell runs at http://{HOST}:{port}/",
            "",
            f"  Tap a role on the sign-in page, or sign in by name; everyone's password is: {PASSWORD}",
            f"  As a second person, choose somebody on duty; everyone's PIN is: {PIN}",
            "",
            *rows,
            "",
            "  Everybody in it is invented. Ctrl-C stops everything; the data is kept for the next time.",
            "",
        ]
    )


def reset() -> Path:
    """Remove the demonstration's data; the folder it was in. Raises CannotRun while it runs."""
    import fcntl
    import shutil

    folder, lock = env.data_folder(), env.data_folder() / "lock"
    if not lock.exists():
        return folder
    with lock.open("r+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRun("The demonstration is running. Stop it first (Ctrl-C where it runs).") from None
        embedded.stop_redis(folder, None)  # left over only where everything was killed outright
        embedded.stop_postgres(folder)
        for place in (folder / "postgres", folder / "logs", embedded.sockets()):
            shutil.rmtree(place, ignore_errors=True)
        for name in ("redis.log", "secret-key", "lock"):
            (folder / name).unlink(missing_ok=True)
    return folder
