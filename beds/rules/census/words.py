"""How the figures are said, on pages and on paper."""

from datetime import timedelta

NONE = "none"


def thousands(count: int) -> str:
    """'2,359'."""
    return f"{count:,}"


def percent(share: float | None) -> str:
    """'84 %'; 'none' where there is no share to speak of."""
    return NONE if share is None else f"{100 * share:.0f} %"


def average(days: float | None) -> str:
    """'12.4 days'; 'none' where nobody left."""
    return NONE if days is None else f"{days:.1f} days"


def duration(length: timedelta | None) -> str:
    """'42 min', '1 h 05 min', '2 days 3 h'; 'none' where there is none. Whole minutes, rounded down."""
    if length is None:
        return NONE
    minutes = int(length.total_seconds() // 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} day{'s' if days > 1 else ''} {hours} h"
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
