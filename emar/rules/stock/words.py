"""Counted amounts as they stand in a sentence."""

from decimal import Decimal

from emar.rules.administration.words import plain_number
from emar.rules.contents import SINGULAR

PLURAL = {one: many for many, one in SINGULAR.items() if one not in ("units", "mL")} | {
    "syringe": "syringes", "vial": "vials", "pen": "pens",
}  # fmt: skip
PLACES = Decimal("0.001")
MOST = Decimal(1_000_000)


def say_units(amount: Decimal, unit: str) -> str:
    """'1 tablet', '2.5 tablets', '10 mL': no trailing zero (emar-safety rule 27)."""
    return f"{plain_number(amount)} {unit if abs(amount) == 1 else PLURAL.get(unit, unit)}"


def say_unit(unit: str) -> str:
    """'tablets', 'mL': what several are counted in."""
    return PLURAL.get(unit, unit)


def real(amount: Decimal | None, *, zero: bool = False) -> bool:
    """Whether the table can keep this as an amount: finite, of at most three decimals, more than zero (or zero)."""
    if amount is None or not amount.is_finite() or abs(amount) >= MOST:
        return False
    return (amount >= 0 if zero else amount > 0) and amount == amount.quantize(PLACES)


def say_change(change: Decimal) -> str:
    """'+20', '\N{MINUS SIGN}0.5', '0'."""
    sign = "+" if change > 0 else "\N{MINUS SIGN}" if change < 0 else ""
    return f"{sign}{plain_number(abs(change))}"
