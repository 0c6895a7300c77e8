"""What a site asks of whoever looks at charts: when a session locks, whose chart is one's own, how long a broken glass lasts.

Sources: 45 CFR 164.312(a)(2)(iii) asks for automatic log-off and names no number; 42 CFR 2.12(c)(3) asks for a need. The numbers
are house proposals, each site's own to set; docs/signing-in.md says what was read.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class ChartAccess(StrEnum):
    """Whose charts somebody opens without breaking the glass."""

    SITE = "site"
    TEAM = "team"

    @property
    def label(self) -> str:
        """The choice in words."""
        return _WORDS[self]


_WORDS = {
    ChartAccess.SITE: "Everybody who is a client of the site now",
    ChartAccess.TEAM: "Only one's own: caseload, care team, groups one runs, what one has to do",
}


@dataclass(frozen=True)
class AccessPolicy:
    """``idle_minutes`` at a desk, ``tablet_minutes`` on a registered tablet, until a session locks. A discharged client stays one's
    own for ``discharged_days``; who was assigned stays so for ``assigned_days``. A glass is broken for ``glass_minutes``."""

    idle_minutes: int = 15
    tablet_minutes: int = 5
    chart_access: ChartAccess = ChartAccess.SITE
    discharged_days: int = 30
    assigned_days: int = 30
    glass_minutes: int = 60
    source: str = "The defaults of the house: docs/signing-in.md"

    def idle(self, *, tablet: bool) -> timedelta:
        """How long nobody may touch a page before it locks."""
        return timedelta(minutes=self.tablet_minutes if tablet else self.idle_minutes)


DEFAULT = AccessPolicy()
RANGES = {
    "idle_minutes": (2, 60),
    "tablet_minutes": (1, 60),
    "discharged_days": (0, 365),
    "assigned_days": (1, 365),
    "glass_minutes": (10, 240),
}
"""The least and the most of each number, both included."""
