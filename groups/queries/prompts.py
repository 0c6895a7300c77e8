"""What a member's own part is prompted by: that client's objectives, never a neighbour's words.

The treatment plan is another change's work. Until it is there nobody has an objective, and the part shows the plain question;
``objectives`` is the one place to ask ``chart`` then.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Objective:
    """One objective of a client's plan: its number ('2.1') and its words."""

    number: str
    words: str


def objectives(clients: Collection[int], at: datetime) -> Mapping[int, tuple[Objective, ...]]:
    """The objectives that each client's plan names at an instant; empty while there are no plans."""
    return {}
