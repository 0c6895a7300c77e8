"""What dies is started again, not too often; who is asked to end finishes first; who is orphaned ends."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from config.processes import Child
from config.serving import launch, supervisor
from config.serving.supervisor import Kept, Supervisor
from config.serving.web import CannotServe
from tests.serving.ports import free_row
from tests.serving.stack import ROOT

SERVER = """
import asyncio, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from config.serving.server import DrainingServer

async def application(scope, receive, send):
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        return
    print("begun", flush=True)
    await asyncio.sleep(2)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"whole"})

print("up", flush=True)
DrainingServer(application, endpoints=[f"tcp:port={sys.argv[1]}:interface=127.0.0.1"], verbosity=0).run()
print("gone", flush=True)
"""
PARENT = """
import os, sys, time
from pathlib import Path
sys.path.insert(0, os.getcwd())
from config.processes import Child
child = Child("child", ["sleep", "600"], cwd=Path("/"), env=dict(os.environ), log=Path(os.devnull))
print(child.process.pid, flush=True)
time.sleep(600)
"""


class Pretended:
    """A child as the supervisor sees it, without a process."""

    def __init__(self) -> None:
        self.name, self.log, self.running, self.restarts = "web-1", Path("web-1.log"), True, 0
        self.started = 0.0
        self.process = self
        self.returncode = -9

    def restart(self) -> None:
        """Count it; it dies at once again."""
        self.restarts += 1


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of the supervisor, in a list of one."""
    now = [100.0]
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: now[0])  # type: ignore[attr-defined]
    return now


def test_what_dies_at_once_again_and_again_is_started_later_and_later(clock: list[float]) -> None:
    now, said = clock, list[str]()
    child: Any = Pretended()
    kept = Kept(child)
    child.running = False
    starts: list[float] = []
    while len(starts) < 8:
        kept.tend(said.append)
        if child.restarts > len(starts):
            starts.append(now[0])
        now[0] += 0.5
    gaps = [later - sooner for sooner, later in pairwise(starts)]
    assert starts[0] == 100.0, "the first time at once"
    assert gaps == sorted(gaps)
    assert gaps[0] < 3
    assert max(gaps) <= supervisor.LONGEST + 1
    assert "started again now" in said[0]


def test_what_lived_long_is_started_again_at_once(clock: list[float]) -> None:
    now = clock
    child: Any = Pretended()
    kept = Kept(child)
    for _ in range(3):
        child.running, child.started = True, now[0]
        now[0] += supervisor.AT_ONCE + 1
        kept.tend(lambda _: None)
        child.running, before = False, child.restarts
        kept.tend(lambda _: None)
        assert child.restarts == before + 1


def test_a_rolling_restart_stops_at_the_first_that_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    said, touched = list[str](), list[str]()

    class Web(Pretended):
        def send(self, number: int) -> None:
            self.running = False
            touched.append(self.name)

        def restart(self) -> None:
            self.running = True

    first, second = Web(), Web()
    second.name = "web-2"
    both: list[Any] = [first, second]
    keeper = Supervisor([Kept(each, 1) for each in both], [], said.append)
    monkeypatch.setattr(supervisor, "START", 0.2)
    keeper._roll_all()
    assert touched == ["web-1"], "the second was left alone"
    assert "the restart stops here" in said[-1]


def test_a_child_ends_with_whoever_started_it(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    with subprocess.Popen([sys.executable, str(script)], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    until = time.monotonic() + 20
    while Path(f"/proc/{child}").exists() and _state(child) != "Z":
        assert time.monotonic() < until, "it lives on as an orphan"
        time.sleep(0.02)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
    except OSError:
        return "Z"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, Callable[[], str], subprocess.Popen[str]]]:
    """A process whose every request takes two seconds: its port, what it says next, and itself."""
    (port,) = free_row(1)
    script = tmp_path / "server.py"
    script.write_text(textwrap.dedent(SERVER))
    process = subprocess.Popen(
        [sys.executable, str(script), str(port)], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    until = time.monotonic() + 30
    while True:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                break
        assert time.monotonic() < until
        time.sleep(0.05)
    yield port, process.stdout.readline, process
    process.kill()
    process.wait()
    process.stdout.close()


def test_who_is_asked_to_end_takes_nothing_new_and_finishes_what_it_has(server: Any) -> None:
    port, says, process = server
    answers: list[bytes] = []

    def ask() -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            answers.append(answer.read())

    with connect(f"ws://127.0.0.1:{port}/", proxy=None) as page:
        asking = Thread(target=ask)
        asking.start()
        assert says() == "begun\n"
        process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            page.recv(timeout=20)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
        with socket.socket() as knock:
            assert knock.connect_ex(("127.0.0.1", port)) != 0, "the door is closed while the request still runs"
        assert answers == []
        asking.join(30)
    assert answers == [b"whole"]
    assert says() == "gone\n"
    assert process.wait(20) == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"DATABASE_URL": "postgresql://a@b/c", "REDIS_URL": ""}, "Only DATABASE_URL is set"),
        ({"DATABASE_URL": "", "REDIS_URL": "redis://b"}, "Only REDIS_URL is set"),
    ],
)
def test_half_of_the_servers_is_refused(given: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(CannotServe, match=words):
        launch.environment()


def test_the_demonstration_is_never_made_of_servers_that_were_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STEPWELL_DEMO", raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgresql://a@b/c")
    monkeypatch.setenv("REDIS_URL", "redis://b")
    assert launch.environment()["STEPWELL_DEMO"] == "0"
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")
    assert launch.environment()["STEPWELL_DEMO"] == "1"


def test_a_port_that_is_taken_is_refused_in_words(has_nginx: None) -> None:
    (port,) = free_row(1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(CannotServe, match=f"Port {port} cannot be had"):
            launch.serve(bind="127.0.0.1", port=port, processes=1, first=None, sealer=False, say=lambda _: None)


def test_without_processes_there_is_nothing_to_serve() -> None:
    with pytest.raises(CannotServe, match="PROCESSES is 0"):
        launch.serve(bind="127.0.0.1", port=8149, processes=0, first=None, sealer=False, say=lambda _: None)


def test_a_child_has_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = Child("child", ["sh", "-c", "echo first; echo last"], cwd=tmp_path, env={}, log=log)
    child.process.wait(10)
    assert child.last_words(1) == "last"
