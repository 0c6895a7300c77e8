"""Who is away and until when, who was, and when beds are expected to be left."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random

from config.demo.stage import DAY, HOUR, MINUTE, Path, Stage, Step
from programs.models import Episode, ExpectedDischarge, Leave
from staff.rules.capabilities import Role

LATEST = 19  # nobody is expected to leave after this hour


def write(stage: Stage) -> None:
    """Leaves and expected discharges, now and before."""
    dice = stage.dice("leaving")
    leaves, expected = [], []
    for path in stage.paths:
        now = list(_away_now(stage, path))
        since = min([row.started_at for row in now], default=stage.now)
        rows = [row for row in _past_leaves(stage, dice, path) if row.started_at + DAY < since] + now
        leaves += rows
        path.away += [(row.started_at, row.ended_at, row.kind) for row in rows]
        expected += [row for step in path.stretches if step.beds for row in _expected(stage, dice, path, step)]
    Leave.objects.bulk_create(leaves)
    ExpectedDischarge.objects.bulk_create(expected)


def _away_now(stage: Stage, path: Path) -> Iterator[Leave]:
    """Whoever has a part that is away. In hospital it took longer than was thought; one pass is overdue."""
    cast, now = stage.cast, stage.now

    def row(kind: str, begins: datetime, expected: datetime, ended: datetime | None = None) -> Leave:
        return Leave(episode=path.care, kind=kind, started_at=begins, expected_at=expected, ended_at=ended)

    if path is cast.get("pass"):
        yield row(Leave.Kind.PASS, now - 3 * HOUR, now + 5 * HOUR)
    if path is cast.get("overdue"):
        yield row(Leave.Kind.PASS, now - 6 * HOUR, now - 40 * MINUTE)
    if path is cast.get("hospital"):
        yield row(Leave.Kind.HOSPITAL, now - 17 * HOUR, now - 3 * HOUR, now - 4 * HOUR)
        yield row(Leave.Kind.HOSPITAL, now - 4 * HOUR, now + 22 * HOUR)
    if path is cast.get("court"):
        site = stage.site_of(path.steps[-1].program)
        yield row(Leave.Kind.COURT, last_at(stage, site, time(8, 30)), next_at(stage, site, time(17)))


def last_at(stage: Stage, site: str, at: time) -> datetime:
    """The last instant at which a site's clock showed a time, half an hour ago or earlier."""
    day = stage.today(site)
    found = stage.clock(site, day, at)
    return found if found <= stage.now - 30 * MINUTE else stage.clock(site, day - DAY, at)


def next_at(stage: Stage, site: str, at: time) -> datetime:
    """The next instant at which it shows a time, half an hour from now or later."""
    day = stage.today(site)
    found = stage.clock(site, day, at)
    return found if found >= stage.now + 30 * MINUTE else stage.clock(site, day + DAY, at)


def _past_leaves(stage: Stage, dice: Random, path: Path) -> Iterator[Leave]:
    """Passes and days at court from the second week on; some who left against advice did not come back from a walk."""
    back = path.steps[0].starts - DAY  # from the last of them
    for step in path.steps:
        if step.program not in ("3.5", "3.1") or not step.beds:
            continue
        site, day = stage.site_of(step.program), step.starts.date() + timedelta(days=8)
        until = min(step.ends or stage.now, stage.now - 2 * DAY)
        while (begins := stage.clock(site, day, time(10, 0))) + 10 * HOUR < until:
            chance, long = dice.random(), dice.randrange(180, 540, 15) * MINUTE
            kind = dice.choice((Leave.Kind.PASS,) * 6 + (Leave.Kind.COURT, Leave.Kind.HOSPITAL, Leave.Kind.HOSPITAL))
            if kind == Leave.Kind.HOSPITAL or (kind == Leave.Kind.PASS and dice.random() < 0.3):
                long += dice.choice((1, 1, 2)) * DAY - 3 * HOUR  # over night
            planned = begins + long - dice.choice((-45, -15, 0, 0, 0, 20, 50)) * MINUTE
            if chance < 0.18 and begins + long < until:
                back = ends = begins + long
                yield Leave(episode=path.care, kind=kind, started_at=begins, expected_at=planned, ended_at=ends)
                day += timedelta(days=2)
            day += timedelta(days=3)
    ends_at, step = path.ends, path.steps[-1]
    if path.care.ended_as == Episode.Outcome.AGAINST_ADVICE and ends_at and step.beds and dice.random() < 0.6:
        begins = ends_at - dice.randrange(12, 16) * HOUR
        kind = Leave.Kind.ABSENT
        if begins > back:
            yield Leave(
                episode=path.care, kind=kind, started_at=begins, expected_at=begins + 2 * HOUR, ended_at=ends_at
            )


def _expected(stage: Stage, dice: Random, path: Path, step: Step) -> Iterator[ExpectedDischarge]:
    """What was known of the end of a stretch, from some days before; it was often thought to be another day at first."""
    site = stage.site_of(step.program)
    if step.ends is not None:
        if (path.care.ended_as == Episode.Outcome.AGAINST_ADVICE and step is path.steps[-1]) or dice.random() > 0.6:
            return
        known, last = step.ends - dice.randrange(30, 150) * HOUR, step.ends + dice.randrange(-4, 9) * HOUR
    elif path is stage.cast.get("leaving"):
        known, last = stage.now - 44 * HOUR, leaves_today(stage, site)
    elif path is stage.cast.get("promised"):
        known, last = stage.now - 30 * HOUR, stage.clock(site, stage.today(site) + DAY, time(10))
    elif path in stage.cast.values() or dice.random() > 0.4:
        return
    else:
        known = stage.now - dice.randrange(6, 90) * HOUR
        last = stage.clock(site, stage.today(site) + dice.randrange(2, 13) * DAY, time(dice.choice((10, 11, 14))))
    known = max(known, step.starts + HOUR)
    by = stage.on_duty(site, Role.DIRECTOR, known)
    ends = step.ends
    changed = known + ((ends or stage.now) - known) * dice.uniform(0.3, 0.7)
    changed = changed.replace(second=0, microsecond=0)
    first = max(last + dice.choice((-2, -1, 1, 2, 3)) * DAY, known + 12 * HOUR)
    if dice.random() < 0.35 and known + HOUR < changed < last - HOUR:
        yield ExpectedDischarge(episode=path.care, expected_at=first, started_at=known, ended_at=changed, by=by)
        known, by = changed, stage.on_duty(site, Role.DIRECTOR, changed)
    if last > known:
        yield ExpectedDischarge(episode=path.care, expected_at=last, started_at=known, ended_at=ends, by=by)


def leaves_today(stage: Stage, site: str) -> datetime:
    """Two in the afternoon, or a full hour soon after now; tomorrow morning where it is late."""
    local = stage.now.astimezone(stage.tz(site))
    hour = max(14, local.hour + 2)
    if hour > LATEST:
        return stage.clock(site, local.date() + DAY, time(10))
    return stage.clock(site, local.date(), time(hour))
