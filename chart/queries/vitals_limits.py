"""The limits of vital signs of a site: what holds, and what held before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chart.models import VitalsPolicy
from chart.rules.vitals import Limits, Sign, limits_from, plain, usual
from chart.vitals import signs

MOST = 20


@dataclass(frozen=True)
class Line:
    """The limits of one measure in words, '' where there is none."""

    sign: Sign
    under: str
    over: str


@dataclass(frozen=True)
class Held:
    """Limits that hold, or held for a period. ``row`` is None for those of the file."""

    row: VitalsPolicy | None
    lines: Sequence[Line]

    @property
    def said(self) -> str:
        """'Pulse 50 to 120, SpO2 from 92'."""
        return ", ".join(_said(line) for line in self.lines if line.under or line.over)


def held_limits(site_id: int, at: datetime) -> Sequence[Held]:
    """What holds at an instant first, then what held before, newest first, at most 20; the file's last. One query."""
    rows = VitalsPolicy.objects.filter(site=site_id, started_at__lte=at).select_related("by").order_by("-started_at")
    return [*(Held(row, _lines(limits_from(row.limits))) for row in rows[:MOST]), Held(None, _lines(usual(signs())))]


def _lines(limits: Limits) -> list[Line]:
    found = []
    for code, sign in signs().items():
        under, over = ("" if each is None else plain(each) for each in limits.get(code, (None, None)))
        found.append(Line(sign, under, over))
    return found


def _said(line: Line) -> str:
    if line.under and line.over:
        return f"{line.sign.name} {line.under} to {line.over}"
    return f"{line.sign.name} from {line.under}" if line.under else f"{line.sign.name} to {line.over}"
