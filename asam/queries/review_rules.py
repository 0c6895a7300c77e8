"""The rules for reviews of a site's programs, with their sources and history."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from asam.models import ReviewPolicy
from asam.review_rules import house
from asam.rules.levels import LEVELS
from asam.rules.review_policy import EventRule, HouseRule, Policy, policy_for
from programs.models import Program, Site


@dataclass(frozen=True)
class ProgramRule:
    """A program's rule that counts. ``shipped``: the days it would have (None: no rule knows the level); ``history`` newest first."""

    program: Program
    policy: Policy
    shipped: int | None
    public: str
    history: tuple[ReviewPolicy, ...]
    events: tuple[tuple[EventRule, bool], ...]


@dataclass(frozen=True)
class RulesPage:
    """Every treatment program of a site."""

    house: HouseRule
    rows: tuple[ProgramRule, ...]


def rules_page(site: Site, at: datetime) -> RulesPage:
    """The rule of each program as known at an instant. Two queries."""
    rule = house()
    programs = list(Program.objects.filter(site=site, kind=Program.Kind.TREATMENT))
    history: defaultdict[int, list[ReviewPolicy]] = defaultdict(list)
    rows = ReviewPolicy.objects.filter(program__in=programs, at__lte=at).select_related("by").order_by("-at", "-pk")
    for row in rows:
        history[row.program_id].append(row)
    found = []
    for program in programs:
        own = history[program.pk][:1]
        mine = (own[0].days, own[0].hours, own[0].off, own[0].why) if own else None
        policy = policy_for(program.level, rule, mine)
        cadence = rule.days[LEVELS[program.level].family] if program.level in LEVELS else None
        events = tuple((each, event in policy.events) for event, each in rule.events.items())
        found.append(
            ProgramRule(
                program,
                policy,
                cadence.days if cadence else None,
                cadence.public if cadence else "",
                tuple(history[program.pk]),
                events,
            )
        )
    return RulesPage(rule, tuple(found))
