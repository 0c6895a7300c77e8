"""The rule for reviews that ships: one file, read once."""

from functools import cache
from pathlib import Path

from asam.rules.review_policy import HouseRule, house_from

HERE = Path(__file__).parent


@cache
def house() -> HouseRule:
    """The shipped rule. Raises ValueError for a file that is wrong, with what is wrong in it."""
    return house_from((HERE / "house.toml").read_text("utf-8"))
