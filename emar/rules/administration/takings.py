"""What went into a client, counted by ingredient over all orders (emar-safety rules 11 and 14)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from emar.rules.administration.facts import Ceiling, RecentDose
from emar.rules.contents import Content, amount_of


@dataclass(frozen=True)
class Product:
    """What a medication contains, as the formulary says: all names in lower case, the main one first."""

    ingredient: str
    contents: tuple[Content, ...] = ()
    counted_in: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every ingredient, the main one first; never empty."""
        return tuple(each.name for each in self.contents) or (self.ingredient,)

    def amount(self, ingredient: str, amount: Decimal, unit: str, into: str) -> Decimal | None:
        """How much of an ingredient is in an amount of it; 0 for none, None where it cannot be told."""
        if ingredient not in self.names:
            return Decimal(0)
        return amount_of(ingredient, self.contents, self.counted_in, amount, unit, into)


class Taking(NamedTuple):
    """A dose that went into a client: under which order, when, how much of which product, and where on the body."""

    order: int
    given_at: datetime
    amount: Decimal
    unit: str
    product: Product
    sites: str = ""
    body_site: str = ""


class Stated(NamedTuple):
    """The most of an ingredient in 24 hours that an order states."""

    ingredient: str
    most: Decimal
    unit: str


def recent_of(
    product: Product, takings: Iterable[Taking], *, unit: str, same: Collection[int]
) -> tuple[RecentDose, ...]:
    """The doses that share an ingredient with a product, oldest first; amounts are of its main ingredient, in ``unit``.

    ``same`` are the order and the versions of it.
    """
    found = []
    for taking in sorted(takings, key=lambda each: each.given_at):
        shared = next((name for name in product.names if name in taking.product.names), None)
        if shared is None:
            continue
        main = shared == product.ingredient
        amount = taking.product.amount(product.ingredient, taking.amount, taking.unit, unit) if main else Decimal(0)
        counted, same_order = amount is not None, taking.order in same
        found.append(RecentDose(taking.given_at, amount or Decimal(0), same_order, counted, "" if main else shared))
    return tuple(found)


def ceilings_of(
    product: Product, stated: Iterable[Stated], takings: Sequence[Taking], *, amount: Decimal | None, unit: str
) -> tuple[Ceiling, ...]:
    """The tightest maximum of each of a product's ingredients, with what was taken of it and what ``amount`` more is of it."""
    tightest: dict[tuple[str, str], Decimal] = {}
    for each in stated:
        if each.ingredient in product.names:
            key = (each.ingredient, each.unit)
            tightest[key] = min(each.most, tightest.get(key, each.most))
    return tuple(
        Ceiling(
            ingredient,
            most,
            into,
            _taken(ingredient, into, takings),
            None if amount is None else product.amount(ingredient, amount, unit, into),
        )
        for (ingredient, into), most in sorted(tightest.items())
    )


def _taken(ingredient: str, into: str, takings: Sequence[Taking]) -> tuple[RecentDose, ...]:
    counted = [
        (each.given_at, each.product.amount(ingredient, each.amount, each.unit, into))
        for each in takings
        if ingredient in each.product.names
    ]
    return tuple(
        RecentDose(at, much or Decimal(0), counted=much is not None) for at, much in sorted(counted, key=_when)
    )


def _when(pair: tuple[datetime, Decimal | None]) -> datetime:
    return pair[0]
