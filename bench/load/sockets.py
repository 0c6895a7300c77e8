"""Many open pages in one thread: real sockets that speak WebSocket and are read by epoll, so that the reader is cheap beside the
server. A page here does what ``live.js`` does on the wire, and nothing with what it is told."""

import base64
import re
import select
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds for what should take some
AT_ONCE = 32  # handshakes under way
SEQ = re.compile(rb'"seq":(\d+),"at":\d+}$')
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


@dataclass(slots=True, eq=False)
class Page:
    """One socket: frames and bytes it was sent, the last text, and what came of the next frame."""

    socket: socket.socket
    rest: bytes = b""
    open: bool = False
    frames: int = 0
    size: int = 0
    last: bytes = b""
    waited: bool = False
    closed: int | None = None

    @property
    def seq(self) -> int | None:
        """The number at the end of the last text."""
        found = SEQ.search(self.last[-80:])
        return int(found[1]) if found else None


@dataclass
class Pages:
    """Open pages at these ports, one after the other; ``headers`` (lines of the handshake) are taken in turns."""

    ports: Sequence[int]
    path: str
    headers: Sequence[str] = ("",)
    pages: list[Page] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._epoll = select.epoll()
        self._by_fd: dict[int, Page] = {}
        self._buffer = bytearray(1 << 18)
        self._room = memoryview(self._buffer)
        self._due = 0
        self.first = self.latest = 0.0
        self.said = 0.0  # seconds (monotonic) when they last said something

    def open(self, count: int) -> None:
        """Open more until there are ``count``; all have shaken hands when this returns."""
        while len(self.pages) < count:
            more = [self._connect(len(self.pages) + n) for n in range(min(AT_ONCE, count - len(self.pages)))]
            self.pages += more
            self._until(lambda more=more: all(page.open or page.closed for page in more))  # type: ignore[misc]

    def keep(self, count: int) -> None:
        """Close all but so many, and give the server a moment to notice."""
        for page in self.pages[count:]:
            self._epoll.unregister(page.socket)
            del self._by_fd[page.socket.fileno()]
            page.socket.close()
        time.sleep(min(0.5, len(self.pages[count:]) / 200))
        del self.pages[count:]

    def say(self, word: Callable[[Page], str]) -> None:
        """Every page says its word, of under 126 characters; masked with noughts."""
        for page in self.pages:
            text = word(page).encode()
            page.socket.sendall(bytes([0x80 | TEXT, 0x80 | len(text), 0, 0, 0, 0]) + text)

    def expect(self) -> None:
        """From now on wait for one more frame on each page."""
        for page in self.pages:
            page.waited = True
        self._due, self.first, self.latest = len(self.pages), 0.0, 0.0

    def hear(self, patience: float = PATIENCE) -> int:
        """Read until each page has the frame it waits for (``first`` and ``latest``: when). How many never got it."""
        self._until(lambda: self._due <= 0, patience)
        return self._due

    def read_for(self, seconds: float) -> None:
        """Read whatever comes."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self._poll(left)

    def settle(self, seq: int, patience: float = PATIENCE) -> int:
        """Read until every page's last frame has this number; how many have not."""
        self._until(lambda: all(page.seq == seq for page in self.pages), patience, 0.02)
        return sum(page.seq != seq for page in self.pages)

    def _until(self, done: Callable[[], bool], patience: float = PATIENCE, pause: float = 0.0) -> None:
        until = time.perf_counter() + patience
        while not done():
            left = until - time.perf_counter()
            if left <= 0:
                return
            self._poll(min(left, 0.5))
            if pause:
                time.sleep(pause)

    def _poll(self, longest: float) -> None:
        for fd, _ in self._epoll.poll(longest):
            self._read(self._by_fd[fd])

    def _connect(self, number: int) -> Page:
        port = self.ports[number % len(self.ports)]
        page = Page(socket.create_connection((HOST, port), PATIENCE))
        key = base64.b64encode(number.to_bytes(16, "big")).decode()
        words = (
            f"GET {self.path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nOrigin: http://{HOST}:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            f"User-Agent: Mozilla/5.0 (Linux; Android 14; Tablet) Stepwell/bench\r\nAccept-Language: en-US,en;q=0.9\r\n"
            f"{self.headers[number // len(self.ports) % len(self.headers)]}\r\n"
        )
        page.socket.sendall(words.encode())
        page.socket.setblocking(False)
        self._by_fd[page.socket.fileno()] = page
        self._epoll.register(page.socket, select.EPOLLIN)
        return page

    def _read(self, page: Page) -> None:
        try:
            data = bytes(self._room[: page.socket.recv_into(self._buffer)])
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            page.closed = page.closed or 1006
            self._epoll.unregister(page.socket)
            return
        if page.rest:
            data = page.rest + data
        if not page.open:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                page.rest = head
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0] + b" ":
                page.closed = 1002
            page.open = True
        page.rest = self._frames(page, data)

    def _frames(self, page: Page, data: bytes) -> bytes:
        """Take the whole frames; what is left."""
        at, end = 0, len(data)
        while end - at >= 2:
            size, start = data[at + 1] & 127, at + 2
            if size > 125:
                start += 2 if size == 126 else 8
                size = int.from_bytes(data[at + 2 : start], "big")
            if start + size > end:
                break
            self._take(page, data[at] & 15, data[start : start + size])
            at = start + size
        return data[at:]

    def _take(self, page: Page, kind: int, load: bytes) -> None:
        if kind == TEXT:
            page.frames += 1
            page.size += len(load)
            page.last = load
            if page.waited:
                page.waited = False
                self._due -= 1
                self.latest = time.perf_counter()
                self.first = self.first or self.latest
        elif kind == PING:
            page.socket.send(bytes([0x80 | PONG, 0x80 | len(load), 0, 0, 0, 0]) + load)
        elif kind == CLOSE:
            page.closed = int.from_bytes(load[:2], "big") or 1005
