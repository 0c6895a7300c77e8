"""Reads the rule packs and services that ship as data beside this file. Read once a process; a broken pack fails at once."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from audit.rules.findings import Severity
from groups.rules.minutes import ServiceRule, UnitKind, WeeklyRule
from groups.rules.packs import (
    CosignRule,
    NoteRule,
    Pack,
    Packs,
    RatioRule,
    Service,
    SizeRule,
    UnitRule,
    WeekRule,
)

HERE = Path(__file__).parent
DEFAULT = "default"


@cache
def all_packs() -> Mapping[str, Pack]:
    """Every pack by its code."""
    files = sorted(path for path in HERE.glob("*.toml") if path.stem != "services")
    found = [read(tomllib.loads(path.read_text(encoding="utf-8"))) for path in files]
    return MappingProxyType({pack.code: pack for pack in found})


@cache
def services() -> Mapping[str, Service]:
    """Every service by its code."""
    rows = tomllib.loads((HERE / "services.toml").read_text(encoding="utf-8"))["service"]
    return MappingProxyType(
        {
            row["code"]: Service(row["code"], row["name"], row["class"], row["group"], _units(row), row["source"])
            for row in rows
        }
    )


def packs(codes: Iterable[str] = ()) -> Packs:
    """The packs of these codes, the most specific first; an unknown one (removed since) says nothing."""
    known = all_packs()
    return Packs(known[DEFAULT], tuple(known[code] for code in codes if code in known and code != DEFAULT))


def read(data: Mapping[str, Any]) -> Pack:
    """A pack from its TOML. Raises KeyError, TypeError or ValueError where it is not one."""

    def rows(name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        return [(row, _dated(row)) for row in data.get(name, ())]

    return Pack(
        code=data["code"],
        name=data["name"],
        size=tuple(SizeRule(most=r["most"], least=r.get("least", 1), **_where(r), **d) for r, d in rows("size")),
        ratio=tuple(RatioRule(clients=r["clients"], **_where(r), **d) for r, d in rows("ratio")),
        week=tuple(WeekRule(week=_week(r), levels=frozenset(r["levels"]), **d) for r, d in rows("week")),
        cosign=tuple(
            CosignRule(credentials=frozenset(r["credentials"]), by=tuple(r["by"]), hours=r["hours"], **d)
            for r, d in rows("cosign")
        ),
        note=tuple(NoteRule(hours=r["hours"], **d) for r, d in rows("note")),
        units=tuple(UnitRule(service=r["service"], units=_units(r), **d) for r, d in rows("units")),
    )


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"begins_on": row["begins_on"], "ends_on": row.get("ends_on"), "source": row["source"]}


def _where(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "severity": Severity(row.get("severity", "override")),
        "classes": frozenset(row.get("classes", ())),
        "levels": frozenset(row.get("levels", ())),
    }


def _week(row: Mapping[str, Any]) -> WeeklyRule:
    return WeeklyRule(row["minimum"], row.get("most"), row.get("days", 0), row.get("day_minutes", 1))


def _units(row: Mapping[str, Any]) -> ServiceRule:
    kind = UnitKind(row.get("unit", "timed"))
    return ServiceRule(kind, row.get("unit_minutes", 15), row.get("midpoint", 8), row.get("at_least", 1))
