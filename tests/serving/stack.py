"""Two processes behind nginx on this worker's database, as ``make serve`` starts them; and a browser without a screen."""

import json
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from django.conf import settings
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.outside import environment
from tests.serving.ports import free_row

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 90.0  # seconds for the stack to come up on a loaded machine
LIVE = re.compile(r'data-live-board="([^"]+)" data-live-key="([^"]+)" data-live-seq="(\d+)"')


class Stack:
    """``manage.py serve`` and what it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, *self.ports = free_row(3)
        self.address = f"http://127.0.0.1:{self.port}"
        self.processes = [f"http://127.0.0.1:{port}" for port in self.ports]
        self.log = folder / "serve.log"
        with self.log.open("wb") as log:
            self.supervisor = subprocess.Popen(self._command(), cwd=ROOT, env=around(folder), stdout=log, stderr=log)

    def _command(self) -> list[str]:
        words = ["--processes", "2", "--port", str(self.port), "--no-sealer"]
        return [sys.executable, str(ROOT / "manage.py"), "serve", *words]

    def wait(self) -> None:
        """Until it says where it runs."""
        self.until(lambda: "Stepwell runs" in self.said() or self.supervisor.poll() is not None, PATIENCE)
        assert self.supervisor.poll() is None, self.said()

    def said(self) -> str:
        """What the supervisor said so far."""
        return self.log.read_text(errors="replace")

    def logs(self) -> str:
        """All that the processes and the proxy wrote."""
        files = [*(self.folder / "logs").iterdir(), *(self.folder / "nginx").glob("*.log")]
        return "".join(each.read_text(errors="replace") for each in files)

    def lines(self) -> list[dict[str, Any]]:
        """The lines of requests that the processes wrote."""
        texts = [(self.folder / "logs" / f"web-{number}.log").read_text() for number in (1, 2)]
        found = [json.loads(line) for text in texts for line in text.splitlines()]
        return [each for each in found if each["logger"] == "stepwell.request"]

    def pid(self, number: int) -> int:
        """The process id of a web process, 1 or 2."""
        wanted = ["web", "--port", str(self.ports[number - 1])]
        for place in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = place.read_text().rstrip("\0").split("\0")
            except OSError:
                continue
            if words[-3:] == wanted:
                return int(place.parent.name)
        raise AssertionError(f"web-{number} does not run")

    def ready(self, number: int) -> tuple[int, dict[str, str]]:
        """What a process says of itself; 0 where it does not answer."""
        try:
            with urllib.request.urlopen(f"{self.processes[number - 1]}/health/ready", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except OSError:
            return 0, {}

    def until(self, done: Any, seconds: float = 90.0) -> None:
        """Wait for something to become true."""
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, f"It did not come to that: {self.said()[-2000:]}"
            time.sleep(0.05)

    def stop(self) -> None:
        """As Ctrl-C does."""
        if self.supervisor.poll() is None:
            self.supervisor.send_signal(signal.SIGTERM)
            self.supervisor.wait(60)


def around(folder: Path) -> dict[str, str]:
    """The environment of a process on this worker's database."""
    return environment() | {
        "COUNSELING_KEYS_FILE": str(settings.COUNSELING_KEYS_FILE),
        "STEPWELL_DATA": str(folder),
        "LOG_LEVEL": "INFO",
    }


@dataclass
class Reply:
    """An answer, whatever its status."""

    status: int
    text: str
    headers: Any


@dataclass
class Browser:
    """Cookies and a CSRF token; ``cookies`` of a session that is there already, or none."""

    cookies: str = ""
    jar: CookieJar = field(default_factory=CookieJar)

    def get(self, address: str, **headers: str) -> Reply:
        """Ask for a page."""
        return self._send(urllib.request.Request(address, headers=headers))

    def post(self, address: str, **form: str) -> Reply:
        """Send a form."""
        token = next((each.value for each in self.jar if each.name == settings.CSRF_COOKIE_NAME), None) or "a" * 32
        if self.cookies:
            token = "a" * 32
        headers = {"X-CSRFToken": str(token), "Referer": address, "HX-Request": "true"}
        return self._send(urllib.request.Request(address, urllib.parse.urlencode(form).encode(), headers))

    def _send(self, request: urllib.request.Request) -> Reply:
        handlers: list[Any] = [] if self.cookies else [urllib.request.HTTPCookieProcessor(self.jar)]
        if self.cookies:
            request.add_header("Cookie", self.cookies)
        try:
            with urllib.request.build_opener(*handlers).open(request, timeout=30) as answer:
                return Reply(answer.status, answer.read().decode(errors="replace"), answer.headers)
        except urllib.error.HTTPError as error:
            return Reply(error.code, error.read().decode(errors="replace"), error.headers)


class LivePage:
    """A page on the line, that comes back as live.js does."""

    def __init__(self, address: str, cookies: str, page: str) -> None:
        self.address, self.cookies = address.replace("http", "ws", 1), cookies
        found = LIVE.search(page)
        assert found, page[:500]
        self.board, self.key, self.seq = found[1], found[2], int(found[3])
        self.codes: list[int] = []
        self.heard: list[str] = []
        self.stopped = False
        self.on = False

    def follow(self) -> None:
        """Until ``stopped``: listen, and come back when the line is closed."""
        headers, place = {"Cookie": self.cookies}, f"{self.address}/ws/live/{self.board}/{self.key}/"
        origin = Origin(self.address.replace("ws", "http", 1))
        while not self.stopped:
            try:
                with connect(place, additional_headers=headers, origin=origin) as line:
                    line.send(json.dumps({"seen": self.seq}))
                    self._listen(line)
            except ConnectionClosed as closed:
                self.on = False
                self.codes.append(closed.rcvd.code if closed.rcvd else 0)
            except OSError:
                self.on = False
            time.sleep(0.1)

    def _listen(self, line: Any) -> None:
        while not self.stopped:
            try:
                text = line.recv(timeout=0.2)
            except TimeoutError:
                continue
            self.on = True
            self.heard.append(text)
            self.seq = json.loads(text)["seq"]
