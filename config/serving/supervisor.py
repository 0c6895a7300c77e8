"""Keeps the proxy and the web processes of ``manage.py serve`` running: starts again what dies, and restarts one after the other.

SIGHUP: rolling restart. SIGTERM, SIGINT: everything ends in order. Killed outright, the kernel tells the children to end
(``config/processes.py``).
"""

import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from types import FrameType

from config.processes import Child, stop
from config.serving.web import CannotServe

Say = Callable[[str], None]

START = 90.0  # seconds for a process to be ready, on a slow machine
DRAIN = 30.0  # seconds for one to end: what server.py allows, and some
AT_ONCE = 10.0  # seconds; who lived longer is started again at once
LONGEST = 30.0  # seconds before one is started again that dies at once again and again
EVERY = 0.1


class Kept:
    """A child that is to run. ``port``: of a web process; None for the proxy and the sealer."""

    def __init__(self, child: Child, port: int | None = None) -> None:
        self.child, self.port = child, port
        self._deaths = 0
        self._again = 0.0  # when it is started again; 0 while it runs

    def tend(self, say: Say) -> None:
        """Start it again where it died: at once, or later and later where it dies at once."""
        if self.child.running:
            if time.monotonic() - self.child.started > AT_ONCE:
                self._deaths = 0
            return
        now = time.monotonic()
        if not self._again:
            wait = 0.0 if not self._deaths else min(LONGEST, 0.5 * 2**self._deaths)
            self._deaths += 1
            self._again = now + wait
            when = f"in {wait:.0f} s" if wait else "now"
            say(
                f"{self.child.name} ended ({self.child.process.returncode}) and is started again {when}; see {self.child.log}."
            )
        if now >= self._again:
            self._again = 0.0
            self.child.restart()

    def ready(self) -> bool:
        """Whether this web process says so itself."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=3) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False


class Supervisor:
    """All of them; ``run`` returns when it was asked to end."""

    def __init__(self, web: list[Kept], others: list[Kept], say: Say) -> None:
        self.web, self.others, self.say = web, others, say
        self._ending = self._rolling = False

    def listen(self) -> None:
        """Take the signals. Once they are taken no Ctrl-C is an exception any more."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        signal.signal(signal.SIGHUP, self._roll)

    def wait_ready(self) -> None:
        """Until every web process is ready, or somebody asks us to end. Raises CannotServe."""
        for kept in self.web:
            until = time.monotonic() + START
            while not self._ending and not kept.ready():
                if not kept.child.running or time.monotonic() > until:
                    raise CannotServe(
                        f"{kept.child.name} is not ready; {kept.child.log} says why:\n{kept.child.last_words()}"
                    )
                self._pause()

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        while not self._ending:
            if self._rolling:
                self._rolling = False
                self._roll_all()
            self._tend()
            self._pause()

    def stop(self) -> None:
        """The web processes drain, then the proxy and the sealer go."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        stop([kept.child for kept in self.web], DRAIN)
        stop([kept.child for kept in self.others])

    def _tend(self, but: Kept | None = None) -> None:
        for kept in (*self.web, *self.others):
            if kept is not but:
                kept.tend(self.say)

    def _roll_all(self) -> None:
        """One after the other; the next only when the one before is ready."""
        for kept in self.web:
            self.say(f"{kept.child.name} drains.")
            kept.child.send(signal.SIGTERM)
            if not self._until(lambda kept=kept: not kept.child.running, DRAIN, kept):  # type: ignore[misc]
                self.say(f"{kept.child.name} did not end within {DRAIN:.0f} s and is ended.")
                stop([kept.child], 0.1)
            kept.child.restart()
            if not self._until(kept.ready, START, kept):
                if not self._ending:
                    self.say(
                        f"{kept.child.name} is not ready: the restart stops here, the others go on. See {kept.child.log}."
                    )
                return
            self.say(f"{kept.child.name} is ready.")
        self.say("All processes were restarted.")

    def _until(self, done: Callable[[], bool], patience: float, kept: Kept) -> bool:
        """Wait, minding the others meanwhile; False where it took too long or somebody asks us to end."""
        until = time.monotonic() + patience
        while not done():
            if self._ending or time.monotonic() > until:
                return False
            self._tend(but=kept)
            self._pause()
        return True

    def _pause(self) -> None:
        time.sleep(EVERY)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._ending = True

    def _roll(self, number: int, frame: FrameType | None) -> None:
        self._rolling = True
