"""A mixed load on the cluster, and what a fault's test says of it: it is busy, it recovers, it is settled and nothing is wrong."""

import contextlib
import functools
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import unified_diff

from tests.faults import checker
from tests.faults.boards import Board, fresh
from tests.faults.cluster import Cluster
from tests.faults.logs import Asked, Log, Try, now
from tests.faults.tablets import Intake, Lead, Load, Nurse, Reader, Tablet, Tapping, sign_in
from tests.faults.world import Shift

FAULTS = os.environ.get("FAULTS", "")
EVERY = FAULTS in {"short", "long"}  # 'make faults'; else what can be killed is killed, and no more
LONG = FAULTS == "long"
OUTAGE = 60.0 if LONG else 4.0  # seconds something is away
PAUSE = 4.0 if LONG else 1.0  # seconds between two doses of a nurse
RECOVERS = 45.0  # seconds after which everybody works again, at most
SENTENCE = "may not be recorded"  # of the page that says what is wrong
WRONG = "are not correct"  # of the sign-in page
BOTH = 6  # doses that two people chart at once


@dataclass
class Ward:
    """The cluster, its people and what they wrote down."""

    cluster: Cluster
    shift: Shift
    log: Log = field(default_factory=Log)
    tablets: list[Tablet] = field(default_factory=list)
    boards: list[Board] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    load: Load = field(init=False)

    def __post_init__(self) -> None:
        self.load = Load(self.shift, lambda: [each.port for each in self.cluster.web], self.log)
        doses = self.shift.doses
        shared = doses[:BOTH]  # two people chart these at once: one of them is told who was first
        half = (len(doses) - BOTH) // 2
        self.tablets = [
            Nurse(self.load, "nurse", [*shared, *doses[BOTH : BOTH + half]], pause=PAUSE),
            Tapping(self.load, "second nurse", [*shared, *doses[BOTH + half :]], who="second", first=1, pause=PAUSE),
            Intake(self.load, "intake", "intake", first=0),
            Lead(self.load, "lead", "lead", first=1),
            Reader(self.load, "nurse", "reader", pause=0.4),
        ]
        places = [("nurse", f"emar.pass/{self.shift.pass_key}"), ("intake", f"beds.board/{self.shift.site_slug}")]
        places += [("lead", f"groups.session/{self.shift.session_id}")]
        self.paths = [places[0][1], places[1][1]]  # what the nurse sees
        self.boards = [Board(self.load, who, path, number) for number, (who, path) in enumerate(places * 2)]

    def open(self) -> None:
        """Everybody begins."""
        for board in self.boards:
            board.start()
        for tablet in self.tablets:
            tablet.start()
        self.load.going.set()

    def close(self) -> None:
        """Everybody goes home."""
        self.load.over.set()
        self.load.going.set()
        for board in self.boards:
            board.stop()
        for tablet in self.tablets:
            tablet.join()

    # What a test says

    def busy(self, acts: int = 8) -> datetime:
        """Everybody is at work; the instant from which on so many acts were acknowledged."""
        since = now()
        self.load.going.set()
        self._wait(lambda: self.log.answered(since) >= acts, 90, "The load does not get going.")
        return since

    def recovers(self, since: datetime, within: float = RECOVERS) -> None:
        """Each kind of act is acknowledged again, begun after ``since``; boards are open and up to date; by itself."""
        acting = [tablet.name for tablet in self.tablets if not isinstance(tablet, Reader)]
        self._wait(
            lambda: all(self.log.answered(since, name) for name in acting), within, "Not everybody works again.",
            lambda: {name: self.log.answered(since, name) for name in acting},
        )  # fmt: skip

    def signs_in(self) -> None:
        """Each process opens its door: a wrong password is told so, though what counts them may be away."""
        for process in self.cluster.web:
            status, words = sign_in(process.port, f"nobody {now():%H%M%S%f}", "a wrong password")
            assert (status, WRONG in words) == (200, True), (status, words[:500])

    def settled(self, *, refused: bool = False) -> None:
        """Everybody stops after the act they are at; then nothing may be wrong."""
        self.load.going.clear()
        self._wait(
            lambda: not any(tablet.busy.is_set() for tablet in self.tablets), 60, "Somebody waits for an answer."
        )
        assert [tablet.failed for tablet in self.tablets if tablet.failed] == []
        with self.cluster.connect() as db:
            self._wait(lambda: not checker.unsealed(db), 20, "The sealer does not seal.")
            assert checker.check(db, self.log.asked) == []
            assert refused or checker.refusals(self.log.asked, self._first) == []
            numbers = {row["name"]: row["seq"] for row in checker.rows(db, "SELECT name, seq FROM live_topic")}
        self._boards(numbers)
        self.load.going.set()

    def _first(self, asked: Asked) -> bool:
        """Somebody else charted that dose first: both asked for it."""
        both = {dose.order_id for dose in self.shift.doses[:BOTH]}
        return asked.verb == "dose" and asked.tries[-1].status == 409 and asked.what["order"] in both

    def _boards(self, numbers: dict[str, int]) -> None:
        """Every board shows the last number, and what a page shows that is opened now."""
        assert [board.failed for board in self.boards if board.failed] == []
        topics = [f"emar.pass.{self.shift.unit_id}", f"beds.board.{self.shift.site_slug}"]
        topics += [f"groups.session.{self.shift.session_id}"]
        self.cluster.wait()
        for number, board in enumerate(self.boards):
            self._wait(
                functools.partial(_shows, board, numbers[topics[number % len(topics)]]), RECOVERS,
                f"The board {board.path} is behind.", functools.partial(_said, board),
            )  # fmt: skip
            seq, regions = fresh(self.load, board.who, board.path, self.cluster.web[number % 2].port)
            with board.lock:
                assert board.seq == seq, board.path
                apart = differences(board.regions, regions)
                assert not apart, f"{board.path}: {apart[:20]}"

    @contextlib.contextmanager
    def held(self, *names: str) -> Iterator[None]:
        """The keeper lets these lie while the block runs."""
        self.cluster.held.update(names)
        try:
            yield
        finally:
            self.cluster.held.difference_update(names)

    def wrong(self, since: datetime) -> list[tuple[str, Try]]:
        """Every answer since that was an error of the server, or none."""
        return [(what, each) for what, each in self.log.tries(since) if each.open]

    def told(self, since: datetime, most: float = 20.0) -> Sequence[tuple[str, Try]]:
        """What went wrong since was told in words, and in time: no bare 500, nobody waits for ever."""
        failed = self.wrong(since)
        bare = [
            (what, each.status, each.words[:200]) for what, each in failed if each.status and SENTENCE not in each.words
        ]
        assert bare == []
        slow = [(what, each.seconds) for what, each in self.log.tries(since) if each.seconds > most]
        assert slow == []
        return [(what, each) for what, each in failed if each.status]

    def _wait(
        self, done: Callable[[], bool], seconds: float, otherwise: str, say: Callable[[], object] = lambda: ""
    ) -> None:
        until = time.monotonic() + seconds
        while not done():
            if time.monotonic() > until:
                raise AssertionError(f"{otherwise} {say()}")
            time.sleep(0.05)


def _shows(board: Board, seq: int) -> bool:
    return board.seq == seq


def _said(board: Board) -> object:
    return board.seq, board.kinds[-9:], board.codes[-9:]


def differences(shown: dict[str, str], new: dict[str, str]) -> list[str]:
    """Where what a page shows is not what it should, line by line."""
    return [
        line
        for name in sorted(shown.keys() | new.keys())
        for line in unified_diff(
            _lines(shown.get(name, "")), _lines(new.get(name, "")), "shown", "new", lineterm="", n=0
        )
    ]


def _lines(html: str) -> list[str]:
    return [line.strip() for line in html.replace("<", "\n<").splitlines() if line.strip()]
