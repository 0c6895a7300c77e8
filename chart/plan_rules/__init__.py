"""What a program asks of its treatment plans: when they are looked at again, and for how long an objective may be quiet. Data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

HERE = Path(__file__).parent
NUMBERS = ("quiet_days", "usual_review_days", "longest_review_days", "level_review_days")


@dataclass(frozen=True)
class PlanRules:
    """``quiet_days``: an objective for which nothing was done for so many days is loud. ``level_review_days``: a plan is looked at
    within so many after a change of level. ``review_days``: by level, after how many days
    a plan is looked at again where nobody says otherwise; ``usual_review_days`` for any other level."""

    quiet_days: int
    usual_review_days: int
    review_days: Mapping[str, int]
    longest_review_days: int
    level_review_days: int

    def review_in(self, level: str) -> int:
        """After how many days a plan of this level is looked at again."""
        return self.review_days.get(level, self.usual_review_days)


@cache
def plan_rules() -> PlanRules:
    """The file beside this, read once. Raises ValueError or KeyError for a file that is wrong."""
    data = tomllib.loads((HERE / "plans.toml").read_text("utf-8"))
    days = {str(level): int(each) for level, each in data["review_days"].items()}
    numbers = {name: int(data[name]) for name in NUMBERS}
    found = PlanRules(review_days=MappingProxyType(days), **numbers)
    if min(*numbers.values(), *days.values()) < 1:
        raise ValueError("plans.toml: every number of days is 1 or more.")
    return found
