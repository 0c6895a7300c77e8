"""May this be counted, resolved, handed over? Two people, both by PIN, neither seeing the balance first (rules 18, 19, 22)."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from audit.rules.findings import Finding, stop
from emar.rules.stock.kinds import Cause
from emar.rules.stock.words import real, say_units

FRESH = timedelta(hours=2)
"""How long a count stands for a hand-over of keys: house proposal."""


def numbers_findings(asked: Collection[int], numbers: Mapping[int, Decimal]) -> list[Finding]:
    """What stands against taking these numbers: every line of the sheet has one, and no other line."""
    missing, more = set(asked) - set(numbers), set(numbers) - set(asked)
    if more:
        return [stop("count.other_line", "A line of another sheet is among these. Reload the sheet.")]
    if missing:
        lines = "1 line has" if len(missing) == 1 else f"{len(missing)} lines have"
        words = f"{lines} no number yet. Count every line; write 0 where it is empty."
        return [stop("count.missing", words, lines=sorted(missing))]
    if not all(real(each, zero=True) for each in numbers.values()):
        return [stop("count.number", "Write numbers of zero or more, with at most three decimals.")]
    return []


def counter_findings(person: int, name: str, first: int | None) -> Iterator[Finding]:
    """A count is by two different people."""
    if first == person:
        words = f"{name} counted first. The second count is another person's, with their own PIN."
        yield stop("count.same_person", words)


def resolution_findings(
    *,
    cause: Cause,
    words: str,
    recounted: Decimal,
    balance: Decimal,
    unit: str,
    by: int,
    counters: tuple[int, ...],
) -> Iterator[Finding]:
    """What stands against resolving a difference: a cause that fits the recount, in words, by who did not count."""
    if by in counters:
        yield stop(
            "variance.own_count", "You counted this line yourself. A supervisor who did not count it resolves it."
        )
    if len(words.strip()) < 10:
        yield stop("variance.words", "Write in a sentence what was found out.")
    if not real(recounted, zero=True):
        yield stop("count.number", "Write what was counted again: zero or more, with at most three decimals.")
        return
    has, found = say_units(balance, unit), say_units(recounted, unit)
    if cause is Cause.MISCOUNT and recounted != balance:
        yield stop("variance.cause", f"The ledger has {has} and {found} were found: it was not a miscount.")
    if not cause.ledger_right and recounted == balance:
        yield stop("variance.cause", f"The ledger has {has} and as many were found. Choose that it was miscounted.")
    if cause.is_loss and recounted > balance:
        yield stop("variance.cause", f"The ledger has {has} and {found} were found: nothing is missing.")
    if cause is Cause.FOUND and recounted < balance:
        yield stop("variance.cause", f"The ledger has {has} and {found} were found: some are missing.")


def keys_findings(
    *,
    by: int,
    holder: int | None,
    holder_name: str,
    supervises: bool,
    to: int,
    counters: tuple[int, ...],
    counted_at: datetime | None,
    at: datetime,
    newest: bool,
    given_with: bool,
) -> Iterator[Finding]:
    """What stands against handing keys over: from who has them, to who counted, on a count just made."""
    if counted_at is None:
        yield stop("keys.count", "Keys change hands on a finished count. Let the second person count first.")
        return
    if given_with:
        yield stop("keys.done", "The keys were handed over on this count already. Count again for the next hand-over.")
    if not newest:
        yield stop("keys.count", "There is a newer count of this place. Hand the keys over on that one.")
    elif at - counted_at > FRESH:
        hours = int(FRESH.total_seconds() // 3600)
        yield stop("keys.count", f"This count is more than {hours} h old. Count again, both of you.")
    if to == (holder if holder is not None else by):
        yield stop("keys.same_person", "Keys go to another person, who enters their own PIN.")
    if to not in counters:
        yield stop("keys.count", "Who takes the keys is one of the two who counted. Count together first.")
    if holder is not None and holder != by and not supervises:
        yield stop("keys.holder", f"{holder_name} has the keys and hands them over, or a supervisor does.")
