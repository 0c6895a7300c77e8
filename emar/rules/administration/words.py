"""Clocks and amounts as they stand in a sentence."""

from datetime import datetime, tzinfo
from decimal import Decimal

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def say_clock(moment: datetime, tz: tzinfo, near: datetime | None = None) -> str:
    """Return what the wall shows: "08:12", or "08:12 on Fri 6 Mar" when ``near`` is another local day.

    An hour that comes twice is marked the second time: "01:30 (second time)" (emar-safety rule 30).
    """
    local = moment.astimezone(tz)
    words = f"{local:%H:%M}" + (" (second time)" if local.fold else "")
    if near is None or near.astimezone(tz).date() == local.date():
        return words
    return f"{words} on {_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"


def say_amount(amount: Decimal, unit: str) -> str:
    """Return "1,200 mg" or "0.5 mg": a leading zero always and a trailing zero never (emar-safety rule 27)."""
    words = f"{amount:,f}"
    if "." in words:
        words = words.rstrip("0").rstrip(".")
    return f"{words} {unit}"


def sentence_case(name: str) -> str:
    """Return the name as it begins a sentence; the rest of it keeps its letters ("pH", "rHuEPO")."""
    return name[:1].upper() + name[1:]


def plain_number(value: Decimal) -> str:
    """Return "98.6" or "48": no trailing zero."""
    words = f"{value:f}"
    return words.rstrip("0").rstrip(".") if "." in words else words
