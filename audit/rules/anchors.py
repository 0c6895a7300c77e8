"""A line of the anchor file: on this instant the chain had this head. The file stands outside the database."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LINE = re.compile(r"(\S+) (0|[1-9][0-9]{0,17}) ([0-9a-f]{64}|-)")


@dataclass(frozen=True)
class Anchor:
    """``position`` links, the last with the digest ``head`` (hex; '' where there were none); ``at`` is aware, UTC."""

    at: datetime
    position: int
    head: str

    @property
    def words(self) -> str:
        """'the anchor of 21 Nov 2026, 00:00 UTC'."""
        return f"the anchor of {self.at:%-d %b %Y, %H:%M} UTC"

    @property
    def line(self) -> str:
        """The line of the file, without its end."""
        return f"{self.at.astimezone(UTC).isoformat(timespec='seconds')} {self.position} {self.head or '-'}"


def read(lines: Iterable[str]) -> tuple[list[Anchor], list[str]]:
    """The anchors of a file's lines in order, and what is wrong with the file, in words. Blank lines are nothing."""
    anchors: list[Anchor] = []
    faults = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        anchor = _read(line.rstrip("\r\n"))
        if anchor is None:
            faults.append(
                f"Line {number} of the anchor file cannot be read: it was changed, or the machine stopped while writing it."
            )
        elif anchors and (anchor.at < anchors[-1].at or anchor.position < anchors[-1].position):
            faults.append(
                f"Line {number} of the anchor file goes back behind the line before: a line was changed or moved."
            )
        else:
            anchors.append(anchor)
    return anchors, faults


def _read(line: str) -> Anchor | None:
    found = LINE.fullmatch(line)
    if found is None or (found[2] == "0") != (found[3] == "-"):
        return None
    try:
        at = datetime.fromisoformat(found[1])
    except ValueError:
        return None
    return Anchor(at, int(found[2]), found[3].replace("-", "")) if at.tzinfo else None


def due(last: Anchor | None, now: datetime, every: timedelta) -> bool:
    """Whether it is time for another: none yet, or the last one is of another UTC day or older than ``every``."""
    return last is None or now - last.at >= every or (every >= timedelta(days=1) and now.date() > last.at.date())
