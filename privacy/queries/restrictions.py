"""The restrictions on disclosure that were agreed to with a client (42 CFR 2.26)."""

from collections.abc import Collection
from datetime import datetime

from privacy.rules.disclosure import Restriction


def in_force(client_ids: Collection[int], at: datetime) -> tuple[Restriction, ...]:
    """Those in force at an instant, of all records of a client."""
    return ()
