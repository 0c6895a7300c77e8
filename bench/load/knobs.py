"""How much is measured, by the size of the organisation."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Knobs:
    """How much is measured.

    ``doses`` charted by one tablet; ``tablets`` at once, ``each`` doses a tablet and round, ``rounds`` of them; ``boards`` open,
    smallest first; ``changes`` to each number of them; ``storm`` changes in one second; ``shift`` tablets that open the pass in
    ``seconds``; all on so many ``processes``.
    """

    doses: int
    tablets: Sequence[int]
    each: int
    rounds: int
    boards: Sequence[int]
    changes: int
    storm: int
    shift: int
    seconds: float
    processes: int = 2


KNOBS = {
    "full": Knobs(200, (16, 64), 4, 5, (100, 500, 1_000), 15, 50, 200, 10.0),
    "small": Knobs(60, (16, 64), 2, 3, (20, 100), 8, 50, 40, 4.0),
    "tiny": Knobs(3, (2,), 1, 2, (2, 4), 2, 5, 2, 0.2, processes=1),
}
