"""May a dose, or a waste, be drawn from this line? Drawn = given + wasted + returned (emar-safety rules 18 to 22)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from audit.rules.findings import Finding, note, stop, worst_first
from emar.rules.administration.words import say_amount
from emar.rules.stock.words import PLACES, real, say_units


@dataclass(frozen=True)
class Line:
    """A line of stock as it stands. ``owner`` is the client whose own it is; ``approved`` whether its use was.

    ``here``: at the site of the act, in a place in use. ``locked``: since when a difference is open, in words ('': none).
    ``worth``: how much of the ordered ingredient one of it is, in the dose's unit; None where the formulary does not say.
    """

    pk: int
    name: str
    lot: str
    unit: str
    balance: Decimal
    expires_on: date
    here: bool = True
    owner: int | None = None
    approved: bool = False
    locked: str = ""
    worth: Decimal | None = None


@dataclass(frozen=True)
class Drawn:
    """What was taken out of a line: all of it, what was wasted before a witness, and what went back untouched.

    ``lot`` is what stands on the package, '' where nobody looked. ``witnessed``: a second person entered their PIN.
    """

    drawn: Decimal
    wasted: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)
    lot: str = ""
    why: str = ""
    witnessed: bool = False

    @property
    def given(self) -> Decimal:
        """What went into the client."""
        return self.drawn - self.wasted - self.returned


@dataclass(frozen=True)
class Use:
    """What the draws are for. ``amount`` is what was charted, in the dose's ``unit``; None where nothing was taken.

    ``kept``: the site counts this medication. ``required``: no controlled dose without a line. ``today`` is the site's date.
    """

    medication: str
    client: int
    today: date
    controlled: bool
    taken: bool
    amount: Decimal | None = None
    unit: str = ""
    kept: bool = True
    required: bool = False


def draw_findings(use: Use, draws: Sequence[tuple[Drawn, Line | None]]) -> list[Finding]:
    """What stands against charting a dose with these draws, worst first. ``None``: no such line."""
    if not draws:
        return list(_undrawn(use))
    found = [finding for drawn, line in draws for finding in line_findings(drawn, line, use.today, use.client)]
    if len({line.pk for _, line in draws if line is not None}) < len([line for _, line in draws if line is not None]):
        found.append(stop("stock.twice", "One line is named twice. Draw all of it at once."))
    if not found:
        found += _adds_up(use, draws)
    return list(worst_first(found))


def waste_findings(drawn: Drawn, line: Line | None, today: date) -> list[Finding]:
    """What stands against wasting what was not for a dose: dropped, broken, contaminated."""
    found = list(line_findings(drawn, line, today, None, using=False))
    if not found and drawn.given:
        words = "What is taken out without a dose is wasted or put back, all of it. Enter both so that they add up."
        found.append(stop("stock.adds_up", words))
    if not found and not drawn.wasted:
        found.append(stop("stock.no_waste", "Nothing was wasted. Enter how much was."))
    return found


def line_findings(
    drawn: Drawn, line: Line | None, today: date, client: int | None, *, using: bool = True
) -> Iterator[Finding]:
    """What stands against taking this out of a line. ``using``: it goes into a client, so lot, date and approval count."""
    if line is None or not line.here:
        yield stop("stock.elsewhere", "That line of stock is not kept at this site. Choose one from the list.")
        return
    if drawn.lot and drawn.lot.strip().casefold() != line.lot.casefold():
        words = f"The package says lot {drawn.lot.strip()}; this line is lot {line.lot}. Choose the line of that lot."
        yield stop("stock.wrong_lot", words)
    if line.locked:
        yield locked(line.name, line.locked)
    if using and line.owner is not None and line.owner != client:
        yield stop("stock.not_theirs", f"{line.name} belongs to another client. Choose another line.")
    elif using and line.owner is not None and not line.approved:
        words = f"{line.name} is the client's own and nobody approved its use yet. Ask a prescriber or another nurse."
        yield stop("stock.not_approved", words)
    if using and line.expires_on < today and drawn.drawn > drawn.returned:
        words = (
            f"{line.name} expired on {line.expires_on:%-d %b %Y}. Set it aside to be destroyed; draw from another lot."
        )
        yield stop("stock.expired", words)
    yield from _amounts(drawn, line)


def locked(name: str, since: str) -> Finding:
    """What is said of a line with an open difference."""
    words = f"{name} is locked: the count {since} did not agree. A supervisor resolves it; until then use another line."
    return stop("stock.locked", words)


def _amounts(drawn: Drawn, line: Line) -> Iterator[Finding]:
    parts = (drawn.drawn, drawn.wasted, drawn.returned)
    if not all(real(each, zero=True) for each in parts):
        yield stop("stock.amount", "Enter amounts of zero or more, with at most three decimals.")
        return
    if not drawn.drawn:
        so = ", so nothing can be wasted" if drawn.wasted else ""
        yield stop("stock.nothing_drawn", f"Nothing was drawn{so}. Enter how much was taken out.")
        return
    if drawn.given < 0:
        words = (
            f"{say_units(drawn.drawn, line.unit)} drawn is less than {say_units(drawn.wasted + drawn.returned, line.unit)} "
            "wasted and put back. Enter the amounts again."
        )
        yield stop("stock.adds_up", words)
    if drawn.drawn > line.balance:
        words = f"{line.name} holds {say_units(line.balance, line.unit)}; {say_units(drawn.drawn, line.unit)} cannot be drawn."
        yield stop("stock.not_enough", f"{words} Draw from another line, or count this one.")
    if drawn.wasted and not drawn.witnessed:
        yield stop("stock.waste_witness", "Waste is watched by a second person, who enters their own PIN.")
    if drawn.wasted and not drawn.why.strip():
        yield stop("stock.waste_why", "Say why it was wasted.")


def _undrawn(use: Use) -> Iterator[Finding]:
    if not (use.controlled and use.taken):
        return
    if use.kept:
        yield stop("stock.line_needed", f"{use.medication} is counted here. Choose the line it was drawn from.")
    elif use.required:
        words = f"{use.medication} is controlled and no line of it is kept here. Receive it into stock first."
        yield stop("stock.line_needed", words)
    else:
        yield note("stock.not_kept", f"{use.medication} is controlled, and this site keeps no count of it.")


def _adds_up(use: Use, draws: Sequence[tuple[Drawn, Line | None]]) -> Iterator[Finding]:
    given = sum((drawn.given for drawn, _ in draws), Decimal(0))
    unit = next((line.unit for _, line in draws if line is not None), "")
    if not use.taken:
        if given:
            words = f"{say_units(given, unit)} drawn is not accounted for: nothing was taken. Put it back, or waste it."
            yield stop("stock.adds_up", words)
        return
    if not given:
        yield stop("stock.adds_up", "Something was taken, so not all of it was wasted or put back. Enter it again.")
        return
    worth = [(drawn.given, line.worth) for drawn, line in draws if line is not None and line.worth is not None]
    if use.amount is None or not use.amount.is_finite() or len(worth) < len(draws):
        return  # the formulary does not say enough to tell
    total = sum((part * each for part, each in worth), Decimal(0))
    if abs(total - use.amount) > sum((each for _, each in worth), Decimal(0)) * PLACES:
        left, charted = say_amount(total, use.unit), say_amount(use.amount, use.unit)
        words = f"What was drawn leaves {say_units(given, unit)} given, which is {left}; {charted} is charted. Make them agree."
        yield stop("stock.adds_up", words)
