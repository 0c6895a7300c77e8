"""Live pages without a browser: they follow a board by the number, as static/js/live.js does."""

import json
import random
import re
import time
from threading import Event, Lock, Thread
from typing import Any

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from tests.faults.cluster import HOST
from tests.faults.tablets import Load

LOST = 2**53 - 1  # a number no board has: asks for everything
HEARTBEAT, ANSWER, SLOWEST = 30.0, 10.0, 5.0  # seconds; the page's own are 30, 10 and 30
VOID = frozenset({"input", "br", "img", "hr"})


class Board:
    """A page that is open at a board; ``regions`` is what it shows."""

    def __init__(self, load: Load, who: str, path: str, first: int) -> None:
        self.load, self.who, self.path, self.first = load, who, path, first
        self.seq, self.dice = LOST, random.Random(path)
        self.regions: dict[str, str] = {}
        self.codes: list[int] = []
        self.heard_at = 0.0
        self.kinds: list[str] = []
        self.failed: BaseException | None = None
        self.lock = Lock()
        self._thread = Thread(target=self._run, name=f"board {path}", daemon=True)
        self._stop = Event()

    def start(self) -> None:
        """Open it."""
        self._thread.start()

    def stop(self) -> None:
        """Close it."""
        self._stop.set()
        self._thread.join(30)

    def _run(self) -> None:
        tries = 0
        try:
            while not self._stop.is_set():
                ports = self.load.ports()
                try:
                    with opened(self.load, self.who, self.path, ports[(self.first + tries) % len(ports)]) as socket:
                        self._follow(socket)
                except (OSError, WebSocketException) as error:
                    if isinstance(error, ConnectionClosed) and error.rcvd:
                        self.codes.append(error.rcvd.code)
                tries += 1
                self._stop.wait(min(SLOWEST, 2.0 ** min(tries, 4) / 4) * self.dice.uniform(0.5, 1.0))
        except BaseException as error:
            self.failed = error
            raise

    def _follow(self, socket: ClientConnection) -> None:
        said_at, unanswered = 0.0, 0.0
        while not self._stop.is_set():
            now = time.monotonic()
            if unanswered and now - unanswered > ANSWER:
                return
            if now - said_at >= HEARTBEAT:
                socket.send(json.dumps({"seen": self.seq}))
                said_at, unanswered = now, unanswered or now
            try:
                text = socket.recv(timeout=0.2)
            except TimeoutError:
                continue
            unanswered, self.heard_at = 0.0, time.monotonic()
            self.hear(json.loads(text))

    def hear(self, said: dict[str, Any]) -> None:
        """Apply a message."""
        with self.lock:
            if "redraw" in said:
                self.regions |= dict(said["redraw"])
                self.kinds.append("redraw")
            elif "patch" in said and self.seq != LOST:
                for name, html in said["patch"]:
                    self.regions = {region: replaced(whole, name, html or "") for region, whole in self.regions.items()}
                self.kinds.append("patch")
            if "redraw" in said or ("patch" in said and self.seq != LOST):
                self.seq = said["seq"]


def opened(load: Load, who: str, path: str, port: int) -> ClientConnection:
    """A socket of this person's session."""
    origin: Any = f"http://{HOST}:{port}"
    made: ClientConnection = connect(
        f"ws://{HOST}:{port}/ws/live/{path}/", origin=origin, additional_headers={"Cookie": load.shift.cookies[who]},
        open_timeout=10, ping_interval=None, close_timeout=1, max_size=None,
    )  # fmt: skip
    return made


def fresh(load: Load, who: str, path: str, port: int) -> tuple[int, dict[str, str]]:
    """The board as it is now, from a socket that was opened for it: its number and its regions."""
    with opened(load, who, path, port) as socket:
        socket.send(json.dumps({"seen": LOST}))
        while True:
            said = json.loads(socket.recv(timeout=15))
            if "redraw" in said:
                return said["seq"], dict(said["redraw"])


def replaced(whole: str, name: str, html: str) -> str:
    """The text with the element of this id replaced; as it was where there is none. Attributes are escaped: none holds a bracket."""
    named = whole.find(f' id="{name}"')
    if named < 0:
        return whole
    begins, ends = whole.rfind("<", 0, named), whole.index(">", named) + 1
    tag = whole[begins + 1 : named].split()[0]
    depth = 0 if tag in VOID else 1
    for found in re.compile(rf"<(/?){tag}\b[^>]*>").finditer(whole, ends) if depth else ():
        depth += -1 if found[1] else 1
        if not depth:
            ends = found.end()
            break
    return whole[:begins] + html + whole[ends:]
