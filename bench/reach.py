"""A change reaches 200 open boards: from the commit of one act to the last socket, in one process, through the real door."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import close_old_connections, transaction
from django.test import Client as Session
from django.utils import timezone

from beds.actions import holds
from beds.board import BOARD
from bench.acts import someone_who_fits
from bench.figures import HEAD, Figure
from bench.history import History
from config import boards
from live import hub as hubs
from staff.models import Person

PATIENCE = 20.0  # seconds for a message to arrive, where it should take some hundredths
Socket = Any  # channels.testing says nothing of types


@dataclass
class Result:
    """Seconds from commit to last socket, and the same bytes by a bare broadcast; batches drawn in each round."""

    reached: Figure
    floor: Figure
    sockets: int
    drawn: list[int] = field(default_factory=list)
    size: int = 0


def table(history: History, sockets: int, rounds: int) -> str:
    """Measure, and the lines as people read them."""
    usual = boards.BOARDS
    try:
        with history.here():
            result = asyncio.run(_measure(history, sockets, rounds))
    finally:
        boards.BOARDS = usual
    batches = " or ".join(str(count) for count in sorted(set(result.drawn)))
    return "\n".join([
        f"{f'A change reaches {sockets} open boards':<46}{HEAD}",
        f"  {history.title}",
        result.floor.line(),
        result.reached.line(result.floor),
        f"  drawn {batches} times a change for {sockets} sockets that see two kinds of board (names, initials); "
        f"{result.size} bytes to each",
    ])  # fmt: skip


async def _measure(history: History, sockets: int, rounds: int) -> Result:
    result = Result(
        Figure(f"hold a bed: commit to last of {sockets}"), Figure("bare broadcast of the same bytes"), sockets
    )
    calls = _count_drawing()
    async with _pages(history, sockets) as pages, _bare(sockets) as (listeners, broadcast):
        act = await database_sync_to_async(_holding)(history)
        for number in range(-1, rounds):
            calls.clear()
            began = await database_sync_to_async(act)()
            texts, ended = await _heard(pages)
            started = time.perf_counter()
            hearing = asyncio.ensure_future(_heard(listeners))
            await broadcast(texts[0])
            _, done = await hearing
            if number >= 0:
                result.reached.seconds.append(ended - began)
                result.floor.seconds.append(done - started)
                result.drawn.append(len(calls))
                result.size = len(texts[0].encode())
            await _well(pages, texts)
    await database_sync_to_async(close_old_connections)()
    return result


def _count_drawing() -> list[int]:
    calls: list[int] = []

    def fragments(audience: Any, key: str, wanted: Sequence[tuple[str, str]]) -> Sequence[str | None]:
        calls.append(len(wanted))
        return BOARD.fragments(audience, key, wanted)

    boards.BOARDS = (replace(BOARD, fragments=fragments),)
    return calls


def _holding(history: History) -> Callable[[], float]:
    """An act that holds a free bed, or lets it go again; when its transaction was committed."""
    place = history.place
    asks, bed_id = someone_who_fits(history)
    held: list[int] = []

    def act() -> float:
        at, stamps = timezone.now(), list[float]()
        with transaction.atomic():
            transaction.on_commit(lambda: stamps.append(time.perf_counter()))
            if held:
                holds.release(by=place.intake, at=at, hold_id=held.pop())
            else:
                until = at + timedelta(hours=4)
                made = holds.hold(by=place.intake, at=at, bed_id=bed_id, client_id=asks.client_id, until=until)
                held.append(made.pk)
        return stamps[0]

    return act


async def _heard(sockets: Sequence[Socket]) -> tuple[list[str], float]:
    """The next message of each, and when the last one had it."""
    events = await asyncio.gather(*(socket.receive_output(PATIENCE) for socket in sockets))
    return [event["text"] for event in events], time.perf_counter()


async def _well(pages: Sequence[Socket], texts: Sequence[str]) -> None:
    """Each page says what it has, as live.js does, and hears that all is well."""
    for page, text in zip(pages, texts, strict=True):
        await page.send_to(text_data=json.dumps({"seen": json.loads(text)["seq"]}))
    await _heard(pages)


@asynccontextmanager
async def _pages(history: History, sockets: int) -> AsyncIterator[list[Socket]]:
    """Open boards at the door: half see names, half initials."""
    from config.asgi import application

    place = history.place
    cookies = [await database_sync_to_async(_signed_in)(who) for who in (place.intake, place.technician)]
    pages = []
    for number in range(sockets):
        headers = [(b"origin", b"http://localhost"), (b"host", b"localhost"), (b"cookie", cookies[number % 2])]
        page = WebsocketCommunicator(application, f"/ws/live/beds.board/{place.site.slug}/", headers=headers)
        await page.connect(PATIENCE)
        pages.append(page)
    await _well(pages, ['{"seq":0}'] * sockets)
    try:
        yield pages
    finally:
        await _leave(pages)
        while hubs.hub()._task is not None:
            await asyncio.sleep(0.01)


def _signed_in(who: Person) -> bytes:
    session = Session()
    session.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
    return f"{settings.SESSION_COOKIE_NAME}={session.cookies[settings.SESSION_COOKIE_NAME].value}".encode()


@asynccontextmanager
async def _bare(sockets: int) -> AsyncIterator[tuple[list[Socket], Callable[[str], Awaitable[None]]]]:
    """As many sockets of an application that does nothing, and a loop that sends one text to all of them."""
    sends: list[Callable[[Mapping[str, object]], Awaitable[None]]] = []

    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        sends.append(send)
        await receive()

    async def broadcast(text: str) -> None:
        for send in sends:
            await send({"type": "websocket.send", "text": text})

    listeners = [WebsocketCommunicator(nothing, "/") for _ in range(sockets)]
    for listener in listeners:
        await listener.connect(PATIENCE)
    try:
        yield listeners, broadcast
    finally:
        await _leave(listeners)


async def _leave(sockets: Sequence[Socket]) -> None:
    for socket in sockets:
        await socket.disconnect(timeout=PATIENCE)
