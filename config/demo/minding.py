"""What is minded about people: precautions from the hour they came, and who is kept apart from whom."""

from collections.abc import Iterator
from datetime import datetime
from random import Random

from config.demo.stage import DAY, HOUR, MINUTE, Path, Stage, Step
from programs.models import Client, KeepApart, PlacementRequest, Precaution
from programs.rules.precautions import Precaution as Kind
from staff.rules.capabilities import Role

WATCHED = 4 * DAY  # how long someone new is watched for withdrawal
# part, precaution, days since (at the most since they came)
PARTS = (
    ("constant", Kind.CONSTANT_WATCH, 0.4),
    ("close", Kind.CLOSE_WATCH, 1.3),
    ("close too", Kind.CLOSE_WATCH, 2.6),
    ("alone", Kind.ISOLATION, 2.1),
    ("wheelchair", Kind.WHEELCHAIR, 99.0),
    ("helped", Kind.NEEDS_HELP, 99.0),
    ("upper bunk", Kind.LOWER_BUNK, 99.0),
)
WAITING = {"Delgarno-Reyes": Kind.LOWER_BUNK, "Ashgrove-Pike": Kind.WHEELCHAIR}

Row = tuple[Kind, datetime, datetime | None]


def write(stage: Stage) -> None:
    """Precautions of everybody who had a bed, and of who waits; two keep-apart rules."""
    dice = stage.dice("minding")
    parts = {id(path): part for part, path in stage.cast.items()}
    rows = []
    for path in stage.paths:
        step = path.sleeps
        if step is None:
            continue
        for kind, begins, ends in (
            *_usual(stage, dice, path, parts.get(id(path), "")),
            *_part(stage, path, step, parts),
        ):
            by = stage.on_duty(stage.site_of(path.steps[0].program), Role.NURSE, begins)
            rows.append(Precaution(client=path.who, kind=kind, started_at=begins, ended_at=ends, by=by))
    for request in PlacementRequest.objects.filter(settled_at=None).select_related("client", "site").order_by("pk"):
        at = request.asked_at + 50 * MINUTE
        kinds = [WAITING[request.client.last_name]] if request.client.last_name in WAITING else []
        kinds += [Kind.WITHDRAWAL_WATCH] if request.level_wanted == "3.7" else []
        by = stage.on_duty(request.site.slug, Role.NURSE, at)
        rows += [Precaution(client=request.client, kind=kind, started_at=at, by=by) for kind in kinds]
    Precaution.objects.bulk_create(rows)
    _apart(stage)


def since(stage: Stage, step: Step, days: float) -> datetime:
    """So many days ago, or when the stretch began."""
    return max(step.starts, (stage.now - days * DAY).replace(second=0, microsecond=0))


def _usual(stage: Stage, dice: Random, path: Path, part: str) -> Iterator[Row]:
    """New people at 3.7 are watched for withdrawal; some need a lower bunk or an accessible room and had one all along;
    some were watched closely for a while."""
    lower, accessible, close = (dice.random() < chance for chance in (0.2, 0.4, 0.12))
    for step in path.steps:
        if step.program == "3.7" and step.beds and all(bed.room.near_nursing for bed, _, _ in step.beds):
            ends = step.starts + WATCHED
            if part == "promised":  # they leave tomorrow
                ends = min(ends, max(step.starts + 6 * HOUR, stage.now - 32 * HOUR))
            over = ends if step.ends is None else min(ends, step.ends)
            yield Kind.WITHDRAWAL_WATCH, step.starts, over if over <= stage.now else None
        if close and step.ends is not None and step.beds:
            yield Kind.CLOSE_WATCH, step.starts + 5 * HOUR, min(step.starts + 2 * DAY, step.ends)
    sleeps = path.sleeps
    assert sleeps is not None
    beds = [bed for step in path.stretches for bed, _, _ in step.beds]
    if lower and part != "upper bunk" and all(bed.lower_bunk for bed in beds):
        yield Kind.LOWER_BUNK, path.starts, path.ends
    if accessible and part != "wheelchair" and all(bed.room.accessible for bed, _, _ in sleeps.beds):
        yield Kind.ACCESSIBLE, sleeps.starts, sleeps.ends


def _part(stage: Stage, path: Path, step: Step, parts: dict[int, str]) -> Iterator[Row]:
    for part, kind, days in PARTS:
        if parts.get(id(path)) == part:
            yield kind, since(stage, step, days), None


def _apart(stage: Stage) -> None:
    """Two people of one unit who do not share a room, and one of the list who may not have the bed beside somebody."""
    cast = stage.cast
    pairs: list[tuple[Client, Client, str, float]] = []
    if "apart other" in cast:
        pairs.append(
            (cast["apart one"].who, cast["apart other"].who, "Owes money from before; a fight on day two.", 2.2)
        )
    if "apart" in cast:
        pairs.append((cast["apart"].who, stage.waiting["Delgarno-Reyes"], "A court order of last year stands.", 1.1))
    director = stage.people["director"]
    for one, other, why, days in pairs:
        first, second = sorted((one, other), key=lambda client: client.pk)
        KeepApart.objects.create(
            first=first, second=second, why=why, started_at=stage.now - round(days * 24) * HOUR, by=director
        )
