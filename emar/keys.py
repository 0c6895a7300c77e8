"""How doses are named on pages and in live messages: by order and the minute they are due."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID, uuid5

_FORM = UUID("5d2b6a52-5a0c-4c41-9d53-2f6f7f7c1a10")
_FAR = 2**26  # minutes: the year 2097


def minute_of(moment: datetime) -> int:
    """The whole minutes since 1970 of an instant."""
    return int(moment.timestamp() // 60)


def instant_of(minute: int) -> datetime:
    """The instant (UTC) of such a minute. Raises ValueError for one that no dose is due at."""
    if not 0 <= minute < _FAR:
        raise ValueError(f"{minute} is not a minute of this century.")
    return datetime.fromtimestamp(minute * 60, UTC)


def dose_pk(order_id: int, due_at: datetime) -> str:
    """What names a scheduled dose on a page: '12-29000000'; with it the live key is 'dose:12-29000000'."""
    return f"{order_id}-{minute_of(due_at)}"


def form_key(pk: str, last_id: int) -> UUID:
    """The idempotency key of a dose's form: the same until something is charted for it, another one after that."""
    return uuid5(_FORM, f"{pk}:{last_id}")


def asked_key(form: UUID, *asked: object) -> UUID:
    """The key of one tap: the same form with the same answers, sent by the same person in the same session.

    Is one request.
    """
    return uuid5(form, repr(asked))


def live_keys(
    *, unit_id: int, client_id: int, order_id: int, due_at: datetime | None, prn_orders: Iterable[int]
) -> list[str]:
    """What a charted dose changes on the pages of its unit.

    The row, as-needed rows of its ingredient, effects to record, what waits of who is away, patches, strip, progress and
    the bar under the thumb.
    """
    keys = [f"prn:{prn}" for prn in prn_orders]
    if due_at is not None:
        keys.append(f"dose:{dose_pk(order_id, due_at)}")
    mine = [f"{name}:{client_id}" for name in ("effects", "away", "patches", "strip")]
    return [*keys, *mine, f"progress:{unit_id}", f"thumbs:{unit_id}"]
