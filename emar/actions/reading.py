"""The orders and the charted rows that acts on doses stand on, by statements written out: composing them cost more than their
answers do. Every column of a model is read, also one that is added later."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from emar.models import TAKEN, Administration, Medication, Order
from programs.columns import Columns
from staff.models import Person

ORDER, MEDICATION = Columns(Order, "asked"), Columns(Medication, "medication")
ROW, SIGNER = Columns(Administration, "charted"), Columns(Person, "signer", ("id", "name", "credentials"))

ORDERS = f"""SELECT {ORDER.sql}, {MEDICATION.sql}
FROM emar_order asked JOIN emar_medication medication ON medication.id = asked.medication_id
"""  # noqa: S608 - names of columns, no input, here and below
LOCKED = f"""{ORDERS} JOIN programs_client client ON client.id = asked.client_id
WHERE asked.id = ANY(%(orders)s::bigint[]) AND (%(client)s::bigint IS NULL OR asked.client_id = %(client)s::bigint)
ORDER BY asked.id FOR NO KEY UPDATE OF client, asked
"""
# also the record of theirs that was merged into this one: what was taken under its number counts
FAMILY = f"""{ORDERS} WHERE asked.client_id IN (
        SELECT %(client)s::bigint UNION ALL SELECT client_id FROM programs_merge WHERE into_id = %(client)s AND ended_at IS NULL
    )
    AND (asked.ended_at IS NULL OR asked.ended_at > %(since)s OR asked.id = ANY(%(orders)s::bigint[]))
"""  # noqa: S608
# two small sets of ids first: an index serves each, and none would serve both
CHARTED = f"""
SELECT {ROW.sql}, {SIGNER.sql} FROM emar_administration charted JOIN staff_person signer ON signer.id = charted.by_id
WHERE charted.id IN (
    SELECT id FROM emar_administration WHERE order_id = ANY(%(family)s::bigint[]) AND outcome = ANY(%(taken)s)
        AND given_at BETWEEN %(since)s AND %(until)s
    UNION
    SELECT id FROM emar_administration JOIN unnest(%(orders)s::bigint[], %(dues)s::timestamptz[]) AS dose (order_id, due_at)
        USING (order_id, due_at)
) AND NOT EXISTS (SELECT FROM emar_administration later WHERE later.corrects_id = charted.id)
ORDER BY charted.given_at, charted.id
"""  # noqa: S608


def orders_under_lock(order_ids: Collection[int], client_id: int | None) -> list[Order]:
    """These orders by id, with medication; their client and they are locked. With ``client_id`` only this client's. One query."""
    return _orders(LOCKED, {"orders": list(order_ids), "client": client_id})


def orders_since(client_id: int, since: datetime, locked: Sequence[Order]) -> dict[int, Order]:
    """The client's orders that ran lately, by id, with medication; those that were locked as they are. One query."""
    known = {order.pk: order for order in locked}
    found = _orders(FAMILY, {"client": client_id, "since": since, "orders": list(known)})
    return {order.pk: known.get(order.pk, order) for order in found}


def charted(
    order_ids: Collection[int], dues: Collection[tuple[int, datetime]], *, since: datetime, until: datetime
) -> list[Administration]:
    """What was taken of these orders in a stretch (both ends in it), and what stands charted for the doses (order id, due
    time); rows that were corrected are not there. Oldest first, each with who charted it. One query."""
    asked = {
        "family": list(order_ids), "taken": list(TAKEN), "since": since, "until": until,
        "orders": [order_id for order_id, _ in dues], "dues": [due_at for _, due_at in dues],
    }  # fmt: skip
    rows = []
    for found in _fetched(CHARTED, asked):
        row = ROW.read(found[: ROW.width])
        row.by = SIGNER.read(found[ROW.width :])
        rows.append(row)
    return rows


def _orders(statement: str, asked: Mapping[str, Any]) -> list[Order]:
    orders = []
    for found in _fetched(statement, asked):
        order = ORDER.read(found[: ORDER.width])
        order.medication = MEDICATION.read(found[ORDER.width :])
        orders.append(order)
    return orders


def _fetched(statement: str, asked: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())
