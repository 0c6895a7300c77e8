"""Which dates were asked for? What was typed, read and judged, with a sentence for each wrong value."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

MOST = 731  # dates of a range: two years, one of them a leap year
USUAL = 90
EARLIEST = date(2000, 1, 1)


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


def said(on: date) -> str:
    """'18 Nov 2025'."""
    return f"{on:%-d %b %Y}"


def ask(on: str, start: str, end: str, today: date) -> Asked:
    """Read what was typed ('' = nothing) on a day of the site's calendar.

    Nothing typed means yesterday, and the 90 days that end with the date. A census is counted when its date is over, so
    yesterday is the last one; the sentences say so.
    """
    wrong: dict[str, str] = {}
    last_over = today - timedelta(days=1)

    def read(name: str, typed: str, otherwise: date) -> date:
        if not typed:
            return otherwise
        try:
            found = datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007  # a date has no zone
        except ValueError:
            wrong[name] = f"'{typed[:20]}' is not a date. Write year, month and day, like {last_over}."
            return otherwise
        if found > last_over:
            wrong[name] = (
                f"{said(found)} is not over yet; its census is counted at midnight. Choose {said(last_over)} or earlier."
            )
        elif found < EARLIEST:
            wrong[name] = f"Nothing is counted before {said(EARLIEST)}. Choose a later date."
        return found

    date_ = read("on", on, last_over)
    last = read("to", end, last_over if start or "on" in wrong else date_)
    first = read("from", start, last if "to" in wrong else max(EARLIEST, last - timedelta(days=USUAL - 1)))
    length = (last - first).days + 1
    if "from" in wrong or "to" in wrong:
        pass  # a range is judged once both its ends are dates
    elif length < 1:
        wrong["to"] = f"The range begins on {said(first)} and would end before it. Choose an end from {said(first)} on."
    elif length > MOST:
        earliest = last - timedelta(days=MOST - 1)
        wrong["from"] = (
            f"That is {length:,} days; a range has at most {MOST}, two years. Begin on {said(earliest)} or later."
        )
    return Asked(date_, first, last, {"on": on, "from": start, "to": end}, wrong)
