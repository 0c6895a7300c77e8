"""One line on the terminal that says how far the seed is; plain lines where there is no terminal."""

import sys
import time
from typing import TextIO

WIDTH = 28


class Bar:
    """``step("doses")`` says what comes next; ``done()`` ends the line. Writes to stderr unless given another stream."""

    def __init__(self, steps: int, stream: TextIO | None = None) -> None:
        self.steps, self.stream = steps, stream or sys.stderr
        self.taken = 0
        self.began = time.monotonic()

    def step(self, words: str) -> None:
        """The next step begins."""
        self._say(words)
        self.taken += 1

    def done(self, words: str) -> None:
        """Everything is there."""
        self.taken = self.steps
        self._say(f"{words} in {time.monotonic() - self.began:.0f} s")
        if self.stream.isatty():
            self.stream.write("\n")
            self.stream.flush()

    def _say(self, words: str) -> None:
        if self.stream.isatty():
            full = WIDTH * self.taken // self.steps
            self.stream.write(f"\r  [{'█' * full}{'·' * (WIDTH - full)}] {words:<46.46}")
        else:
            self.stream.write(f"  {self.taken}/{self.steps} {words}\n")
        self.stream.flush()
