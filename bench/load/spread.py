"""A bed is held while 100, 500 and 1,000 boards of the site are open: when the last one has it, how often it was drawn, what was
lost; beside a stock Channels group and a plain ASGI reader that send the same bytes. And what the open sockets weigh."""

import gc
import json
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from statistics import median
from typing import Any

from django.utils import timezone

from beds.board import Look, page_of
from beds.models import Hold
from beds.topics import board_topic
from bench.load.knobs import Knobs
from bench.load.sockets import HOST, PATIENCE, Pages
from bench.organisation import Organisation, SiteIs
from bench.web import Process, processes, signed_in
from live.queries import current_seq
from programs.models import PlacementRequest

OURS, OWN, CORE, PUBSUB, PLAIN = "stepwell", "own", "core", "pubsub", "plain"
TOLD = {
    OWN: "stock group, these settings", CORE: "stock group, core layer, bare", PUBSUB: "stock group, pub/sub layer, bare",
    PLAIN: "plain ASGI reader",
}  # fmt: skip
FILES = 8_192
WORD = 40.0  # seconds after which the pages say what they have, as live.js does each 30 s
SERVED = (
    ("stepwell", "stepwell", "bench.served"), ("own", "stepwell", "daphne"), ("stock", "stock", "daphne"),
    ("plain", "plain", "daphne"),
)  # fmt: skip
QUIET = ("--ping-interval", "600")  # pings of a thousand idle sockets would fall into what is measured


@dataclass
class Change:
    """One change to all open boards, in seconds: whole, up to where drawing began (the later process), drawing, after it."""

    whole: float
    announcing: float
    drawing: float
    sending: float
    draws: int

    @property
    def bare(self) -> float:
        """Without drawing: what a broadcast does as well."""
        return self.announcing + self.sending


@dataclass
class Spread:
    """What was measured. ``others``: seconds from send to last socket, by kind; by number of boards."""

    ours: dict[int, list[Change]] = field(default_factory=dict)
    others: dict[int, dict[str, list[float]]] = field(default_factory=dict)
    lost: dict[int, int] = field(default_factory=dict)
    bytes: int = 0
    storm: "Storm | None" = None
    joined: float = 0.0
    rest: dict[str, float] = field(default_factory=dict)
    weights: dict[str, dict[int, float]] = field(default_factory=dict)
    after: float = 0.0
    processes: int = 2


@dataclass(frozen=True)
class Storm:
    """Many changes in one second: frames of each board (least, most), bytes of one, boards that ended elsewhere; seconds it took."""

    changes: int
    boards: int
    least: int
    most: int
    size: int
    behind: int
    seconds: float


def measured(here: Organisation, knobs: Knobs, running: Mapping[str, list[Process]]) -> Spread:
    """Open the boards, weigh them, change the board: the most boards first, then fewer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(FILES, hard)), hard))
    site, done = here.sites[0], Spread(processes=knobs.processes)
    with here.here():
        topic, act = board_topic(site.site), _act(site)
        cookies = [f"Cookie: {signed_in(who)}\r\n" for who in (site.intake, site.technician)]
    with here.here():
        ours = Pages(_ports(running["stepwell"]), f"/ws/live/beds.board/{site.site.slug}/", cookies)
        sets = {OURS: ours} | {
            kind: Pages(_ports(running[group]), path, headers)
            for kind, group, path, headers in (
                (OWN, "own", "/own/", cookies), (CORE, "stock", "/core/", [""]), (PUBSUB, "stock", "/pubsub/", [""]),
                (PLAIN, "plain", "/", [""]),
            )
        }  # fmt: skip
        _weigh(done, running, sets, knobs.boards, topic)
        gc.freeze()
        try:
            for boards in reversed(knobs.boards):
                for pages in sets.values():
                    pages.keep(boards)
                _change(done, running, sets, act, boards, knobs.changes)
                done.lost[boards] = ours.settle(current_seq(topic))
                if boards == knobs.boards[-1]:
                    done.storm = _storm(running["stepwell"], ours, topic, site, knobs.storm)
                    done.after = _memory(running["stepwell"]) / knobs.processes
        finally:
            gc.unfreeze()
            for pages in sets.values():
                pages.keep(0)
    return done


def _act(site: SiteIs) -> dict[str, int]:
    """Who holds which bed for whom: the first of the placement list who fits a free one and has none held."""
    held = Hold.objects.current(timezone.now()).values("client_id")
    waiting = PlacementRequest.objects.filter(site=site.site, settled_at=None).exclude(client_id__in=held)
    for asks in waiting.order_by("pk"):
        page = page_of(Look(site.site.slug, chosen=asks.pk), site.site, timezone.now())
        for bed in (one for unit in page.units for room in unit.rooms for one in room.beds if one.fit == "fits"):
            return {"by": site.intake.pk, "bed": bed.card.pk, "client": asks.client_id}
    raise SystemExit("No bed can be held for anybody.")


@contextmanager
def servers(database: str, count: int) -> Iterator[dict[str, list[Process]]]:
    """So many processes of each kind: Stepwell as it is served; and on Daphne as it comes a stock consumer with Stepwell's settings,
    Channels alone, and a plain ASGI application."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                processes(count, database, f"bench.load.{module}:application", *QUIET, server=server)
            )
            for name, module, server in SERVED
        }


def _ports(running: Sequence[Process]) -> list[int]:
    return [each.port for each in running]


def _memory(running: Sequence[Process]) -> int:
    return sum(each.memory for each in running)


def _weigh(
    done: Spread, running: Mapping[str, list[Process]], sets: Mapping[str, Pages], sizes: Sequence[int], topic: str
) -> None:
    """Open more and more, and see what the processes grow by: kind after kind, bytes a socket."""
    groups = {OURS: "stepwell", OWN: "own", CORE: "stock", PUBSUB: "stock", PLAIN: "plain"}
    for kind, pages in sets.items():
        processes_of = running[groups[kind]]
        pages.open(len(processes_of))  # the first one of a process is dearer
        _hello(kind, pages, topic)
        before, had = _memory(processes_of), len(pages.pages)
        done.rest.setdefault(groups[kind], before / len(processes_of))
        done.weights[kind] = {}
        for size in sizes:
            began = time.perf_counter()
            pages.open(size)
            _hello(kind, pages, topic)
            if kind == OURS:
                done.joined = time.perf_counter() - began
            time.sleep(min(0.5, size / 200))
            if size > had:
                done.weights[kind][size] = (_memory(processes_of) - before) / (size - had)


def _hello(kind: str, pages: Pages, topic: str) -> None:
    """Each page of Stepwell says which number it has, and hears that all is well."""
    if kind == OURS:
        pages.expect()
        seq = current_seq(topic)
        pages.say(lambda _: json.dumps({"seen": seq}))
        lost = pages.hear()
        if lost:
            raise SystemExit(f"{lost} boards got no answer to their first word.")
    pages.said = time.monotonic()


def _change(
    done: Spread, running: Mapping[str, list[Process]], sets: Mapping[str, Pages], act: Mapping[str, int], boards: int,
    changes: int,
) -> None:  # fmt: skip
    """Each kind in turns: what else the machine does falls on all of them."""
    ours, others, text = list[Change](), {kind: list[float]() for kind in TOLD}, b""
    first = running["stepwell"][0].port
    for number in range(-1, changes):
        for kind, pages in sets.items():
            if kind == OURS:
                if time.monotonic() - pages.said > WORD:
                    _again(pages)
                for each in running["stepwell"]:
                    _post(each.port, "/bench/drawn", {})
                began = _told(pages, first, "/bench/hold", json.dumps(act).encode())
                text, change = pages.pages[0].last, _parted(pages, began, running["stepwell"])
                if number >= 0:
                    ours.append(change)
            else:
                began = _told(pages, pages.ports[0], pages.path, text)
                if number >= 0:
                    others[kind].append(pages.latest - began)
            time.sleep(0.05)
    done.ours[boards], done.others[boards], done.bytes = ours, others, len(text)


def _again(pages: Pages) -> None:
    """The pages' heartbeat."""
    for page in pages.pages:
        page.waited = False
    pages.expect()
    pages.say(lambda page: json.dumps({"seen": page.seq}))
    pages.hear()
    pages.said = time.monotonic()


def _told(pages: Pages, port: int, path: str, body: bytes) -> float:
    """Have one process tell all pages something; when it began. A broadcast that reaches not everybody stops the run."""
    pages.expect()
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    connection.request("POST", path, body)
    lost = pages.hear(20)
    said = _answer(connection)
    if lost:
        raise SystemExit(f"{path}: {lost} of {len(pages.pages)} sockets got nothing within 20 s.")
    return float(said["began"])


def _parted(pages: Pages, began: float, running: Sequence[Process]) -> Change:
    drawn = [_post(each.port, "/bench/drawn", {}) for each in running]
    starts, ends = [draws[0][1] for draws in drawn if draws], [draws[-1][2] for draws in drawn if draws]
    spans = [draws[-1][2] - draws[0][1] for draws in drawn if draws]
    return Change(
        pages.latest - began, max(starts) - began, median(spans), pages.latest - max(ends), sum(len(each) for each in drawn)
    )  # fmt: skip


def _storm(running: Sequence[Process], pages: Pages, topic: str, site: SiteIs, changes: int) -> Storm:
    """So many changes in one second, of one bed after the other."""
    _again(pages)
    frames, sizes = [page.frames for page in pages.pages], [page.size for page in pages.pages]
    units = [unit.pk for unit in site.units]
    keys = [
        [f"bed:{site.beds[number % len(site.beds)]}", f"unit:{units[number % len(units)]}", f"counts:{site.site.pk}"]
        for number in range(changes)
    ]
    connection = HTTPConnection(HOST, running[0].port, timeout=PATIENCE)
    connection.request("POST", "/bench/storm", json.dumps({"topic": topic, "seconds": 1.0, "changes": keys}))
    pages.read_for(1.0)
    said = _answer(connection)
    behind = pages.settle(current_seq(topic), 20)
    got = [page.frames - before for page, before in zip(pages.pages, frames, strict=True)]
    return Storm(
        changes, len(got), min(got), max(got), pages.pages[0].size - sizes[0], behind, said["ended"] - said["began"]
    )


def _post(port: int, path: str, body: object) -> Any:
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    connection.request("POST", path, json.dumps(body))
    return _answer(connection)


def _answer(connection: HTTPConnection) -> Any:
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"The server answered {answer.status}: {text[:500]!r}")
    return json.loads(text)
