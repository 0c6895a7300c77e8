"""Pages for the tests: a browser at the door of a board, through the whole ASGI application."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.layers import channel_layers, get_channel_layer
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import close_old_connections
from django.test import Client

from live import hub as hubs

LINE = re.compile(r'<li id="(line-\d+)"[^>]*>(.*?)</li>')


class Page:
    """What live.js does, in a few lines: keeps the lines it was sent, and its number."""

    def __init__(self, socket: WebsocketCommunicator) -> None:
        self.socket = socket
        self.seq = 0
        self.lines: dict[str, str] = {}
        self.kinds: list[str] = []
        self.code: int | None = None

    async def seen(self, seq: int | None = None) -> None:
        await self.socket.send_to(text_data=json.dumps({"seen": self.seq if seq is None else seq}))

    async def hear(self, timeout: float = 3) -> str:
        """Apply the next message; its kind: patch, redraw, well or closed."""
        event = await self.socket.receive_output(timeout)
        if event["type"] == "websocket.close":
            self.code = event["code"]
            return "closed"
        said = json.loads(event["text"])
        kind = "redraw" if "redraw" in said else "patch" if "patch" in said else "well"
        self.kinds.append(kind)
        if kind == "redraw":
            self.lines = dict(LINE.findall(said["redraw"][0][1]))
        for name, html in said.get("patch", []):
            if html is None:
                self.lines.pop(name, None)
            elif name in self.lines:
                self.lines[name] = LINE.findall(html)[0][1]
        if kind != "well":
            self.seq = said["seq"]
        return kind

    async def until(self, seq: int) -> None:
        while self.seq != seq:
            assert await self.hear() != "closed", self.code

    async def closed(self) -> int | None:
        while await self.hear() != "closed":
            pass
        return self.code

    async def quiet(self, seconds: float = 0.3) -> bool:
        return bool(await self.socket.receive_nothing(seconds))


Open = Callable[..., Awaitable[Page]]


def person(name: str, **more: Any) -> Any:
    return get_user_model().objects.create_user(username=name, password=None, name=name, is_staff=True, **more)


def signed_in(someone: Any) -> str:
    client = Client()
    client.force_login(someone, backend=settings.AUTHENTICATION_BACKENDS[0])
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def knock(cookie: str = "", path: str = "/ws/live/tiny/1/", origin: str = "http://localhost") -> WebsocketCommunicator:
    from config.asgi import application

    headers = [(b"origin", origin.encode()), (b"host", b"localhost"), (b"cookie", cookie.encode())]
    return WebsocketCommunicator(application, path, headers=headers)


@pytest.fixture
async def open_page(transactional_db: None) -> AsyncIterator[Open]:
    """Opens pages on the tiny board; closes them all after the test, and waits until the hub has let go."""
    pages: list[Page] = []

    async def opened(someone: Any, *, hello: bool = True, path: str = "/ws/live/tiny/1/") -> Page:
        cookie = await database_sync_to_async(signed_in)(someone) if someone else ""
        page = Page(knock(cookie, path))
        assert (await page.socket.connect(3))[0]
        pages.append(page)
        if hello:
            await page.seen(2**40)  # a number no topic has: asks for the whole board
            assert await page.hear() == "redraw"
            await page.seen()
            assert await page.hear() == "well"
            page.kinds.clear()
        return page

    channel_layers.backends.clear()
    yield opened
    for page in pages:
        if not page.socket.future.done():
            await page.socket.disconnect(timeout=3)
    async with asyncio.timeout(5):
        while hubs.hub()._task is not None:
            await asyncio.sleep(0.01)
    layer: Any = get_channel_layer()
    await layer.flush()
    # channels.testing switches off the closing of connections while a communicator waits; make up for it
    await database_sync_to_async(close_old_connections)()


make_person = database_sync_to_async(person)
