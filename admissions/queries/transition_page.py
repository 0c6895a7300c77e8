"""The page of a step: every line as it stands, what was chosen, what comes of it, and what is still to settle."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from admissions.queries.transition import touched
from admissions.rules.transition import Choice, Facts, Line, Option, Settled, fit, lines, words_of
from admissions.rules.transition_check import Handoff, changed, judge, judge_handoff
from admissions.rules.transition_stored import from_stored, handoff_of
from asam.models import Decision
from asam.rules.transition_kinds import Kind, Kit
from audit.rules.findings import Finding
from privacy.queries.consents import Standing, standings
from programs.models import Placement, Program
from programs.people import ids_of

SECTIONS = (
    ("where", "Where they live and are cared for", (Kind.PLACEMENT, Kind.BED)),
    ("orders", "Medication orders", (Kind.ORDER,)),
    ("doses", "Doses due around the step", (Kind.DOSE,)),
    ("stock", "Medication of their own that is kept here", (Kind.STOCK, Kind.OWN)),
    ("groups", "Groups", (Kind.GROUP,)),
    ("week", "The new week", (Kind.GROUP,)),
    ("care", "Plan, consents, payer", (Kind.PLAN, Kind.CONSENT, Kind.AUTHORISATION)),
    ("residence", "Recovery residence", (Kind.RESIDENCE,)),
)


@dataclass(frozen=True)
class Shown:
    """A line with what was chosen; ``errors`` stand beside it, ``changed`` marks one that is not as it was seen."""

    line: Line
    said: Choice
    errors: tuple[str, ...]
    changed: bool

    @property
    def after(self) -> str:
        """What comes of it, in words."""
        return words_of(self.line, self.said)

    @property
    def asks(self) -> str:
        """What the chosen option asks for besides."""
        option = self.line.option(self.said.choice)
        return option.asks if option else ""

    @property
    def reasons(self) -> bool:
        """True where any option takes a reason or a warning may be gone past with one."""
        return bool(self.line.warned) or any(each.asks in ("reason", "dose") for each in self.line.options)

    @property
    def value_of(self) -> str:
        """What the field beside the options is for: dose, name, place, bed or ''."""
        return next((each.asks for each in self.line.options if each.asks in ("dose", "name")), "")

    @property
    def picker(self) -> Option | None:
        """The option that chooses one of ``picks``."""
        return next((each for each in self.line.options if each.asks in ("bed", "place")), None)


@dataclass(frozen=True)
class Section:
    """Lines that stand together."""

    name: str
    title: str
    lines: tuple[Shown, ...]


@dataclass(frozen=True)
class StepPage:
    """Everything the page shows. ``stands`` is what is still to settle."""

    program: Program
    facts: Facts
    asked: tuple[Line, ...]
    chosen: Settled
    sections: tuple[Section, ...]
    handoff: Handoff
    typed: Mapping[str, str]
    handoff_errors: Mapping[str, str]
    when_error: str
    pin_errors: tuple[str, ...]
    stands: tuple[Finding, ...]
    gone: tuple[str, ...]
    note: str
    client_id: int
    consents: tuple[Standing, ...]

    @property
    def changed(self) -> bool:
        """True where something is not as it was when it was settled."""
        return bool(self.gone) or any(each.changed for section in self.sections for each in section.lines)

    @property
    def kits(self) -> list[tuple[str, str]]:
        """What became of the kit."""
        return [(each.value, each.label) for each in Kit]


def step_page(
    left: Placement,
    program: Program,
    decision: Decision,
    stored: Mapping[str, Any],
    at: datetime,
    *,
    seen: Mapping[str, str] | None = None,
    findings: Sequence[Finding] = (),
) -> StepPage:
    """The page of a step from ``left`` into a program as it is settled in ``stored``. A constant number of queries."""
    settled, tz = from_stored(stored), program.site.tz
    found = touched(left, program, decision.assessment, at)
    whose = ids_of(left.episode.client)
    asked = lines(found.facts, settled)
    chosen = fit(asked, settled)
    handoff = handoff_of(stored, tz)
    stands = [*judge(asked, chosen), *judge_handoff(found.facts, handoff, at.astimezone(tz).date())]
    moved = [*changed(asked, seen or {}), *(each for each in findings if each.code.startswith("transition.line_"))]
    errors: dict[str, list[str]] = {}
    for each in findings:
        errors.setdefault(str(each.detail.get("line", "")), []).append(each.message)
    other = {str(each.detail.get("line")) for each in moved}
    shown = [Shown(line, chosen[line.key], tuple(errors.get(line.key, ())), line.key in other) for line in asked]
    return StepPage(
        program=program, facts=found.facts, asked=asked, chosen=chosen, sections=tuple(_sections(shown)), handoff=handoff,
        typed=stored.get("handoff") or {}, note=str(stored.get("note", "")), stands=tuple(stands),
        handoff_errors={str(each.detail.get("field")): each.message for each in findings if each.detail.get("line") == "handoff"},
        when_error=" ".join(errors.get("when", ())), pin_errors=tuple(errors.get("reconcile", ())),
        gone=tuple(dict.fromkeys(each.message for each in moved if each.detail.get("gone"))), client_id=left.episode.client_id,
        consents=tuple(each for each in standings(whose, at) if each.held is not None and not each.over),
    )  # fmt: skip


def _sections(shown: Iterable[Shown]) -> Iterable[Section]:
    every = list(shown)
    for name, title, kinds in SECTIONS:
        mine = (each for each in every if each.line.kind in kinds and (each.line.key == "week") == (name == "week"))
        yield Section(name, title, tuple(mine))
