"""What is written in the chart: admission and step notes, weekly progress, nursing notes in the first days."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from chart.models import Note
from config.demo import texts
from config.demo.stage import DAY, HOUR, MINUTE, Path, Stage, Step
from staff.rules.capabilities import Role


def write(stage: Stage) -> None:
    """Notes of the written history, and of every admission and step before it."""
    dice = stage.dice("notes")
    rows = [row for path in stage.paths for row in _notes(stage, dice, path)]
    rows.sort(key=lambda row: row.about_at)
    Note.objects.bulk_create(rows, batch_size=2_000)


def _notes(stage: Stage, dice: Random, path: Path) -> Iterator[Note]:
    before: Step | None = None
    for step in path.steps:
        program = stage.programs[step.program]
        site = program.site.slug
        nurse, clinician = (stage.on_duty(site, role, step.starts) for role in (Role.NURSE, Role.FACILITATOR))
        if before is None:
            text = f"Admitted to {program.name}. Oriented to the program, consents read and signed, belongings listed."
            yield _note(stage, path, Note.Kind.ADMISSION, text, step.starts + 40 * MINUTE, clinician.pk)
        else:
            left = stage.programs[before.program]
            text = f"Steps from {left.level} to {program.level}: {program.name}. The plan goes on; goals reviewed together."
            yield _note(stage, path, Note.Kind.STEP, text, step.starts + 10 * MINUTE, clinician.pk)
        until = min(step.ends or stage.now, stage.now - 2 * HOUR)
        if step.program == "3.7":
            yield from _every(stage, dice, path, Note.Kind.NURSING, step.starts, until, 1, nurse.pk)
        gap = 7 if program.level[0] in "23" else 14
        yield from _every(stage, dice, path, Note.Kind.PROGRESS, step.starts, until, gap, clinician.pk)
        before = step


def _every(
    stage: Stage, dice: Random, path: Path, kind: str, since: datetime, until: datetime, days: int, by: int
) -> Iterator[Note]:
    at = max(since, stage.since) + days * DAY - dice.randrange(0, 5) * HOUR
    while at < until:
        text = texts.nursing(dice) if kind == Note.Kind.NURSING else texts.progress(dice)
        yield _note(stage, path, kind, text, at, by)
        at += timedelta(days=days, minutes=dice.randrange(-90, 90))


def _note(stage: Stage, path: Path, kind: str, text: str, about: datetime, by: int) -> Note:
    written = min(about + 12 * MINUTE, stage.now)
    return Note(episode=path.care, kind=kind, text=text, about_at=about, written_at=written, by_id=by)
