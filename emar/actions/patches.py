"""Say what became of a patch that was put on: taken off, fallen off, not found, or, after a slip, still on."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.trail import record
from emar.models import Administration, PatchSeen
from emar.queries.patches import Worn, worn
from emar.queries.walked import unit_of
from emar.rules.administration import say_clock, site_label
from emar.rules.administration.sites import patch_name
from live.actions import publish
from programs import placed
from programs.models import Client
from programs.topics import pass_topic
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

State = PatchSeen.State


@action("emar.see_patch")
def see_patch(
    *, by: Person, at: datetime, administration_id: int, state: str, note: str = "", key: UUID | None = None
) -> PatchSeen:
    """Write down what was seen of a patch now. Raises Refused, NotAllowed and Administration.DoesNotExist."""
    row = Administration.objects.select_related("order__medication").get(pk=administration_id)
    placement = placed.last(row.order.episode_id, at)
    if placement is None:
        raise Administration.DoesNotExist(f"Administration {administration_id} belongs to no program.")
    site, client_id, note = placement.program.site, row.order.client_id, note.strip()[:300]
    require(by, Capability.GIVE_DOSES, site.pk, at)
    Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client_id)
    patch = next((each for each in worn(client_id, at) if each.row.pk == administration_id), None)

    if patch is None:
        raise Refused(stop("patch.none", "This is not a patch that the client wears. Reload the pass."))
    if state not in State.values:
        raise Refused(stop("patch.state", "Choose what became of the patch."))
    if patch.on is (state == State.ON):
        raise Refused(_said_already(patch, at=at, tz=site.tz))
    if state == State.ON and not note:
        raise Refused(stop("patch.why", "Say why it is on after all. The first entry stays visible."))

    seen = PatchSeen.objects.create(administration=row, state=state, note=note, seen_at=at, recorded_at=at, by=by)
    where = site_label(row.body_site)
    record(
        "emar.see_patch", by=by, at=at, subject=seen, site_id=site.pk, client_id=client_id,
        summary=f"{patch_name(row.order.medication.shown)} {seen.get_state_display().lower()}, {where}",
        detail={"administration": row.pk, "state": state},
    )  # fmt: skip

    unit_id = unit_of(site.pk, row.order.episode_id, at)
    if unit_id is not None:
        publish({pass_topic(unit_id): [f"patches:{client_id}"]})
    return seen


def take_off(patches: Sequence[Worn], *, by: Person, seen_at: datetime, at: datetime) -> None:
    """The old patches come off as the new one is put on: in the transaction of the dose, and under its event."""
    PatchSeen.objects.bulk_create(
        PatchSeen(administration=each.row, state=State.OFF, seen_at=seen_at, recorded_at=at, by=by) for each in patches
    )


def _said_already(patch: Worn, *, at: datetime, tz: tzinfo) -> Finding:
    """Who was first, and when."""
    if patch.seen is None:
        return stop("patch.said", "This patch is on: nobody said anything else.")
    when, what = say_clock(patch.seen.seen_at, tz, at), patch.seen.get_state_display().lower()
    return stop("patch.said", f"This patch was written down as {what} at {when} by {patch.seen.by.signature} already.")
