"""What is settled of a step before it is carried out: kept as it is chosen, shared, prepared for a time, or given up."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from admissions.actions.transition import already_stepped, check_program, elsewhere, stale
from admissions.actions.transition_rows import DUE
from admissions.queries.transition import touched
from admissions.rules.transition import fit, lines
from admissions.rules.transition_check import changed, judge, judge_handoff, unfit
from admissions.rules.transition_stored import apart, content, from_stored, handoff_of
from asam.models import Decision, Transition, TransitionDraft
from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.actions.tasks import close_for, raise_task
from programs.models import Placement, Program
from programs.placed import locked, told
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

FURTHEST = timedelta(days=30)  # a step prepared for later than this rests on ratings that are too old
LONGEST = 20_000  # characters of a draft


def _raced(_: Mapping[str, Any]) -> Finding:
    return stop(
        "transition.draft_changed", "Someone began to settle this step just now. Look at theirs and go on together."
    )


@action("admissions.settle", explain={"asam_one_open_transition_draft": _raced})
def settle(
    *,
    by: Person,
    at: datetime,
    decision_id: int,
    program_id: int,
    version: int,
    settled: Mapping[str, Any],
    seen: Mapping[str, str],
    key: UUID | None = None,
) -> TransitionDraft:
    """Keep what is settled, as it stands on the page (``admissions.rules.transition_stored``); ``version`` is the one it was
    opened with (0: none). The same content again is no save.

    Raises Refused: another window saved since, whoever sits at it (who, when, what they settled otherwise), the step was carried
    out; NotAllowed.
    """
    decision, left = _locked(decision_id, by, at)
    draft = _open(decision)
    if (
        draft is not None
        and content(draft.settled) != content(settled)
        and stale(draft, version, str(settled.get("window", "")))
    ):
        asked = lines(touched(left, draft.program, decision.assessment, at).facts, from_stored(settled))
        raise Refused(elsewhere(draft, apart(asked, settled, draft.settled)))
    if sum(len(str(each)) for each in settled.values()) > LONGEST:
        raise Refused(stop("transition.long", "This is too long to be kept. Write the rest as a note in the chart."))

    if draft is None:
        draft = TransitionDraft(decision=decision, program_id=program_id, begun_at=at, version=0)
    if draft.pk and (content(draft.settled), draft.program_id) == (content(settled), program_id):
        return draft
    draft.program_id, draft.settled, draft.seen = program_id, dict(settled), dict(seen)
    draft.version, draft.saved_at, draft.by = draft.version + 1, at, by
    draft.save()
    return draft


@action("admissions.prepare_step")
def prepare(
    *, by: Person, at: datetime, draft_id: int, version: int, scheduled_for: datetime, key: UUID | None = None
) -> TransitionDraft:
    """Prepare a settled step for a time. Nothing happens by itself then: a task comes due, and a person carries the step out.

    Everything but the PINs has to be settled. Raises Refused with each thing that is not, NotAllowed.
    """
    draft = TransitionDraft.objects.get(pk=draft_id)
    decision, left = _locked(draft.decision_id, by, at)
    found = _open(decision)
    if found is None or found.version != version:
        raise Refused(_raced({}))
    program = Program.objects.select_related("site").get(pk=found.program_id)
    if not at < scheduled_for <= at + FURTHEST:
        raise Refused(stop("transition.when", "Choose a time to come, at most 30 days from now.", line="when"))
    settled = from_stored(found.settled)
    facts = touched(left, program, decision.assessment, at)
    asked = lines(facts.facts, settled)
    findings = [
        *check_program(program, left, decision, at),
        *changed(asked, found.seen),
        *unfit(asked, settled),
        *(each for each in judge(asked, fit(asked, settled)) if each.code != "transition.dose_waits"),
        *judge_handoff(facts.facts, handoff_of(found.settled, program.site.tz), at.astimezone(program.site.tz).date()),
    ]
    if findings:
        raise Refused(*findings)

    close_for(found, DUE, by, at, "Prepared for another time")
    found.scheduled_for, found.version, found.saved_at, found.by = scheduled_for, found.version + 1, at, by
    found.save()
    when, client = told(scheduled_for, program.site.tz), left.episode.client
    raise_task(
        episode_id=left.episode_id, kind=DUE, title=f"Step to {program.name}", due_at=scheduled_for, at=at, by=by,
        capability=Capability.DECIDE, subject=found, line=f"Prepared for {when}; open it on the level page and carry it out",
    )  # fmt: skip
    trail.record(
        "admissions.prepare_step", by=by, at=at, subject=found, site_id=program.site_id, client_id=client.pk,
        summary=f"{client.short_name}: step to {program} prepared for {when}",
    )  # fmt: skip
    return found


@action("admissions.unprepare_step")
def unprepare(*, by: Person, at: datetime, draft_id: int, key: UUID | None = None) -> TransitionDraft:
    """Take the time off a prepared step: what was settled stays. Raises Refused, NotAllowed."""
    draft = TransitionDraft.objects.get(pk=draft_id)
    decision, left = _locked(draft.decision_id, by, at)
    found = _open(decision)
    if found is None or found.scheduled_for is None:
        raise Refused(stop("transition.not_prepared", "This step is prepared for no time any more. Reload the page."))
    found.scheduled_for, found.version, found.saved_at, found.by = None, found.version + 1, at, by
    found.save()
    close_for(found, DUE, by, at, "The time was taken off")
    trail.record(
        "admissions.unprepare_step", by=by, at=at, subject=found, site_id=left.program.site_id,
        client_id=left.episode.client_id, summary="The time of a prepared step was taken off",
    )  # fmt: skip
    return found


def _locked(decision_id: int, by: Person, at: datetime) -> tuple[Decision, Placement]:
    decision = Decision.objects.select_related("assessment__source").get(pk=decision_id)
    left = locked(decision.assessment.episode_id, at)
    require(by, Capability.DECIDE, left.program.site_id, at)
    done = Transition.objects.select_related("program__site").filter(decision=decision).first()
    if done is not None:
        raise Refused(already_stepped(done))
    return decision, left


def _open(decision: Decision) -> TransitionDraft | None:
    rows = TransitionDraft.objects.select_for_update(of=("self",)).select_related("by", "program__site")
    return rows.filter(decision=decision, closed_at=None).first()
