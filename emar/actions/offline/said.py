"""What a tablet said, read again: the entry it sent as what a person asks to chart, its times corrected by its clock."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from audit.rules.findings import Refused
from emar.actions.asked import Asked, measured
from emar.models import TabletDose
from emar.rules.administration import Outcome

NUMBER = re.compile(r"[0-9]{1,9}([.][0-9]{1,3})?")
TEXTS = (
    "reason",
    "note",
    "barcode",
    "band",
    "unscanned",
    "body_site",
    "prn_reason",
    "scale",
    "tried_first",
    "attested_as",
)


def asked_in(row: TabletDose) -> Asked | None:
    """The entry of a row; None where it cannot be read."""
    return asked_of(row.said, offset=timedelta(milliseconds=row.offset_ms), charted_at=row.charted_at)


def asked_of(said: Mapping[str, Any], *, offset: timedelta, charted_at: datetime) -> Asked | None:
    """An entry as it was sent, its instants moved to the server's clock; None where it cannot be read.

    What a newer or older page of ours sends beside the fields known here is passed over: it stands in ``said``.
    """
    try:
        given = said.get("given_at")
        measures = [dict(each) | {"taken_at": _instant(each["taken_at"]) + offset} for each in said.get("measures", ())]
        texts: dict[str, Any] = {name: str(said.get(name) or "") for name in TEXTS}
        texts |= {name: None if said.get(name) is None else str(said[name]) for name in ("route", "unit")}
        due_at = said.get("due_at")
        return Asked(
            order_id=_id(said["order_id"]),
            due_at=None if due_at is None else _instant(due_at),
            outcome=Outcome(said["outcome"]),
            given_at=charted_at if given is None else _instant(given) + offset,
            identifiers=tuple(str(each) for each in said.get("identifiers", ())),
            amount=_number(said.get("amount")),
            score=_number(said.get("score")),
            overrides={str(code): str(reason) for code, reason in dict(said.get("overrides") or {}).items()},
            measures=measured(measures),
            mouth_checked=None if said.get("mouth_checked") is None else bool(said["mouth_checked"]),
            contact_id=None if said.get("contact_id") is None else _id(said["contact_id"]),
            **texts,
        )
    except (KeyError, ValueError, TypeError, AttributeError, InvalidOperation, OverflowError, Refused):
        return None


def _instant(value: object) -> datetime:
    """An instant with its zone. Raises ValueError."""
    moment = datetime.fromisoformat(str(value))
    if moment.utcoffset() is None:
        raise ValueError("an instant without a zone")
    return moment


def _number(value: object) -> Decimal | None:
    """A number sent as a text, as in the API. Raises ValueError."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise ValueError("no number of at most 9 digits and 3 decimals")
    return Decimal(value)


def _id(value: object) -> int:
    """Raises ValueError for what no row is named by."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        raise ValueError("no id")
    return value
