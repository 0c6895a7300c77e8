"""Who sleeps where: stays without overlap in beds that suit, leaves, a hold, a closed bed, and cleaning."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random

from beds.models import Bed, BedStay, CleaningJob, Closure, Hold
from config.demo.stage import DAY, HOUR, MINUTE, Path, Stage, Step
from programs.models import Leave
from staff.rules.capabilities import Role

RESIDENTIAL = ("3.7", "3.5", "3.1", "house")
TURNOVER = 2 * HOUR  # a bed rests this long between two people
MOVES = 7  # people who changed beds on the way


def assign(stage: Stage) -> None:
    """Give every residential stretch a bed, today's people first. An old stretch that finds none never happened, nor what
    came before it."""
    dice = stage.dice("beds")
    taken: dict[int, list[tuple[datetime, datetime | None]]] = {bed.pk: [] for bed in stage.beds}
    stretches = [(path, step) for path in stage.paths for step in path.stretches if step.program in RESIDENTIAL]
    stretches.sort(key=lambda pair: stage.now - pair[1].ends if pair[1].ends else timedelta(days=-1))
    for path, step in stretches:
        if step not in path.stretches:
            continue
        bed = _find(stage, dice, taken, path, step)
        if bed is not None:
            taken[bed.pk].append((step.starts, step.ends))
            step.beds = [(bed, step.starts, step.ends)]
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
        if not step.beds or left == 0 or stage.now - step.starts < 8 * DAY or step.ends is not None:
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


def write(stage: Stage) -> None:
    """The rows: stays, cleaning after each, today's hold and closure, leaves."""
    dice = stage.dice("bed rows")
    stays, jobs = [], []
    for path in stage.paths:
        for step in path.stretches:
            for bed, starts, ends in step.beds:
                stays.append(BedStay(bed=bed, episode=path.care, client=path.who, started_at=starts, ended_at=ends))
                if ends is not None:
                    jobs.append(_cleaning(stage, dice, bed, ends))
    BedStay.objects.bulk_create(stays)
    CleaningJob.objects.bulk_create(jobs)
    _today(stage, dice, {stay.bed_id for stay in stays if stay.ended_at is None or stay.ended_at > stage.now - DAY})
    _leaves(stage, dice)


def _cleaning(stage: Stage, dice: Random, bed: Bed, left: datetime) -> CleaningJob:
    site = bed.room.unit.site.slug
    by = stage.on_duty(site, Role.HOUSEKEEPING, left)
    accepted = left + dice.randrange(5, 40) * MINUTE
    ended = accepted + dice.randrange(15, 45) * MINUTE
    if left > stage.now - HOUR:  # the beds of those who just left
        waits = bed.room.unit.program_id == stage.programs["3.5"].pk
        start = None if waits else stage.now - 9 * MINUTE
        return CleaningJob(
            bed=bed,
            started_at=left,
            accepted_at=start,
            accepted_by=None if waits else stage.teams[site, Role.HOUSEKEEPING][-1],
        )
    return CleaningJob(bed=bed, started_at=left, accepted_at=accepted, accepted_by=by, ended_at=ended)


def _today(stage: Stage, dice: Random, taken: set[int]) -> None:
    """One bed is held for the person who arrives tomorrow, one is closed."""
    free = [bed for bed in stage.beds if bed.pk not in taken]
    coming = stage.waiting[0]
    held = next(bed for bed in free if bed.room.unit.name == "Cedar West")
    Hold.objects.create(
        bed=held,
        client=coming,
        started_at=stage.now - 3 * HOUR,
        ended_at=stage.now + 21 * HOUR,
        by=stage.on_duty("riverbend", Role.INTAKE, stage.now),
    )
    closed = next(bed for bed in free if bed.room.unit.name == "Alder")
    Closure.objects.create(
        bed=closed,
        why="Plumbing",
        back_on=stage.today("riverbend") + timedelta(days=3),
        started_at=stage.now - 26 * HOUR,
    )


def _leaves(stage: Stage, dice: Random) -> None:
    """Two people are away now; many were away for a day, at court or in hospital before."""
    rows = []
    here = [path for path in stage.paths if path.ends is None and path.steps[-1].beds]
    cedar = [path for path in here if path.steps[-1].program == "3.5" and stage.now - path.steps[-1].starts > 6 * DAY]
    alder = [path for path in here if path.steps[-1].program == "3.7" and stage.now - path.steps[-1].starts > 2 * DAY]
    now = {
        id(cedar[0]): (stage.now - 3 * HOUR, stage.now + 5 * HOUR, Leave.Kind.PASS),
        id(alder[0]): (stage.now - 17 * HOUR, stage.now + 22 * HOUR, Leave.Kind.HOSPITAL),
    }
    for path in stage.paths:
        for begins, ends, kind in _past_leaves(stage, dice, path):
            if id(path) not in now or ends < now[id(path)][0] - DAY:
                path.away.append((begins, ends, kind))
                rows.append(Leave(episode=path.care, kind=kind, started_at=begins, expected_at=ends, ended_at=ends))
        if id(path) in now:
            begins, expected, kind = now[id(path)]
            path.away.append((begins, None, kind))
            rows.append(Leave(episode=path.care, kind=kind, started_at=begins, expected_at=expected))
    Leave.objects.bulk_create(rows)


def _past_leaves(stage: Stage, dice: Random, path: Path) -> Iterator[tuple[datetime, datetime, str]]:
    for step in path.steps:
        if step.program not in ("3.5", "3.1") or not step.beds:
            continue
        site, day = stage.site_of(step.program), step.starts.date() + timedelta(days=8)
        until = min(step.ends or stage.now, stage.now - 2 * DAY)
        while (begins := stage.clock(site, day, time(10, 0))) + 10 * HOUR < until:
            if dice.random() < 0.12:
                kind = dice.choice((Leave.Kind.PASS, Leave.Kind.PASS, Leave.Kind.PASS, Leave.Kind.COURT))
                yield begins, begins + dice.randrange(180, 540, 15) * MINUTE, kind
            day += timedelta(days=3)
