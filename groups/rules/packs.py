"""Which rule counts? Packs are data (``groups/packs``); a rule of a pack counts for levels, service classes and dates.

``Packs`` are those a site, a program or a payer follows, the most specific first; ``fallback`` is the house's own, asked only
where none of them says anything. Where several say something, the tighter counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from audit.rules.findings import Severity
from groups.rules.minutes import ServiceRule, WeeklyRule
from staff.rules.credentials import split_credentials


@dataclass(frozen=True)
class Dated:
    """Counts from a date to a date (``ends_on`` exclusive, None = open). ``source`` is where it is written."""

    begins_on: date
    ends_on: date | None
    source: str

    def holds(self, on: date) -> bool:
        """Whether it counts on a date."""
        return self.begins_on <= on and (self.ends_on is None or on < self.ends_on)


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True)
class SizeRule(Dated):
    """How many people a group of these service classes (none named: any) may have."""

    most: int
    least: int = 1
    severity: Severity = Severity.OVERRIDE
    classes: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RatioRule(Dated):
    """At most ``clients`` people for one facilitator."""

    clients: int
    severity: Severity = Severity.OVERRIDE
    classes: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class WeekRule(Dated):
    """What a week of these levels asks for."""

    week: WeeklyRule
    levels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CosignRule(Dated):
    """Who signs with a ``credential`` of these needs the name of someone with one of ``by`` within ``hours``."""

    credentials: frozenset[str]
    by: tuple[str, ...]
    hours: int


@dataclass(frozen=True)
class NoteRule(Dated):
    """A note is complete within ``hours`` of the session's end."""

    hours: int


@dataclass(frozen=True)
class UnitRule(Dated):
    """How a payer counts the units of a service."""

    service: str
    units: ServiceRule


@dataclass(frozen=True)
class Pack:
    """What one state or payer asks for."""

    code: str
    name: str
    size: tuple[SizeRule, ...] = ()
    ratio: tuple[RatioRule, ...] = ()
    week: tuple[WeekRule, ...] = ()
    cosign: tuple[CosignRule, ...] = ()
    note: tuple[NoteRule, ...] = ()
    units: tuple[UnitRule, ...] = ()


@dataclass(frozen=True)
class Service:
    """A kind of service: its code, name, class, and how its minutes become units unless a pack says otherwise."""

    code: str
    name: str
    cls: str
    group: bool
    units: ServiceRule
    source: str = ""


@dataclass(frozen=True)
class Packs:
    """The packs that count somewhere, the most specific first, and the house's own."""

    fallback: Pack
    applied: Sequence[Pack] = field(default_factory=tuple)

    def size(self, cls: str, levels: Iterable[str], on: date) -> SizeRule | None:
        """The tightest limit for a group of this service class with people of these levels."""
        named = tuple(levels)
        for rules in ([rule for pack in self.applied for rule in pack.size], self.fallback.size):
            fits = [rule for rule in rules if rule.holds(on) and _covers(rule.classes, rule.levels, cls, named)]
            if fits:
                return min(fits, key=lambda rule: rule.most)
        return None

    def ratio(self, cls: str, levels: Iterable[str], on: date) -> RatioRule | None:
        """The tightest staff ratio."""
        named = tuple(levels)
        rules = self._asked([pack.ratio for pack in self.applied], self.fallback.ratio, on)
        fits = [rule for rule in rules if _covers(rule.classes, rule.levels, cls, named)]
        return min(fits, key=lambda rule: rule.clients, default=None)

    def week(self, level: str, on: date, own_minimum: int | None = None) -> WeeklyRule | None:
        """What a week at a level asks for: the tightest of the applied packs; without one the program's own minimum in the
        place of the house's."""
        asked, usual = ([rule.week for rule in rules] for rules in self._weeks(level, on))
        if not asked and own_minimum:
            return WeeklyRule(own_minimum, usual[0].most if usual else None)
        found = asked or usual
        if not found:
            return None
        mosts = [rule.most for rule in found if rule.most is not None]
        strictest = max(found, key=lambda rule: (rule.days, rule.day_minutes))
        return WeeklyRule(
            max(rule.minimum for rule in found), min(mosts, default=None), strictest.days, strictest.day_minutes
        )

    def week_source(self, level: str, on: date, own_minimum: int | None = None) -> str:
        """Where it is written what a week at a level asks for; '' where nothing is asked."""
        asked, usual = self._weeks(level, on)
        if not asked and own_minimum:
            return "The program's own minimum"
        return "; ".join(dict.fromkeys(rule.source for rule in asked or usual))

    def _weeks(self, level: str, on: date) -> tuple[list[WeekRule], list[WeekRule]]:
        """The rules of the applied packs, and the house's own."""
        rules = ([rule for pack in self.applied for rule in pack.week], self.fallback.week)
        asked, usual = ([rule for rule in part if rule.holds(on) and _at(rule.levels, level)] for part in rules)
        return asked, usual

    def cosign(self, credentials: str, on: date) -> CosignRule | None:
        """Whether someone with these credentials ('LSW, CADC') needs a supervisor's name, and how soon: the soonest. Nobody
        does who holds a credential that may co-sign."""
        held = set(split_credentials(credentials))
        rules = self._asked([pack.cosign for pack in self.applied], self.fallback.cosign, on)
        mine = [rule for rule in rules if held & rule.credentials and not held & set(rule.by)]
        return min(mine, key=lambda rule: rule.hours, default=None)

    def cosigners(self, on: date) -> frozenset[str]:
        """The credentials whose name counts as a co-signature."""
        rules = self._asked([pack.cosign for pack in self.applied], self.fallback.cosign, on)
        return frozenset(credential for rule in rules for credential in rule.by)

    def note_hours(self, on: date) -> int | None:
        """Within how many hours of its end a session's note is complete."""
        rules = self._asked([pack.note for pack in self.applied], self.fallback.note, on)
        return min((rule.hours for rule in rules), default=None)

    def units(self, service: Service, on: date) -> tuple[ServiceRule, str]:
        """How units of a service are counted, by the most specific pack that says so, and where that is written."""
        for pack in (*self.applied, self.fallback):
            for rule in pack.units:
                if rule.service == service.code and rule.holds(on):
                    return rule.units, rule.source
        return service.units, service.source

    @staticmethod
    def _asked(applied: Iterable[Sequence[D]], fallback: Sequence[D], on: date) -> list[D]:
        found = [rule for rules in applied for rule in rules if rule.holds(on)]
        return found or [rule for rule in fallback if rule.holds(on)]


def _at(levels: frozenset[str], level: str) -> bool:
    """A rule for 2.5 counts for 2.5 COE as well; a rule that names no level counts for all."""
    return not levels or level in levels or level.split(" ")[0] in levels


def _covers(classes: frozenset[str], named: frozenset[str], cls: str, levels: Iterable[str]) -> bool:
    return (not classes or cls in classes) and (not named or any(_at(named, level) for level in levels))
