"""What somebody types to find a client: a part of a name or number, or a birth date as people write it."""

import re
from datetime import date, datetime

WRITTEN = ("%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y")
SPLIT = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


def birth_dates(text: str) -> frozenset[date]:
    """The dates that the text may mean: '1988-03-14', '14 Mar 1988', 'March 14, 1988'; '3/4/1988' means both. Empty: it is none."""
    plain = " ".join(text.replace(",", " ").split())
    found = {made for form in WRITTEN if (made := _read(plain, form)) is not None}
    numbers = SPLIT.fullmatch(plain)
    if numbers:
        first, second, year = (int(each) for each in numbers.groups())
        found |= {made for day, month in ((first, second), (second, first)) if (made := _date(year, month, day))}
    return frozenset(found)


def _read(text: str, form: str) -> date | None:
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007  # a date has no zone
    except ValueError:
        return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
