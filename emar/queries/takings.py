"""Rows as the rules count them: what went into a client, and what their orders state as the most in a day."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from emar.models import Administration, Medication, Order
from emar.rules.administration import Product, Stated, Taking


def product_of(medication: Medication) -> Product:
    """What a medication contains."""
    return Product(medication.ingredient, medication.ingredients, medication.counted_in)


def taking_of(row: Administration, medication: Medication) -> Taking:
    """A dose that was taken, of the medication of its order."""
    return Taking(
        row.order_id, row.given_at, row.amount or Decimal(0), row.unit, product_of(medication), medication.sites,
        row.body_site,
    )  # fmt: skip


def stated_of(orders: Iterable[Order]) -> tuple[Stated, ...]:
    """The maximums of the orders that state one; ``orders`` are those in force, with their medication."""
    return tuple(
        Stated(order.medication.ingredient, order.most_in_24h, order.most_unit)
        for order in orders
        if order.most_in_24h is not None
    )


def versions_of(order_id: int, orders: Mapping[int, Order]) -> frozenset[int]:
    """The order and every earlier version of it among ``orders``: a change does not begin the interval anew."""
    chain, here = {order_id}, orders.get(order_id)
    while here is not None and here.replaces_id is not None and here.replaces_id not in chain:
        chain.add(here.replaces_id)
        here = orders.get(here.replaces_id)
    return frozenset(chain)
