"""Which rule counts? Packs of deadline rules are data (``chart/deadlines``), each rule with the place where it is written.

A program follows packs for periods; where none of them says anything about a thing, the house's own pack is asked. Where several
rules say something, the one that is due first counts. The rule of the day on which the clock started holds for that clock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from chart.rules.deadlines import Unit
from staff.rules.capabilities import Capability, Role


class What(StrEnum):
    """What is owed; the value stands in the packs."""

    INITIAL_PLAN = "initial_plan"
    MASTER_PLAN = "master_plan"
    PLAN_REVIEW = "plan_review"
    NURSING_ASSESSMENT = "nursing_assessment"
    BIOPSYCHOSOCIAL = "biopsychosocial"
    PROGRESS_NOTE = "progress_note"
    LEVEL_REVIEW = "level_review"
    VITALS = "vitals"
    DISCHARGE_PLAN = "discharge_plan"
    DISCHARGE_SUMMARY = "discharge_summary"

    @property
    def label(self) -> str:
        """'Initial plan'."""
        return _WHAT[self]


_WHAT = {
    What.INITIAL_PLAN: "Initial plan",
    What.MASTER_PLAN: "Treatment plan",
    What.PLAN_REVIEW: "Plan review",
    What.NURSING_ASSESSMENT: "Nursing assessment",
    What.BIOPSYCHOSOCIAL: "Biopsychosocial assessment",
    What.PROGRESS_NOTE: "Progress note",
    What.LEVEL_REVIEW: "Level-of-care review",
    What.VITALS: "Vital signs",
    What.DISCHARGE_PLAN: "Discharge plan",
    What.DISCHARGE_SUMMARY: "Discharge summary",
}


class Start(StrEnum):
    """What starts the clock. ``LAST``: the last time it was done, again and again, while the episode lasts."""

    ADMISSION = "admission"
    PLACEMENT = "placement"
    LEVEL_CHANGE = "level_change"
    LAST = "last"
    EXPECTED_DISCHARGE = "expected_discharge"
    DISCHARGE = "discharge"

    @property
    def label(self) -> str:
        """The end of 'within 7 days of ...'."""
        return _STARTS[self]


_STARTS = {
    Start.ADMISSION: "admission",
    Start.PLACEMENT: "placement in the program",
    Start.LEVEL_CHANGE: "a change of level",
    Start.LAST: "the last one",
    Start.EXPECTED_DISCHARGE: "the expected discharge",
    Start.DISCHARGE: "discharge",
}


class Population(StrEnum):
    """Whom a rule counts for, by age at the start of the clock."""

    ANY = "any"
    ADULT = "adult"
    ADOLESCENT = "adolescent"


class Confidence(StrEnum):
    """How sure we are of the source: read, read at second hand, recalled and to be checked, or a suggestion of ours."""

    READ = "read"
    SECOND_HAND = "second_hand"
    RECALLED = "recalled"
    SUGGESTED = "suggested"

    @property
    def label(self) -> str:
        """As the page says it."""
        return _SURE[self]


_SURE = {
    Confidence.READ: "read in the source",
    Confidence.SECOND_HAND: "read in a copy of the source",
    Confidence.RECALLED: "recalled, to be checked against the source",
    Confidence.SUGGESTED: "a suggestion, not a law",
}


@dataclass(frozen=True)
class Rule:
    """One rule: ``what`` is due ``amount`` ``unit`` after ``starts``.

    ``after`` is what else starts a ``LAST`` clock, which does not run before it or the thing itself was done once; where ``lasts`` is
    set it starts no later than so long after the client came to its levels. ``pauses`` are the kinds of leave the clock does not run
    through. Late begins ``grace`` after due; ``warn`` before due it is said to come; ``escalate_after`` late it is also
    ``escalate_to``'s. ``capability`` is whose task it is, ``credentials`` who alone satisfies it (none: whoever may). ``levels``: none
    means all. Dates are the site's; ``ends_on`` exclusive.
    """

    id: str
    pack: str
    what: What
    starts: Start
    amount: int
    unit: Unit
    capability: Capability
    begins_on: date
    source: str
    citation: str
    confidence: Confidence
    ends_on: date | None = None
    after: What | None = None
    lasts: timedelta | None = None
    pauses: frozenset[str] = frozenset()
    grace: timedelta = timedelta(0)
    warn: timedelta = timedelta(hours=24)
    escalate_after: timedelta | None = None
    escalate_to: Role | None = None
    credentials: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    population: Population = Population.ANY

    def holds(self, on: date, level: str, population: Population) -> bool:
        """Whether it counts for a clock that starts on a date, at a level, for someone of a population."""
        dated = self.begins_on <= on and (self.ends_on is None or on < self.ends_on)
        return dated and self.covers(level) and self.population in {Population.ANY, population}

    def covers(self, level: str) -> bool:
        """Whether it counts at a level; one for 2.5 counts at '2.5 COE' as well."""
        return not self.levels or level in self.levels or level.split(" ")[0] in self.levels

    @property
    def levels_words(self) -> str:
        """'2.1, 2.5'."""
        return ", ".join(sorted(self.levels))

    @property
    def credentials_words(self) -> str:
        """'LPN, RN'."""
        return ", ".join(sorted(self.credentials))

    @property
    def pauses_words(self) -> str:
        """'court, hospital': the leaves it does not run through."""
        return ", ".join(sorted(self.pauses))

    @property
    def words(self) -> str:
        """'Within 7 days of admission', 'Every 14 days', 'Before the expected discharge'."""
        if self.starts is Start.LAST:
            first = f", in the first {self.lasts // timedelta(hours=1)} hours" if self.lasts else ""
            return f"Every {self.unit.words(self.amount)}{first}"
        if self.starts is Start.EXPECTED_DISCHARGE:
            return "Before the expected discharge"
        return f"Within {self.unit.words(self.amount)} of {self.starts.label}"


@dataclass(frozen=True)
class Pack:
    """The rules of one state, payer or house. ``jurisdiction`` is '' for the house's own."""

    code: str
    name: str
    jurisdiction: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Book:
    """Every pack, and the house's own, which is asked where the others say nothing."""

    house: Pack
    packs: tuple[Pack, ...]

    def of(self, codes: Iterable[str]) -> tuple[Pack, ...]:
        """The packs of these codes; one that was removed since says nothing."""
        wanted = set(codes)
        return tuple(pack for pack in self.packs if pack.code in wanted and pack.code != self.house.code)

    def rules(
        self, what: What, codes: Iterable[str], on: date, level: str, population: Population
    ) -> Sequence[Rule]:  # fmt: skip
        """What counts for a clock that starts on ``on``, from the packs followed then, else from the house's own."""
        asked = [rule for pack in self.of(codes) for rule in _of(pack, what, on, level, population)]
        return asked or _of(self.house, what, on, level, population)


def _of(pack: Pack, what: What, on: date, level: str, population: Population) -> list[Rule]:
    return [rule for rule in pack.rules if rule.what is what and rule.holds(on, level, population)]
