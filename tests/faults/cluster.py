"""A program's servers of their own: PostgreSQL, Redis, two web processes and the sealer, each of which can be killed.

Apart from the servers of the test run, and durable: what is acknowledged must outlive ``kill -9``. A keeper starts again what died,
as systemd would; a test holds it back where something is to stay away for a while.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread

import psycopg
import redis
from django.conf import settings

from config import embedded

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds for a process to come up
TMPFS = 512 * 1024 * 1024  # bytes of the small disk, where one may be mounted
BALLOON = "balloon"
_environment = Lock()


@contextlib.contextmanager
def _of(folder: Path) -> Iterator[None]:
    """``config.embedded`` speaks of this folder's servers: it reads STEPWELL_DATA each time."""
    with _environment:
        before = os.environ["STEPWELL_DATA"]
        os.environ["STEPWELL_DATA"] = str(folder)
        try:
            yield
        finally:
            os.environ["STEPWELL_DATA"] = before


@dataclass
class Process:
    """A command that is kept running."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    port: int = 0
    running: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it; nothing waits."""
        with self.log.open("ab") as out:
            self.running = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )

    @property
    def alive(self) -> bool:
        """It has not ended."""
        return self.running is not None and self.running.poll() is None

    @property
    def answers(self) -> bool:
        """Its port takes connections (one without a port: it runs)."""
        if not self.port:
            return self.alive
        try:
            socket.create_connection((HOST, self.port), 1).close()
        except OSError:
            return False
        return True

    @property
    def memory(self) -> int:
        """Bytes that are resident now."""
        assert self.running is not None
        lines = Path(f"/proc/{self.running.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))

    def kill(self) -> None:
        """SIGKILL: nothing is said, nothing is tidied up."""
        if self.alive:
            assert self.running is not None
            self.running.kill()
            self.running.wait(10)


@dataclass
class Cluster:
    """``held``: the names of what the keeper leaves alone."""

    folder: Path
    logs: Path
    small: bool = False  # the data stands on a disk of its own, of ``TMPFS`` bytes
    web: list[Process] = field(default_factory=list)
    sealer: Process | None = None
    held: set[str] = field(default_factory=set)
    restarts: list[str] = field(default_factory=list)
    _redis: "subprocess.Popen[bytes] | None" = None
    _stop: Event = field(default_factory=Event)
    _keeper: Thread | None = None

    # PostgreSQL

    @property
    def sockets(self) -> Path:
        """Where the servers listen."""
        with _of(self.folder):
            return embedded.sockets()

    @property
    def database(self) -> str:
        """What psycopg and DATABASE_URL take."""
        return f"postgresql://stepwell@/stepwell?host={self.sockets}"

    def start_postgres(self) -> None:
        """Start it; after a kill it recovers first."""
        with _of(self.folder):
            embedded.start_postgres(self.folder, durable=True)

    def fill(self) -> None:
        """Not a byte is left on the disk of the data."""
        with (self.folder / BALLOON).open("ab", buffering=0) as balloon, contextlib.suppress(OSError):
            while True:
                balloon.write(b"\0" * 65536)

    def make_room(self) -> None:
        """As much as there was."""
        (self.folder / BALLOON).unlink(missing_ok=True)

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection of the test's own, which asks plain SQL."""
        return psycopg.connect(self.database, autocommit=True, connect_timeout=5)

    def kill_postgres(self) -> None:
        """SIGKILL to the postmaster and to each of its processes."""
        pid = self._postmaster()
        if pid is None:
            return
        family = [pid, *_children(pid)]
        for each in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        until = time.monotonic() + 10
        while any(_lives(each) for each in family) and time.monotonic() < until:
            time.sleep(0.02)

    def _postmaster(self) -> int | None:
        try:
            pid = int((self.folder / "postgres" / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if _lives(pid) else None

    # Redis

    @property
    def redis(self) -> redis.Redis:
        """A client of the test's own."""
        return redis.Redis(unix_socket_path=str(self.sockets / "redis.sock"), socket_timeout=5)

    def start_redis(self) -> None:
        """Start it, empty."""
        with _of(self.folder):
            self._redis = embedded.start_redis(self.folder)

    def kill_redis(self) -> None:
        """SIGKILL."""
        assert self._redis is not None
        self._redis.kill()
        self._redis.wait(10)

    def signal_redis(self, number: signal.Signals) -> None:
        """SIGSTOP: it hangs, its connections stay open. SIGCONT: it goes on."""
        assert self._redis is not None
        self._redis.send_signal(number)

    # All of it

    def start(self, processes: int = 2) -> None:
        """Start everything on a database that is there; a keeper looks after it."""
        environment = os.environ | {
            "DATABASE_URL": self.database,
            "REDIS_URL": f"unix://{self.sockets}/redis.sock",
            "REDIS_PREFIX": "faults",
            "SECRET_KEY": settings.SECRET_KEY,
            "STEPWELL_DATA": str(self.logs),
            "STEPWELL_DEMO": "1",
            "LOG_FORMAT": "json",
        }
        environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
        for number in range(processes):
            port = free_port()
            command = [sys.executable, "manage.py", "web", "--host", HOST, "--port", str(port)]
            clock = {"PYTHONPATH": str(Path(__file__).parent / "clock"), "CLOCK": str(self.clock(number))}
            self.web.append(
                Process(f"web {number}", command, environment | clock, self.logs / f"web-{number}.log", port)
            )
        sealing = [sys.executable, "manage.py", "seal_audit", "--watch"]
        self.sealer = Process("sealer", sealing, dict(environment), self.logs / "sealer.log")
        for each in self.processes:
            each.start()
        self.wait()
        self._keeper = Thread(target=self._keep, name="keeper", daemon=True)
        self._keeper.start()

    @property
    def processes(self) -> list[Process]:
        """What runs our code."""
        return [*self.web, *([self.sealer] if self.sealer else [])]

    def clock(self, number: int) -> Path:
        """The file that says by how many seconds a web process's clock is wrong (``clock/sitecustomize.py``)."""
        return self.logs / f"clock-{number}"

    def wait(self) -> None:
        """Until everything answers."""
        until = time.monotonic() + PATIENCE
        for each in self.processes:
            while not each.answers:
                if time.monotonic() > until:
                    raise RuntimeError(f"{each.name} did not start: {each.log.read_text()[-2000:]}")
                time.sleep(0.05)

    def _keep(self) -> None:
        while not self._stop.wait(0.25):
            for each in self.processes:
                if not each.alive and each.name not in self.held:
                    self.restarts.append(each.name)
                    each.start()
            if "postgres" not in self.held and self._postmaster() is None:
                with contextlib.suppress(embedded.CannotStart):
                    self.start_postgres()
                    self.restarts.append("postgres")
            if "redis" not in self.held and self._redis is not None and self._redis.poll() is not None:
                with contextlib.suppress(embedded.CannotStart):
                    self.start_redis()
                    self.restarts.append("redis")

    def stop(self) -> None:
        """Stop everything; nothing is left behind."""
        self._stop.set()
        if self._keeper is not None:
            self._keeper.join(PATIENCE)
        for each in self.processes:
            each.kill()
        if self._redis is not None:
            with contextlib.suppress(ProcessLookupError):
                self._redis.send_signal(signal.SIGCONT)
            self.kill_redis()
        self.kill_postgres()


@contextlib.contextmanager
def a_cluster() -> Iterator[Cluster]:
    """PostgreSQL and Redis in a folder of their own, on a small disk where one may be mounted; removed at the end."""
    place = Path(tempfile.mkdtemp(prefix="faults-"))
    place.chmod(0o755)
    data, logs = place / "data", place / "logs"
    data.mkdir()
    logs.mkdir()
    mounted = _mount(data)
    made = Cluster(data, logs, small=mounted)
    try:
        made.start_postgres()
        with made.connect() as asking:  # a small disk
            asking.execute("ALTER SYSTEM SET max_wal_size = '64MB'")
            asking.execute("SELECT pg_reload_conf()")
        made.start_redis()
        yield made
    finally:
        made.stop()
        if mounted:
            subprocess.run(["umount", "-l", str(data)], check=False)
        if not os.environ.get("FAULTS_KEEP"):  # to look at the logs
            shutil.rmtree(place, ignore_errors=True)


def _mount(place: Path) -> bool:
    """A disk of its own where this process may mount one."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        return False
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={TMPFS},mode=755", "none", str(place)], capture_output=True, check=False
    )
    return done.returncode == 0


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as trial:
        trial.bind((HOST, 0))
        port: int = trial.getsockname()[1]
        return port


def _children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                    found.append(int(entry.name))
    return found


def _lives(pid: int) -> bool:
    """It runs, and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
