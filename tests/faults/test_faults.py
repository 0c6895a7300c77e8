"""Something dies, hangs or fills up while people work: nothing acknowledged is lost, nothing is doubled, and it heals by itself.

One load runs through all of it; each test breaks one thing, and then everybody must have worked again and nothing may be wrong.
"""

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from threading import Event, Thread

import psycopg
import pytest
from redis.exceptions import OutOfMemoryError

from tests.faults.crowd import Deaf, Silent
from tests.faults.logs import now
from tests.faults.ward import EVERY, LONG, OUTAGE, Ward

pytestmark = pytest.mark.long

STEP = 3600  # seconds by which a clock is set wrong
ASKS = 40  # how often a page that never reads asks for its whole board
MOST_A_PAGE = 2_500_000  # bytes that may wait for a page that does not read (live/sockets.py)
SLACK = 40_000_000  # bytes by which a process that works may grow meanwhile
SILENT = 1_000 if LONG else 200
more = pytest.mark.skipif(not EVERY, reason="'make faults' breaks this too")


@more
def test_a_quiet_hour(ward: Ward) -> None:
    since = ward.busy(20)
    ward.recovers(since)
    assert ward.wrong(since) == [], "what is found later was not so before"
    ward.settled()


@pytest.mark.parametrize("number", [0, pytest.param(1, marks=more)])
def test_a_web_process_is_killed(ward: Ward, number: int) -> None:
    since = ward.busy()
    ward.cluster.web[number].kill()
    ward.recovers(now())
    ward.told(since)
    ward.settled()


def test_redis_is_killed_and_comes_back_empty(ward: Ward) -> None:
    since = ward.busy()
    with ward.held("redis"):
        ward.cluster.kill_redis()
        ward.recovers(now())
        time.sleep(OUTAGE)
        ward.signs_in()
        assert ward.wrong(since) == [], "nobody needs Redis to work"
        ward.settled()
    ward.recovers(now())
    ward.settled()


@more
def test_redis_hangs(ward: Ward) -> None:
    since = ward.busy()
    ward.cluster.signal_redis(signal.SIGSTOP)
    try:
        ward.recovers(now())
        time.sleep(OUTAGE)
        ward.signs_in()
        assert ward.wrong(since) == []
    finally:
        ward.cluster.signal_redis(signal.SIGCONT)
    ward.settled()


@more
def test_redis_is_slow(ward: Ward) -> None:
    since = ward.busy()
    with halting(ward):
        ward.recovers(now())
        time.sleep(OUTAGE)
        ward.signs_in()
        assert ward.wrong(since) == []
    ward.settled()


@more
def test_redis_is_full(ward: Ward) -> None:
    since, redis = ward.busy(), ward.cluster.redis
    redis.config_set("maxmemory-policy", "noeviction")
    redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(OutOfMemoryError):
            redis.set("faults", "full")
        ward.signs_in()
        ward.recovers(now())
        assert ward.wrong(since) == []
    finally:
        redis.config_set("maxmemory", "0")
    ward.settled()


def test_postgresql_is_killed(ward: Ward) -> None:
    since = ward.busy()
    with ward.held("postgres"):
        ward.cluster.kill_postgres()
        time.sleep(OUTAGE)
    ward.recovers(now())
    assert ward.told(since), "somebody was told"
    ward.settled()


@more
def test_all_connections_of_postgresql_are_taken(ward: Ward) -> None:
    since = ward.busy()
    with somebody_else(ward) as takes:
        until = time.monotonic() + max(OUTAGE, 12)  # the pool waits 10 s for a connection
        while time.monotonic() < until:
            takes()
            time.sleep(0.2)
    ward.recovers(now())
    assert any("database" in each.words for _, each in ward.told(since)), "somebody was told"
    ward.settled()


@more
def test_the_disk_is_full(ward: Ward) -> None:
    if not ward.cluster.small:
        pytest.skip("No disk of its own: mounting one needs root and CAP_SYS_ADMIN.")
    since = ward.busy()
    until = time.monotonic() + 60
    try:
        while not any("disk is full" in each.words for _, each in ward.wrong(since)) and time.monotonic() < until:
            ward.cluster.fill()
            time.sleep(0.2)
    finally:
        ward.cluster.make_room()
    ward.recovers(now())
    assert any("disk is full" in each.words for _, each in ward.told(since)), "somebody was told"
    ward.settled()


@more
@pytest.mark.parametrize("step", [STEP, -STEP])
def test_the_clock_of_a_process_is_set_wrong(ward: Ward, step: int) -> None:
    since = ward.busy()
    ward.cluster.clock(0).write_text(str(step))
    try:
        ward.recovers(now())
        time.sleep(OUTAGE)
    finally:
        ward.cluster.clock(0).unlink()
    ward.recovers(now())
    words = "60 minutes ahead of" if step > 0 else "60 minutes behind"
    assert any(words in each.words for _, each in ward.told(since)), "somebody was told"
    assert {each.port for _, each in ward.log.tries(since) if words in each.words} == {ward.cluster.web[0].port}
    ward.settled()


@more
def test_pages_that_never_read(ward: Ward) -> None:
    ward.busy()
    process = ward.cluster.web[0]
    before = process.memory
    with contextlib.ExitStack() as pages:
        deaf = [
            pages.enter_context(contextlib.closing(Deaf(ward.load, "nurse", path, process.port)))
            for path in ward.paths * 5
        ]
        for _ in range(ASKS):
            for page in deaf:
                page.ask()
            time.sleep(0.1)
        since = ward.busy()
        ward.recovers(since)
        assert process.memory - before < len(deaf) * MOST_A_PAGE + SLACK
        assert ward.wrong(since) == []
    ward.settled()


@more
def test_pages_that_never_say_a_word(ward: Ward) -> None:
    ward.busy()
    before = [process.memory for process in ward.cluster.web]
    silent = Silent(ward.load, ward.paths, SILENT)
    try:
        silent.open()
        since = ward.busy()
        ward.recovers(since)
        assert ward.wrong(since) == []
        grown = sum(process.memory for process in ward.cluster.web) - sum(before)
        assert grown < SILENT * 100_000 + SLACK, f"{grown} bytes for {SILENT} sockets"
        if LONG:
            silent.wait_closed(150)
            assert set(silent.codes) == {4408}
    finally:
        silent.close()
    ward.settled()


@contextlib.contextmanager
def halting(ward: Ward) -> Iterator[None]:
    """Redis answers, but each answer takes up to half a second: it runs for a moment, and stands for ten."""
    done = Event()

    def halt() -> None:
        while not done.is_set():
            ward.cluster.signal_redis(signal.SIGSTOP)
            done.wait(0.5)
            ward.cluster.signal_redis(signal.SIGCONT)
            done.wait(0.05)

    halter = Thread(target=halt)
    halter.start()
    try:
        yield
    finally:
        done.set()
        halter.join()


@contextlib.contextmanager
def somebody_else(ward: Ward) -> Iterator[Callable[[], None]]:
    """Takes every connection there is, those of the web processes too, each time it is called; gives them back at the end."""
    taken: list[psycopg.Connection[object]] = []

    def take() -> None:
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                taken.append(ward.cluster.connect())
        mine = [each.info.backend_pid for each in taken]
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'stepwell' AND pid <> ALL(%s)"
        taken[0].execute(others, [mine])

    take()
    try:
        yield take
    finally:
        for each in taken:
            each.close()
