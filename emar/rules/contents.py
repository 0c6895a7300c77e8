"""What a medication contains, and how much of each ingredient an amount of it is (emar-safety 14, 28).

Limits count by ingredient over all orders, so two products that share one ingredient count together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

MASSES: Mapping[str, Decimal] = MappingProxyType({"mcg": Decimal(1), "mg": Decimal(1000), "g": Decimal(1_000_000)})
"""Units of mass that convert into each other, in micrograms. Nothing else converts."""

SINGULAR: Mapping[str, str] = MappingProxyType(
    {
        "tablets": "tablet", "capsules": "capsule", "films": "film", "puffs": "puff", "patches": "patch",
        "sprays": "spray", "drops": "drop", "lozenges": "lozenge", "unit": "units", "ml": "mL", "pieces": "piece",
        "suppositories": "suppository", "packets": "packet", "applications": "application", "doses": "dose",
    }
)  # fmt: skip
"""Other spellings of a unit; compared after these are made one."""


@dataclass(frozen=True)
class Content:
    """One ingredient (lower case) and how much of it is in one counted unit: 325 mg in a tablet, 100 units in a mL."""

    name: str
    amount: Decimal
    unit: str


def contents_to_json(contents: Iterable[Content]) -> list[dict[str, str]]:
    """As a medication keeps them."""
    return [{"name": each.name, "amount": f"{each.amount:f}", "unit": each.unit} for each in contents]


def contents_from_json(data: object) -> tuple[Content, ...]:
    """What ``contents_to_json`` wrote; ValueError for anything else."""
    if not isinstance(data, list | tuple):
        raise ValueError("Contents are a list.")
    return tuple(_content(item) for item in data)


def same_unit(one: str, other: str) -> bool:
    """Whether two units are one: 'tablets' and 'tablet', not 'mg' and 'mcg'."""
    return _plain(one) == _plain(other)


def convert(amount: Decimal, unit: str, into: str) -> Decimal | None:
    """The amount in another unit; None where they do not convert. Only masses do, exactly."""
    if same_unit(unit, into):
        return amount
    have, want = MASSES.get(_plain(unit)), MASSES.get(_plain(into))
    return None if have is None or want is None else amount * have / want


def counted(contents: Sequence[Content], counted_in: str, amount: Decimal, unit: str) -> Decimal | None:
    """How many counted units an amount is: 650 mg of 325 mg tablets are 2; None where that cannot be said.

    An amount in milligrams is one of the first ingredient.
    """
    if counted_in and same_unit(unit, counted_in):
        return amount
    if not contents:
        return None
    per = convert(contents[0].amount, contents[0].unit, unit)
    return None if per is None else amount / per


def amount_of(
    ingredient: str, contents: Sequence[Content], counted_in: str, amount: Decimal, unit: str, into: str
) -> Decimal | None:
    """How much of an ingredient (in the unit ``into``) an amount of the medication is.

    0 where it contains none of it, None where the formulary does not say enough to tell.
    """
    if not contents:
        return convert(amount, unit, into)
    held = next((each for each in contents if each.name == ingredient), None)
    if held is None:
        return Decimal(0)
    if held is contents[0] and (direct := convert(amount, unit, into)) is not None:
        return direct
    number, per = counted(contents, counted_in, amount, unit), convert(held.amount, held.unit, into)
    return None if number is None or per is None else number * per


def _plain(unit: str) -> str:
    low = unit.strip().casefold()
    return SINGULAR.get(low, low)


def _content(item: object) -> Content:
    if not isinstance(item, Mapping) or set(item) != {"name", "amount", "unit"}:
        raise ValueError("An ingredient has exactly a name, an amount and a unit.")
    name, unit = str(item["name"]).strip().lower(), str(item["unit"]).strip()
    try:
        amount = Decimal(str(item["amount"]))
    except InvalidOperation as error:
        raise ValueError(f"{item['amount']!r} is not a number.") from error
    if not name or not unit or not amount.is_finite() or amount <= 0:
        raise ValueError("An ingredient has a name, an amount of more than zero and a unit.")
    return Content(name, amount, unit)
