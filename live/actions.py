"""Tell the pages that something changed: the last of an action's four paragraphs.

The number is taken inside the transaction; the message leaves after the commit and carries keys, never data. Nothing
relies on the message: a page that misses it finds out by the number.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, TypedDict

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection, transaction

from live import counted
from live.names import checked_topic, person_topic, split_key
from live.queries import current_seq

__all__ = ["Message", "current_seq", "publish", "recheck", "sending_alongside"]

logger = logging.getLogger(__name__)

PATIENCE = (
    2.0  # seconds an announcement waits for Redis, all its topics together; outside a web process the write waits too
)
MOST_KEYS = 100  # more changes than this are cheaper drawn as a whole board

Application = Callable[[Any, Any, Any], Awaitable[None]]
_serving: ContextVar[asyncio.AbstractEventLoop | None] = ContextVar("serving", default=None)  # whose request this is
_under_way: set[asyncio.Task[None]] = set()

BUMP = """
    INSERT INTO live_topic (name, seq)
    SELECT name, 1 FROM unnest(%s::text[]) WITH ORDINALITY AS wanted (name, place) ORDER BY place
    ON CONFLICT (name) DO UPDATE SET seq = live_topic.seq + 1
    RETURNING name, seq
"""


class Message(TypedDict):
    """What travels through Redis. No keys means: everything on the board. ``at``: when it was committed, seconds since 1970."""

    type: str
    topic: str
    seq: int
    keys: list[str]
    at: float


def publish(changes: Mapping[str, Iterable[str]]) -> None:
    """Announce that these keys (``"bed:12"``) of these topics changed; no keys means the whole board.

    Call it once, last in the transaction: it locks the topics' rows, in the order of their names, until the commit.
    Raises RuntimeError outside a transaction and ValueError for a bad topic or key. A broken Redis is logged only.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("publish belongs inside the transaction that made the change (transaction.atomic).")
    wanted = {checked_topic(topic): _checked_keys(keys) for topic, keys in changes.items()}
    if not wanted:
        return
    numbers = _bump(sorted(wanted))

    def announce() -> None:  # a def, not a partial: Django reports a failing callback by its name
        at = time.time()
        messages = [
            Message(type="live.changed", topic=name, seq=seq, keys=wanted[name], at=at) for name, seq in numbers
        ]
        loop = _serving.get()
        if loop is not None and loop.is_running():
            loop.call_soon_threadsafe(_begin, messages)
        else:
            async_to_sync(_announce)(messages)

    transaction.on_commit(announce, robust=True)


def publish_after(topics: Mapping[str, Iterable[str]]) -> None:
    """The same after the commit, in a transaction of its own: for what an act raises in passing, as the act publishes its own topics
    last and locks topics once. A process that is killed between leaves a page old until its next reading, five minutes at most."""

    def announce() -> None:
        with transaction.atomic():
            publish(topics)

    if topics:
        transaction.on_commit(announce, robust=True)


def sending_alongside(application: Application) -> Application:
    """The same ASGI application, whose requests do not wait for Redis: their announcements are sent by its event loop.

    What a killed process had not sent yet is a lost message like any other: pages find out by the number.
    """

    async def served(scope: Any, receive: Any, send: Any) -> None:
        _serving.set(asyncio.get_running_loop())
        await application(scope, receive, send)

    return served


def recheck(person_pk: object) -> None:
    """Have this person's open sockets checked at once, after the commit: a role or a session changed."""
    publish({person_topic(person_pk): ()})


def _checked_keys(keys: Iterable[str]) -> list[str]:
    checked = sorted(set(keys))
    for key in checked:
        split_key(key)
    return checked if len(checked) <= MOST_KEYS else []


def _bump(topics: Sequence[str]) -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(BUMP, [list(topics)])
        return [(str(name), int(seq)) for name, seq in cursor.fetchall()]


def _begin(messages: Sequence[Message]) -> None:
    """Start sending, on the event loop, in the order of the commits that asked for it."""
    task = asyncio.get_running_loop().create_task(_announce(messages), name="live announce")
    _under_way.add(task)  # the loop itself would forget it
    task.add_done_callback(_under_way.discard)


async def all_sent() -> None:
    """Wait for what is being sent by this event loop; for a process that is about to end."""
    if _under_way:
        await asyncio.wait(_under_way, timeout=PATIENCE)


async def _announce(messages: Sequence[Message]) -> None:
    """Send, or say in the log that it did not go; never raises."""
    try:
        await _send(messages)
    except Exception:
        topics = ", ".join(message["topic"] for message in messages)
        logger.exception("Not announced; pages find out by their numbers: %s", topics)
        counted.UNSENT.inc(len(messages))


async def _send(messages: Sequence[Message]) -> None:
    """To the group of each topic, over the open connection of the event loop that runs it."""
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("There is no channel layer; set CHANNEL_LAYERS.")
    async with asyncio.timeout(PATIENCE):
        for message in messages:
            await layer.group_send(message["topic"], message)
