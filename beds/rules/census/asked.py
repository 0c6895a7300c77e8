"""Which dates were asked for? What was typed, read and judged, with a sentence for each wrong value."""

from dataclasses import dataclass
from datetime import date, timedelta

from programs.rules.dates import EARLIEST, Calendar

MOST = 731  # dates of a range: two years, one of them a leap year
USUAL = 90


@dataclass(frozen=True)
class Asked:
    """A date and a range (both ends included), with what was typed and the sentence for what is wrong with it.

    Where ``wrong`` is not empty the dates are not to be used. Its keys are ``on``, ``from`` and ``to``.
    """

    on: date
    first: date
    last: date
    typed: dict[str, str]
    wrong: dict[str, str]


def ask(on: str, start: str, end: str, today: date) -> Asked:
    """Read what was typed ('' = nothing) on a day of the site's calendar.

    Nothing typed means yesterday, and the 90 days that end with the date. A census is counted when its date is over, so
    yesterday is the last one; the sentences say so.
    """
    last_over = today - timedelta(days=1)
    calendar = Calendar(
        last_over, MOST, "is not over yet; its census is counted at midnight", "counted",
        f"a range has at most {MOST}, two years",
    )  # fmt: skip
    wrong: dict[str, str] = {}

    def read(name: str, typed: str, otherwise: date) -> date:
        if not typed:
            return otherwise
        found, sentence = calendar.read(typed)
        if sentence:
            wrong[name] = sentence
        return found or otherwise

    date_ = read("on", on, last_over)
    last = read("to", end, last_over if start or "on" in wrong else date_)
    first = read("from", start, last if "to" in wrong else max(EARLIEST, last - timedelta(days=USUAL - 1)))
    if not wrong.keys() & {"from", "to"}:  # a range is judged once both its ends are dates
        wrong |= calendar.judge(first, last)
    return Asked(date_, first, last, {"on": on, "from": start, "to": end}, wrong)
