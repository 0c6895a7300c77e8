"""Chart doses over HTTP: one tablet, many tablets at once on two processes, a client's whole pass in one request; beside bare
PostgreSQL commits of the same rows, in turns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from statistics import median
from typing import TypeVar
from uuid import uuid4

from bench.figures import Figure, Line, Section, clocked, ms
from bench.load.bare import Bare
from bench.load.knobs import Knobs
from bench.organisation import Due, Organisation, SiteIs
from bench.web import Process, Tablet, signed_in

ONE, ALL = "/api/emar/administrations", "/api/emar/clients/{}/administrations"
TOGETHER = 20  # doses of a client in one request
Hand = TypeVar("Hand")


@dataclass
class Crowd:
    """Many tablets at once, by round: doses a second, and bare commits a second on one connection and on as many."""

    tablets: int
    rates: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    together: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def section(here: Organisation, knobs: Knobs, running: Sequence[Process]) -> Section:
    """Part 2 of the table."""
    with here.here():
        sites = here.sites[: max(knobs.tablets)]
        first, passes = sites[0], max(1, knobs.doses // TOGETHER)
        crowd = (sum(knobs.tablets) * knobs.each * knobs.rounds + 2 * len(knobs.tablets) * len(sites)) // len(
            sites
        ) + 40
        mine = list(
            _by_client(here.more(first, max(knobs.doses + 20 + crowd, TOGETHER * len(first.clients)) * 5 // 4)).values()
        )
        passes = min(passes, len(mine) // 3 + 1)
        whole, single = [dues[:TOGETHER] for dues in mine[:passes]], iter(_in_turns(mine[passes:]))
        orders = {site.site.pk: iter(here.more(site, crowd)) for site in sites[1:]} | {first.site.pk: single}
        figures = _one(first, single, iter(whole), running[0], knobs.doses)
        crowds = [_many(sites, orders, running, count, knobs) for count in knobs.tablets]
    return Section("2. Chart a dose", [*_alone(*figures, knobs.rounds), *(_crowd(crowd, len(running)) for crowd in crowds)], [
        "A bare commit is one transaction of the rows a dose writes: administration, event, answer and topic number, of the same "
        "size. The share is the median of the rounds; the range stands beside it.",
    ])  # fmt: skip


def asked(due: Due) -> dict[str, object]:
    """The JSON of an ordinary dose."""
    return {
        "key": str(uuid4()), "order_id": due.order_id, "due_at": due.due_at.isoformat(), "outcome": "given",
        "identifiers": ["wristband"], "amount": str(due.amount), "unit": due.unit,
    }  # fmt: skip


def _chart(tablet: Tablet, due: Due) -> None:
    tablet.send("POST", ONE, asked(due) | {"client_id": due.client_id})


def _one(
    site: SiteIs, single: Iterator[Due], whole: Iterator[Sequence[Due]], process: Process, runs: int
) -> tuple[Figure, Figure, Figure]:
    """Bare commits, one tablet, and whole passes, in turns."""
    one, other = (Tablet(process.port, signed_in(site.nurse)) for _ in range(2))
    floor, http, batch = Figure("bare commit"), Figure("one tablet"), Figure("a whole pass")

    def at_once(dues: Sequence[Due]) -> None:
        body = {"mode": "each", "doses": [asked(due) for due in dues]}
        _, answer = other.send("POST", ALL.format(dues[0].client_id), body)
        assert answer["written"] == len(dues), answer

    with Bare() as commit:
        for number in range(-min(10, runs), runs):
            bare, spent = clocked(commit.run), clocked(lambda: _chart(one, next(single)))
            if number % TOGETHER == 0 and (dues := next(whole, None)):
                batch.seconds.append(clocked(lambda dues=dues: at_once(dues)) / len(dues))  # type: ignore[misc]
            if number >= 0:
                floor.seconds.append(bare)
                http.seconds.append(spent)
    return floor, http, batch


def _many(
    sites: Sequence[SiteIs], orders: Mapping[int, Iterator[Due]], running: Sequence[Process], count: int, knobs: Knobs
) -> Crowd:
    """So many tablets, dealt out to the sites and the processes; each round between its own bare commits."""
    places = [sites[number % len(sites)] for number in range(count)]
    hands = [
        (Tablet(running[number % len(running)].port, signed_in(site.nurse)), site) for number, site in enumerate(places)
    ]
    for tablet, site in hands[: 2 * len(sites)]:
        _chart(tablet, next(orders[site.site.pk]))
    bares, crowd = [Bare() for _ in range(count)], Crowd(count)
    for _ in range(knobs.rounds):
        work = [(tablet, list(islice(orders[site.site.pk], knobs.each))) for tablet, site in hands]
        crowd.alone.append(_rate([(bares[0], [None] * (knobs.each * count))], lambda bare, _: bare.run())[0])
        crowd.together.append(_rate([(bare, [None] * knobs.each) for bare in bares], lambda bare, _: bare.run())[0])
        rate, seconds = _rate(work, _chart)
        crowd.rates.append(rate)
        crowd.seconds += seconds
    for bare in bares:
        bare.close()
    return crowd


Item = TypeVar("Item")


def _rate(work: Sequence[tuple[Hand, Sequence[Item]]], act: Callable[[Hand, Item], None]) -> tuple[float, list[float]]:
    """How many a second, when each hand takes its share at the same time; and the seconds of each."""

    def mine(share: tuple[Hand, Sequence[Item]]) -> list[float]:
        return [clocked(lambda item=item: act(share[0], item)) for item in share[1]]  # type: ignore[misc]

    done: list[list[float]] = []
    with ThreadPoolExecutor(len(work)) as pool:
        seconds = clocked(lambda: done.extend(pool.map(mine, work)))
    each = [one for share in done for one in share]
    return len(each) / seconds, each


def _alone(floor: Figure, http: Figure, batch: Figure, rounds: int) -> Iterator[Line]:
    bare = f"bare commit {ms(floor.p50)}, {floor.rate:.0f} a second"
    yield Line("bare commit", ms(floor.p50), ms(floor.p95), besides=f"{floor.rate:.0f} a second")
    yield _line("one tablet", http, bare, _shares(http, floor, rounds), 0.06, f"{http.rate:.0f} a second")
    yield _line(
        f"{TOGETHER} doses in one request, a dose", batch, bare, _shares(batch, floor, rounds), 0.25,
        f"{batch.rate:.0f} doses a second",
    )  # fmt: skip


def _line(name: str, figure: Figure, floor: str, shares: Sequence[float], least: float, besides: str) -> Line:
    share = median(shares)
    return Line(
        name, ms(figure.p50), ms(figure.p95), floor, f"{share:.1%} of its rate", f"at least {least:.0%}", share >= least,
        f"{besides}; {_range(shares)}",
    )  # fmt: skip


def _crowd(crowd: Crowd, processes: int) -> Line:
    rate, alone, together = median(crowd.rates), median(crowd.alone), median(crowd.together)
    shares = [rate / bare for rate, bare in zip(crowd.rates, crowd.alone, strict=True)]
    figure, bound = Figure("", crowd.seconds), crowd.tablets == 16
    return Line(
        f"{crowd.tablets} tablets, {processes} processes", ms(figure.p50), ms(figure.p95), f"bare commits {alone:.0f} a second",
        f"{median(shares):.1%} of its rate", "at least 5%" if bound else "", median(shares) >= 0.05 if bound else None,
        f"{rate:.0f} a second; {_range(shares)}; {rate / together:.1%} of {together:.0f} on {crowd.tablets} connections",
    )  # fmt: skip


def _shares(figure: Figure, floor: Figure, rounds: int) -> list[float]:
    """The rate as a share of the floor's, for each stretch of the run: both were timed in turns."""
    return [
        (len(done) / sum(done)) / (len(bare) / sum(bare))
        for number in range(rounds)
        if (done := _part(figure.seconds, number, rounds)) and (bare := _part(floor.seconds, number, rounds))
    ]


def _part(seconds: Sequence[float], number: int, rounds: int) -> Sequence[float]:
    return seconds[len(seconds) * number // rounds : len(seconds) * (number + 1) // rounds]


def _range(shares: Sequence[float]) -> str:
    return f"{min(shares):.1%} to {max(shares):.1%} in {len(shares)} rounds"


def _by_client(dues: Sequence[Due]) -> dict[int, list[Due]]:
    found: dict[int, list[Due]] = {}
    for due in dues:
        found.setdefault(due.client_id, []).append(due)
    return found


def _in_turns(by_client: Sequence[Sequence[Due]]) -> list[Due]:
    """No two in a row are of one client."""
    return [due for turn in zip_longest(*by_client) for due in turn if due is not None]
