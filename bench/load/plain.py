"""The floor of a fan-out: a plain ASGI application with one Redis subscription a process that writes the same text to all its
sockets. Knows no Django and no Channels.

``POST /`` sends its body to every socket of every process and answers ``{"began": seconds}`` (``time.perf_counter``, which is one
clock for all processes of a Linux machine).
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from redis import asyncio as redis

from bench.load.asgi import answer, body_of

CHANNEL = f"{os.environ.get('REDIS_PREFIX', 'bench')}:plain"
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_sends: dict[int, Send] = {}
_reader: list[asyncio.Task[None]] = []
_redis: list[Any] = []


async def application(scope: Any, receive: Any, send: Send) -> None:
    """A socket that says nothing, or the request to send something to all of them."""
    if scope["type"] == "http":
        text = await body_of(receive)
        await _ready()
        began = time.perf_counter()
        await _redis[0].publish(CHANNEL, text)
        await answer(send, {"began": began})
        return
    await receive()
    await _ready()
    await send({"type": "websocket.accept"})
    _sends[id(send)] = send
    try:
        while (await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        del _sends[id(send)]


async def _ready() -> None:
    """The process' one subscription, made when the first one needs it."""
    if not _redis:
        _redis.append(redis.from_url(os.environ["REDIS_URL"]))
        listening = _redis[0].pubsub()
        await listening.subscribe(CHANNEL)
        _reader.append(asyncio.create_task(_read(listening)))


async def _read(listening: Any) -> None:
    async for message in listening.listen():
        if message["type"] == "message":
            text = message["data"].decode()
            for send in list(_sends.values()):
                await send({"type": "websocket.send", "text": text})
