"""Is this a pack of deadline rules? Reads one from its TOML, and says of a wrong one which file, rule and field, and what would be
right."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from chart.rules.deadline_rules import Confidence, Pack, Population, Rule, Start, What
from chart.rules.deadlines import Unit
from staff.rules.capabilities import Capability, Role

E = TypeVar("E", bound=StrEnum)
LEAVES = ("pass", "hospital", "court", "absent")
LEVELS = (
    "1.0",
    "1.5",
    "1.7",
    "2.1",
    "2.5",
    "2.7",
    "3.1",
    "3.5",
    "3.7",
    "4",
)  # a rule for 3.7 counts at '3.7 BIO' as well
FIELDS = frozenset(
    {"id", "what", "starts", "within", "unit", "after", "for_hours", "pauses", "grace_hours", "warn_hours", "escalate_hours", "escalate_to"}
    | {"capability", "credentials", "levels", "population", "begins_on", "ends_on", "source", "citation", "confidence"}
)  # fmt: skip
MOST = 1_000  # of any unit
MISSING = object()


class BrokenPack(ValueError):
    """A pack that cannot be read; its words name the file, the rule, the field, and what would make it right."""


class _Row:
    """One rule's table, which knows where it stands."""

    def __init__(self, file: str, number: int, row: Mapping[str, Any]) -> None:
        self.file, self.row = file, row
        self.name = str(row.get("id") or f"number {number}")

    def broken(self, name: str, words: str) -> BrokenPack:
        return BrokenPack(f"{self.file}, rule {self.name}, {name}: {words}")

    def text(self, name: str, *, otherwise: str | None = None) -> str:
        value = self.row.get(name, otherwise)
        if not isinstance(value, str) or (otherwise is None and not value.strip()):
            raise self.broken(name, "write it as words.")
        return value.strip()

    def number(self, name: str, otherwise: object = MISSING, *, least: int = 0) -> int:
        value = self.row.get(name, otherwise)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST:
            raise self.broken(name, f"write a whole number from {least} to {MOST}.")
        return int(value)

    def one_of(self, name: str, kind: type[E], otherwise: E | None = None) -> E:
        value = self.row.get(name, otherwise)
        try:
            return kind(value)
        except ValueError as error:
            known = ", ".join(each.value for each in kind)
            raise self.broken(name, f"'{value or ''}' is not known. Write one of: {known}.") from error

    def many(self, name: str, known: tuple[str, ...] = ()) -> frozenset[str]:
        value = self.row.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self.broken(name, 'write a list of words, as in ["3.5", "3.7"].')
        for each in value:
            if known and each not in known:
                raise self.broken(name, f"'{each}' is not known. Write one of: {', '.join(known)}.")
        return frozenset(value)

    def day(self, name: str, *, needed: bool) -> date | None:
        value = self.row.get(name)
        if value is None and not needed:
            return None
        if isinstance(value, datetime) or not isinstance(value, date):
            raise self.broken(name, "write a date, as in 2020-01-01.")
        return value

    def hours(self, name: str, otherwise: object = 0) -> timedelta | None:
        return None if otherwise is None and name not in self.row else timedelta(hours=self.number(name, otherwise))


def read(file: str, data: Mapping[str, Any]) -> Pack:
    """A pack from its TOML; ``file`` is its name. Raises BrokenPack."""
    for name in ("code", "name"):
        if not isinstance(data.get(name), str) or not data[name].strip():
            raise BrokenPack(f"{file}, {name}: write it as words.")
    rows = data.get("rule")
    if not isinstance(rows, list) or not rows:
        raise BrokenPack(f"{file}, rule: a pack has at least one [[rule]].")
    rules = tuple(_rule(_Row(file, number, row), data["code"]) for number, row in enumerate(rows, start=1))
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise BrokenPack(f"{file}, rule {rule.id}, id: another rule of this pack has it. Give each its own.")
        seen.add(rule.id)
    return Pack(data["code"], data["name"], str(data.get("jurisdiction", "")), rules)


def _rule(row: _Row, pack: str) -> Rule:
    for name in row.row:
        if name not in FIELDS:
            raise row.broken(name, f"is not a field of a rule. Write one of: {', '.join(sorted(FIELDS))}.")
    starts, unit = row.one_of("starts", Start), row.one_of("unit", Unit)
    begins_on, ends_on = row.day("begins_on", needed=True), row.day("ends_on", needed=False)
    assert begins_on is not None
    if ends_on is not None and ends_on <= begins_on:
        raise row.broken("ends_on", f"lies before the rule begins on {begins_on}. Write a later date.")
    if starts is Start.EXPECTED_DISCHARGE and (unit is not Unit.HOURS or row.row.get("within") != 0):
        raise row.broken("within", "what is due before a discharge is due 0 hours from the expected discharge.")
    for name in ("after", "for_hours"):
        if name in row.row and starts is not Start.LAST:
            raise row.broken(name, 'belongs to a rule that starts with "last" alone.')
    escalate_after = row.hours("escalate_hours", None)
    if (escalate_after is None) != ("escalate_to" not in row.row):
        raise row.broken("escalate_to", "write escalate_hours and escalate_to together, or neither.")
    grace, warn = row.hours("grace_hours", 0), row.hours("warn_hours", 24)
    assert grace is not None and warn is not None
    return Rule(
        id=row.text("id"), pack=pack, what=row.one_of("what", What), starts=starts,
        amount=row.number("within", least=0 if starts is Start.EXPECTED_DISCHARGE else 1), unit=unit,
        capability=row.one_of("capability", Capability), begins_on=begins_on, ends_on=ends_on,
        source=row.text("source"), citation=row.text("citation", otherwise=""), confidence=row.one_of("confidence", Confidence),
        after=row.one_of("after", What) if "after" in row.row else None, lasts=row.hours("for_hours", None),
        pauses=row.many("pauses", LEAVES), grace=grace, warn=warn,
        escalate_after=escalate_after, escalate_to=row.one_of("escalate_to", Role) if escalate_after is not None else None,
        credentials=row.many("credentials"), levels=row.many("levels", LEVELS),
        population=row.one_of("population", Population, Population.ANY),
    )  # fmt: skip
