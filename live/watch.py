"""One watched topic: gathers what arrives, draws it once an audience, sends it to this process's sockets.

The number decides. The next one: patch. One missing for longer than messages take to overtake each other: redraw all.
Older: ignore.
"""

import asyncio
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from live import counted
from live.access import Code
from live.drawing import Drawn, Order, View, draw_in_thread
from live.sockets import Socket

logger = logging.getLogger(__name__)

BREATH = 16  # sockets sent to before the event loop has its turn: their bytes leave while the next are prepared
PAUSE = 0.05  # seconds between two batches: what arrives meanwhile travels together
GRACE = 0.25  # seconds a missing message may be late before the board is redrawn
RETRY = 1.0  # seconds after a batch failed


@dataclass
class Batch:
    """What one hop draws: the changes after ``base`` up to ``seq``, and which sockets get a patch or a redraw."""

    base: int
    seq: int
    keys: set[str]
    gap: bool
    committed: list[float] = field(default_factory=list)  # when its changes were, seconds since 1970
    patched: dict[View, list[Socket]] = field(default_factory=dict)
    redrawn: dict[View, list[Socket]] = field(default_factory=dict)

    def sort(self, socket: Socket, *, behind: bool) -> None:
        """Decide what this socket gets. One that already has this number gets nothing."""
        if not socket.keeps_up():
            return
        if self.gap or behind:
            self.redrawn.setdefault(socket.view, []).append(socket)
        elif self.fits(socket):
            self.patched.setdefault(socket.view, []).append(socket)
        elif socket.seq is not None and socket.seq < self.seq and self.seq > self.base:
            self.redrawn.setdefault(socket.view, []).append(socket)

    def fits(self, socket: Socket) -> bool:
        """True where the changes after ``base`` are all that this socket misses (and perhaps a few it has)."""
        known = bool(self.keys) and socket.seq is not None and self.base <= socket.seq < self.seq
        return known and not socket.view.whole

    def orders(self) -> list[tuple[Order, list[Socket]]]:
        """What to draw, and for whom."""
        patches = [(Order(view, self.seq, frozenset(self.keys)), sockets) for view, sockets in self.patched.items()]
        return patches + [(Order(view), sockets) for view, sockets in self.redrawn.items()]


class Watch:
    """A topic with at least one socket here."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.sockets: set[Socket] = set()
        self.seq: int | None = None  # drawn up to here; None until the database was asked
        self.ready = asyncio.Event()
        self._behind: set[Socket] = set()
        self._arrived: dict[int, tuple[set[str], bool, float | None]] = {}  # number: keys, whether everything, when
        self._doubted: int | None = None  # a number the database has and no message brought
        self._since: float | None = None  # when the oldest number that cannot be drawn yet became known
        self._gap = False
        self._wake = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name=f"live {topic}")

    def start(self, seq: int) -> None:
        """Joined, and the database was at this number: what is older need not be drawn."""
        self.seq = seq
        self.ready.set()
        self._wake.set()

    def stop(self) -> None:
        """The last socket left."""
        self._task.cancel()

    def arrived(self, seq: int, keys: Iterable[str], at: float | None = None) -> None:
        """A message came: these keys changed at this number; no keys, everything. ``at``: when it was committed."""
        changed = set(keys)
        self._arrived[seq] = (changed, not changed, at)
        self._wake.set()

    def doubt(self, current: int) -> None:
        """The database is at another number than we: unless the messages come in time, draw everything."""
        self._doubted = current
        self._wake.set()

    def redraw(self, socket: Socket) -> None:
        """Send this socket the whole board with the next batch."""
        self._behind.add(socket)
        self._wake.set()

    async def _run(self) -> None:
        """One batch after the other, a pause apart."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self.seq is None:
                continue
            try:
                await self._work(self.seq)
            except Exception:
                logger.exception("A batch of %s failed; it is drawn as a whole next.", self.topic)
                self._gap = True
                self._wake.set()
                await asyncio.sleep(RETRY)
            await asyncio.sleep(PAUSE)

    async def _work(self, base: int) -> None:
        batch = self._collect(base)
        behind, self._behind = self._behind, set()
        self.seq = batch.seq
        for socket in self.sockets:
            batch.sort(socket, behind=socket in behind)
        orders = batch.orders()
        if not (batch.gap or orders):
            return
        with counted.BATCHES.time():
            await self._draw(batch, orders)

    async def _draw(self, batch: Batch, orders: list[tuple[Order, list[Socket]]]) -> None:
        floor, drawn = await draw_in_thread([order for order, _ in orders], self.topic if batch.gap else None)
        if batch.gap:
            self.seq = floor
        turns = count(1)
        for (order, sockets), message in zip(orders, drawn, strict=True):
            counted.DRAWN.labels("redraw" if order.keys is None else "patch").inc()
            for socket in sockets:
                if socket in self.sockets and socket.view == order.view:  # it may have left or moved meanwhile
                    await _hand_over(socket, order, message, batch)
                if next(turns) % BREATH == 0:
                    await asyncio.sleep(0)
            counted.SENT.inc(len(sockets))
        for at in batch.committed:
            counted.TOLD.observe(max(0.0, time.time() - at))

    def _collect(self, base: int) -> Batch:
        """The contiguous run of messages after ``base``; a gap where the next one is missing for too long."""
        batch = Batch(base, base, set(), self._gap)
        for seq in [seq for seq in self._arrived if seq <= base]:
            del self._arrived[seq]
        everything = False
        while (found := self._arrived.pop(batch.seq + 1, None)) is not None:
            batch.seq += 1
            batch.keys |= found[0]
            everything = everything or found[1]
            batch.committed += [found[2]] if found[2] else []
        if everything:
            batch.keys.clear()
        self._judge(batch)
        if batch.gap:
            self._arrived.clear()
            self._doubted = self._since = None
            self._gap = False
        return batch

    def _judge(self, batch: Batch) -> None:
        """Is a number known that the messages do not lead to? Give it a moment, then call it a gap."""
        if self._doubted is not None and batch.base <= self._doubted <= batch.seq:
            self._doubted = None
        if not self._arrived and self._doubted is None:
            self._since = None
            return
        now = time.monotonic()
        if self._since is None or batch.seq > batch.base:
            self._since = now
        if now - self._since >= GRACE:
            batch.gap = True
        else:
            asyncio.get_running_loop().call_later(GRACE, self._wake.set)


async def _hand_over(socket: Socket, order: Order, message: Drawn | None, batch: Batch) -> None:
    if message is None:
        socket.end(Code.BROKEN)
    elif socket.keeps_up() and (order.keys is None or batch.fits(socket)):
        await socket.deliver(message)
