"""What several views of the pass need."""

from datetime import datetime

from audit.rules.findings import Refused, stop
from emar import queries
from emar.keys import instant_of
from programs.desk import Desk


def due_of(desk: Desk, order_id: int, minute: int) -> datetime:
    """The exact instant of the dose due in that minute; the minute itself where none is, for the rule to say so.

    Raises Refused for a minute of no calendar.
    """
    try:
        return queries.due_of(desk.site, order_id, minute, at=desk.now) or instant_of(minute)
    except ValueError as error:
        raise Refused(
            stop("dose.not_due", "Nothing is due then. Reload the pass and choose a dose from it.")
        ) from error
