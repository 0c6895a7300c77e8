"""What a person asks to chart for one dose, and what cannot be written whatever the rules say."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any
from uuid import UUID

from audit.rules.findings import Finding, Refused, stop
from emar.rules.administration import REASONS, TAKEN, Measured, Outcome
from emar.rules.checks import NOTHING_CHECKED, Checks, unwritable
from emar.rules.orders.kinds import Measure
from emar.rules.unscanned import Unscanned

NOTHING: Mapping[str, str] = MappingProxyType({})
YEAR = timedelta(days=366)
PLACES = 3  # decimals the table keeps
LONGEST = {
    "note": (300, "The note"), "prn_reason": (120, "The reason"), "tried_first": (120, "What was tried first"),
    "attested_as": (80, "The name"), "barcode": (120, "The label"), "band": (40, "The wristband"), "device": (40, "The tablet's name"),
}  # fmt: skip
MOST_MEASURES = 20
MOST_DRAWS = 6


@dataclass(frozen=True, kw_only=True)
class Draw:
    """What was drawn for a dose from one line of counted stock, in the unit of the line: drawn = given + wasted + returned.

    ``lot``: as it stands on the package, '' where nobody looked. ``why`` and ``proof_id`` go with what was wasted: the proof is
    of a second person's PIN (purpose ``emar.rules.stock.Kind.DOSE.purpose``).
    """

    line_id: int
    drawn: Decimal
    wasted: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)
    lot: str = ""
    why: str = ""
    proof_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One dose and what became of it: ``(order_id, due_at)``, or an as-needed dose where ``due_at`` is None.

    ``given_at``: when it happened, now where None. ``amount`` in ``unit``: what was taken, None where nothing was.
    ``overrides``: a reason for each finding that is gone past, by its code; ``contact_id``: the prescriber one spoke to, for
    those that ask. ``measures``: vital signs and scores with the time they were taken. ``barcode`` and ``band``: the label and
    the wristband that were scanned, as they were read; ``unscanned``: the coded reason why no label was
    (``emar.rules.unscanned``), '' where nobody said. ``witness_id``: the second person, and ``witness_proof_id`` the proof of their
    PIN (purpose ``emar.rules.administration.WATCHED_DOSE``). ``draws``: what it was drawn from, where stock is
    counted; None where nobody said. ``patch_off``: the old patch was taken off. ``checks``: what goes beside the dose
    (``emar.rules.checks``). ``key``: names the request, so that a retry is answered and not done again.
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
    band: str = ""
    unscanned: str = ""
    measures: tuple[Measured, ...] = ()
    body_site: str = ""
    prn_reason: str = ""
    scale: str = ""
    score: Decimal | None = None
    tried_first: str = ""
    mouth_checked: bool | None = None
    attested_as: str = ""
    witness_id: int | None = None
    witness_proof_id: int | None = None
    contact_id: int | None = None
    device: str = ""
    patch_off: bool = False
    draws: tuple[Draw, ...] | None = None
    checks: Checks = NOTHING_CHECKED
    key: UUID | None = None

    @property
    def said(self) -> dict[str, Any]:
        """Everything but the key by its name: what one request asks, alone or among others."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "key"}


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
    yield from _strange_draws(asked.draws or ())
    if asked.reason and asked.outcome not in REASONS:
        label = asked.outcome.label.lower()
        yield stop("dose.reason", f"A dose charted as {label} has no coded reason. Use the note.")
    if asked.unscanned and asked.unscanned not in set(Unscanned):
        yield stop("dose.unscanned", "Choose from the list why the label was not scanned.")
    elif asked.unscanned and (asked.barcode or asked.outcome not in TAKEN):
        yield stop("dose.unscanned", "Why it was not scanned is said of a dose that was taken without a scan.")
    yield from unwritable(asked.checks)
    if any("\x00" in reason for reason in asked.overrides.values()):
        yield stop("dose.note", "A reason holds a character that cannot be kept. Type it again.")


def _strange_draws(draws: tuple[Draw, ...]) -> Iterator[Finding]:
    if len(draws) > MOST_DRAWS:
        yield stop("stock.lines", f"A dose is drawn from at most {MOST_DRAWS} lines of stock.")
    if any(len(each.why) > 300 or len(each.lot) > 40 or "\x00" in each.why + each.lot for each in draws):
        yield stop("stock.why", "Say why it was wasted in at most 300 plain characters, and the lot in at most 40.")


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
