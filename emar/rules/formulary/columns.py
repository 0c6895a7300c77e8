"""The columns of the file: one line of the formulary, and how each of its cells is read and said."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from audit.rules.findings import Severity
from emar.rules.contents import SINGULAR, Content
from emar.rules.orders.kinds import Sites, Witness
from emar.rules.orders.shorthand import shorthand_findings

REQUIRED = ("name", "ingredient", "strength", "form", "route")
COUNTED_IN = (
    "tablet", "capsule", "film", "mL", "g", "puff", "spray", "drop", "patch", "lozenge", "piece", "packet", "vial", "syringe",
    "suppository", "application", "dose",
)  # fmt: skip
"""What a medication is counted in. House list: one word for each, in the singular."""

MEASURES = ("mcg", "mg", "g", "units", "mEq", "mmol", "mL")
LONGEST: Mapping[str, int] = MappingProxyType(
    {
        "name": 80, "display_name": 100, "generic": 120, "brands": 200, "ingredient": 80, "counted_in": 20, "drug_class": 60,
        "strength": 40, "form": 40, "route": 30, "rxnorm": 12,
    }
)  # fmt: skip
"""How many characters the table keeps."""

SCHEDULES = ("II", "III", "IV", "V")
_YES, _NO = frozenset({"yes", "y", "true", "1", "x"}), frozenset({"no", "n", "false", "0", ""})
_NUMBER = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True)
class Line:
    """A line of the formulary as a file says it; the same fields as the medication it becomes."""

    name: str
    ingredient: str
    strength: str
    form: str
    route: str
    display_name: str = ""
    generic: str = ""
    brands: str = ""
    contents: tuple[Content, ...] = ()
    counted_in: str = ""
    drug_class: str = ""
    dea_schedule: str = ""
    high_alert: bool = False
    look_alike: bool = False
    psychotropic: bool = False
    time_critical: bool = False
    witness: str = Witness.NONE.value
    sites: str = Sites.NONE.value
    rxnorm: str = ""
    is_active: bool = True

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it this medication and no other, whatever the case."""
        return (self.name.casefold(), self.strength.casefold(), self.form.casefold())

    @property
    def said(self) -> str:
        """'hydrOXYzine 25 mg tablet'."""
        return f"{self.display_name or self.name} {self.strength} {self.form}"


def say(value: object) -> str:
    """A value as the file would carry it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " + ".join(f"{each.name} {each.amount:f} {each.unit}" for each in value)
    return str(value)


class Unreadable(ValueError):
    """A cell cannot be read; the text is the sentence for the person."""


def _text(name: str) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if not cell and name in REQUIRED:
            raise Unreadable(f"Every line needs its {name}.")
        if len(cell) > LONGEST[name]:
            raise Unreadable(f"'{cell[:30]}…' has {len(cell)} characters; {LONGEST[name]} are kept. Shorten it.")
        if name in ("name", "strength", "form"):
            for finding in shorthand_findings(cell):
                if finding.severity is Severity.STOP or "mcg" in finding.message:
                    raise Unreadable(finding.message)
        return cell.lower() if name == "ingredient" else cell

    return read


def _flag(cell: str) -> bool:
    if cell.casefold() in _YES:
        return True
    if cell.casefold() in _NO:
        return False
    raise Unreadable(f"'{cell}' is neither yes nor no.")


def _active(cell: str) -> bool:
    if not cell:
        raise Unreadable("Write yes where it can be ordered, no where it cannot any more.")
    return _flag(cell)


def _schedule(cell: str) -> str:
    plain = re.sub(r"^(schedule|c)[\s-]*", "", cell, flags=re.IGNORECASE).upper()
    plain = {"2": "II", "3": "III", "4": "IV", "5": "V"}.get(plain, plain)
    if plain and plain not in SCHEDULES:
        raise Unreadable(f"'{cell}' is no DEA schedule: write II, III, IV or V, or leave it empty.")
    return plain


def _counted_in(cell: str) -> str:
    low = cell.casefold()
    unit = {each.casefold(): each for each in COUNTED_IN}.get(SINGULAR.get(low, low).casefold())
    if cell and unit is None:
        raise Unreadable(f"Nothing is counted in '{cell}'. Write one of: {', '.join(COUNTED_IN)}.")
    return unit or ""


def _one_of(words: tuple[str, ...], empty: str) -> Callable[[str], str]:
    def read(cell: str) -> str:
        low = cell.casefold() or empty
        if low not in words:
            raise Unreadable(f"'{cell}' is not known here. Write one of: {', '.join(word for word in words if word)}.")
        return low

    return read


def _rxnorm(cell: str) -> str:
    if cell and not re.fullmatch(r"\d{1,12}", cell, re.ASCII):
        raise Unreadable(f"'{cell}' is no RxNorm code: digits only. Leave it empty where it is not known to be right.")
    return cell


def _contents(cell: str) -> tuple[Content, ...]:
    parts = [part for part in re.split(r"\s*[+;]\s*", cell) if part]
    found = tuple(_content(part) for part in parts)
    names = [each.name for each in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise Unreadable(f"'{twice}' stands there twice.")
    return found


def _content(part: str) -> Content:
    words = part.rsplit(" ", 2)
    if len(words) != 3:
        raise Unreadable(f"'{part}' is not an ingredient with its amount. Write it as 'buprenorphine 8 mg'.")
    name, number, measure = words
    if not _NUMBER.fullmatch(number) or not 0 < Decimal(number) < 1_000_000:
        raise Unreadable(f"'{number}' in '{part}' is not an amount: write digits and a point, as 8 or 0.5.")
    low = measure.casefold()
    known = {each.casefold(): each for each in (*MEASURES, *COUNTED_IN)}
    unit = known.get(SINGULAR.get(low, low).casefold())
    if unit is None:
        raise Unreadable(f"'{measure}' in '{part}' is not a unit known here: {', '.join(MEASURES)}.")
    return Content(name.lower(), Decimal(f"{Decimal(number).normalize():f}"), unit)


def _codes(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell.split()))


READERS: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {name: _text(name) for name in LONGEST}
    | {"contents": _contents, "counted_in": _counted_in, "dea_schedule": _schedule, "rxnorm": _rxnorm}
    | dict.fromkeys(("high_alert", "look_alike", "psychotropic", "time_critical"), _flag)
    | {"is_active": _active, "barcodes": _codes}
    | {
        "witness": _one_of(tuple(each.value for each in Witness), Witness.NONE.value),
        "sites": _one_of(tuple(each.value for each in Sites), ""),
    }
)
COLUMNS = (
    "name", "display_name", "generic", "brands", "ingredient", "contents", "counted_in", "drug_class", "strength", "form", "route",
    "dea_schedule", "high_alert", "look_alike", "psychotropic", "time_critical", "witness", "sites", "rxnorm", "is_active",
    "barcodes",
)  # fmt: skip
"""Every column of the file, in the order in which it is written."""
