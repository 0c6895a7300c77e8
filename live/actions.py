"""Tell the pages that something changed: the last of an action's four paragraphs.

The number is taken inside the transaction; the message leaves after the commit and carries keys, never data. Nothing
relies on the message: a page that misses it finds out by the number.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection, transaction

from live.names import checked_topic, person_topic, split_key
from live.queries import current_seq

__all__ = ["Message", "current_seq", "publish", "recheck"]

logger = logging.getLogger(__name__)

PATIENCE = 2.0  # seconds a committed write waits for Redis, all its topics together
MOST_KEYS = 100  # more changes than this are cheaper drawn as a whole board

BUMP = """
    INSERT INTO live_topic (name, seq)
    SELECT name, 1 FROM unnest(%s::text[]) WITH ORDINALITY AS wanted (name, place) ORDER BY place
    ON CONFLICT (name) DO UPDATE SET seq = live_topic.seq + 1
    RETURNING name, seq
"""


class Message(TypedDict):
    """What travels through Redis. No keys means: everything on the board."""

    type: str
    topic: str
    seq: int
    keys: list[str]


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
    messages = [
        Message(type="live.changed", topic=topic, seq=seq, keys=wanted[topic]) for topic, seq in _bump(sorted(wanted))
    ]

    def announce() -> None:  # a def, not a partial: Django reports a failing callback by its name
        try:
            async_to_sync(_send)(messages)
        except Exception:
            logger.exception("Not announced; pages find out by their numbers: %s", ", ".join(sorted(wanted)))

    transaction.on_commit(announce, robust=True)


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


async def _send(messages: Sequence[Message]) -> None:
    """To the group of each topic. In a web process this runs on its own event loop and uses its open connection."""
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("There is no channel layer; set CHANNEL_LAYERS.")
    async with asyncio.timeout(PATIENCE):
        for message in messages:
            await layer.group_send(message["topic"], message)
