"""Steps of today, by the acts themselves: one prepared for tomorrow, one carried out, one carried out and taken back."""

from collections.abc import Callable, Sequence
from datetime import datetime, time

from django.db import transaction

from admissions.actions.take_back import take_back, taking_back
from admissions.actions.transition import reconciling
from admissions.actions.transition import transition as step
from admissions.actions.transition_draft import prepare, settle
from admissions.queries.transition import Touched, touched
from admissions.queries.transition_done import done
from admissions.rules.transition import Choice, Line, fit, lines
from admissions.rules.transition_check import marks
from asam.actions import assess, decide
from asam.models import Decision, Transition
from audit.rules.findings import Refused
from config.demo.levels import of_level
from config.demo.stage import DAY, MINUTE, Path, Stage
from programs.models import Program
from programs.placed import current
from staff.models import Person, Pin, PinTry, Proof
from staff.rules.capabilities import Role

SITE = "riverbend"
TRIES = 4
REASON = {
    "paid": "The payer is asked today; the next review is on Friday.",
    "residence": "Back with her sister, who was here on Sunday.",
}
HANDOFF = {
    "receiving": "PHP Riverbend, front desk and the clinician on the team", "bridge": "None needed, nothing runs out",
    "next_dose": "Tomorrow morning on the day pass", "kit": "given", "triggers": "Any use, or two nights without sleep",
    "caller": "The clinician of the day program, before noon",
}  # fmt: skip


def write(stage: Stage) -> None:
    """Three clients of the riverbend site who play no other part today."""
    taken = {id(path) for path in stage.cast.values()}
    found = [
        path for path in stage.paths if path.ends is None and id(path) not in taken and not path.away_at(stage.now)
    ]
    sleeping = [path for path in found if path.steps[-1].program == "3.5" and _free(path, stage)]
    outpatients = [path for path in found if path.steps[-1].program == "1.7" and _free(path, stage)]
    _one_of(sleeping, lambda path: _prepare(stage, path))
    stepped = _one_of(outpatients, lambda path: _step(stage, path, stage.now - 3 * MINUTE))
    _one_of([path for path in outpatients if path is not stepped], lambda path: _back(stage, path))


def _one_of(paths: Sequence[Path], act: Callable[[Path], object]) -> Path | None:
    """The first with whom it can be done at this hour (somebody may have no bed to go back to, a dose in the way)."""
    for path in paths[:TRIES]:
        try:
            with transaction.atomic():
                act(path)
        except Refused:
            continue
        return path
    return None


def _back(stage: Stage, path: Path) -> None:
    """Carried out, and taken back four minutes later."""
    made, back = _step(stage, path, stage.now - 6 * MINUTE), stage.now - 2 * MINUTE
    take_back(
        by=_director(stage), at=back, transition_id=made.pk, why="The evening job begins next month, not now.",
        reconciliation=_pin(stage, taking_back(made.pk), back) if done(made, back).signs else None,
    )  # fmt: skip


def _free(path: Path, stage: Stage) -> bool:
    """Long enough at this level, and a woman (the words speak of her)."""
    return path.who.pronouns == "she/her" and stage.now - path.steps[-1].starts > 4 * DAY


def _decided(stage: Stage, path: Path, level: str, at: datetime) -> tuple[Decision, Program]:
    """Rated and decided by the director a little before."""
    by = _director(stage)
    rated = assess(
        by=by, at=at - 20 * MINUTE, episode_id=path.care.pk, kind="reassessment", ratings=of_level(level), evidence={}
    )
    decision = decide(
        by=by, at=at - 10 * MINUTE, assessment_id=rated.pk, selected=level, reasons=[], texts={}, safety_strategy="",
        client_part={"says": "agrees", "willing": True, "able": True},
    )  # fmt: skip
    return decision, stage.programs[level]


def _settled(
    stage: Stage, path: Path, decision: Decision, program: Program, at: datetime
) -> tuple[Touched, tuple[Line, ...], dict[str, Choice]]:
    """What a step touches, its lines, and a choice for each line that has none by itself or asks for a reason."""
    placement = current(path.care.pk, at)
    assert placement is not None
    found = touched(placement, program, decision.assessment, at)
    asked, said = lines(found.facts), dict[str, Choice]()
    for line in asked:
        chosen = fit((line,), {})[line.key]
        option = line.option(chosen.choice or line.options[0].value)
        if option is not None and (not chosen.choice or option.asks == "reason"):
            said[line.key] = Choice(option.value, REASON.get(line.key, "As it was discussed in the team."))
        elif line.kind in ("stock", "own_medication"):
            said[line.key] = Choice("stay")
    return found, asked, said


def _prepare(stage: Stage, path: Path) -> None:
    """From residential care into the day program, settled and prepared for tomorrow at ten."""
    decision, program = _decided(stage, path, "2.5", stage.now)
    _, asked, said = _settled(stage, path, decision, program, stage.now)
    tomorrow = stage.today(SITE) + DAY
    stored = {key: {"choice": each.choice, "reason": each.reason, "value": each.value} for key, each in said.items()}
    handoff = HANDOFF | {"accepted_on": f"{stage.today(SITE)}", "first_visit_at": f"{tomorrow}T13:00"}
    draft = settle(
        by=decision.by, at=stage.now, decision_id=decision.pk, program_id=program.pk, version=0,
        settled=stored | {"handoff": handoff}, seen=marks(asked),
    )  # fmt: skip
    prepare(
        by=decision.by, at=stage.now, draft_id=draft.pk, version=draft.version,
        scheduled_for=stage.clock(SITE, tomorrow, time(10)),
    )  # fmt: skip


def _step(stage: Stage, path: Path, at: datetime) -> Transition:
    """Between outpatient programs, carried out: no licensed program fills or empties by it."""
    decision, program = _decided(stage, path, "1.5", at)
    found, _, said = _settled(stage, path, decision, program, at)
    proof = _pin(stage, reconciling(decision.pk), at) if found.orders else None
    return step(
        by=decision.by, at=at, decision_id=decision.pk, program_id=program.pk, settled=said, reconciliation=proof
    )


def _director(stage: Stage) -> Person:
    return stage.people["director"]


def _pin(stage: Stage, purpose: str, at: datetime) -> int:
    """What a prescriber's PIN entered at this instant leaves, to be used by the act."""
    who, site = stage.on_duty(SITE, Role.PRESCRIBER, at), stage.sites[SITE]
    tried = PinTry.objects.create(
        person=who, pin=Pin.objects.filter(person=who).latest("pk"), site=site, at=at, right=True
    )
    made = Proof.objects.create(
        person=who, site=site, purpose=purpose, at=at, expires_at=at + 2 * MINUTE, attempt=tried
    )
    return made.pk
