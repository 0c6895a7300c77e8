"""``make demo`` runs, says in one sentence what stands in its way, and leaves nothing behind."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from config import env
from config.demo.launch import CannotRun, check_port, demonstrate, reset, welcome
from config.demo.people import PASSWORD

pytestmark = pytest.mark.long


def test_a_busy_port_is_said_in_one_sentence() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(CannotRun) as told:
            check_port(port)
    assert str(told.value) == f"Port {port} is in use. Stop what uses it, or choose another: make demo PORT=8001"
    check_port(port)


def test_a_port_that_is_none_is_said() -> None:
    with pytest.raises(CannotRun, match="70000 is not a port"):
        check_port(70_000)


def test_given_servers_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://real/one")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(CannotRun, match="DATABASE_URL is set"):
        demonstrate(port=port, activity=False, say=print)


def test_the_welcome_names_the_address_and_the_sign_ins() -> None:
    words = welcome(8001)
    assert "http://127.0.0.1:8001/" in words and PASSWORD in words and "facilitator2" in words


def test_the_data_is_not_removed_while_it_is_in_use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STEPWELL_DATA", str(tmp_path))
    (tmp_path / "postgres").mkdir()
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CannotRun, match="The demonstration is running"):
            reset()
    assert (tmp_path / "postgres").exists()
    reset()
    assert not (tmp_path / "postgres").exists()


def test_it_runs_answers_and_leaves_nothing_behind() -> None:
    """The whole command, from an empty folder to Ctrl-C."""
    data = Path(tempfile.mkdtemp(prefix="sw-")) / "demo"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"STEPWELL_DATA": str(data), "STEPWELL_DEMO": "1", "PYTHONUNBUFFERED": "1"}
    for name in ("DATABASE_URL", "REDIS_URL", "REDIS_PREFIX"):
        environment.pop(name, None)
    command = [sys.executable, "manage.py", "demo", "--port", str(port), "--days", "2"]
    demo = subprocess.Popen(
        command, cwd=env.ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert demo.stdout is not None
        said = []
        for line in demo.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                break
        assert f"http://127.0.0.1:{port}/" in "".join(said), "".join(said)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=60) as page:
            assert b"Stepwell" in page.read()
        time.sleep(1)
    finally:
        demo.send_signal(signal.SIGINT)
        rest, _ = demo.communicate(timeout=180)
    assert demo.returncode == 0, rest
    left = subprocess.run(["ps", "-eo", "stat,args"], capture_output=True, text=True, check=True).stdout.splitlines()
    assert not [line for line in left if str(data) in line and not line.startswith("Z")]
    check_port(port)
    shutil.rmtree(data.parent)
