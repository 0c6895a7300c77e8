"""The schedule of an order as typed, in the stored form of ``emar/rules/schedule``: what is wrong there, its rule says."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

KINDS = {
    "fixed": "At fixed times",
    "hours": "Every so many hours",
    "once": "Once",
    "taper": "Taper",
    "prn": "As needed",
}
DAYS = {
    "daily": "Every day",
    "other": "Every other day",
    "every": "Every so many days",
    "weekdays": "On days of the week",
}
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


def clock(text: str) -> str:
    """'8:00' as '08:00'; what is no time of day stays as it is, for the rule to name it."""
    found = _CLOCK.fullmatch(text.strip())
    return f"{int(found[1]):02}:{found[2]}" if found else text.strip()


def clocks(text: str) -> list[str]:
    """'08:00, 20:00' or '08:00 20:00' as times."""
    return [clock(each) for each in re.split(r"[,;\s]+", text.strip()) if each]


def amount(text: str) -> Decimal | None:
    """'1,5' is no number here: a comma is misread. None where nothing or no number is typed."""
    try:
        return Decimal(text.strip()) if text.strip() else None
    except InvalidOperation:
        return None


def whole(text: str) -> object:
    """A whole number, or the words as typed, for the rule to refuse."""
    text = text.strip()
    return int(text) if re.fullmatch(r"\d{1,6}", text) else text


def fixed(times: Sequence[str], own: str, days: str, every: int | None, weekdays: Sequence[str]) -> dict[str, object]:
    """Fixed times: of the site's passes and one's own, on the days chosen.

    Days of the week that are ticked beside 'every other day' or 'every so many days' narrow those: a day must be both.
    """
    narrowed = bool(weekdays) and days in ("other", "every")
    return {
        "kind": "fixed_times",
        "times": list(dict.fromkeys([*times, *clocks(own)])),
        "weekdays": [int(day) for day in weekdays] if days == "weekdays" or narrowed else None,
        "every_n_days": {"other": 2, "every": every or 0}.get(days, 1),
    }


def taper(steps: Sequence[Mapping[str, str]]) -> dict[str, object]:
    """The steps that hold anything, each an amount at times for days."""
    return {
        "kind": "taper",
        "steps": [
            {"days": whole(s["days"]), "times": clocks(s["times"]), "amount": _plain(s["amount"])} for s in steps
        ],
    }


def _plain(text: str) -> str:
    found = amount(text)
    return f"{found:f}" if found is not None and found.is_finite() else text
