"""Ports that nobody has, in a row: the proxy's, and those of the processes after it."""

import os
import socket
from contextlib import ExitStack

FIRST, LAST = 8100, 8149


def free_row(count: int) -> list[int]:
    """``count`` ports one after the other, each worker looking at a place of its own first."""
    places = list(range(FIRST, LAST - count, count))
    begin = os.getpid() % len(places)
    for place in (*places[begin:], *places[:begin]):
        with ExitStack() as held:
            try:
                for port in range(place, place + count):
                    line = held.enter_context(socket.socket())
                    line.bind(("127.0.0.1", port))
            except OSError:
                continue
            return list(range(place, place + count))
    raise AssertionError(f"No {count} free ports in a row from {FIRST} to {LAST}.")
