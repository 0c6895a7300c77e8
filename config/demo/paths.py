"""Ways through care: who is where today, and by which steps they came. Plans only; ``clients`` and ``bedding`` write them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from random import Random

from config.demo.stage import DAY, MINUTE, Path, Stage, Step

# How many people are in each program today.
TODAY = {
    "3.7": 12, "3.5": 18, "3.1": 8, "2.5": 26, "2.1": 22, "2.1 hillcrest": 12, "1.7": 14, "1.5": 16, "1.5 hillcrest": 10,
}  # fmt: skip
HOUSE = {"2.5": 3, "2.1": 3}  # of these, who live in Linden house
LEFT = 60  # people discharged within the history, from any program
LEFT_BEDS = {
    "3.7": 110,
    "3.5": 34,
    "3.1": 6,
    "2.5": 14,
    "2.1": 10,
}  # and more who had a bed, so that the beds were seldom empty
CAME_BACK = 8  # people with an earlier episode
BEDDED = ("3.7", "3.5", "3.1")
EITHER = {("3.7", 4), ("3.7", 9), ("3.1", 5)}  # whom any room suits
ALONE = ("3.7", 4)  # who has a room to themselves

# By which steps people come to a program; the likelier ones stand more than once.
BEFORE: dict[str, Sequence[tuple[str, ...]]] = {
    "3.7": [(), (), (), ("2.1",)],
    "3.5": [("3.7",), ("3.7",), ("3.7",), (), ("2.1", "3.7")],
    "3.1": [("3.7", "3.5"), ("3.5",), ()],
    "2.5": [("3.7", "3.5"), ("3.5",), ("3.7", "3.5"), ()],
    "2.1": [("3.7", "3.5", "2.5"), ("3.5", "2.5"), ("2.5",), ()],
    "2.1 hillcrest": [("3.5", "3.1"), ("3.1",), ("3.1",), ()],
    "1.7": [("3.7",), ("3.7", "2.5"), (), ()],
    "1.5": [("3.7", "3.5", "2.5", "2.1"), ("2.5", "2.1"), ("2.1",), ()],
    "1.5 hillcrest": [("3.1", "2.1 hillcrest"), ("2.1 hillcrest",), ()],
}
STAY = {  # days, from and to
    "3.7": (4, 9), "3.5": (15, 28), "3.1": (20, 40), "2.5": (12, 20), "2.1": (24, 42), "2.1 hillcrest": (24, 42),
    "1.7": (15, 80), "1.5": (20, 70), "1.5 hillcrest": (20, 70),
}  # fmt: skip
SUBSTANCES = ("opioid",) * 9 + ("alcohol",) * 8 + ("stimulant",) * 4 + ("sedative",) * 1
HOUSINGS = ("women", "men") * 9 + ("any", "any")


def plan(stage: Stage) -> None:
    """Fill ``stage.paths``: those here today first, then those who left."""
    dice = stage.dice("paths")
    for program, number in TODAY.items():
        for place in range(number):
            path = _path(stage, dice, program, ends=None)
            if program in BEDDED or place < HOUSE.get(program, 0):  # units or rooms are for women or for men
                path.housing = "any" if (program, place) in EITHER else ("women", "men")[place % 2]
            path.alone = (program, place) == ALONE
            if place < HOUSE.get(program, 0):
                path.residence = Step("house", path.steps[-1].starts, None)
            stage.paths.append(path)
    stage.paths += _just_left(stage, dice)
    for _ in range(LEFT):
        program = dice.choice(list(TODAY))
        stage.paths.append(_path(stage, dice, program, ends=_moment(stage, dice, program, dice.uniform(1, 88))))
    for program, number in LEFT_BEDS.items():
        for place in range(number):
            ago = dice.uniform(2, 14) if program == "3.7" and place % 4 == 0 else dice.uniform(1, 96)
            path = _path(stage, dice, program, ends=_moment(stage, dice, program, ago))
            if program in HOUSE:
                path.residence = Step("house", path.steps[-1].starts, path.ends)
            stage.paths.append(path)
    stage.paths += _earlier(stage, dice)


def _path(stage: Stage, dice: Random, program: str, *, ends: datetime | None) -> Path:
    keys = (*dice.choice(BEFORE[program]), program)
    steps: list[Step] = []
    end = ends
    for key in reversed(keys):
        low, high = STAY[key]
        long = dice.uniform(low, high) if end is not None else dice.uniform(0.9, high)
        ago = (stage.now - (end or stage.now)) / DAY + long
        starts = _moment(stage, dice, key, ago)
        if end is not None and starts >= end - timedelta(hours=12):
            starts = end - timedelta(days=low)
        steps.insert(0, Step(key, starts, end))
        end = starts
    return Path(dice.choice(HOUSINGS), dice.choice(SUBSTANCES), steps)


def _moment(stage: Stage, dice: Random, program: str, days_ago: float) -> datetime:
    """Some time between 09:30 and 15:30 of the site's day so many days ago, and never later than 20 hours ago."""
    site = stage.site_of(program)
    day = stage.today(site) - timedelta(days=max(1, round(days_ago)))
    at = stage.clock(site, day, time(9, 30)) + dice.randrange(0, 360, 5) * MINUTE
    return min(at, stage.now - timedelta(hours=20))


def _just_left(stage: Stage, dice: Random) -> Iterator[Path]:
    """Two people who left within the hour: one bed waits for cleaning, one is being cleaned."""
    for program, minutes, days, housing in (("3.5", 52, 19, "women"), ("3.7", 31, 6, "any"), ("3.1", 26, 33, "any")):
        ends = stage.now - minutes * MINUTE
        starts = _moment(stage, dice, program, days)
        yield Path(housing, dice.choice(SUBSTANCES), [Step(program, starts, ends)])


def _earlier(stage: Stage, dice: Random) -> Iterator[Path]:
    """Earlier episodes of people who are here again."""
    here = [path for path in stage.paths if path.ends is None]
    for path in dice.sample(here, CAME_BACK):
        program = dice.choice(("3.5", "2.1"))
        before = (stage.now - path.starts) / DAY + dice.uniform(60, 240)
        earlier = _path(stage, dice, program, ends=_moment(stage, dice, program, before))
        earlier.housing, earlier.substance = path.housing, path.substance
        earlier.again = path
        yield earlier
