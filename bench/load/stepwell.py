"""Stepwell itself, as ``config.asgi`` serves it, with three addresses more for the benchmark: an act whose commit is timed, many
announcements, and what was drawn meanwhile. Boards are the product's own; their drawing is timed around.

And a stock Channels consumer as these settings would run it: their channel layer, which encrypts, and sessions and sign-in before it
(``AuthMiddlewareStack``), as Channels' pages teach.

All seconds are ``time.perf_counter``, which is one clock for all processes of a Linux machine.
"""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from asgiref.sync import ThreadSensitiveContext

from config.asgi import application as product

from channels.auth import AuthMiddlewareStack  # isort: skip  after the product: its models need Django ready
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from django.conf import settings
from django.db import transaction
from django.urls import path
from django.utils import timezone

from beds.actions import holds
from bench.load.asgi import answer, body_of
from bench.load.consumers import Stock, tell
from config import boards
from live.actions import publish, sending_alongside
from live.boards import Board
from staff.models import Person

_drawn: list[tuple[str, float, float]] = []
_held: list[int] = []


def _timed(kind: str, draw: Callable[..., Any]) -> Callable[..., Any]:
    def timed(*args: Any) -> Any:
        began = time.perf_counter()
        try:
            return draw(*args)
        finally:
            _drawn.append((kind, began, time.perf_counter()))

    return timed


def _watched(board: Board) -> Board:
    return replace(
        board, snapshot=_timed("snapshot", board.snapshot), fragments=_timed("fragments", board.fragments)
    )  # fmt: skip


BOARDS = tuple(_watched(board) for board in boards.BOARDS)
settings.STEPWELL_BOARDS = "bench.load.stepwell.BOARDS"


def hold(asked: dict[str, Any]) -> dict[str, float]:
    """Hold a bed, or let it go where it is held; when that was committed."""
    at, stamps = timezone.now(), list[float]()
    by = Person.objects.get(pk=asked["by"])
    with transaction.atomic():
        transaction.on_commit(lambda: stamps.append(time.perf_counter()))
        if _held:
            holds.release(by=by, at=at, hold_id=_held.pop())
        else:
            until = at + timedelta(hours=4)
            made = holds.hold(by=by, at=at, bed_id=asked["bed"], client_id=asked["client"], until=until)
            _held.append(made.pk)
    return {"began": stamps[0]}


def storm(asked: dict[str, Any]) -> dict[str, float]:
    """So many changes of one topic, each committed by itself, evenly over so many seconds; how long it took."""
    began = time.perf_counter()
    changes: list[list[str]] = asked["changes"]
    for number, keys in enumerate(changes):
        time.sleep(max(0.0, began + number * asked["seconds"] / len(changes) - time.perf_counter()))
        with transaction.atomic():
            publish({asked["topic"]: keys})
    return {"began": began, "ended": time.perf_counter()}


def drawn(asked: dict[str, Any]) -> list[tuple[str, float, float]]:
    """What was drawn since the last time this was asked: kind, began, ended."""
    said, _drawn[:] = list(_drawn), []
    return said


ACTS = {"/bench/hold": hold, "/bench/storm": storm, "/bench/drawn": drawn}


async def _act(scope: Any, receive: Any, send: Any) -> None:
    asked = json.loads(await body_of(receive))
    async with ThreadSensitiveContext():  # a thread of its own, as Django's handler gives each request
        await answer(send, await database_sync_to_async(ACTS[scope["path"]])(asked))


_bench = sending_alongside(_act)
_stock = AuthMiddlewareStack(URLRouter([path("own/", Stock.as_asgi())]))


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The benchmark's addresses, else the product."""
    address = scope.get("path")
    if address == "/own/":
        await (tell if scope["type"] == "http" else _stock)(scope, receive, send)
    else:
        await (_bench if address in ACTS else product)(scope, receive, send)
