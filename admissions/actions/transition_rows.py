"""The rows of a step, written room by room under the locks of the act, and who is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from admissions.actions.common import tell_sessions
from admissions.queries.transition import Touched
from admissions.rules.transition import NO, Choice, Line, Settled, words_of
from admissions.rules.transition_check import Handoff
from asam.models import Decision, Transition, TransitionDraft, TransitionLine, WarmHandoff
from asam.rules.transition_kinds import Kind
from audit import trail
from audit.rules.findings import Refused, Severity, refuse_unless_overridden, stop
from beds.actions import occupancy
from beds.actions.common import announce, announce_passes
from beds.models import Bed
from chart.actions.note_store import keep
from chart.actions.plans import ask_level_review
from chart.actions.tasks import close_for, raise_task
from chart.models import Note
from emar.actions.handed_on import HandOn, hand_on
from emar.actions.stock.handed_on import OwnLine, hand_own_on
from emar.models import Order
from emar.queries.ordering import check_order
from emar.queries.walked import DAY_UNITS
from emar.rules.orders.facts import Sig
from emar.rules.orders.kinds import Mode
from groups.actions.following import follow
from programs.models import Placement
from staff.models import Person
from staff.rules.capabilities import Capability

SOON = timedelta(days=3)
DUE = "transition.due"  # the kind of task that a prepared transition raises


@dataclass(frozen=True)
class Moves:
    """A step that nothing stands against: what is touched, what was chosen, and the beds under lock."""

    by: Person
    at: datetime
    decision: Decision
    found: Touched
    asked: tuple[Line, ...]
    chosen: Settled
    handoff: Handoff
    note: str
    draft: TransitionDraft | None
    beds: Mapping[int, Bed]
    picked: int | None
    made: dict[str, int] = field(default_factory=dict)  # by line key: the row that came of it

    @property
    def decision_id(self) -> int:
        """Of the decision that is carried out."""
        return self.decision.pk

    def of(self, *kinds: Kind) -> Sequence[tuple[Line, Choice]]:
        """The lines of these kinds with what was chosen."""
        return [(line, self.chosen.get(line.key, NO)) for line in self.asked if line.kind in kinds]


def carry_out(moves: Moves, *, signer: Person, proof: int | None, stock_proofs: Mapping[int, int] | None) -> Transition:
    """Write everything. ``signer`` signed the orders; ``stock_proofs`` None: the stock stays (a rehearsal)."""
    by, at, left, program = moves.by, moves.at, moves.found.left, moves.found.program
    left.ended_at = at
    left.save(update_fields=["ended_at"])
    entered = Placement.objects.create(
        episode=left.episode, program=program, kind=program.kind, level=program.level, started_at=at
    )
    touched_beds = _bed(moves)
    _orders(moves, signer)
    if stock_proofs is not None:
        _own(moves, stock_proofs)
    _groups(moves)
    _tasks(moves, entered)

    summary = _summary(moves)
    transition = Transition.objects.create(
        decision=moves.decision, left=left, entered=entered, program=program, moved=_moved(moves, summary), at=at, by=by,
        reconciled_by=signer if moves.found.orders else None, proof_id=proof,
    )  # fmt: skip
    _lines(moves, transition)
    text = f"{moves.note}\n\n{summary}" if moves.note else summary
    keep(
        Note(episode=left.episode, kind=Note.Kind.STEP, text=text, about_at=at, written_at=at, by=by), entered,
        verb="chart.write_note",
    )  # fmt: skip
    if moves.draft is not None:
        moves.draft.closed_at, moves.draft.transition = at, transition
        moves.draft.save(update_fields=["closed_at", "transition"])
        close_for(moves.draft, DUE, by, at, "Carried out")
    trail.record(
        "admissions.transition", by=by, at=at, subject=transition, site_id=program.site_id, client_id=left.episode.client_id,
        summary=f"{left.episode.client.short_name} stepped from {left.program} to {program}", detail=transition.moved,
    )  # fmt: skip

    announce(*touched_beds, at=at, people=True)
    announce_passes(*occupancy.units_of(touched_beds), DAY_UNITS + left.program_id, DAY_UNITS + program.pk)
    tell_sessions([left.program, program], at)
    return transition


def _bed(moves: Moves) -> list[Bed]:
    """Free, keep, move or take; the beds to tell of."""
    said, stay, at = moves.chosen["bed"], moves.found.stay, moves.at
    episode = moves.found.left.episode
    old = moves.beds[stay.bed_id] if stay is not None else None
    if stay is not None and said.choice in ("free", "move"):
        occupancy.leave(stay, at)
    if stay is not None and said.choice == "free" and moves.found.facts.bed and moves.found.facts.bed.lives:
        occupancy.house(episode.pk, None, at)
    freed: list[Bed] = []
    if said.choice in ("move", "take") and moves.picked is not None:
        offer = next(each for each in moves.found.facts.beds if each.pk == moves.picked)
        reasons = {each.code: said.reason for each in offer.findings}
        over = [each for each in offer.findings if each.severity is Severity.OVERRIDE]
        fresh, freed = occupancy.come(moves.beds[moves.picked], episode, at, over, reasons)
        moves.made["bed"] = fresh.pk
        freed.append(moves.beds[moves.picked])
    return [*([old] if old else []), *freed]


def _orders(moves: Moves, signer: Person) -> None:
    """Stop, change and hand over what was chosen so; every order in one go."""
    asked, sleeps = [], moves.chosen["bed"].choice in ("keep", "move", "take")
    for line, said in moves.of(Kind.ORDER):
        order = moves.found.orders[line.subject_id]
        if said.choice in ("stop", "rewrite"):
            asked.append(HandOn(order.pk, said.reason or "Step to another level: to be written anew"))
        elif said.choice == "self":
            mode = Mode.SELF_CARRY if sleeps else Mode.TAKE_HOME
            asked.append(
                HandOn(order.pk, said.reason or "Step to another level: with the client", {"mode": mode.value})
            )
        elif said.choice == "change":
            asked.append(HandOn(order.pk, said.reason or "Step to another level", _new_dose(moves, line, order, said)))
    found = moves.found
    made = hand_on(
        by=signer, at=moves.at, site=found.program.site, asked=asked, orders=found.orders, charted=found.charted,
        holds=found.holds, setting=found.setting,
    )  # fmt: skip
    for line, said in moves.of(Kind.ORDER):
        if line.subject_id in made and said.choice in ("self", "change"):
            moves.made[line.key] = made[line.subject_id].pk


def _new_dose(moves: Moves, line: Line, order: Order, said: Choice) -> dict[str, object]:
    """The new dose, checked as any change of an order is; one reason answers what may be gone past."""
    sig = Sig(
        schedule=order.schedule, dose=Decimal(said.value.strip()), dose_max=order.dose_max, unit=order.unit, route=order.route,
        indication=order.indication, instructions=order.instructions, most_in_24h=order.most_in_24h, most_unit=order.most_unit,
        reassess_minutes=order.reassess_minutes, mode=order.mode, witness=order.witness, time_critical=order.time_critical,
        hold_limits=tuple(order.hold_limits), until=order.until, protocol_id=order.protocol_id, start_kind=order.start_kind,
    )  # fmt: skip
    site = moves.found.program.site
    findings = check_order(site, order.client_id, order.medication, sig, at=moves.at, replaces=order)
    try:
        over = refuse_unless_overridden(findings, {each.code: said.reason for each in findings})
    except Refused as refused:
        raise Refused(
            *(replace(each, detail={**each.detail, "line": line.key}) for each in refused.findings)
        ) from refused
    told = [{"code": each.code, "message": each.message, "reason": said.reason.strip()} for each in over]
    return {"dose": sig.dose, "overrides": told}


def _own(moves: Moves, proofs: Mapping[int, int]) -> None:
    """Hand on what of their own leaves; where a PIN is missing, say whose."""
    asked = []
    for line, said in moves.of(Kind.STOCK, Kind.OWN):
        if said.choice == "hand":
            asked.append(OwnLine(line.subject_id, signed_as=said.value))
        elif said.choice == "move":
            asked.append(OwnLine(line.subject_id, to_id=int(said.value)))
    missing = [each for each in asked if each.line_id not in proofs]
    if missing:
        words = (
            "Medication of the client's own leaves its place: somebody else who keeps stock signs with their own PIN."
        )
        raise Refused(stop("transition.stock_pin", words, line=f"stock-{missing[0].line_id}"))
    made = hand_own_on(by=moves.by, at=moves.at, site=moves.found.program.site, asked=asked, proofs=proofs)
    moves.made.update({f"stock-{pk}": entry.pk for pk, entry in made.items()})


def _groups(moves: Moves) -> None:
    """Join and leave what is by choice; the open groups follow the placement by themselves."""
    said = {
        choice: [line.subject_id for line, each in moves.of(Kind.GROUP) if each.choice == choice]
        for choice in ("join", "leave")
    }
    made = follow(
        by=moves.by, at=moves.at, client_id=moves.found.left.episode.client_id, joins=said["join"], leaves=said["leave"]
    )  # fmt: skip
    moves.made.update({f"group-{pk}": row.pk for pk, row in made.items()})


def _by_choice(moves: Moves, choice: str) -> list[str]:
    """The names of the groups for which this was chosen."""
    names = {each.pk: each.name for each in moves.found.facts.groups}
    return [names[line.subject_id] for line, said in moves.of(Kind.GROUP) if said.choice == choice]


def _tasks(moves: Moves, entered: Placement) -> None:
    """What is still to be done about the step, each once."""
    by, at, left = moves.by, moves.at, moves.found.left
    episode, levels = left.episode_id, f"Stepped from {left.level} to {moves.found.program.level}"
    common: dict[str, Any] = {"episode_id": episode, "at": at, "by": by, "placement": entered}
    if moves.found.plan is not None:
        open_ = ", consents not checked yet" if moves.chosen["consent"].choice == "later" else ""
        task = ask_level_review(**common, site=moves.found.program.site, moved=levels + open_, plan=moves.found.plan)
        moves.made["plan"] = task.pk if task else 0
    elif moves.chosen["consent"].choice == "later":
        raise_task(
            **common, kind="transition.consent", title="Check who may be told, at the new level", due_at=at + SOON,
            capability=Capability.WRITE_NOTES, subject=moves.decision, line=levels,
        )  # fmt: skip
    for line, said in moves.of(Kind.ORDER):
        if said.choice == "rewrite":
            order = moves.found.orders[line.subject_id]
            raise_task(
                **common, kind="transition.order", title=f"Write the changed order: {order.medication.shown}", due_at=at,
                capability=Capability.WRITE_ORDERS, urgent=True, subject=order,
                line=f"It stopped with the step: {line.what}. {said.reason}".strip(),
            )  # fmt: skip
    if moves.chosen["paid"].choice == "without":
        raise_task(
            **common, kind="transition.payer", title=f"Ask the payer for {moves.found.program.level}", due_at=at,
            capability=Capability.AUTHORISE, subject=moves.decision, line=moves.found.facts.gap[:300],
        )  # fmt: skip


def _lines(moves: Moves, transition: Transition) -> None:
    rows = [
        TransitionLine(
            transition=transition, rank=rank, kind=line.kind.value, subject_kind=line.subject_kind, subject_id=line.subject_id,
            what=line.what[:300], choice=said.choice, words=words_of(line, said)[:400], reason=said.reason.strip()[:400],
            made_id=moves.made.get(line.key, 0),
        )
        for rank, line in enumerate(moves.asked, start=1)
        for said in [moves.chosen.get(line.key, NO)]
    ]  # fmt: skip
    handoff = moves.handoff
    if not handoff.blank and handoff.accepted_on and handoff.first_visit_at:
        WarmHandoff.objects.create(
            transition=transition, receiving=handoff.receiving, accepted_on=handoff.accepted_on,
            first_visit_at=handoff.first_visit_at, bridge=handoff.bridge, next_dose=handoff.next_dose, kit=handoff.kit,
            triggers=handoff.triggers, caller=handoff.caller,
        )  # fmt: skip
        rows.append(
            TransitionLine(
                transition=transition, rank=len(rows) + 1, kind=Kind.HANDOFF.value, what="Warm hand-off", choice="handed",
                words=f"to {handoff.receiving}, accepted {handoff.accepted_on:%-d %b}"[:400],
            )
        )  # fmt: skip
    TransitionLine.objects.bulk_create(rows)


def _summary(moves: Moves) -> str:
    """The step in words: what a timeline, a note and the trail say."""
    left, program, facts = moves.found.left, moves.found.program, moves.found.facts
    bed = words_of(moves.asked[1], moves.chosen["bed"])
    words = [f"Stepped from {left.program.name} ({left.level}) to {program.name} ({program.level})."]
    if facts.bed is not None or moves.picked is not None:
        words.append(f"Bed: {bed}.")
    counts: dict[str, int] = {}
    for _, said in moves.of(Kind.ORDER):
        counts[said.choice] = counts.get(said.choice, 0) + 1
    if counts:
        named = {"continue": "goes on", "change": "changed", "rewrite": "to be written anew", "stop": "stopped",
                 "self": "handed to the client"}  # fmt: skip
        each = ", ".join(f"{count} {named[choice]}" for choice, count in counts.items())
        words.append(f"Medication orders: {each}.")
    left_, joined = (
        [*facts.groups_left, *_by_choice(moves, "leave")],
        [*facts.groups_joined, *_by_choice(moves, "join")],
    )
    words += [f"Groups left: {', '.join(left_)}."] if left_ else []
    words += [f"Groups joined: {', '.join(joined)}."] if joined else []
    return " ".join(words)


def _moved(moves: Moves, summary: str) -> dict[str, object]:
    """What a transition keeps of what it moved, in words."""
    facts = moves.found.facts
    return {
        "by": moves.by.signature, "left": facts.left.name, "entered": facts.entered.name,
        "bed": facts.bed.name if facts.bed else "", "bed_kept": moves.chosen["bed"].choice == "keep",
        "orders": [order.said for order in facts.orders],
        "groups_left": [*facts.groups_left, *_by_choice(moves, "leave")],
        "groups_joined": [*facts.groups_joined, *_by_choice(moves, "join")], "words": summary,
    }  # fmt: skip
