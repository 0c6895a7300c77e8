"""Pages that misbehave: some never read what they are sent, some never say a word."""

import asyncio
import base64
import os
import resource
import socket
import struct
from collections.abc import Sequence
from threading import Thread
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.faults.boards import LOST
from tests.faults.cluster import HOST
from tests.faults.tablets import Load


class Deaf:
    """A socket whose other end takes nothing in: a raw one, with a small buffer, that is never read after the handshake."""

    def __init__(self, load: Load, who: str, path: str, port: int) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(20)
        self.socket.connect((HOST, port))
        lines = [
            f"GET /ws/live/{path}/ HTTP/1.1", f"Host: {HOST}:{port}", f"Origin: http://{HOST}:{port}", "Upgrade: websocket",
            "Connection: Upgrade", f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13", f"Cookie: {load.shift.cookies[who]}", "", "",
        ]  # fmt: skip
        self.socket.sendall("\r\n".join(lines).encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.socket.recv(1)
        assert b" 101 " in answer, answer

    def ask(self) -> None:
        """Ask for the whole board."""
        text, mask = f'{{"seen": {LOST}}}'.encode(), os.urandom(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(text))
        self.socket.sendall(struct.pack("!BB", 0x81, 0x80 | len(text)) + mask + masked)

    def close(self) -> None:
        """Gone."""
        self.socket.close()


class Silent:
    """Many sockets that read, answer pings, and never send a heartbeat."""

    def __init__(self, load: Load, paths: Sequence[str], count: int) -> None:
        self.load, self.paths, self.count = load, paths, count
        self.codes: list[int] = []
        self._open: list[Any] = []
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="silent", daemon=True)

    def open(self) -> None:
        """Open them all, some at a time."""
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._all(), self._loop).result(120)

    async def _all(self) -> None:
        gate = asyncio.Semaphore(20)

        async def one(number: int) -> None:
            async with gate:
                port = self.load.ports()[number % 2]
                origin: Any = f"http://{HOST}:{port}"
                made = await connect(
                    f"ws://{HOST}:{port}/ws/live/{self.paths[number % len(self.paths)]}/", origin=origin, open_timeout=60,
                    additional_headers={"Cookie": self.load.shift.cookies["nurse"]}, ping_interval=None, max_size=None,
                )  # fmt: skip
                self._open.append(made)
            self._loop.create_task(self._read(made))

        await asyncio.gather(*(one(number) for number in range(self.count)))

    async def _read(self, made: Any) -> None:
        try:
            async for _ in made:
                pass
            self.codes.append(made.close_code)
        except ConnectionClosed as error:
            self.codes.append(error.rcvd.code if error.rcvd else 0)

    def wait_closed(self, seconds: float) -> None:
        """Until the server has closed them all."""

        async def all_gone() -> None:
            async with asyncio.timeout(seconds):
                await asyncio.gather(*(made.wait_closed() for made in self._open))

        asyncio.run_coroutine_threadsafe(all_gone(), self._loop).result(seconds + 5)

    def close(self) -> None:
        """Close what is open."""

        async def every() -> None:
            await asyncio.gather(*(made.close() for made in self._open), return_exceptions=True)

        asyncio.run_coroutine_threadsafe(every(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
