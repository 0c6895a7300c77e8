"""Notes of the last days that are not done: drafts, one with a supervisor, an addendum, a correction, a late entry, an error."""

from collections.abc import Sequence
from dataclasses import replace

from chart.actions.amendments import amend
from chart.actions.drafts import Typed, Which, copy_forward, save_draft
from chart.actions.note_signing import sign_draft
from chart.actions.note_templates import keep_template
from chart.models import Note
from chart.note_templates import shipped
from chart.rules.note_templates import Field
from config.demo import note_texts
from config.demo.stage import DAY, HOUR, MINUTE, Path, Stage
from staff.models import Person


def wait(stage: Stage, rows: Sequence[Note]) -> None:
    """Write them with the acts, at Riverbend."""
    here = [
        path for path in stage.paths
        if path.ends is None and stage.programs[path.steps[-1].program].site.slug == "riverbend"
        and path.steps[-1].starts < stage.now - 3 * DAY
    ]  # fmt: skip
    facilitator, intern, director = (stage.people[name] for name in ("facilitator", "facilitator2", "director"))
    if len(here) < 4:
        return
    _template(stage, director)
    _drafts(stage, here, facilitator)
    _cosign(stage, here[1], intern)
    _late(stage, here[2], facilitator)
    _amended(stage, rows, {path.care.pk for path in here}, facilitator)


def _template(stage: Stage, director: Person) -> None:
    """The house asks one thing more in its DAP."""
    dap = shipped()["dap"]
    asked = Field("medication", "Medication", "What the client says about their medication today.")
    ours = replace(dap, version=2, fields=(*dap.fields[:1], asked, *dap.fields[1:]))
    keep_template(by=director, at=stage.now - 20 * DAY, site_id=stage.sites["riverbend"].pk, template=ours)


def _drafts(stage: Stage, here: list[Path], by: Person) -> None:
    dice, at = stage.dice("drafts"), stage.now - 50 * MINUTE
    began = at.astimezone(stage.tz("riverbend")).strftime("%Y-%m-%dT%H:%M")
    words = {name: note_texts.field(dice, name) for name in ("subjective", "objective")}
    save_draft(by=by, at=at, which=Which(here[0].care.pk, "soap"), typed=Typed(words, {"began": began}))
    old = Note.objects.filter(episode=here[3].care, template="birp").order_by("-about_at").first()
    if old is not None:
        copy_forward(by=by, at=at, which=Which(here[3].care.pk, "birp"), note_id=old.pk)
    else:
        save_draft(
            by=by, at=at, which=Which(here[3].care.pk, "narrative"), typed=Typed({"text": "Short talk after lunch."})
        )


def _cosign(stage: Stage, path: Path, by: Person) -> None:
    """A provisional credential: a supervisor's name is due."""
    dice, at = stage.dice("cosign"), stage.now - 26 * HOUR
    words = {each.name: note_texts.field(dice, each.name) for each in shipped()["girp"].fields}
    sign_draft(
        by=by, at=at, which=Which(path.care.pk, "girp"), typed=Typed(words), began=at - HOUR, ended=at - 10 * MINUTE,
        reasons={"note.goal_missing": "The plan is reviewed on Thursday; this was about getting there."},
    )  # fmt: skip


def _late(stage: Stage, path: Path, by: Person) -> None:
    text = "Called the client's brother, with consent on file: he brings the winter clothes on Saturday."
    sign_draft(
        by=by, at=stage.now - 5 * HOUR, which=Which(path.care.pk, "narrative"), typed=Typed({"text": text}),
        about=stage.now - 2 * DAY,
        reasons={"note.late_entry": "Written on paper during the outage of Monday.", "note.goal_missing": "A family matter."},
    )  # fmt: skip


def _amended(stage: Stage, rows: Sequence[Note], episodes: set[int], by: Person) -> None:
    """Three notes of the facilitator: one corrected, one added to by a colleague, one entered in error."""
    mine = [row for row in reversed(rows) if row.by == by and row.episode_id in episodes and not row.fields][:3]
    if len(mine) < 3:
        return
    corrected, added, wrong = mine
    at = stage.now - 3 * HOUR
    amend(
        by=by, at=max(at, corrected.written_at), note_id=corrected.pk, kind="correction",
        text=f"{corrected.text} The next talk is on Friday, not on Thursday.", reason="The day was wrong.",
    )  # fmt: skip
    amend(
        by=stage.people["director"], at=max(at, added.written_at), note_id=added.pk, kind="addendum",
        text="Talked it through in supervision; the safety plan was looked at again.", reason="Supervision of the week.",
    )  # fmt: skip
    amend(
        by=by, at=max(at, wrong.written_at), note_id=wrong.pk, kind="retraction",
        reason="Written in the wrong chart: the talk was with another client.",
    )  # fmt: skip
