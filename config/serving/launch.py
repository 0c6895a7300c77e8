"""What ``make serve`` runs: the servers, the tables, the static files, nginx and N web processes, until Ctrl-C.

Where no DATABASE_URL is given it serves the demonstration, from the same data as ``make demo``. With DATABASE_URL and REDIS_URL it
serves those, and changes nothing in them: who keeps that database runs its migrations.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from config import embedded, env
from config.processes import Child
from config.serving import nginx
from config.serving.ready import database, heads
from config.serving.supervisor import Kept, Say, Supervisor
from config.serving.web import CannotServe

MOST = 64  # processes
REFUSED = {
    "migrations missing": "Migrations are missing in this database. Run: manage.py migrate",
    "away": "The database of DATABASE_URL does not answer. Is it running, and is the address right?",
}


def serve(*, bind: str, port: int, processes: int, first: int | None, sealer: bool, say: Say) -> None:
    """Run until SIGINT or SIGTERM. ``first``: the port of the first web process (``port`` + 1 where None). Raises CannotServe."""
    first = first or port + 1
    if not 1 <= processes <= MOST:
        raise CannotServe(f"PROCESSES is {processes}: choose from 1 to {MOST}, one for each core is a good start.")
    ports = list(range(first, first + processes))
    nginx.program()
    for each in (port, *ports):
        _check_port(bind if each == port else "127.0.0.1", each, port)
    around = environment()
    for number in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # until the supervisor listens; also where a shell had SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    with embedded.Servers(alone=embedded.wanted()):
        _prepare(around, say)
        supervisor = Supervisor([], [], say)
        supervisor.listen()
        try:
            _start(supervisor, around, bind, port, ports, sealer)
            supervisor.wait_ready()
            say(welcome(bind, port, ports, demo=around["STEPWELL_DEMO"] == "1"))
            supervisor.run()
        finally:
            supervisor.stop()
    say("Stopped.")


def environment() -> dict[str, str]:
    """What the processes are told: ours, and what being behind the proxy means. Raises CannotServe."""
    given = [name for name in ("DATABASE_URL", "REDIS_URL") if env.text(name)]
    if len(given) == 1:
        raise CannotServe(f"Only {given[0]} is set. Set DATABASE_URL and REDIS_URL, or neither for the demonstration.")
    around = dict(os.environ)
    around["STEPWELL_DEMO"] = env.text("STEPWELL_DEMO", "0" if given else "1")
    around["STATIC_ROOT"] = env.text("STATIC_ROOT", str(env.data_folder() / "static"))
    around["LOG_FORMAT"] = env.text("LOG_FORMAT", "json")
    around["BEHIND_PROXY"] = "1"
    return around


def _check_port(bind: str, port: int, asked: int) -> None:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other = f"make serve PORT={8000 if asked != 8000 else 8200}"
        try:
            trial.bind((bind, port))
        except OverflowError:
            raise CannotServe(f"{port} is not a port. Choose one from 1024 to 65000: {other}") from None
        except OSError as error:
            raise CannotServe(
                f"Port {port} cannot be had ({error.strerror}). Stop what uses it, or choose another: {other}"
            ) from None


def _prepare(around: dict[str, str], say: Say) -> None:
    """Tables and static files. What is embedded is brought to this release; a database that was given is looked at only."""
    if embedded.wanted():
        say("Stepwell: the database is up; looking at its tables and data.")
        _manage(around, "migrate", "--verbosity=0", "--no-input")
        if around["STEPWELL_DEMO"] == "1":
            _manage(around, "seed_demo", "--if-empty")
    else:
        heads()  # reads this release's migrations, which is not the database's time
        found = asyncio.run(database())
        if found != "answers":
            raise CannotServe(REFUSED[found])
    _manage(around, "collectstatic", "--verbosity=0", "--no-input")


def _manage(around: dict[str, str], *words: str) -> None:
    done = subprocess.run([sys.executable, str(env.ROOT / "manage.py"), *words], env=around, cwd=env.ROOT)  # noqa: S603
    if done.returncode:
        raise CannotServe(f"'manage.py {words[0]}' failed; its words are above.")


def _start(
    supervisor: Supervisor, around: dict[str, str], bind: str, port: int, ports: list[int], sealer: bool
) -> None:
    """The supervisor's lists grow as they start, so that what was started is always known."""
    logs, static = env.data_folder() / "logs", Path(around["STATIC_ROOT"]).resolve()
    logs.mkdir(parents=True, exist_ok=True)
    manage = [sys.executable, str(env.ROOT / "manage.py")]
    made = nginx.rendered(env.data_folder() / "nginx", bind=bind, port=port, processes=ports, static=static)

    def child(name: str, command: list[str], **more: object) -> Child:
        log = logs / f"{name}.log"
        log.write_bytes(b"")
        return Child(name, command, cwd=env.ROOT, env=around, log=log, **more)  # type: ignore[arg-type]

    for number, each in enumerate(ports, 1):
        supervisor.web.append(Kept(child(f"web-{number}", [*manage, "web", "--port", str(each)]), each))
    supervisor.others.append(Kept(child("nginx", nginx.command(made), account=nginx.account())))
    if sealer:
        supervisor.others.append(Kept(child("sealer", [*manage, "seal_audit", "--watch"])))


def welcome(bind: str, port: int, ports: list[int], *, demo: bool) -> str:
    """Where it is, and how to ask it how it is."""
    whose = "the demonstration, with one-tap sign-in" if demo else "the database of DATABASE_URL"
    return "\n".join(
        [
            "",
            f"  Stepwell runs at http://{bind}:{port}/ and serves {whose}.",
            "",
            f"  Processes    {', '.join(f'127.0.0.1:{each}' for each in ports)} (each answers /health/ready and /metrics)",
            f"  Logs         {env.data_folder() / 'logs'}",
            f"  Restart      kill -HUP {os.getpid()}   (one process after the other)",
            "  Kill one     it comes back by itself; the others answer meanwhile",
            "",
            "  Ctrl-C ends everything in order.",
            "",
        ]
    )
