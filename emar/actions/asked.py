"""What a person asks to chart for one dose, and what cannot be written whatever the rules say."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from uuid import UUID

from audit.rules.findings import Finding, Refused, stop
from emar.rules.administration import REASONS, Measured, Outcome
from emar.rules.orders.kinds import Measure

NOTHING: Mapping[str, str] = MappingProxyType({})
YEAR = timedelta(days=366)
PLACES = 3  # decimals the table keeps
LONGEST = {
    "note": (300, "The note"), "prn_reason": (120, "The reason"), "tried_first": (120, "What was tried first"),
    "attested_as": (80, "The name"), "barcode": (60, "The label"), "device": (40, "The tablet's name"),
}  # fmt: skip
MOST_MEASURES = 20


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One dose and what became of it: ``(order_id, due_at)``, or an as-needed dose where ``due_at`` is None.

    ``given_at``: when it happened, now where None. ``amount`` in ``unit``: what was taken, None where nothing was.
    ``overrides``: a reason for each finding that is gone past, by its code; ``contact_id``: the prescriber one spoke to, for
    those that ask. ``measures``: vital signs and scores with the time they were taken. ``barcode``: the label that was scanned.
    ``witness_id``: the second person. ``key``: names the request, so that a retry is answered and not done again.
    """

    order_id: int
    due_at: datetime | None
    outcome: Outcome
    given_at: datetime | None = None
    identifiers: tuple[str, ...] = ()
    amount: Decimal | None = None
    unit: str | None = None
    reason: str = ""
    note: str = ""
    overrides: Mapping[str, str] = field(default_factory=dict)
    route: str | None = None
    barcode: str = ""
    measures: tuple[Measured, ...] = ()
    body_site: str = ""
    prn_reason: str = ""
    scale: str = ""
    score: Decimal | None = None
    tried_first: str = ""
    mouth_checked: bool | None = None
    attested_as: str = ""
    witness_id: int | None = None
    contact_id: int | None = None
    device: str = ""
    key: UUID | None = None


def refuse_strange_times(at: datetime, *times: datetime | None) -> None:
    """Refuse what no rule can reckon with: an instant without a zone, or more than a year from now."""
    for time in times:
        if time is None:
            continue
        if time.utcoffset() is None:
            raise Refused(
                stop("dose.no_zone", "The time came without a time zone. Send it with one, such as 08:00-05:00.")
            )
        if abs(time - at) > YEAR:
            raise Refused(stop("dose.time", "That time is more than a year away. Check the date."))


def refuse_unwritable(asked: Asked, at: datetime) -> None:
    """Refuse what no rule can reckon with, and what the table would round, cut or not take: nothing is written differently
    from what was entered."""
    refuse_strange_times(at, asked.due_at, asked.given_at, *(each.taken_at for each in asked.measures))
    found = list(_unwritable(asked))
    if found:
        raise Refused(*found)


def measured(sent: Iterable[Mapping[str, object] | Measured]) -> tuple[Measured, ...]:
    """Measures as they were sent: {"measure", "value", "taken_at"}, the time with its zone. Raises Refused."""
    listed = tuple(sent)
    if len(listed) > MOST_MEASURES:
        raise Refused(stop("dose.measure_wrong", f"At most {MOST_MEASURES} values go with a dose."))
    return tuple(each if isinstance(each, Measured) else _measured(each) for each in listed)


def _measured(sent: Mapping[str, object]) -> Measured:
    try:
        taken_at = sent["taken_at"]
        when = taken_at if isinstance(taken_at, datetime) else datetime.fromisoformat(str(taken_at))
        value = Decimal(str(sent["value"]))
        measure = Measure(str(sent["measure"]))
    except (KeyError, ValueError, InvalidOperation, TypeError) as error:
        words = "A value names what was measured, its number and the time with its zone. Enter it again."
        raise Refused(stop("dose.measure_wrong", words)) from error
    if not value.is_finite() or _decimals(value) > PLACES:
        raise Refused(stop("dose.measure_wrong", f"{measure.label} is a plain number. Enter it again."))
    return Measured(measure, value, when)


def _unwritable(asked: Asked) -> Iterator[Finding]:
    if asked.amount is not None and asked.amount.is_finite() and _decimals(asked.amount) > PLACES:
        yield stop("dose.amount", f"Enter the amount with at most {PLACES} decimals.")
    if asked.score is not None and asked.score.is_finite() and _decimals(asked.score) > 2:
        yield stop("prn.score", "Enter the score with at most 2 decimals.")
    for name, (most, what) in LONGEST.items():
        text = str(getattr(asked, name))
        code = "dose.note" if name == "note" else f"dose.{name}"
        if len(text) > most:
            more = " Write the rest as a nursing note." if name == "note" else " Say it shorter."
            yield stop(code, f"{what} has {len(text)} characters; {most} fit.{more}")
        if "\x00" in text:
            yield stop(code, f"{what} holds a character that cannot be kept. Type it again.")
    if asked.reason and asked.outcome not in REASONS:
        label = asked.outcome.label.lower()
        yield stop("dose.reason", f"A dose charted as {label} has no coded reason. Use the note.")
    if any("\x00" in reason for reason in asked.overrides.values()):
        yield stop("dose.note", "A reason holds a character that cannot be kept. Type it again.")


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
