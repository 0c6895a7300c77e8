"""Shift start: many tablets open the pass within seconds, each at its own moment whatever became of the others, and their pages go live.

Each is a connection of its own (asyncio streams): the page, then the socket of the page with its first word. Seconds are counted
from the moment the tablet was to ask, so that waiting in line counts.
"""

import asyncio
import base64
import html
import json
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bench.figures import Line, Section, ms
from bench.load.knobs import Knobs
from bench.organisation import Organisation, SiteIs
from bench.web import HOST, Process, Tablet, signed_in
from emar.keys import minute_of

PATIENCE = 60.0  # seconds
LIVE = re.compile(r'data-live-board="([^"]+)" data-live-key="([^"]+)" data-live-seq="(\d+)"')
NOTHING = "/health/"  # the page that does nothing


@dataclass
class Opening:
    """Seconds to the page and to the page's live word, and what went wrong; bytes of a page."""

    pages: list[float] = field(default_factory=list)
    joined: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    size: int = 0


@dataclass(frozen=True)
class Asked:
    """One tablet: which process, which page, and its cookies."""

    port: int
    address: str
    cookies: str
    live: bool


def section(here: Organisation, knobs: Knobs, running: Sequence[Process]) -> Section:
    """Part 4 of the table."""
    with here.here():
        sessions = [(site, signed_in(site.nurse)) for site in _dealt(here.sites, knobs.shift)]
    tablets = [
        Asked(running[number % len(running)].port, _pass(here, site, number), cookies, live=True)
        for number, (site, cookies) in enumerate(sessions)
    ]
    nothing = [Asked(each.port, NOTHING, "", live=False) for each in tablets]
    for tablet in tablets[: len(running)]:  # the first drawing of a process reads templates and icons
        asyncio.run(_all([tablet], 0.0))
    floor = asyncio.run(_all(nothing, knobs.seconds))
    done = asyncio.run(_all(tablets, knobs.seconds))
    rate = _rate(running[0], tablets[0], 10 if len(tablets) > 10 else 2)
    return Section("4. Shift start", _lines(knobs, floor, done, rate), [
        f"Each tablet asks at its own moment, evenly over {knobs.seconds:g} s, on a connection of its own; seconds count from that moment. "
        f"The floor is the same number of requests for {NOTHING}, which touches no database.",
        *(f"An error: {each}" for each in sorted(set(done.errors))[:3]),
    ])  # fmt: skip


def _dealt(sites: Sequence[SiteIs], count: int) -> list[SiteIs]:
    return [sites[number % len(sites)] for number in range(count)]


def _pass(here: Organisation, site: SiteIs, number: int) -> str:
    """The pass of one of the site's units that is due now."""
    unit = site.units[number // len(here.sites) % len(site.units)]
    return f"/pass/{unit.pk}/{minute_of(here.at)}/"


def _lines(knobs: Knobs, floor: Opening, done: Opening, rate: float) -> list[Line]:
    asked = knobs.shift / knobs.seconds
    return [
        Line(
            f"{knobs.shift} tablets open the pass in {knobs.seconds:g} s", *_times(done.pages), floor=f"{NOTHING} {_times(floor.pages)[0]}",
            ratio=f"{_p50(done.pages) / _p50(floor.pages):.0f}x", target="no errors", met=not (done.errors or floor.errors),
            besides=f"{len(done.errors)} errors; {done.size:,} bytes; one process alone {rate:.1f} pages a second, asked for {asked:.0f}",
        ),
        Line("and are live", *_times(done.joined), besides=f"{len(done.joined)} of {knobs.shift} sockets; from the page to its first word"),
    ]  # fmt: skip


def _p50(seconds: Sequence[float]) -> float:
    return sorted(seconds)[len(seconds) // 2]


def _times(seconds: Sequence[float]) -> tuple[str, str]:
    if not seconds:
        return "none", ""
    return ms(_p50(seconds)), ms(sorted(seconds)[min(len(seconds) - 1, round(len(seconds) * 0.95))])


def _rate(process: Process, asked: Asked, count: int) -> float:
    """Pages a second of one process that has nothing else to do, one after the other."""
    tablet = Tablet(process.port, asked.cookies)
    began = time.perf_counter()
    for _ in range(count):
        tablet.connection.request("GET", asked.address, headers={"Cookie": asked.cookies})
        tablet.connection.getresponse().read()
    return count / (time.perf_counter() - began)


async def _all(tablets: Sequence[Asked], seconds: float) -> Opening:
    """Everybody at their moment; sockets stay open until the last one is there."""
    done, began, over = Opening(), time.perf_counter() + 0.1, asyncio.Event()
    tasks = [
        asyncio.create_task(_one(tablet, began + number * seconds / len(tablets), done, over))
        for number, tablet in enumerate(tablets)
    ]
    try:
        async with asyncio.timeout(seconds + PATIENCE):
            while len(done.errors) + (len(done.joined) if tablets[0].live else len(done.pages)) < len(tablets):
                await asyncio.sleep(0.05)
    except TimeoutError:
        done.errors.append(f"not everybody was there after {seconds + PATIENCE:.0f} s")
    over.set()
    await asyncio.wait(tasks, timeout=5)
    return done


async def _one(tablet: Asked, moment: float, done: Opening, over: asyncio.Event) -> None:
    await asyncio.sleep(max(0.0, moment - time.perf_counter()))
    try:
        body = await _page(tablet)
        done.pages.append(time.perf_counter() - moment)
        done.size = len(body)
        if tablet.live:
            came = time.perf_counter()
            await _live(tablet, body.decode(), lambda: done.joined.append(time.perf_counter() - came), over.wait)
    except (OSError, ValueError, asyncio.IncompleteReadError) as error:
        done.errors.append(f"{type(error).__name__}: {error}")


async def _page(tablet: Asked) -> bytes:
    reader, writer = await asyncio.open_connection(HOST, tablet.port)
    try:
        writer.write(_head(tablet, tablet.address, "Connection: close\r\n"))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise ValueError(f"{tablet.address} answered {head.splitlines()[0].decode()}")
        return await reader.read()
    finally:
        writer.close()


async def _live(tablet: Asked, page: str, joined: Callable[[], None], over: Callable[[], Awaitable[object]]) -> None:
    """The page's socket: its first word, the answer, and then it stays until the others are there."""
    found = LIVE.search(page)
    if found is None:
        raise ValueError("the page is not live")
    board, key, seq = (html.unescape(part) for part in found.groups())
    reader, writer = await asyncio.open_connection(HOST, tablet.port)
    try:
        key_of = base64.b64encode(bytes(16)).decode()
        writer.write(_head(
            tablet, f"/ws/live/{board}/{key}/",
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key_of}\r\n",
        ))  # fmt: skip
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head:
            raise ValueError(f"the socket answered {head.splitlines()[0].decode()}")
        word = json.dumps({"seen": int(seq)}).encode()
        writer.write(bytes([0x81, 0x80 | len(word), 0, 0, 0, 0]) + word)
        first = await reader.readexactly(2)
        if first[0] != 0x81:
            raise ValueError(f"the socket was told {first.hex()}")
        joined()
        await over()
    finally:
        writer.close()


def _head(tablet: Asked, address: str, more: str) -> bytes:
    return (
        f"GET {address} HTTP/1.1\r\nHost: {HOST}:{tablet.port}\r\nOrigin: http://{HOST}:{tablet.port}\r\n"
        f"Cookie: {tablet.cookies}\r\n{more}\r\n"
    ).encode()
