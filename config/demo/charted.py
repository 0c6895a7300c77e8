"""What surveyors look for: nursing assessments at admission, discharge summaries, tasks; a few of them late or missing."""

from collections.abc import Iterator
from datetime import datetime

from chart.actions.tasks import finish_task, raise_task, take_task
from chart.models import Note, ProgramDeadlines
from chart.note_templates import shipped
from chart.rules.notes import rendered
from config.demo.stage import DAY, HOUR, MINUTE, Path, Stage
from programs.models import Episode, Site
from staff.models import Person, Signature
from staff.rules.capabilities import Capability, Role

MISSING = 9  # every ninth paper of the last days was not written
OPEN = 4 * DAY
NURSED = ("1.7", "2.7", "3.5", "3.7")  # the levels that ask for a nursing assessment at admission
SUMMARY = {
    "reason": "Came on their own word, to stop and to sleep again.",
    "course": "Took part as planned. The plan was reviewed at each step.",
    "goals": "What was met is closed in the plan; what is open goes on in the plan after discharge.",
    "measures": "Mood and cravings moved down; the last scores stand in the chart.",
    "medications": "As in the orders of the last day; the primary care office orders from here.",
    "state": "Calm, rested, no sign of withdrawal. Asked: no wish to die, no plan.",
    "after": "First appointment is made, medications go on for two weeks, knows whom to call at night.",
}
ADMISSION = "Nursing assessment at admission: history taken with the client, medications compared, allergies asked, skin looked at."


def write(stage: Stage) -> None:
    """After the notes: rows as the acts would have written them, then tasks by the acts themselves."""
    rows = [row for path in stage.paths for row in _papers(stage, path) if row.about_at < stage.now]
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
    director = stage.people["director"]
    ProgramDeadlines.objects.create(
        program=stage.programs["3.7"], pack="us-sd", started_at=stage.since - DAY, by=director
    )
    _tasks(stage)


def _papers(stage: Stage, path: Path) -> Iterator[Note]:
    first, last = path.steps[0], path.steps[-1]
    number = int(path.who.record_number[1:]) + path.starts.day
    if stage.programs[first.program].level in NURSED and (number % MISSING or path.starts < stage.now - OPEN):
        site = stage.programs[first.program].site
        late = 30 * HOUR if number % MISSING == 1 else 5 * HOUR
        yield _note(
            path.care,
            site,
            Note.Kind.NURSING,
            ADMISSION,
            first.starts + late,
            stage.on_duty(site.slug, Role.NURSE, first.starts),
        )
    if path.ends is not None and (number % MISSING or path.ends < stage.now - OPEN):
        site = stage.programs[last.program].site
        late = 5 * DAY if number % MISSING == 2 else DAY
        by = stage.on_duty(site.slug, Role.FACILITATOR, path.ends)
        yield summary(path.care, site, path.ends + late, by)


def summary(episode: Episode, site: Site, at: datetime, by: Person) -> Note:
    """A discharge summary of an episode, not kept yet."""
    template = shipped()["discharge-summary"]
    row = _note(episode, site, Note.Kind.PROGRESS, rendered(template, SUMMARY), at, by)
    row.template, row.template_name, row.template_version = template.code, template.name, template.version
    row.fields = [
        {"name": each.name, "label": each.label, "text": SUMMARY[each.name], "copied": False}
        for each in template.fields
    ]
    row.sha256 = row.digest()
    return row


def _note(episode: Episode, site: Site, kind: str, text: str, at: datetime, by: Person) -> Note:
    row = Note(
        episode=episode, site=site, kind=kind, text=text, about_at=at, written_at=at + 10 * MINUTE, by=by,
    )  # fmt: skip
    row.sha256 = row.digest()
    return row


def _tasks(stage: Stage) -> None:
    """One taken, one late, one that is done; for people who are here."""
    here = [path for path in stage.paths if path.ends is None and stage.site_of(path.steps[-1].program) == "riverbend"]
    wanted = (
        ("call", "Call the outpatient clinic about the first appointment", 26 * HOUR, 6 * HOUR),
        ("papers", "Ask the hospital for the discharge papers", -5 * HOUR, 30 * HOUR),
        ("ride", "Arrange the ride to court", 9 * HOUR, 12 * HOUR),
    )
    for path, (kind, title, due, ago) in zip(here[3:], wanted, strict=False):
        at = stage.now - ago
        if path.starts >= at:
            continue
        by = stage.on_duty("riverbend", Role.FACILITATOR, at)
        task = raise_task(
            episode_id=path.care.pk,
            kind=kind,
            title=title,
            due_at=stage.now + due,
            at=at,
            capability=Capability.WRITE_NOTES,
            by=by,
        )
        if kind == "call":
            take_task(by=by, at=at + HOUR, task_id=task.pk)
        if kind == "ride":
            finish_task(by=by, at=at + 2 * HOUR, task_id=task.pk, outcome="The van is booked for 08:15")
