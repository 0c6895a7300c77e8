"""What came of the reassessments: reviews that follow one another, most confirmed, the newest ones of some clients not yet written."""

import hashlib
from collections import defaultdict
from datetime import timedelta
from random import Random

from asam.models import Assessment, LevelReview, ReviewConfirmation, ReviewPolicy
from asam.queries.catalogs import known
from asam.rules.decision import review_due_days
from asam.rules.levels import LEVELS, compare
from config.demo.stage import DAY, HOUR, MINUTE, Path, Stage, Step
from staff.models import Person
from staff.rules.capabilities import Capability, Role

_CONDITION = {"continue": "progressing", "step_down": "goals_met", "step_up": "worse", "different": "no_progress"}
_OUTCOME = {"same": "continue", "lower": "step_down", "higher": "continue", "different": "continue"}
_WHY = {
    "continue": ("The last pass ended with use the same evening.", "Sleeps, comes to groups, cannot be alone with cravings yet."),
    "step_down": ("Three weeks without use, two nights at home went well.",),
}  # fmt: skip
_PROGRESS = (
    "Names triggers and calls before, not after.",
    "Comes to every group, speaks little.",
    "Steadier than last time.",
)


def write(stage: Stage) -> None:
    """After the ratings: a review for each reassessment, but for the newest of some; and one program with a rule of its own."""
    dice = stage.dice("reviews")
    rows = Assessment.objects.filter(kind=Assessment.Kind.REASSESSMENT, decision=None).select_related("source", "by")
    by_episode: defaultdict[int, list[Assessment]] = defaultdict(list)
    for row in rows.order_by("at", "pk"):
        by_episode[row.episode_id].append(row)
    chains = [list(_chain(stage, dice, path, by_episode[path.care.pk])) for path in stage.paths]
    for place in range(max(map(len, chains), default=0)):
        made = [chain[place] for chain in chains if len(chain) > place]
        for review in made:
            if review.follows is not None:
                review.follows_id = review.follows.pk
        LevelReview.objects.bulk_create(made, batch_size=1_000)
    written = [review for chain in chains for review in chain]
    ReviewConfirmation.objects.bulk_create(
        [
            ReviewConfirmation(review=each, by=_confirms(stage, each), at=each.at + 3 * HOUR)
            for each in written
            if each.asks and (each.at < stage.now - 2 * DAY or dice.random() < 0.5) and each.at + 3 * HOUR < stage.now
        ],
        batch_size=1_000,
    )
    iop = next((program for program in stage.programs.values() if program.level == "2.1"), None)
    if iop is not None:
        ReviewPolicy.objects.create(
            program=iop, days=30, hours=27, why="Illinois, older rule: 30 days or 27 hours of service, whichever is first",
            at=stage.since, by=stage.people["director"],
        )  # fmt: skip


def _chain(stage: Stage, dice: Random, path: Path, rated: list[Assessment]) -> "list[LevelReview]":
    made: list[LevelReview] = []
    for place, row in enumerate(rated):
        step = next(
            (each for each in path.steps if each.starts <= row.at and (not each.ends or row.at < each.ends)), None
        )
        if (
            step is None
            or step.placement is None
            or (place == len(rated) - 1 and step.ends is None and dice.random() < 0.25)
        ):
            continue
        made.append(_review(stage, dice, path, step, row, made[-1] if made else None))
    return made


def _review(
    stage: Stage, dice: Random, path: Path, step: Step, row: Assessment, before: LevelReview | None
) -> LevelReview:
    level, recommended = stage.programs[step.program].level, str(row.recommendation["level"])
    order = compare(recommended, level)
    outcome = _OUTCOME[order]
    at = row.at + 20 * MINUTE
    site = stage.site_of(step.program)
    deciding = {key for key, _ in row.recommendation["drivers"]}
    dimensions = known(row.source).catalog.dimensions
    numbers = [each.number for each in dimensions if any(sub.key in deciding for sub in each.subdimensions)]
    managed = LEVELS[level].managed == "medically"
    return LevelReview(
        episode=path.care, placement=step.placement, assessment=row, level=level, recommended=recommended, order=order,
        outcome=outcome, to_level=recommended if outcome == "step_down" else "", conditions=[_CONDITION[outcome]],
        why=dice.choice(_WHY[outcome]), plan_change="", progress={str(number): dice.choice(_PROGRESS) for number in numbers or [4]},
        against="" if order in {"same", "lower"} else "The psychiatric nurse comes weekly, which covers what the ratings ask for.",
        next_on=at.astimezone(stage.tz(site)).date() + timedelta(days=review_due_days(level)) if outcome == "continue" else None,
        due=[f"{review_due_days(level)} days after the last time"], reviewed_at=at, at=at, by=row.by, follows=before,
        asks=(Capability.WRITE_ORDERS if managed else Capability.DECIDE).value,
        digest=hashlib.sha256(f"{row.pk} {outcome}".encode()).hexdigest(),
    )  # fmt: skip


def _confirms(stage: Stage, review: LevelReview) -> Person:
    prescriber = review.asks == Capability.WRITE_ORDERS.value
    return stage.on_duty(
        review.placement.program.site.slug, Role.PRESCRIBER if prescriber else Role.DIRECTOR, review.at
    )
