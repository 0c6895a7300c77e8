"""Vital signs: read what was typed, refuse what cannot be, ask about what is unlikely, and say what somebody should look at.

The numbers are data (``chart/vitals.toml``); a site may have other limits to look at (``VitalsPolicy``). Pure.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from audit.rules.findings import Finding, override, stop

AHEAD = timedelta(minutes=5)
LATEST = timedelta(days=7)
"""How long after the fact they may be entered. House proposal."""

LATE = timedelta(hours=1)
"""From when on an entry counts as late, and says so. House proposal."""

Limits = Mapping[str, tuple[Decimal | None, Decimal | None]]
CANONICAL = {
    "C": lambda value: value, "F": lambda value: (value - 32) * 5 / 9,
    "kg": lambda value: value, "lb": lambda value: value * Decimal("0.45359237"),
    "cm": lambda value: value, "in": lambda value: value * Decimal("2.54"),
    "mg/dL": lambda value: value, "mmol/L": lambda value: value * Decimal("18.016"),
}  # fmt: skip


@dataclass(frozen=True)
class Sign:
    """A vital sign: its units (the house's first), and the numbers of its file, in the house's unit."""

    code: str
    name: str
    short: str
    units: tuple[str, ...]
    places: int
    possible: tuple[Decimal, Decimal]
    likely: tuple[Decimal, Decimal]
    look: tuple[Decimal, Decimal] | None

    def canonical(self, value: Decimal, unit: str) -> Decimal:
        """A value in the house's unit, to two places."""
        found = CANONICAL[unit](value) if unit in CANONICAL else value
        return Decimal(found).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Entered:
    """One value as it was entered, and in the house's unit."""

    sign: Sign
    value: Decimal
    unit: str
    canonical: Decimal

    @property
    def said(self) -> str:
        """'98.6 F'."""
        return f"{plain(self.value)} {self.unit}".replace(" /", "/")


def signs_from(text: str) -> dict[str, Sign]:
    """Read the file; ValueError with what is wrong."""
    found = {}
    for code, data in tomllib.loads(text).items():
        possible, likely = _range(code, data, "possible"), _range(code, data, "likely")
        look = _range(code, data, "look") if "look" in data else None
        units = tuple(data.get("units", ()))
        if not units or not data.get("name") or not data.get("short"):
            raise ValueError(f"{code} has a name, a short one and units.")
        if len(units) > 1 and any(unit not in CANONICAL for unit in units):
            raise ValueError(f"{code} names a unit that cannot be converted.")
        for name, inner in (("likely", likely), ("look", look)):
            if inner is not None and not possible[0] <= inner[0] < inner[1] <= possible[1]:
                raise ValueError(f"{code}: {name} lies within what is possible.")
        found[code] = Sign(code, data["name"], data["short"], units, int(data.get("places", 0)), possible, likely, look)
    return found


def read(
    signs: Mapping[str, Sign], typed: Mapping[str, str], units: Mapping[str, str]
) -> tuple[dict[str, Entered], list[Finding]]:
    """What was typed as values, and what stands against it; a field left empty was not measured."""
    entered: dict[str, Entered] = {}
    found: list[Finding] = []
    for code, sign in signs.items():
        text = str(typed.get(code, "")).strip().replace(",", ".")
        if not text:
            continue
        unit = str(units.get(code) or sign.units[0])
        value = _number(text)
        if unit not in sign.units:
            found.append(stop(f"vitals.{code}", f"{sign.name} is in {' or '.join(sign.units)}. Choose one."))
        elif value is None or -value.as_tuple().exponent > sign.places:  # type: ignore[operator]  # finite
            like = "a whole number" if not sign.places else "a number such as 37.2"
            found.append(stop(f"vitals.{code}", f"{sign.name}: '{text[:12]}' is not {like}. Enter it again."))
        else:
            entered[code] = Entered(sign, value, unit, sign.canonical(value, unit))
    for each in entered.values():
        found += _possible(each)
    if not entered and not found:
        found.append(stop("vitals.nothing", "Nothing was entered. Enter what was measured; leave the rest empty."))
    found += _pair(entered)
    return entered, found


def doubts(entered: Mapping[str, Entered]) -> list[Finding]:
    """What can be, but is looked at twice; each may be gone past with a reason."""
    found = []
    for code, each in entered.items():
        low, high = each.sign.likely
        if not low <= each.canonical <= high:
            words = f"{each.sign.name} {each.said} is unusual. Measure again, or say what you see."
            found.append(override(f"vitals.unlikely_{code}", words))
    return found


def time_findings(about: datetime, at: datetime, tz: tzinfo, *, since: datetime) -> list[Finding]:
    """What stands against the time of a measurement: not ahead, not a week ago, not before the episode (all aware)."""
    if about - at > AHEAD:
        words = f"{about.astimezone(tz):%H:%M on %-d %b} has not come yet. Check the time entered."
        return [stop("vitals.future", words)]
    if about < since:
        return [stop("vitals.before", "That is before this episode began. Check the time entered.")]
    if at - about > LATEST:
        return [
            stop("vitals.old", f"Vitals are entered within {LATEST.days} days. Write older ones as a nursing note.")
        ]
    return []


def to_look_at(entered: Mapping[str, Entered], limits: Limits) -> list[str]:
    """What somebody should look at, in words: 'Pulse 132/min, over 120'."""
    found = []
    for code, each in entered.items():
        low, high = limits.get(code, (None, None))
        if low is not None and each.canonical < low:
            found.append(f"{each.sign.name} {each.said}, under {plain(low)}")
        elif high is not None and each.canonical > high:
            found.append(f"{each.sign.name} {each.said}, over {plain(high)}")
    return found


def usual(signs: Mapping[str, Sign]) -> Limits:
    """The limits of the file."""
    return {code: sign.look for code, sign in signs.items() if sign.look is not None}


def limits_from(data: object) -> Limits:
    """A policy's limits: measure to [under, over], NULL for none. ValueError for anything else."""
    if not isinstance(data, Mapping):
        raise ValueError("Limits are a table: measure to [under, over].")
    found: dict[str, tuple[Decimal | None, Decimal | None]] = {}
    for code, pair in data.items():
        if not isinstance(pair, list) or len(pair) != 2:
            raise ValueError(f"{code} has two limits: under and over.")
        low, high = (None if each is None else _number(str(each)) for each in pair)
        found[str(code)] = (low, high)
    return found


def plain(value: Decimal) -> str:
    """A number without zeros after the point that say nothing."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _possible(each: Entered) -> list[Finding]:
    low, high = each.sign.possible
    if low <= each.canonical <= high:
        return []
    sign, unit = each.sign, each.sign.units[0]
    others = [other for other in sign.units if other != each.unit and low <= sign.canonical(each.value, other) <= high]
    tail = f" Did you mean {plain(each.value)} {others[0]}?" if others else " Measure again and enter it."
    words = f"{sign.name} {each.said} cannot be: it is from {plain(low)} to {plain(high)} {unit}.{tail}"
    return [stop(f"vitals.{sign.code}", words)]


def _pair(entered: Mapping[str, Entered]) -> list[Finding]:
    upper, lower = entered.get("systolic"), entered.get("diastolic")
    if upper is None and lower is None:
        return []
    if upper is None or lower is None:
        return [stop("vitals.pair", "A blood pressure has both numbers: enter the other one, too.")]
    if lower.canonical >= upper.canonical:
        words = f"Diastolic {plain(lower.value)} is not under systolic {plain(upper.value)}. Look at the two again."
        return [stop("vitals.pair", words)]
    return []


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 100000 and "e" not in text.lower() else None


def _range(code: str, data: Mapping[str, object], name: str) -> tuple[Decimal, Decimal]:
    pair = data.get(name)
    if not isinstance(pair, list) or len(pair) != 2:
        raise ValueError(f"{code} says what is {name}: two numbers.")
    return Decimal(str(pair[0])), Decimal(str(pair[1]))
