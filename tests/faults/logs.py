"""What the clients of a fault test write down: what they asked, how often, and what they were answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock

TRANSIENT = (502, 503, 504)
ODD = 2_000  # characters of an answer that are kept where it is none


@dataclass(frozen=True)
class Try:
    """One sending: to which process, from when to when, and the status; None where no answer came."""

    port: int
    began: datetime
    ended: datetime
    status: int | None
    words: str = ""  # of an answer that is an error

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.ended - self.began).total_seconds()

    @property
    def open(self) -> bool:
        """True where nobody can say whether it was done."""
        return self.status is None or self.status >= 500


@dataclass
class Asked:
    """An act: ``what`` says it in plain values, ``said`` what the answer that counts said."""

    who: str
    verb: str
    key: str
    what: Mapping[str, object]
    tries: list[Try] = field(default_factory=list)
    said: Mapping[str, object] = field(default_factory=dict)

    @property
    def answered(self) -> bool:
        """Acknowledged: done, says the server."""
        return bool(self.tries) and self.tries[-1].status in range(200, 300)

    @property
    def possible(self) -> bool:
        """It may have been done."""
        return self.answered or any(each.open for each in self.tries)

    @property
    def began(self) -> datetime:
        """When it was sent first."""
        return self.tries[0].began

    @property
    def ended(self) -> datetime:
        """When the last answer came, or did not."""
        return self.tries[-1].ended


class Log:
    """Everything that was asked; written by many threads."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.looked: list[tuple[str, Try]] = []  # pages that were only read, by address
        self._lock = Lock()

    def add(self, asked: Asked) -> Asked:
        """Before it is sent."""
        with self._lock:
            self.asked.append(asked)
        return asked

    def look(self, address: str, tried: Try) -> None:
        """A page was read."""
        with self._lock:
            self.looked.append((address, tried))

    def tries(self, since: datetime) -> list[tuple[str, Try]]:
        """Every answer since an instant, with what was asked."""
        with self._lock:
            acts = [(each.verb, one) for each in self.asked for one in each.tries if one.began >= since]
            return acts + [(address, one) for address, one in self.looked if one.began >= since]

    def answered(self, since: datetime, who: str = "") -> int:
        """How many acts were acknowledged since, that were begun since."""
        with self._lock:
            return sum(each.answered and each.tries[-1].began >= since and who in ("", each.who) for each in self.asked)


def now() -> datetime:
    """The test's own clock, which nobody sets."""
    return datetime.now(UTC)
