"""One run: two databases made anew, a site with a short history and one with a long one, and the parts that were asked for."""

import os
from collections.abc import Sequence

import django
from django.db import connection

from bench import acts, board, census, chart, databases, doses, history, levels, notes, queue, reach, weeks

SHORT, LONG = "bench_short", "bench_long"


def knob(name: str, usual: int) -> int:
    """A whole number from the environment."""
    return int(os.environ.get(name, str(usual)))


def run(parts: Sequence[str]) -> None:
    """Print one table a part; leave nothing behind."""
    if connection.vendor != "postgresql":
        raise SystemExit("The benchmark runs on PostgreSQL.")
    try:
        short = databases.fresh(SHORT)
        long = databases.fresh(LONG, like=SHORT)
        print(_machine(), flush=True)
        sites = []
        if set(parts) - {"doses", "queue", "weeks", "notes", "chart", "levels"}:
            sites = [history.make(knob("SHORT_DAYS", 90), short), history.make(knob("LONG_DAYS", 5 * 365), long)]
        if "board" in parts:
            _say(board.table(sites, knob("ROUNDS", 15)))
        if "census" in parts:
            _say(census.table(sites, knob("CENSUS_ROUNDS", 5)))
        if "reach" in parts:
            _say(reach.table(sites[-1], knob("SOCKETS", 200), knob("REACH_ROUNDS", 20)))
        if "acts" in parts:
            _say(acts.table(sites[-1], knob("ACTS", 60)))
        if "queue" in parts:
            _say(queue.table(SHORT, short, knob("QUEUES", 10)))
        if "doses" in parts:
            knobs = doses.Knobs(knob("DOSES", 300), knob("ROUNDS", 15), knob("PAST", 2_000_000), knob("MEMORY", 2_000))
            for table in doses.tables(SHORT, short, long, knobs):
                _say(table)
        if "weeks" in parts:
            stored = {knob("SHORT_WEEKS", 4): short, knob("LONG_WEEKS", 104): long}
            _say(weeks.table(stored, knob("ROUNDS", 15)))
        if "notes" in parts:
            _say(notes.table(short, knob("NOTES", 5_000), knob("ROUNDS", 15)))
        if "levels" in parts:
            _say(levels.table(short, knob("ROUNDS", 15)))
        if "chart" in parts:
            stored = {knob("SHORT_CHART", 30): short, knob("LONG_CHART", 730): long}
            _say(chart.table(stored, knob("ROUNDS", 15)))
    finally:
        connection.close()
        databases.drop(SHORT, LONG)


def _say(table: str) -> None:
    print(f"\n{table}", flush=True)


def _machine() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    load = os.getloadavg()[0]
    return (
        f"Django {django.get_version()}, PostgreSQL {version}, {os.cpu_count()} cores, load {load:.1f} before the run; "
        "p50 and p95 in milliseconds, 'floor' is how many times the p50 of the floor above it"
    )
