"""Who sleeps where: stays without overlap in beds that suit, and the cleaning after each."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random

from beds.models import Bed, BedStay, CleaningJob
from config.demo.stage import DAY, HOUR, MINUTE, Path, Stage, Step
from staff.rules.capabilities import Role

RESIDENTIAL = ("3.7", "3.5", "3.1", "house")
TURNOVER = 2 * HOUR  # a bed rests this long between two people
MOVES = 7  # people who changed beds on the way
OVERRIDE = {
    "code": "bed.upper_bunk",
    "message": "Upper bunk, needs a lower",
    "reason": "No lower bunk was free. Rail fitted, seizure-free for two years, the prescriber agrees.",
}


def assign(stage: Stage) -> None:
    """Give every residential stretch a bed, today's people first. An old stretch that finds none never happened, nor what
    came before it."""
    dice = stage.dice("beds")
    taken: dict[int, list[tuple[datetime, datetime | None]]] = {bed.pk: [] for bed in stage.beds}
    stretches = [(path, step) for path in stage.paths for step in path.stretches if step.program in RESIDENTIAL]
    stretches.sort(
        key=lambda pair: stage.now - pair[1].ends if pair[1].ends else timedelta(days=-2 if pair[0].alone else -1)
    )
    for path, step in stretches:
        if step not in path.stretches:
            continue
        bed = _find(stage, dice, taken, path, step)
        if bed is not None:
            taken[bed.pk].append((step.starts, step.ends))
            step.beds = [(bed, step.starts, step.ends)]
            if path.alone and step.ends is None:
                mate = next(other for other in stage.beds if other.room_id == bed.room_id and other.pk != bed.pk)
                taken[mate.pk].append((step.starts, None))
        elif step is path.residence:
            path.residence = None
        else:
            path.steps = path.steps[path.steps.index(step) + 1 :]
    stage.paths = [path for path in stage.paths if path.steps and (path.again is None or path.again.steps)]
    _move(stage, dice, taken)


def _find(
    stage: Stage, dice: Random, taken: dict[int, list[tuple[datetime, datetime | None]]], path: Path, step: Step
) -> Bed | None:
    beds = [bed for bed in stage.beds if bed.room.unit.program_id == stage.programs[step.program].pk]
    dice.shuffle(beds)
    if step.program == "3.7" and step.ends is None:  # who is new sleeps near nursing, who is alone does not
        near = not path.alone and stage.now - step.starts < 4 * DAY
        beds.sort(key=lambda bed: bed.room.near_nursing is not near)
    return next(
        (bed for bed in beds if suits(bed, path.housing) and _free(taken[bed.pk], step.starts, step.ends)), None
    )


def suits(bed: Bed, housing: str) -> bool:
    """Whether a bed's unit (or, in a mixed unit, its room: they go by turns) is for someone who asks for this housing."""
    policy = str(bed.room.unit.gender_policy)
    if policy == "any":
        policy = ("women", "men")[bed.room.position % 2]
    return housing in ("any", policy)


def _free(taken: list[tuple[datetime, datetime | None]], starts: datetime, ends: datetime | None) -> bool:
    return all(
        (ends is not None and ends + TURNOVER <= begins) or (until is not None and until + TURNOVER <= starts)
        for begins, until in taken
    )


def _move(stage: Stage, dice: Random, taken: dict[int, list[tuple[datetime, datetime | None]]]) -> None:
    """Some changed beds within their unit."""
    left = MOVES
    for path in dice.sample(stage.paths, len(stage.paths)):
        step = path.steps[-1]
        if not step.beds or left == 0 or path.alone or stage.now - step.starts < 8 * DAY or step.ends is not None:
            continue
        bed, starts, ends = step.beds[0]
        on = stage.clock(stage.site_of(step.program), (starts + 4 * DAY).date(), time(11, 15))
        for other in dice.sample(stage.beds, len(stage.beds)):
            same = other.room.unit_id == bed.room.unit_id and other.pk != bed.pk
            if same and suits(other, path.housing) and _free(taken[other.pk], starts, on):
                taken[other.pk].append((starts, on))
                step.beds = [(other, starts, on), (bed, on, ends)]
                left -= 1
                break


def write(stage: Stage) -> list[BedStay]:
    """The rows: stays and cleaning after each. Who sleeps in an upper bunk against the rule, sleeps there with a reason."""
    dice = stage.dice("bed rows")
    upper = stage.cast.get("upper bunk")
    stays = [
        BedStay(
            bed=bed,
            episode=path.care,
            client=path.who,
            started_at=starts,
            ended_at=ends,
            overrides=[OVERRIDE] if path is upper and not bed.lower_bunk and step.ends is None else [],
        )
        for path in stage.paths
        for step in path.stretches
        for bed, starts, ends in step.beds
    ]
    BedStay.objects.bulk_create(stays)
    CleaningJob.objects.bulk_create(
        [job for stay in stays if stay.ended_at is not None for job in _cleaning(stage, dice, stay, stay.ended_at)]
    )
    return stays


def _cleaning(stage: Stage, dice: Random, stay: BedStay, left: datetime) -> Iterator[CleaningJob]:
    """Asked for as the bed is left; finished within two hours, the slow ones too. Now and then someone hands it back."""
    bed, site = stay.bed, stay.bed.room.unit.site.slug
    team = stage.teams[site, Role.HOUSEKEEPING]
    if left > stage.now - HOUR:  # the beds of those who just left
        waits = bed.room.unit.program_id == stage.programs["3.5"].pk
        yield CleaningJob(
            bed=bed,
            after=stay,
            started_at=left,
            accepted_at=None if waits else stage.now - 9 * MINUTE,
            accepted_by=None if waits else team[-1],
        )
        return
    by = stage.on_duty(site, Role.HOUSEKEEPING, left)
    accepted = left + dice.choice((4, 7, 9, 12, 15, 18, 22, 27, 35, 60)) * MINUTE + dice.randrange(0, 5) * MINUTE
    if dice.random() < 0.05:
        over = accepted + dice.randrange(4, 9) * MINUTE
        yield CleaningJob(
            bed=bed, after=stay, started_at=left, accepted_at=accepted, accepted_by=by, ended_at=over, handed_back=True
        )
        left, accepted, by = over, over + dice.randrange(5, 12) * MINUTE, team[-1]
    long = dice.randrange(18, 34) if bed.room.unit.name != "Alder" else dice.randrange(22, 38)
    yield CleaningJob(
        bed=bed,
        after=stay,
        started_at=left,
        accepted_at=accepted,
        accepted_by=by,
        ended_at=accepted + long * MINUTE,
    )
