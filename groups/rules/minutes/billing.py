"""From credited minutes to billing units."""

from dataclasses import dataclass
from enum import StrEnum


class UnitKind(StrEnum):
    """What a service is billed by."""

    TIMED = "timed"
    SESSION = "session"
    DIEM = "diem"


@dataclass(frozen=True)
class ServiceRule:
    """How minutes become units.

    TIMED: one unit for each ``unit_minutes``, and one more when at least ``midpoint`` minutes are left over. 15 and 8
    follow Medicare Claims Processing Manual chapter 5, 20.2 (8-22 minutes = 1, 23-37 = 2) and CPT's 'a unit is attained
    when the midpoint is passed'; a payer that takes whole units only has ``midpoint`` = ``unit_minutes``.
    SESSION and DIEM: one unit from ``at_least`` minutes on; for DIEM hand in the whole day's minutes.
    """

    kind: UnitKind = UnitKind.TIMED
    unit_minutes: int = 15
    midpoint: int = 8
    at_least: int = 1

    def __post_init__(self) -> None:
        """Raise ValueError for numbers that cannot be meant."""
        if not 1 <= self.midpoint <= self.unit_minutes:
            raise ValueError("The minutes that round up to a unit lie between 1 and the unit's length.")
        if self.at_least < 1:
            raise ValueError("A session or a day needs at least 1 minute to count.")


def units(minutes: int, service: ServiceRule) -> int:
    """Return the units for that many credited minutes; raise ValueError for negative minutes."""
    if minutes < 0:
        raise ValueError("Minutes are never negative.")
    if service.kind is not UnitKind.TIMED:
        return int(minutes >= service.at_least)
    whole, left_over = divmod(minutes, service.unit_minutes)
    return whole + int(left_over >= service.midpoint)


def said_units(minutes: int, service: ServiceRule) -> str:
    """Return how the minutes became units, rounding shown: '162 min = 10 x 15 + 12: 11 units, 12 left over round up'."""
    made = units(minutes, service)
    count = f"{made} unit" if made == 1 else f"{made} units"
    if service.kind is UnitKind.SESSION:
        return f"{minutes} min: {count}, one a session from {service.at_least} min on"
    if service.kind is UnitKind.DIEM:
        return f"{minutes} min in the day: {count}, one a day from {service.at_least} min on"
    whole, left_over = divmod(minutes, service.unit_minutes)
    said = f"{minutes} min = {whole} \N{MULTIPLICATION SIGN} {service.unit_minutes} + {left_over}: {count}"
    if not left_over:
        return said
    return f"{said}, {left_over} left over {'round up' if made > whole else 'do not count'}"
