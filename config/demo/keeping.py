"""Beds that are kept or closed, now and before; how many a unit is staffed for; what the state was told."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from random import Random

from beds.models import Bed, BedStay, Closure, Hold, Staffing
from config.demo.minding import since
from config.demo.stage import DAY, HOUR, Stage
from programs.models import CapacityNotice, PlacementRequest
from staff.rules.capabilities import Role

Busy = dict[int, list[tuple[datetime, datetime | None]]]
FAR = timedelta(days=3650)
REST = 3 * HOUR  # after somebody left, a bed is cleaned first
CLOSED = (
    "Bed frame broken", "Window latch", "Painting", "Heating valve", "Mattress replaced", "Bathroom drain", "Reading light",
    "Pest treatment", "Floor sealed",
)  # fmt: skip
# unit, places before, places now, days since; a unit that is not named is staffed for every bed
STAFFED = (("Alder", 16, 14, 33), ("Cedar West", 12, 10, 20), ("Birch", 10, 11, 54))


def write(stage: Stage, stays: list[BedStay]) -> None:
    """Holds and closures that fit between the stays, staffing, and the notice of a full program."""
    dice = stage.dice("keeping")
    busy: Busy = {bed.pk: [] for bed in stage.beds}
    for stay in stays:
        busy[stay.bed_id].append((stay.started_at, stay.ended_at))
    holds = [*_kept_now(stage, stays, busy), *_kept_before(stage, dice, stays, busy), *_for_nothing(stage, dice, busy)]
    Hold.objects.bulk_create(holds)
    Closure.objects.bulk_create([*_closed_now(stage, busy), *_closed_before(stage, dice, busy)])
    director = stage.people["director"]
    for name, before, now, days in STAFFED:
        unit, changed = stage.units[name], stage.clock("riverbend", stage.today("riverbend") - days * DAY, time(7))
        begins = stage.now - 700 * DAY
        Staffing.objects.create(unit=unit, places=before, started_at=begins, ended_at=changed, by=director)
        Staffing.objects.create(unit=unit, places=now, started_at=changed, by=director)
    full = reached(stage, "2.5")
    if full is not None:
        sent = min(full + 2 * DAY, stage.now - HOUR)
        CapacityNotice.objects.create(
            program=stage.programs["2.5"], reached_at=full, sent_at=max(full, sent), by=director
        )


def _kept_now(stage: Stage, stays: Iterable[BedStay], busy: Busy) -> list[Hold]:
    """A free bed for who comes tomorrow, and one that somebody has until tomorrow."""
    by, begins = stage.people["intake2"], stage.now - 3 * HOUR
    until = stage.clock("riverbend", stage.today("riverbend") + DAY, time(20))
    found = []
    open_beds = [bed for bed in stage.beds if bed.room.unit.name == "Cedar West" and free(stage, busy, bed)]
    bed = min(open_beds, key=lambda bed: bed.room.accessible, default=None)  # who needs an accessible room waits too
    if bed is not None:
        found.append(
            Hold(bed=bed, client=stage.waiting["Whitfallow"], started_at=begins, until=until, ended_at=until, by=by)
        )
    path = stage.cast.get("promised")
    after = next((stay for stay in stays if path and stay.client_id == path.who.pk and stay.ended_at is None), None)
    if after is not None:
        client, begins = stage.waiting["Okaforde"], max(stage.now - 5 * HOUR, after.started_at)
        found.append(
            Hold(bed=after.bed, client=client, after=after, started_at=begins, until=until, ended_at=until, by=by)
        )
    for hold in found:
        busy[hold.bed_id].append((hold.started_at, hold.until))
    return found


def _kept_before(stage: Stage, dice: Random, stays: Iterable[BedStay], busy: Busy) -> list[Hold]:
    """Of those who came, some had their bed kept for a day; a few while somebody had it still."""
    of_bed: defaultdict[int, list[BedStay]] = defaultdict(list)
    for stay in sorted(stays, key=lambda stay: (stay.started_at, stay.bed_id)):
        of_bed[stay.bed_id].append(stay)
    came = {(path.who.pk, step.starts) for path in stage.paths for step in path.stretches}
    found = []
    for bed in stage.beds:
        before: BedStay | None = None
        for stay in of_bed[bed.pk]:
            wanted = stay.started_at - dice.randrange(4, 31) * HOUR
            ended = before.ended_at if before else None
            close = before is not None and ended is not None and stay.started_at - ended < 2 * REST
            lower = before.started_at + HOUR if close and before else ended + REST if ended else stage.since - DAY
            begins = max(wanted, lower)
            fits = begins + HOUR < stay.started_at < stage.now - DAY and (stay.client_id, stay.started_at) in came
            if fits and stay.started_at > stage.since and dice.random() < (0.8 if close else 0.35):
                until = stay.started_at + dice.randrange(2, 9) * HOUR
                by = stage.on_duty(bed.room.unit.site.slug, Role.INTAKE, begins)
                found.append(
                    Hold(
                        bed=bed,
                        client=stay.client,
                        after=before if close else None,
                        started_at=begins,
                        until=until,
                        ended_at=stay.started_at,
                        by=by,
                    )
                )
                if not close:
                    busy[bed.pk].append((begins, stay.started_at))
            before = stay
    return found


def _for_nothing(stage: Stage, dice: Random, busy: Busy) -> list[Hold]:
    """Beds that were kept for people who then did not come."""
    gone = PlacementRequest.objects.filter(state__in=["withdrawn", "referred"], site=stage.sites["riverbend"])
    found = []
    for request in gone.select_related("client").order_by("pk"):
        assert request.settled_at is not None
        begins, ends = max(request.asked_at + 4 * HOUR, request.settled_at - 30 * HOUR), request.settled_at
        if begins + 2 * HOUR > ends:
            continue
        beds = [bed for bed in stage.beds if bed.room.unit.program.level == request.level_wanted]
        bed = next((bed for bed in beds if _open(busy[bed.pk], begins - REST, ends + REST)), None)
        if bed is not None and dice.random() < 0.8:
            busy[bed.pk].append((begins, ends))
            by = stage.on_duty("riverbend", Role.INTAKE, begins)
            found.append(
                Hold(bed=bed, client=request.client, started_at=begins, until=ends + HOUR, ended_at=ends, by=by)
            )
    return found


def _closed_now(stage: Stage, busy: Busy) -> list[Closure]:
    """The bed beside who must have a room alone, and one at the other site."""
    found = []
    path = stage.cast.get("alone")
    if path is not None and path.sleeps is not None:
        mate = next(bed for bed in stage.beds if bed.room_id == path.bed.room_id and bed.pk != path.bed.pk)
        begins = max([since(stage, path.sleeps, 2.1), *(until for _, until in busy[mate.pk] if until)])
        back = stage.today("riverbend") + 3 * DAY
        found.append(Closure(bed=mate, why="Room kept for one person", back_on=back, started_at=begins))
    bed = next((bed for bed in stage.beds if bed.room.unit.name == "Birch" and free(stage, busy, bed)), None)
    if bed is not None:
        back = stage.today("hillcrest") + 6 * DAY
        found.append(Closure(bed=bed, why="Plumbing", back_on=back, started_at=stage.now - 22 * HOUR))
    for closure in found:
        busy[closure.bed_id].append((closure.started_at, None))
    return found


def _closed_before(stage: Stage, dice: Random, busy: Busy) -> list[Closure]:
    """Some beds were out of service for a while, between two people."""
    found: list[Closure] = []
    whys = iter(CLOSED)
    for bed in dice.sample(stage.beds, len(stage.beds)):
        begins = stage.since + dice.randrange(2, max(3, stage.days - 8)) * DAY
        long = dice.randrange(20, 100) * HOUR
        if begins + long < stage.now - 2 * DAY and _open(busy[bed.pk], begins - REST, begins + long + HOUR):
            why = next(whys, None)
            if why is None:
                break
            local = (begins + long).astimezone(bed.room.unit.site.tz).date()
            back = local + dice.choice((-1, 0, 0, 1)) * DAY
            back = max(back, begins.astimezone(bed.room.unit.site.tz).date())
            found.append(Closure(bed=bed, why=why, back_on=back, started_at=begins, ended_at=begins + long))
            busy[bed.pk].append((begins, begins + long))
    return found


def free(stage: Stage, busy: Busy, bed: Bed) -> bool:
    """Nobody has it, had it within the last day, or has it promised."""
    return _open(busy[bed.pk], stage.now - DAY, stage.now + FAR)


def _open(busy: Iterable[tuple[datetime, datetime | None]], begins: datetime, ends: datetime) -> bool:
    return all((until is not None and until <= begins) or since >= ends for since, until in busy)


def reached(stage: Stage, key: str) -> datetime | None:
    """When a program came to 90 % of the people it is licensed for, without having fallen below since; None where it is below
    now."""
    licensed = stage.programs[key].licensed_capacity
    assert licensed is not None
    changes = sorted(
        (at, change)
        for path in stage.paths
        for step in path.steps
        if step.program == key
        for at, change in ((step.starts, 1), (step.ends, -1))
        if at is not None
    )
    here, found = 0, None
    for at, change in changes:
        here += change
        if here * 10 < licensed * 9:
            found = None
        elif found is None:
            found = at
    return found
