"""PostgreSQL and Redis start from their wheels, are shared, and are stopped by whoever started them."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from config import embedded, env


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of its own, and no servers given."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    short = Path(tempfile.mkdtemp(prefix="sw-"))  # a test's own path is too long for a socket
    monkeypatch.setenv("STEPWELL_DATA", str(short / "data"))
    yield short / "data"
    shutil.rmtree(short)


def answers() -> bool:
    """Whether both servers do what they are for."""
    try:
        with psycopg.connect(embedded.database_url()) as connection:
            row = connection.execute("SELECT 1").fetchone()
        return row == (1,) and bool(redis.Redis(unix_socket_path=f"{embedded.sockets()}/redis.sock").ping())
    except (psycopg.OperationalError, redis.RedisError):
        return False


def elsewhere() -> str:
    """What another process finds: whether it owns the servers, and whether they answer after it is gone."""
    script = "from config import embedded\nwith embedded.Servers(durable=False) as servers:\n    print(servers.owner)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=env.ROOT, env=os.environ, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_servers_start_are_shared_and_stop(data: Path) -> None:
    with embedded.Servers(durable=False) as servers:
        assert servers.owner
        assert answers()
        assert elsewhere() == "False"
        assert answers(), "the second process left them running"
    assert not answers()
    assert not (data / "postgres" / "postmaster.pid").exists()
    assert not (embedded.sockets() / "redis.sock").exists()
    assert elsewhere() == "True", "the data folder can be used again"
    assert not answers()


def test_a_long_path_gets_a_short_folder_for_its_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    long = Path("/srv") / ("a-very-long-folder-name/" * 6) / "data"
    monkeypatch.setenv("STEPWELL_DATA", str(long))
    assert embedded.sockets().parent == Path(tempfile.gettempdir())
    assert len(str(embedded.sockets() / ".s.PGSQL.5432")) < embedded.LONGEST_SOCKET_PATH
    first = embedded.sockets()
    monkeypatch.setenv("STEPWELL_DATA", str(long / "other"))
    assert embedded.sockets() != first


def test_given_servers_are_used_and_nothing_is_started(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/stepwell")
    monkeypatch.setenv("REDIS_URL", "redis://somewhere")
    with embedded.Servers() as servers:
        assert not servers.owner
    assert not data.exists()
    assert embedded.database_url() == "postgresql://somewhere/stepwell"
