"""Sections 2 to 5 of the benchmark: many tablets and many open boards, on web processes over TCP.

The clients are this process; the servers are processes apart. ``bench.load.stock`` and ``plain`` import this package without Django,
so nothing of Stepwell is imported before ``sections`` is called.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench.load.knobs import KNOBS, Knobs

if TYPE_CHECKING:
    from bench.figures import Section
    from bench.organisation import Organisation

__all__ = ["KNOBS", "Knobs", "sections"]


def sections(here: Organisation, knobs: Knobs | None = None) -> Iterator[Section]:
    """2. chart a dose, 3. a change to all open boards, 4. shift start, 5. memory. Call it outside ``here.here()``; it writes doses and
    holds into the database. ``knobs``: those of the organisation's size, unless given."""
    from bench.load.charting import section as charted
    from bench.load.lines import memory, section
    from bench.load.shift import section as started
    from bench.load.spread import measured, servers

    wanted = knobs or KNOBS[here.size.name]
    with servers(here.name, wanted.processes) as running:
        reached = measured(here, wanted, running)  # first: what an open socket weighs is seen on fresh processes only
        yield charted(here, wanted, running["stepwell"])
        yield section(reached)
        yield started(here, wanted, running["stepwell"])
    yield memory(reached)
