"""Undo what one charted a moment ago by mistake: a row that says so. The dose is due again, and both rows stay visible."""

from datetime import datetime
from uuid import UUID

from audit.actions import action
from audit.many import Entry, record_all
from audit.rules.findings import Refused, stop
from emar.actions.asked import LONGEST
from emar.actions.correct import corrected_meanwhile
from emar.actions.scene import lock, scene_of
from emar.actions.stock.drawn import drawn_before, tell_drawn, undraw, write_entries
from emar.actions.stock.held import EXPLAIN, hold
from emar.actions.write import announce
from emar.models import UNDONE, Administration
from emar.rules.administration import say_amount, say_clock, undo_findings
from staff.models import Person
from staff.rules.capabilities import Capability


@action("emar.undo", explain=EXPLAIN | {"emar_administration_corrects_id_key": corrected_meanwhile})
def undo(
    *, by: Person, at: datetime, administration_id: int, note: str = "", key: UUID | None = None
) -> Administration:
    """Take back an entry: only who wrote it, only within the site's minutes. The dose can be charted again at once.

    Raises Refused (undo.not_yours, undo.too_late, undo.correction, dose.corrected_already), NotAllowed and Administration.DoesNotExist.
    """
    old = Administration.objects.select_related("by", "corrects").get(pk=administration_id)
    order = lock([old.order_id])[0]
    scene = scene_of([order], by=by, capability=Capability.GIVE_DOSES, at=at, given=[min(old.given_at, at)])
    if Administration.objects.filter(corrects=old).exists():
        raise Refused(corrected_meanwhile({"administration_id": old.pk}))
    why, (most, _) = note.strip(), LONGEST["note"]

    found = undo_findings(
        mine=old.by_id == by.pk, by=old.by.signature, recorded_at=old.recorded_at, at=at, within=scene.policy.undo
    )
    if old.outcome == UNDONE:
        found = [stop("dose.undone", "This entry was undone already: the dose is due again.")]
    elif (
        old.corrects is not None and old.corrects.outcome != UNDONE
    ):  # undone, a dose that was given would be due again
        words = "This corrects an earlier entry, so it is not undone. Correct it again, and say why."
        found = [stop("undo.correction", words)]
    if len(why) > most or "\x00" in why:
        found.append(stop("dose.note", f"Write the note in at most {most} plain characters."))
    if found:
        raise Refused(*found)

    before = drawn_before(old)
    entries = undraw(before, hold(before.lines), by=by, at=at, why=why or "Charted by mistake.")

    row = Administration.objects.create(
        order=order, due_at=old.due_at, outcome=UNDONE, note=why or "Charted by mistake.", given_at=old.given_at,
        recorded_at=at, wall_clock=old.wall_clock, minutes_off=old.minutes_off, by=by, corrects=old, device=old.device,
    )  # fmt: skip
    due = "as needed" if old.due_at is None else f"due {say_clock(old.due_at, scene.tz, old.given_at)}"
    summary = f"{order.medication.shown} {say_amount(order.dose, order.unit)} {old.get_outcome_display().lower()} undone, {due}"
    detail = {"order": order.pk, "due_at": old.due_at and old.due_at.isoformat(), "outcome": UNDONE, "was": old.outcome}
    event = Entry(
        "emar.undo",
        at=at,
        subject=row,
        summary=summary,
        site_id=scene.site.pk,
        client_id=order.client_id,
        detail=detail,
    )
    write_entries([(entries, row)])
    record_all([event], by=by)

    announce(scene, [(order, old.due_at)])
    tell_drawn(scene.site.pk, entries)
    return row
