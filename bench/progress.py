"""How far the seeding is: rows, a second, and how long it takes yet; a bar on a terminal, plain lines elsewhere."""

import sys
import time
from threading import Lock

WIDTH, PLAIN = 30, 15.0  # characters; seconds between plain lines


class Progress:
    """Add what is done, from any thread; ``total`` is an estimate."""

    def __init__(self, what: str, total: int, unit: str = "rows", *, quiet: bool = False) -> None:
        """``quiet``: nothing is printed."""
        self.what, self.total, self.unit, self.quiet = what, max(total, 1), unit, quiet
        self.done, self.started, self.said = 0, time.monotonic(), 0.0
        self.bar = sys.stdout.isatty()
        self._lock = Lock()

    def add(self, count: int) -> None:
        """So many more are done."""
        with self._lock:
            self.done += count
            now = time.monotonic()
            if now - self.said > (0.2 if self.bar else PLAIN):
                self._say(now)

    def end(self) -> None:
        """Say the last line."""
        self.total = max(self.done, 1)
        self._say(time.monotonic())
        if self.bar and not self.quiet:
            print(flush=True)

    def _say(self, now: float) -> None:
        self.said = now
        if self.quiet:
            return
        share, spent = min(self.done / self.total, 1.0), now - self.started
        rate = self.done / spent if spent else 0.0
        left = f"{(1 - share) * spent / share:.0f} s left" if 0 < share < 1 else f"{spent:.0f} s"
        told = f"{self.what}: {self.done:,} {self.unit}, {rate:,.0f} a second, {left}"
        if self.bar:
            print(f"\r\x1b[K[{'#' * round(share * WIDTH):<{WIDTH}}] {told}", end="", flush=True)
        else:
            print(f"  {share:4.0%} {told}", flush=True)
