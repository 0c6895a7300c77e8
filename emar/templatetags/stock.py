"""Counted amounts in a template: '{{ line.balance|units:line.unit }}', '{{ entry.change|signed }}'."""

from decimal import Decimal

from django import template

from emar.rules.administration.words import plain_number
from emar.rules.stock.words import say_change, say_unit, say_units

register = template.Library()


@register.filter
def units(amount: Decimal | None, unit: str) -> str:
    """'2.5 tablets'; '' for None."""
    return "" if amount is None else say_units(amount, unit)


@register.filter
def several(unit: str) -> str:
    """'tablets'."""
    return say_unit(unit)


@register.filter
def number(amount: Decimal | None) -> str:
    """'2.5', without trailing zeros; '' for None."""
    return "" if amount is None else plain_number(amount)


@register.filter
def signed(amount: Decimal) -> str:
    """'+20', '\N{MINUS SIGN}1', '0'."""
    return say_change(amount)
