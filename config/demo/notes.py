"""What is written in the chart: admission and step notes, weekly progress by template, nursing notes in the first days; and what
still waits for words or names."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from chart.models import Note
from chart.note_templates import shipped
from chart.rules.notes import LATE, late, rendered
from config.demo import note_texts, texts
from config.demo.note_waiting import wait
from config.demo.stage import DAY, HOUR, MINUTE, Path, Stage, Step
from programs.models import Site
from staff.models import Person, Signature
from staff.rules.capabilities import Role

TEMPLATES = ("narrative", "soap", "dap", "birp", "girp")


def write(stage: Stage) -> None:
    """Notes of the written history, and of every admission and step before it; then what waits, by the acts themselves."""
    dice = stage.dice("notes")
    rows = [row for path in stage.paths for row in _notes(stage, dice, path)]
    rows.sort(key=lambda row: row.about_at)
    Note.objects.bulk_create(rows, batch_size=2_000)
    Signature.objects.bulk_create(
        [
            Signature(
                person=row.by, credentials=row.by.credentials, meaning="author", subject_kind=Note._meta.label,
                subject_id=row.pk, content_sha256=row.sha256, at=row.written_at,
            )
            for row in rows
        ], batch_size=2_000,
    )  # fmt: skip
    wait(stage, rows)


def _notes(stage: Stage, dice: Random, path: Path) -> Iterator[Note]:
    before: Step | None = None
    for step in path.steps:
        program = stage.programs[step.program]
        site = program.site
        nurse, clinician = (stage.on_duty(site.slug, role, step.starts) for role in (Role.NURSE, Role.FACILITATOR))
        if before is None:
            text = f"Admitted to {program.name}. Oriented to the program, consents read and signed, belongings listed."
            yield _note(stage, path, site, Note.Kind.ADMISSION, text, step.starts + 40 * MINUTE, clinician)
        else:
            left = stage.programs[before.program]
            text = f"Steps from {left.level} to {program.level}: {program.name}. The plan goes on; goals reviewed together."
            yield _note(stage, path, site, Note.Kind.STEP, text, step.starts + 10 * MINUTE, clinician)
        until = min(step.ends or stage.now, stage.now - 2 * HOUR)
        if step.program == "3.7":
            yield from _every(stage, dice, path, site, Note.Kind.NURSING, step.starts, until, 1, nurse)
        gap = 6 if program.level[0] in "23" else 13
        yield from _every(stage, dice, path, site, Note.Kind.PROGRESS, step.starts, until, gap, clinician)
        before = step


def _every(
    stage: Stage, dice: Random, path: Path, site: Site, kind: str, since: datetime, until: datetime, days: int, by: Person
) -> Iterator[Note]:  # fmt: skip
    first = (
        days if since >= stage.since else dice.randrange(2, min(days, 6) + 1) if days > 1 else 1
    )  # in the midst of a row
    at = max(since, stage.since) + first * DAY - dice.randrange(0, 5) * HOUR
    while at < until:
        if kind == Note.Kind.NURSING:
            yield _note(stage, path, site, kind, texts.nursing(dice), at, by)
        else:
            yield _progress(stage, dice, path, site, at, by)
        at += timedelta(days=days, minutes=dice.randrange(-90, 90))


def _progress(stage: Stage, dice: Random, path: Path, site: Site, at: datetime, by: Person) -> Note:
    """A session note by one of the templates, or a plain one."""
    template = shipped()[dice.choice(TEMPLATES)]
    if not template.asks_times:
        return _note(stage, path, site, Note.Kind.PROGRESS, texts.progress(dice), at, by)
    words = {each.name: note_texts.field(dice, each.name) for each in template.fields}
    minutes = dice.choice((25, 45, 50))
    row = _note(stage, path, site, template.kind, rendered(template, words), at, by)
    row.template, row.template_name, row.template_version = template.code, template.name, template.version
    row.fields = [
        {"name": each.name, "label": each.label, "text": words[each.name], "copied": False} for each in template.fields
    ]
    row.started_at, row.ended_at = at, at + minutes * MINUTE
    row.written_at = max(row.written_at, row.ended_at)
    row.sha256 = row.digest()
    return row


def _note(stage: Stage, path: Path, site: Site, kind: str, text: str, about: datetime, by: Person) -> Note:
    written = min(about + 12 * MINUTE, stage.now)
    happened = min(about, written)
    row = Note(
        episode=path.care, site=site, kind=kind, text=text, about_at=happened, written_at=written, by=by,
        late=late(happened, written, LATE),
    )  # fmt: skip
    row.sha256 = row.digest()
    return row
