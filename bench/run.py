"""One run: the large organisation and its one table, or the small parts that were asked for by name; nothing is left behind."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from django.db import connection

from bench import acts, board, census, chart, databases, doses, history, levels, load, notes, pages, queue, weeks
from bench.figures import Section
from bench.machine import machine
from bench.organisation import LONG, SHORT, SIZES, Organisation, made


def knob(name: str, usual: int) -> int:
    """A whole number from the environment."""
    return int(os.environ.get(name, str(usual)))


def run(parts: Sequence[str]) -> None:
    """Print, and drop the databases of the run."""
    if connection.vendor != "postgresql":
        raise SystemExit("The benchmark runs on PostgreSQL.")
    size = os.environ.get("SIZE", "full")
    if size not in SIZES:
        raise SystemExit(f"There is no size {size}. Take one of: {', '.join(SIZES)}.")
    try:
        print(machine(" ".join(parts)), flush=True)
        if not parts or set(parts) & {"pages", "load"}:
            for each in large(size, parts or ("pages", "load"), rounds=knob("ROUNDS", 15)):
                print(f"\n{each}", flush=True)
        if small := [part for part in parts if part in SMALL]:
            _small(small)
    finally:
        connection.close()
        databases.drop(SHORT, LONG)


def large(size: str, parts: Sequence[str], *, rounds: int) -> Iterator[Section]:
    """Seed the organisation and measure it, section by section."""
    marks = [time.monotonic()]
    short, long = made(size)
    marks.append(time.monotonic())
    for each in measured(short, long, parts, rounds):
        marks.append(time.monotonic())
        yield each
    seeded, *took = (round(later - earlier) for earlier, later in pairwise(marks))
    print(f"\nSeeded in {seeded} s; the sections took {', '.join(f'{each} s' for each in took)}.", flush=True)


def measured(short: Organisation, long: Organisation, parts: Sequence[str], rounds: int) -> Iterator[Section]:
    """The sections of the one table, on an organisation that is there."""
    if "pages" in parts:
        yield pages.section(short, long, rounds)
    if "load" in parts:
        yield from load.sections(long)


def _small(parts: Sequence[str]) -> None:
    """Parts that need no large organisation: a table each, on two databases made anew."""
    short = databases.fresh(SHORT)
    long = databases.fresh(LONG, like=SHORT)
    sites: list[history.History] = []
    if set(parts) & {"board", "acts", "census"}:
        sites = [history.make(knob("SHORT_DAYS", 90), short), history.make(knob("LONG_DAYS", 5 * 365), long)]
    rounds = knob("ROUNDS", 15)
    doing = doses.Knobs(knob("DOSES", 300), rounds, knob("PAST", 2_000_000), knob("MEMORY", 2_000))
    tables: dict[str, Callable[[], Iterator[str]]] = {
        "board": lambda: iter([board.table(sites, rounds)]),
        "census": lambda: iter([census.table(sites, knob("CENSUS_ROUNDS", 5))]),
        "acts": lambda: iter([acts.table(sites[-1], knob("ACTS", 60))]),
        "queue": lambda: iter([queue.table(SHORT, short, knob("QUEUES", 10))]),
        "doses": lambda: doses.tables(SHORT, short, long, doing),
        "weeks": lambda: iter([weeks.table({knob("SHORT_WEEKS", 4): short, knob("LONG_WEEKS", 104): long}, rounds)]),
        "notes": lambda: iter([notes.table(short, knob("NOTES", 5_000), rounds)]),
        "levels": lambda: iter([levels.table(short, rounds)]),
        "chart": lambda: iter([chart.table({knob("SHORT_CHART", 30): short, knob("LONG_CHART", 730): long}, rounds)]),
    }
    for part in SMALL:
        if part in parts:
            for table in tables[part]():
                print(f"\n{table}", flush=True)


SMALL = ("doses", "queue", "board", "acts", "census", "weeks", "notes", "levels", "chart")
