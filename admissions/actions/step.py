"""Step a client to another level: the placement changes, the bed, the orders and the groups follow, in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from admissions.queries import Plan, plan
from asam import actions as asam
from asam.models import Assessment, Decision, Transition
from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from beds.actions import stays
from beds.actions.common import announce
from chart.actions import write_note
from chart.actions.plans import ask_level_review
from chart.models import Note
from live.actions import publish
from programs.models import Placement, Program
from programs.placed import locked, told
from programs.topics import session_topic, week_topic
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


def _already_stepped(transition: Transition) -> Finding:
    """Who stepped the client, where to and when."""
    when = told(transition.at, transition.program.site.tz)
    message = (
        f"{transition.moved['by']} stepped this client to {transition.program.name} at {when}. Nothing was done twice."
    )
    return stop("step.already", message, transition_id=transition.pk)


def _explain_stepped(kwargs: Mapping[str, Any]) -> Finding:
    earlier = Transition.objects.select_related("program__site").filter(decision_id=kwargs["decision_id"]).first()
    return _already_stepped(earlier) if earlier else stop("step.raced", "Someone moved this client just now. Reload.")


WALLS = {
    "asam_transition_decision_id_key": _explain_stepped,
    "asam_transition_left_id_key": _explain_stepped,
    "programs_one_treatment_placement_a_time": _explain_stepped,
}


@action("admissions.step", explain=WALLS)
def step(
    *,
    by: Person,
    at: datetime,
    decision_id: int,
    program_id: int,
    keep_bed: bool = False,
    note: str = "",
    key: UUID | None = None,
) -> Transition:
    """Carry out a decision: end the placement at ``at`` and begin one in the program, which gives the decided level.

    The bed is freed and asked to be cleaned unless ``keep_bed`` (housing beside a day program is normal); orders go on;
    rosters follow the placement; the treatment plan goes on, and a task asks for its review; ``note`` (or a sentence made from the
    facts) is written in the chart. Raises Refused: the
    decision was carried out before (by whom, when), the client was stepped after these ratings, is in no program, the
    episode ended, or the program is of another site or level; NotAllowed; Decision.DoesNotExist, Program.DoesNotExist.
    """
    decision = Decision.objects.select_related("assessment").get(pk=decision_id)
    _refuse_if_stepped(decision)
    left = locked(decision.assessment.episode_id, at)
    site = left.program.site
    require(by, Capability.DECIDE, site.pk, at)
    _refuse_if_stepped(decision)  # again, now that nobody else can
    program = Program.objects.select_related("site").get(pk=program_id)
    findings = [*_stepped_since(decision.assessment, left), *_check_program(program, left, decision, at)]
    if findings:
        raise Refused(*findings)
    facts = plan(left, program, at)

    left.ended_at = at
    left.save(update_fields=["ended_at"])
    entered = Placement.objects.create(
        episode=left.episode, program=program, kind=program.kind, level=program.level, started_at=at
    )
    moved = _moved(facts, by, keep_bed=keep_bed)
    transition = Transition.objects.create(
        decision=decision, left=left, entered=entered, program=program, moved=moved, at=at
    )
    write_note(
        by=by, at=at, episode_id=left.episode_id, kind=Note.Kind.STEP, text=note.strip() or _sentence(facts, keep_bed)
    )
    levels = f"Stepped from {left.level} to {program.level}"
    ask_level_review(episode_id=left.episode_id, by=by, at=at, site=site, moved=levels)
    client = left.episode.client
    trail.record(
        "admissions.step", by=by, at=at, subject=transition, site_id=site.pk, client_id=client.pk,
        summary=f"{client.short_name} stepped from {left.program} to {program}", detail=moved,
    )  # fmt: skip

    if facts.stay is not None and keep_bed:
        announce(facts.stay.bed, at=at)
    elif facts.stay is not None:
        stays.vacate(by=by, at=at, stay_id=facts.stay.pk)  # says so to the board and the pass
    publish(dict.fromkeys({*map(session_topic, facts.sessions), week_topic(site.pk)}, ()))
    return transition


@action("admissions.decide_and_step")
def decide_and_step(
    *,
    by: Person,
    at: datetime,
    assessment_id: int,
    selected: str,
    reasons: Sequence[str],
    texts: Mapping[str, str],
    safety_strategy: str,
    program_id: int,
    consequences: Sequence[str] = (),
    consequence_text: str = "",
    supervisor_proof: int | None = None,
    client_part: Mapping[str, Any] | None = None,
    keep_bed: bool = False,
    note: str = "",
    key: UUID | None = None,
) -> Transition:
    """Decide a level and carry it out at once, or do neither. Raises what ``asam.actions.decide`` and ``step`` raise."""
    decision = asam.decide(
        by=by, at=at, assessment_id=assessment_id, selected=selected, reasons=reasons, texts=texts,
        safety_strategy=safety_strategy, consequences=consequences, consequence_text=consequence_text,
        supervisor_proof=supervisor_proof, client_part=client_part,
    )  # fmt: skip
    return step(by=by, at=at, decision_id=decision.pk, program_id=program_id, keep_bed=keep_bed, note=note)


def _refuse_if_stepped(decision: Decision) -> None:
    earlier = Transition.objects.select_related("program__site").filter(decision=decision).first()
    if earlier is not None:
        raise Refused(_already_stepped(earlier))


def _stepped_since(assessment: Assessment, left: Placement) -> list[Finding]:
    """A step that someone made after these ratings: they were taken at a level that the client has left."""
    since = Transition.objects.select_related("program__site").filter(entered=left, at__gt=assessment.at).first()
    if since is None:
        return []
    when = told(since.at, since.program.site.tz)
    message = (
        f"{since.moved['by']} stepped this client to {since.program.name} at {when}, after these ratings. Rate again."
    )
    return [stop("step.since", message, transition_id=since.pk)]


def _check_program(program: Program, left: Placement, decision: Decision, at: datetime) -> list[Finding]:
    site = left.program.site
    if program.site_id != site.pk:
        message = f"{program.name} is at {program.site}, and this client is at {site}. Choose a program of {site}."
        return [stop("step.other_site", message)]
    if program.kind != Program.Kind.TREATMENT or program.level != decision.selected:
        gives = f"gives {program.level}" if program.level else "is a recovery residence"
        message = f"{program.name} {gives}, and {decision.selected} was decided. Choose a program that gives it."
        return [stop("step.level_differs", message)]
    if program.pk == left.program_id:
        return [stop("step.same_program", f"The client is in {program.name} already: there is nothing to move.")]
    if left.started_at >= at:
        when = told(left.started_at, site.tz)
        return [
            stop("step.too_early", f"The placement in {left.program.name} began at {when}. Step from a later time.")
        ]
    return []


def _moved(facts: Plan, by: Person, *, keep_bed: bool) -> dict[str, object]:
    """What a transition keeps of what it moved."""
    return {
        "by": by.signature,
        "left": facts.left.program.name,
        "entered": facts.program.name,
        "bed": facts.bed,
        "bed_kept": bool(facts.bed) and keep_bed,
        "orders": list(facts.orders),
        "groups_left": list(facts.groups_left),
        "groups_joined": list(facts.groups_joined),
    }


def _sentence(facts: Plan, keep_bed: bool) -> str:
    """The step in words, where nobody wrote any."""
    bed = f" Bed {facts.bed} {'kept' if keep_bed else 'freed'}." if facts.bed else ""
    count = len(facts.orders)
    orders = f" {count} medication order{'' if count == 1 else 's'} go{'es' if count == 1 else ''} on."
    groups = f" Groups left: {', '.join(facts.groups_left)}." if facts.groups_left else ""
    groups += f" Groups joined: {', '.join(facts.groups_joined)}." if facts.groups_joined else ""
    start = (
        f"Stepped from {facts.left.program.name} ({facts.left.level}) to {facts.program.name} ({facts.program.level})."
    )
    return f"{start}{bed}{orders}{groups}"
