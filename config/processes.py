"""Child processes that never outlive who started them: each in a group of its own, stopped together."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PATIENCE = 10.0  # seconds for a child to stop by itself
_PR_SET_PDEATHSIG = 1


class Child:
    """A process whose words go to a log file. ``vital``: nothing works without it. ``account``: whose it is, where not ours."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        log: Path,
        vital: bool = False,
        account: pwd.struct_passwd | None = None,
    ) -> None:
        self.name, self.command, self.cwd, self.env, self.log, self.vital = name, command, cwd, env, log, vital
        self.account = account
        self.process = self._start()
        self.started = time.monotonic()

    def _start(self) -> subprocess.Popen[bytes]:
        user: dict[str, Any] = {}
        if self.account is not None:
            user = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603  our own commands
                self.command,
                cwd=self.cwd,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the parent alone, which stops its children in order
                preexec_fn=_die_with_parent,
                **user,
            )

    @property
    def running(self) -> bool:
        """Whether it is alive."""
        return self.process.poll() is None

    def send(self, number: int) -> None:
        """Send a signal to it and to what it started, where it is alive."""
        if self.running:
            os.killpg(self.process.pid, number)

    def restart(self) -> None:
        """Start it anew."""
        self.process = self._start()
        self.started = time.monotonic()

    def last_words(self, lines: int = 12) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def stop(children: Sequence[Child], patience: float = PATIENCE) -> None:
    """Ask all to stop at once, wait up to ``patience`` seconds, and end what did not listen."""
    for child in children:
        child.send(signal.SIGTERM)
    until = time.monotonic() + patience
    for child in children:
        try:
            child.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.send(signal.SIGKILL)
            child.process.wait()


def _die_with_parent() -> None:
    """On Linux the kernel ends the child when the parent is killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
