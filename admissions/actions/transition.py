"""Step a client to another level: the placement, the bed, the orders, their own medication and the groups, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction as database
from django.db.models import Q

from admissions.actions.transition_rows import Moves, carry_out
from admissions.queries.transition import touched
from admissions.rules.transition import NO, NOTHING, Choice, Line, Settled, fit, lines
from admissions.rules.transition_check import (
    Handoff,
    changed,
    judge,
    judge_handoff,
    needs_reconciling,
    unfit,
)
from admissions.rules.transition_stored import BESIDE, apart
from asam.models import Decision, Transition, TransitionDraft
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from beds.actions import occupancy
from beds.actions.common import check_later, lock_beds, taken_now
from beds.models import Bed, BedStay
from programs.models import Placement, Program
from programs.placed import locked, told
from staff.access import may, require
from staff.actions.pins import use
from staff.models import Person
from staff.rules.capabilities import Capability, who_may

NO_MARKS: Mapping[str, str] = {}
NO_PINS: Mapping[int, int] = {}
BLANK = Handoff()


def reconciling(decision_id: int) -> str:
    """What a prescriber's PIN under the orders of a step is for."""
    return f"transition.orders.{decision_id}"


def already_stepped(transition: Transition) -> Finding:
    """Who stepped the client, where to and when."""
    when = told(transition.at, transition.program.site.tz)
    message = (
        f"{transition.moved['by']} stepped this client to {transition.program.name} at {when}. Nothing was done twice."
    )
    return stop("step.already", message, transition_id=transition.pk)


def _explain_stepped(kwargs: Mapping[str, Any]) -> Finding:
    earlier = Transition.objects.select_related("program__site").filter(decision_id=kwargs["decision_id"]).first()
    return already_stepped(earlier) if earlier else stop("step.raced", "Someone moved this client just now. Reload.")


def _explain_bed(kwargs: Mapping[str, Any]) -> Finding:
    bed = kwargs.get("settled", NOTHING).get("bed", NO).value
    if not bed.isdecimal():
        return stop(
            "time.not_later", "The bed was changed at this very moment. Wait a moment and try again.", line="bed"
        )
    found = taken_now(int(bed), kwargs["at"])
    return stop(found.code, found.message, line="bed")


WALLS = {
    "asam_transition_decision_id_key": _explain_stepped,
    "asam_transition_left_id_key": _explain_stepped,
    "programs_one_treatment_placement_a_time": _explain_stepped,
    "beds_one_stay_a_bed": _explain_bed,
    "beds_one_bed_a_person": _explain_bed,
    "beds_stay_against_hold": _explain_bed,
    "beds_stay_against_closure": _explain_bed,
    "beds_stay_ends_after_start": _explain_bed,
}


@dataclass(frozen=True)
class Rehearsed:
    """What a step would write: (kind, what, choice, words, reason) of each line, in order."""

    lines: tuple[tuple[str, str, str, str, str], ...]
    text: str


@action("admissions.transition", explain=WALLS)
def transition(
    *,
    by: Person,
    at: datetime,
    decision_id: int,
    program_id: int,
    settled: Settled = NOTHING,
    handoff: Handoff = BLANK,
    note: str = "",
    seen: Mapping[str, str] = NO_MARKS,
    version: int | None = None,
    window: str = "",
    reconciliation: int | None = None,
    stock_proofs: Mapping[int, int] = NO_PINS,
    key: UUID | None = None,
) -> Transition:
    """Carry out a decision at ``at``: everything that ``settled`` says (line key to choice; the rest by default), or nothing.

    ``seen`` are the marks of the lines as the page showed them, ``version`` the draft's as it was open (None: no draft is asked
    about), ``window`` the page's own, which may just be keeping itself. ``reconciliation`` is the PIN of the prescriber who signs
    the orders (purpose ``reconciling``), needed where any order runs, unless ``by`` orders themselves; ``stock_proofs`` the PIN
    under each line of stock that leaves.

    Raises Refused, each finding naming the ``line`` it is about where there is one: carried out before (by whom, when), a newer
    decision, stepped after these ratings, no placement or episode any more, another site or level, the program is full, the bed
    is gone, an order was stopped meanwhile, somebody else settled, something is missing; NotAllowed; DoesNotExist.
    """
    moves = _moves(by, at, decision_id, program_id, settled, handoff, note, seen, version, window)
    signer, proof = _signer(moves, reconciliation)
    return carry_out(moves, signer=signer, proof=proof, stock_proofs=stock_proofs)


def rehearse(
    *,
    by: Person,
    at: datetime,
    decision_id: int,
    program_id: int,
    settled: Settled = NOTHING,
    handoff: Handoff = BLANK,
    note: str = "",
    seen: Mapping[str, str] = NO_MARKS,
    version: int | None = None,
    window: str = "",
) -> Rehearsed:
    """What ``transition`` would write, by doing it and taking it all back: nothing is kept, nobody is told.

    PINs are not asked for, so what leaves the counted stock stays in it. Raises as ``transition`` does.
    """
    with database.atomic():
        moves = _moves(by, at, decision_id, program_id, settled, handoff, note, seen, version, window)
        made = carry_out(moves, signer=by, proof=None, stock_proofs=None)
        rows = made.lines.order_by("rank").values_list("kind", "what", "choice", "words", "reason")
        found = Rehearsed(tuple(rows), str(made.moved["words"]))
        database.set_rollback(True)
    return found


def _moves(
    by: Person,
    at: datetime,
    decision_id: int,
    program_id: int,
    settled: Settled,
    handoff: Handoff,
    note: str,
    seen: Mapping[str, str],
    version: int | None,
    window: str,
) -> Moves:
    """Lock in the order of the house, read, and refuse whatever stands against it."""
    decision = Decision.objects.select_related("assessment__source").get(pk=decision_id)
    left = locked(decision.assessment.episode_id, at)
    site, episode = left.program.site, left.episode
    require(by, Capability.DECIDE, site.pk, at)
    pick = settled.get("bed", NO)
    picked = int(pick.value) if pick.choice in ("move", "take") and pick.value.isdecimal() else None
    stay = occupancy.stay_at(episode.pk, at)
    program = _lock_programs(program_id, *([picked] if picked else []))
    if findings := check_program(program, left, decision, at):
        raise Refused(*findings)
    held = occupancy.held_for(episode.client_id, at=at) if picked else []
    beds = lock_beds([*held, *([stay.bed_id] if stay else []), *([picked] if picked else [])])

    found = touched(left, program, decision.assessment, at, beds=[picked] if picked else (), lock=True, stay=stay)
    asked = lines(found.facts, settled)
    chosen = fit(asked, settled)
    draft = _draft(decision, version, window, asked, chosen)
    findings = [
        *_full(program, left, stay, chosen["bed"], at),
        *_gone(pick, picked, asked, at),
        *(changed(asked, seen)),
        *unfit([line for line in asked if line.key != "bed"], settled),
        *judge(asked, chosen),
        *judge_handoff(found.facts, handoff, at.astimezone(site.tz).date()),
        *_due(draft, at),
    ]
    if findings:
        raise Refused(*findings)
    if stay is not None:
        check_later(at, stay.started_at, site)
    return Moves(by, at, decision, found, asked, chosen, handoff, note.strip(), draft, beds, picked)


def _signer(moves: Moves, reconciliation: int | None) -> tuple[Person, int | None]:
    """Who signs what becomes of the orders: a prescriber, where any order runs."""
    site = moves.found.program.site
    if not needs_reconciling(moves.found.facts):
        return moves.by, None
    if reconciliation is None and may(moves.by, Capability.WRITE_ORDERS, site.pk, moves.at):
        return moves.by, None
    if reconciliation is None:
        count = len(moves.found.facts.orders)
        words = (
            f"{count} medication order{' runs' if count == 1 else 's run'}: {who_may(Capability.WRITE_ORDERS)} signs"
        )
        raise Refused(
            stop("transition.reconcile", f"{words} what becomes of them, with their own PIN.", line="reconcile")
        )
    signer = use(
        reconciliation, purpose=reconciling(moves.decision_id), site=site, at=moves.at, capability=Capability.WRITE_ORDERS,
        but_not=(moves.by.pk,),
    )  # fmt: skip
    return signer, reconciliation


def check_program(program: Program, left: Placement, decision: Decision, at: datetime) -> list[Finding]:
    """What stands against stepping into this program on this decision, whatever is settled."""
    site = left.program.site
    newer = (
        Decision.objects.filter(assessment__episode=left.episode_id, pk__gt=decision.pk).select_related("by").first()
    )
    if newer is not None:
        words = f"{newer.by.signature} decided {newer.selected} at {told(newer.at, site.tz)}. Carry out that decision."
        return [stop("step.newer_decision", words, decision_id=newer.pk)]
    earlier = Transition.objects.select_related("program__site").filter(
        Q(decision=decision) | Q(entered=left, at__gt=decision.assessment.at)
    )
    since = earlier.order_by("-pk").first()
    if since is not None and since.decision_id == decision.pk:
        return [already_stepped(since)]
    if since is not None:
        when = told(since.at, since.program.site.tz)
        words = f"{since.moved['by']} stepped this client to {since.program.name} at {when}, after these ratings. Rate again."
        return [stop("step.since", words, transition_id=since.pk)]
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
        words = f"The placement in {left.program.name} began at {when}. Step from a later time."
        return [stop("step.too_early", words)]
    return []


def _lock_programs(program_id: int, *bed_ids: int) -> Program:
    """The program that is entered; locked with those that run these beds, in the order of their ids: who comes second is counted
    second."""
    running = Bed.objects.filter(pk__in=bed_ids).values_list("room__unit__program", flat=True) if bed_ids else []
    wanted = {program_id, *running}
    rows = Program.objects.select_for_update(of=("self",), no_key=True).select_related("site").filter(pk__in=wanted)
    found = {program.pk: program for program in rows.order_by("pk")}
    if program_id not in found:
        raise Program.DoesNotExist(f"There is no program {program_id}.")
    return found[program_id]


def _draft(
    decision: Decision, version: int | None, window: str, asked: tuple[Line, ...], chosen: Settled
) -> TransitionDraft | None:
    """The open draft, locked, where no other window saved it since it was opened here; this page may just be keeping itself."""
    draft = (
        TransitionDraft.objects.select_for_update(of=("self",)).select_related("by", "program__site")
        .filter(decision=decision, closed_at=None).first()
    )  # fmt: skip
    if draft is not None and version is not None and stale(draft, version, window):
        mine = {
            key: {"choice": each.choice, "reason": each.reason, "value": each.value} for key, each in chosen.items()
        }
        others = {name: each for name, each in draft.settled.items() if name not in BESIDE}
        raise Refused(elsewhere(draft, apart(asked, mine, others)))
    return draft


def stale(draft: TransitionDraft, version: int, window: str) -> bool:
    """Whether another window saved since this one was opened; what a page saved itself is no news to it."""
    return draft.version != version and (not window or draft.settled.get("window") != window)


def elsewhere(draft: TransitionDraft, otherwise: Sequence[str]) -> Finding:
    """Who saved in another window, when, and what is settled otherwise there."""
    when = told(draft.saved_at, draft.program.site.tz)
    what = f": {'; '.join(otherwise[:6])}{' and more' if len(otherwise) > 6 else ''}" if otherwise else ""
    words = f"{draft.by.signature} saved this step at {when} in another window{what}. Open the page again to go on from there."
    return stop("transition.draft_changed", words)


def _due(draft: TransitionDraft | None, at: datetime) -> list[Finding]:
    if draft is None or draft.scheduled_for is None or draft.scheduled_for <= at:
        return []
    when = told(draft.scheduled_for, draft.program.site.tz)
    return [
        stop("transition.not_due", f"This step is prepared for {when}. Carry it out then, or take the time off first.")
    ]


def _gone(pick: Choice, picked: int | None, asked: tuple[Line, ...], at: datetime) -> list[Finding]:
    """The bed that was chosen and cannot be had any more, told by what stands there now."""
    if picked is None or str(picked) in dict(asked[1].picks):
        wanted = pick.choice in ("move", "take") and picked is None
        return [stop("transition.pick", f"{asked[1].what}: Choose the bed.", line="bed")] if wanted else []
    found = taken_now(picked, at)
    return [stop(found.code, found.message, line="bed")]


def _full(
    program: Program, left: Placement, stay: BedStay | None, bed: Choice, at: datetime
) -> list[Finding]:  # fmt: skip
    """Whether the program has a place left by its licence: counted by beds where it has any, else by placements."""
    if program.licensed_capacity is None:
        return []
    if Bed.objects.filter(room__unit__program=program).exists():
        taken = (
            BedStay.objects.current(at)
            .filter(bed__room__unit__program=program)
            .exclude(episode=left.episode_id)
            .count()
        )
    else:
        taken = Placement.objects.current(at).filter(program=program).exclude(episode=left.episode_id).count()
    if taken < program.licensed_capacity:
        return []
    words = f"{program.name} is full: {taken} of {program.licensed_capacity} places are taken. Choose another program, or wait."
    return [stop("transition.full", words, line="placement")]
