"""Take a step back: a correcting transition that begins now. What the step wrote stays as it was."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from admissions.actions.common import tell
from asam.models import Transition, TransitionLine
from asam.rules.transition_kinds import Kind
from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, Severity, stop
from beds.actions import occupancy
from beds.actions.common import announce_passes, check_later, fit_of, lock_beds, name_of
from beds.models import Bed, BedStay
from chart.actions import write_note
from chart.actions.tasks import close_for
from chart.models import Note, Plan
from emar.actions.handed_on import HandOn, hand_on, write_again
from emar.models import Order
from emar.queries.walked import DAY_UNITS
from groups.actions.following import follow
from programs.models import Placement, Program
from programs.placed import locked, told
from staff.access import may, require
from staff.actions.pins import use
from staff.models import Person
from staff.rules.capabilities import Capability, who_may

TOUCHED = ("stop", "rewrite", "self", "change")


def taking_back(transition_id: int) -> str:
    """What a prescriber's PIN under the orders of a step that is taken back is for."""
    return f"transition.back.{transition_id}"


def _taken(kwargs: Mapping[str, Any]) -> Finding:
    row = Transition.objects.select_related("by", "program__site").filter(reverses=kwargs["transition_id"]).first()
    if row is None or row.by is None:
        return stop("step.raced", "Someone moved this client just now. Reload.")
    when = told(row.at, row.program.site.tz)
    return stop("step.taken_back", f"{row.by.signature} took this step back at {when}. Nothing was done twice.")


@action(
    "admissions.take_back",
    explain={"asam_transition_reverses_id_key": _taken, "programs_one_treatment_placement_a_time": _taken},
)
def take_back(
    *,
    by: Person,
    at: datetime,
    transition_id: int,
    why: str,
    reconciliation: int | None = None,
    key: UUID | None = None,
) -> Transition:
    """Put the client back where the newest step took them from: the placement, their bed where it is still free, the orders as
    they were written before it; their groups follow. Doses that were not due in between are not given afterwards, and what was
    handed to the client stays with them.

    Raises Refused: taken back before (by whom, when), a later step stands on it, the episode ended, no reason, the orders are not
    signed (``reconciliation``: a prescriber's PIN, purpose ``taking_back``); NotAllowed; Transition.DoesNotExist.
    """
    was = Transition.objects.select_related("program__site", "left__program__site", "entered").get(pk=transition_id)
    now = locked(was.entered.episode_id, at)
    site, old_program = now.program.site, was.left.program
    require(by, Capability.DECIDE, site.pk, at)
    if Transition.objects.filter(reverses=was).exists():
        raise Refused(_taken({"transition_id": transition_id}))
    if findings := _check(was, now, why.strip()):
        raise Refused(*findings)
    check_later(at, now.started_at, site)
    lines = list(was.lines.order_by("rank"))
    old = BedStay.objects.filter(pk__in=[line.subject_id for line in lines if line.kind == Kind.BED]).first()
    stay = occupancy.stay_at(now.episode_id, at)
    ids = {
        old_program.pk,
        *Bed.objects.filter(pk=old.bed_id if old else 0).values_list("room__unit__program", flat=True),
    }
    list(
        Program.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk")
    )
    beds = lock_beds([each.bed_id for each in (old, stay) if each is not None])
    signer = _signer(by, at, was, lines, reconciliation)

    now.ended_at = at
    now.save(update_fields=["ended_at"])
    entered = Placement.objects.create(
        episode=now.episode, program=old_program, kind=old_program.kind, level=was.left.level, started_at=at
    )
    rows = [TransitionLine(kind=Kind.PLACEMENT.value, what=f"{now.program.name}, {now.level}", choice="back",
                           words=f"{now.program.name} ends, {old_program.name} begins again")]  # fmt: skip
    rows.append(_bed(lines, old, stay, beds, entered, at))
    rows += _orders(lines, signer, at, entered)
    rows += _groups(lines, by, at, entered)
    rows += [
        TransitionLine(
            kind=line.kind, subject_kind=line.subject_kind, subject_id=line.subject_id, what=line.what, choice="stays",
            words="is where the step left it: count it in again where it comes back",
        )
        for line in lines
        if line.kind in (Kind.STOCK, Kind.OWN) and line.choice != "stay"
    ]  # fmt: skip
    words = f"Step taken back: {now.program.name} ({now.level}) to {old_program.name} ({was.left.level}). Bed: {rows[1].words}."
    made = Transition.objects.create(
        decision=None, reverses=was, why=why.strip(), left=now, entered=entered, program=old_program, at=at, by=by,
        moved={"by": by.signature, "left": now.program.name, "entered": old_program.name, "words": words},
        reconciled_by=signer if signer.pk != by.pk else None, proof_id=reconciliation if signer.pk != by.pk else None,
    )  # fmt: skip
    for rank, row in enumerate(rows, start=1):
        row.transition, row.rank = made, rank
    TransitionLine.objects.bulk_create(rows)
    for plan in Plan.objects.filter(episode=now.episode_id, signed_at__isnull=False, dropped_at=None):
        close_for(plan, "plan_level_review", by, at, "The step was taken back")
    write_note(by=by, at=at, episode_id=now.episode_id, kind=Note.Kind.STEP, text=f"{why.strip()}\n\n{words}")
    trail.record(
        "admissions.take_back", by=by, at=at, subject=made, site_id=site.pk, client_id=now.episode.client_id,
        summary=f"{now.episode.client.short_name}: step to {now.program} taken back", detail={"why": why.strip()},
    )  # fmt: skip

    tell(beds.values(), [now.program, old_program], at, people=True)
    announce_passes(DAY_UNITS + now.program_id, DAY_UNITS + old_program.pk)
    return made


def _check(was: Transition, now: Placement, why: str) -> list[Finding]:
    if not 1 <= len(why) <= 400 or "\x00" in why:
        return [stop("step.why", "Say why the step is taken back, in at most 400 characters.", line="why")]
    if was.reverses_id is not None:
        return [stop("step.is_back", "This step took another one back. Rate and decide anew to step again.")]
    if now.pk != was.entered_id:
        words = (
            f"The client is in {now.program.name} since {told(now.started_at, now.program.site.tz)}, after this step."
        )
        return [stop("step.not_newest", f"{words} Only the newest step can be taken back.")]
    return []


def _signer(
    by: Person, at: datetime, was: Transition, lines: list[TransitionLine], reconciliation: int | None
) -> Person:  # fmt: skip
    touched = [line for line in lines if line.kind == Kind.ORDER and line.choice in TOUCHED]
    site = was.program.site
    if not touched or may(by, Capability.WRITE_ORDERS, site.pk, at):
        return by
    if reconciliation is None:
        words = f"The step stopped or changed medication orders: {who_may(Capability.WRITE_ORDERS)} signs that they run again"
        raise Refused(stop("transition.reconcile", f"{words}, with their own PIN.", line="reconcile"))
    return use(
        reconciliation,
        purpose=taking_back(was.pk),
        site=site,
        at=at,
        capability=Capability.WRITE_ORDERS,
        but_not=(by.pk,),
    )


def _bed(
    lines: list[TransitionLine],
    old: BedStay | None,
    stay: BedStay | None,
    beds: Mapping[int, Bed],
    entered: Placement,
    at: datetime,
) -> TransitionLine:
    """Back to the bed they had, where nothing stands against it; else they stay where they are, and it says so."""
    said = next((line.choice for line in lines if line.kind == Kind.BED), "keep")
    row = TransitionLine(kind=Kind.BED.value, what=name_of(beds[stay.bed_id]) if stay else "No bed", choice="stays")
    if old is None or said not in ("free", "move") or (stay is not None and stay.bed_id == old.bed_id):
        row.words = "stays as it is"
        return row
    bed = beds[old.bed_id]
    against = fit_of(bed, entered.episode.client, entered.level, at)
    standing = [each for each in against if each.severity is not Severity.NOTE]
    if standing:
        row.words = f"{name_of(bed)} cannot be had now: {standing[0].message} Choose a bed on the board"[:400]
        return row
    if stay is not None:
        check_later(at, stay.started_at, bed.room.unit.site)
        occupancy.leave(stay, at)
    fresh, _ = occupancy.come(bed, entered.episode, at, (), {})
    row.choice, row.words, row.made_id, row.subject_kind, row.subject_id = (
        "back", f"back in {name_of(bed)}", fresh.pk, "beds.BedStay", fresh.pk
    )  # fmt: skip
    return row


def _orders(lines: list[TransitionLine], signer: Person, at: datetime, entered: Placement) -> list[TransitionLine]:
    """What stopped is written again; what was handed over or changed goes back to how it was; what somebody changed since stays."""
    touched = [line for line in lines if line.kind == Kind.ORDER and line.choice in TOUCHED]
    before = Order.objects.in_bulk([line.subject_id for line in touched])
    newer = [line for line in touched if line.made_id]
    running = set(
        Order.objects.current(at).filter(pk__in=[line.made_id for line in newer]).values_list("pk", flat=True)
    )  # fmt: skip
    why, site = "the step was taken back", entered.program.site
    asked = [
        HandOn(line.made_id, why, {"mode": before[line.subject_id].mode, "dose": before[line.subject_id].dose})
        for line in newer
        if line.made_id in running
    ]
    made = {
        **hand_on(by=signer, at=at, site=site, asked=asked),
        **write_again(
            by=signer, at=at, site=site, stopped=[line.subject_id for line in touched if not line.made_id], why=why
        ),
    }
    rows = []
    for line in touched:
        fresh = made.get(line.made_id or line.subject_id)
        words = "runs again as it was before the step" if fresh else "was changed since, and stays as it is now"
        rows.append(
            TransitionLine(
                kind=line.kind, subject_kind=line.subject_kind, subject_id=line.subject_id, what=line.what,
                choice="back" if fresh else "stays", words=words, made_id=fresh.pk if fresh else 0,
            )
        )  # fmt: skip
        if line.choice == "rewrite" and fresh:
            close_for(before[line.subject_id], "transition.order", signer, at, "The step was taken back")
    return rows


def _groups(lines: list[TransitionLine], by: Person, at: datetime, entered: Placement) -> list[TransitionLine]:
    """Groups by choice that were joined are left, those that were left are joined again; what was changed since stays."""
    touched = {line.subject_id: line for line in lines if line.subject_kind == "groups.Series" and line.made_id}
    joins = [pk for pk, line in touched.items() if line.choice == "leave"]
    leaves = [pk for pk, line in touched.items() if line.choice == "join"]
    made = follow(by=by, at=at, client_id=entered.episode.client_id, joins=joins, leaves=leaves)
    words = {"leave": "is joined again", "join": "is left again"}
    return [
        TransitionLine(
            kind=line.kind, subject_kind=line.subject_kind, subject_id=pk, what=line.what,
            choice="back" if pk in made else "stays", made_id=made[pk].pk if pk in made else 0,
            words=words[line.choice] if pk in made else "was changed since, and stays as it is now",
        )
        for pk, line in touched.items()
    ]  # fmt: skip
