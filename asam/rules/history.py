"""What would another catalog make of ratings that were taken before? Nothing is ever rewritten by it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from asam.rules.catalog import Catalog
from asam.rules.level_of_care import InvalidRating, recommend
from asam.rules.levels import compare


@dataclass(frozen=True)
class Change:
    """How a recommendation would differ. ``order`` is how the new level stands to the old one: lower, higher, different, same
    (then only the housing differs); '' where the ratings cannot be read (``why`` says what is wrong)."""

    was: str
    now: str
    order: str
    why: str = ""


def rerun(ratings: Mapping[str, Collection[str]], level: str, residence: bool, catalog: Catalog) -> Change | None:
    """What a catalog makes of old ratings; None where it comes to the same."""
    was = f"{level}{' + RR' if residence else ''}"
    try:
        made = recommend(ratings, catalog)
    except InvalidRating as error:
        return Change(was, "", "", str(error))
    if (made.level, made.recovery_residence) == (level, residence):
        return None
    return Change(was, f"{made.level}{' + RR' if made.recovery_residence else ''}", compare(made.level, level))
