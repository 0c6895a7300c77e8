"""Which level of care do these ratings ask for, and why?

The rules stand here in the order a reviewer reads them. They equal a join in the lattice of levels: the order of
ratings does not matter, and one more rating never lowers the level. Source: facts/levels-of-care.md 4.2. A person decides; this
only proposes.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from asam.rules.catalog import Catalog, Code, InvalidCatalog, Subdimension, load_catalog
from asam.rules.levels import LEVELS, OUTCOMES, compare, leq

__all__ = [
    "InvalidCatalog",
    "InvalidRating",
    "Recommendation",
    "compare",
    "determine",
    "load_catalog",
    "recommend",
]

_MEDICAL = frozenset(code for code in OUTCOMES if LEVELS[code].family in {"1.7", "2.7", "3.7"})
_COE = frozenset(code for code in OUTCOMES if LEVELS[code].coe)
_NO_COE_OF_ITS_OWN = {"2.1": "2.5", "3.1": "3.5"}


class InvalidRating(ValueError):
    """A rating that cannot be read. ``key`` is the subdimension as given; ``str()`` says what would be right."""

    def __init__(self, key: str, message: str) -> None:
        self.key = key
        super().__init__(message)


@dataclass(frozen=True)
class Recommendation:
    """What the ratings ask for.

    ``flags`` stand beside the level and never change it. When not ``complete``, the level is a lower bound. ``drivers``
    are the (key, code) pairs the result rests on, in catalog order; ``steps`` say why, in order, and end in the result.
    """

    level: str
    recovery_residence: bool
    flags: frozenset[str]
    complete: bool
    drivers: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]


class _Rating(NamedTuple):
    subdimension: Subdimension
    code: Code

    def __str__(self) -> str:
        return f"{self.subdimension.label} {self.code.code}"


def recommend(ratings: Mapping[str, Collection[str]], catalog: Catalog) -> Recommendation:
    """The level that these ratings ask for, by subdimension key; a key with no codes, or no key, is not rated yet.

    Raises InvalidRating for a key or code the catalog does not offer, a code that is not text, or codes that exclude
    each other.
    """
    rated = _read(ratings, catalog)
    asked = _levels(rated)
    level, rule = _follow(asked)
    housing = [rating for rating in rated if rating.code.kind == "rr"]
    residence = bool(housing) and LEVELS[level].setting <= 2
    unrated = [sub.label for sub in catalog.subdimensions if not ratings.get(sub.key)]

    steps = [f"{rating} asks for {rating.code.level}" for rating in rated if rating.code.level]
    steps += rule
    housed = "adds a recovery residence" if residence else f"asks for a recovery residence, which {level} goes beyond"
    steps += [f"{rating} {housed}" for rating in housing]
    steps += [f"{rating} sets {rating.code.flag} beside the level" for rating in rated if rating.code.flag]
    result = f"{level} with a recovery residence" if residence else level
    if unrated:
        steps.append(f"The result is at least {result}; not rated yet: {', '.join(unrated)}")
    else:
        steps.append(f"The result is {result}")
    return Recommendation(
        level=level,
        recovery_residence=residence,
        flags=frozenset(rating.code.flag for rating in rated if rating.code.flag),
        complete=not unrated,
        drivers=_drivers(rated, level, residence),
        steps=tuple(steps),
    )


def determine(levels: frozenset[str]) -> str:
    """The level that gives everything these levels give, by the rules in order; 1.5 when nothing is asked for."""
    return _follow(levels)[0]


def _follow(levels: frozenset[str]) -> tuple[str, list[str]]:
    """The result, and the sentences that lead from what is asked to it."""
    if not levels:
        return "1.5", ["Nothing asks for a level, so it starts at 1.5"]
    level, why = _apply(levels)
    if level not in levels:
        return level, why
    return level, [f"{level} covers the other needs"] if len(levels) > 1 else []


def _apply(levels: frozenset[str]) -> tuple[str, list[str]]:
    """The rules in order, for at least one level."""
    if "4" in levels:
        return "4", []
    if "3.7 BIO" in levels and levels & _COE:
        return "4", ["3.7 BIO with a co-occurring enhanced need gives 4"]
    if "4 Psychiatric" in levels:
        return "4 Psychiatric", []
    families = {LEVELS[level].family for level in levels}
    level, sentence = _base(families, medical=bool(levels & _MEDICAL))
    why = [] if level in families else [sentence]
    if "3.7 BIO" in levels:
        return "3.7 BIO", why
    if levels & _COE:
        enhanced = f"{_NO_COE_OF_ITS_OWN.get(level, level)} COE"
        return enhanced, [*why, f"A co-occurring enhanced need turns {level} into {enhanced}"]
    return level, why


def _base(families: set[str], *, medical: bool) -> tuple[str, str]:
    """The level before any enhancement, and the sentence for it where no rating asked for that level by itself."""
    settings = {family[0] for family in families}
    if medical and "3" in settings:
        return "3.7", "A medically managed need with any 3.x gives 3.7"
    if medical and "2" in settings:
        return "2.7", "A medically managed need with any 2.x gives 2.7"
    if medical:
        return "1.7", ""
    if "3" in settings and families & {"2.5", "3.5"}:
        return "3.5", "3.1 with a need for 2.5 gives 3.5"
    return next(level for level in ("3.1", "2.5", "2.1", "1.5") if level in families), ""


def _drivers(rated: list[_Rating], level: str, residence: bool) -> tuple[tuple[str, str], ...]:
    """What the result rests on: the ratings without which it would change.

    Where no single one changes the level (two ask for the same), all that no other rating outweighs. A recovery
    residence rests on every rating that asks for it.
    """
    asking = [(rating, rating.code.level) for rating in rated if rating.code.level]
    chosen = [rating for rating, _ in asking if determine(_levels(each for each in rated if each != rating)) != level]
    if not chosen:
        levels = {asked for _, asked in asking}
        chosen = [rating for rating, asked in asking if not any(asked != up and leq(asked, up) for up in levels)]
    return tuple(
        (rating.subdimension.key, rating.code.code)
        for rating in rated
        if rating in chosen or (residence and rating.code.kind == "rr")
    )


def _levels(rated: Iterable[_Rating]) -> frozenset[str]:
    return frozenset(rating.code.level for rating in rated if rating.code.level)


def _read(ratings: Mapping[str, Collection[str]], catalog: Catalog) -> list[_Rating]:
    """The ratings in catalog order, whatever order they came in."""
    for key in ratings:
        if catalog.subdimension(key) is None:
            raise InvalidRating(str(key), f"Catalog {catalog.name} has nothing to rate under '{key}'.")
    subs = [sub for sub in catalog.subdimensions if sub.key in ratings]
    return [_Rating(sub, code) for sub in subs for code in _codes(sub, ratings[sub.key])]


def _codes(sub: Subdimension, given: object) -> list[Code]:
    if not isinstance(given, Collection) or isinstance(given, str | bytes | Mapping):
        raise InvalidRating(sub.key, f"{sub.label} takes a collection of codes such as ['0'], not {given!r}.")
    for code in given:
        if not isinstance(code, str):
            raise InvalidRating(sub.key, f"{sub.label} takes codes as text; {code!r} is not text.")
        if sub.code(code) is None:
            offered = ", ".join(each.code for each in sub.codes)
            raise InvalidRating(sub.key, f"{sub.label} has no code '{code}'; it offers {offered}.")
    chosen = [code for code in sub.codes if code.code in given]
    if sum(not code.alongside for code in chosen) > 1:
        beside = "".join(f" beside {code.code}" for code in sub.codes if code.alongside)
        names = " and ".join(code.code for code in chosen if not code.alongside)
        raise InvalidRating(sub.key, f"{sub.label} takes one code{beside}, not {names} together.")
    return chosen


def early_stop(ratings: Mapping[str, Collection[str]], proposal: Recommendation, catalog: Catalog) -> bool:
    """Whether the first three dimensions settle the level, so that the rest may be left for later.

    All of them are rated, and the level is of the 3.7 family or above: nothing under environment or risk can move that.
    Source: facts/levels-of-care.md 4.1.
    """
    first = [sub.key for dimension in catalog.dimensions if dimension.number <= 3 for sub in dimension.subdimensions]
    return LEVELS[proposal.level].family in {"3.7", "4"} and all(ratings.get(key) for key in first)
