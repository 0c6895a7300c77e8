"""Keep a bed for someone until an hour, also one that somebody has still; let it go, or keep it for longer."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, Severity, refuse_unless_overridden, stop
from beds.actions.common import (
    announce,
    card_of,
    clock,
    fit_of,
    level_of,
    lock,
    lock_clients,
    lock_programs,
    name_of,
    site_of,
    taken_now,
)
from beds.models import Bed, BedStay, Hold
from beds.queries.cards import Card
from beds.rules.states import BedState
from programs.models import Client, Episode, PlacementRequest
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST = timedelta(days=14)
NO_LIFTED = frozenset({"bed.needs_cleaning"})  # it will be clean when they come


def _taken(kwargs: Mapping[str, Any]) -> Finding:
    bed_id = kwargs["bed_id"] if "bed_id" in kwargs else Hold.objects.values_list("bed_id").get(pk=kwargs["hold_id"])[0]
    return taken_now(bed_id, kwargs["at"])


def _has_one(kwargs: Mapping[str, Any]) -> Finding:
    return stop("bed.hold_elsewhere", "Another bed was held for this person just now. Reload the board to see which.")


def _raced(kwargs: Mapping[str, Any]) -> Finding:
    return stop("time.not_later", "This hold was changed at this very moment. Wait a moment and try again.")


WALLS = {
    "beds_one_hold_a_bed": _taken,
    "beds_hold_against_stay": _taken,
    "beds_one_hold_a_person": _has_one,
    "beds_hold_ends_after_start": _raced,
    "beds_hold_ends_by_until": _raced,
}


@action("beds.hold", explain=WALLS)
def hold(
    *, by: Person, at: datetime, bed_id: int, client_id: int, until: datetime, key: UUID | None = None
) -> Hold:  # fmt: skip
    """Keep a bed for a client until an instant, at most 14 days on.

    On an occupied bed the hold waits for whoever has it: they are expected to leave at a known time, ``until`` is later, at
    most 14 days after it, and the fit is judged as if they had left. One hold a person, one a bed. Raises Refused.
    """
    client = lock_clients(client_id).get(client_id)
    if client is None:
        raise Refused(stop("bed.no_client", "There is no such person. Reload the board."))
    lock_programs(bed_id)
    [bed] = lock(by, Capability.ASSIGN_BEDS, at, bed_id)
    card = card_of(bed, at)
    if card.client_id == client.pk:
        raise Refused(
            stop("bed.already_here", f"{client.short_name} has {name_of(bed)} already. There is nothing to hold.")
        )
    _refuse_second(client, bed, card, at)
    _check_until(card, bed, at, until)
    if card.state is BedState.OUT_OF_SERVICE:
        raise Refused(stop("bed.out_of_service", f"{name_of(bed)} is out of service: {card.why}. Choose another bed."))
    refuse_unless_overridden(_standing(bed, client, card, at), {})

    made = Hold.objects.create(
        bed=bed, client=client, after_id=card.stay_id, started_at=at, until=until, ended_at=until, by=by
    )
    after = f", after {card.initials} leaves" if card.stay_id else ""
    trail.record(
        "beds.hold", by=by, at=at, subject=made, site_id=site_of(bed).pk, client_id=client.pk,
        summary=f"{name_of(bed)} held for {client.short_name} until {clock(until, bed)}{after}",
    )  # fmt: skip

    announce(bed, at=at, waiting=True)
    return made


@action("beds.extend", explain=WALLS)
def extend(*, by: Person, at: datetime, hold_id: int, until: datetime, key: UUID | None = None) -> Hold:
    """Keep a held bed until another instant: this hold ends now, and the one that is returned begins now.

    Refused ``bed.hold_over`` where the hold ended before; the new instant answers to the same limits as a new hold.
    """
    found, bed = _locked(by, at, hold_id)
    card = card_of(bed, at)
    _check_until(card, bed, at, until)

    found.ended_at = max(at, found.started_at)
    found.save(update_fields=["ended_at"])
    made = Hold.objects.create(
        bed=bed,
        client=found.client,
        after_id=card.stay_id,
        started_at=found.ended_at,
        until=until,
        ended_at=until,
        by=by,
    )
    trail.record(
        "beds.extend", by=by, at=at, subject=made, site_id=site_of(bed).pk, client_id=found.client_id,
        summary=f"{name_of(bed)} held for {found.client.short_name} until {clock(until, bed)} now",
    )  # fmt: skip

    announce(bed, at=at, waiting=True)
    return made


@action("beds.release", explain=WALLS)
def release(*, by: Person, at: datetime, hold_id: int, key: UUID | None = None) -> Hold:
    """Let a held bed go. Refused ``bed.hold_over`` where the hold ended before."""
    found, bed = _locked(by, at, hold_id)

    found.ended_at = max(at, found.started_at)
    found.save(update_fields=["ended_at"])
    trail.record(
        "beds.release", by=by, at=at, subject=found, site_id=site_of(bed).pk, client_id=found.client_id,
        summary=f"{name_of(bed)} let go",
    )  # fmt: skip

    announce(bed, at=at, waiting=True)
    return found


def _locked(by: Person, at: datetime, hold_id: int) -> tuple[Hold, Bed]:
    """The running hold, under the locks of its client and its bed."""
    known = Hold.objects.get(pk=hold_id)
    lock_clients(known.client_id)
    [bed] = lock(by, Capability.ASSIGN_BEDS, at, known.bed_id)
    found = Hold.objects.select_related("client").get(pk=hold_id)
    if found.ended_at <= at:
        when = f"ended at {clock(found.ended_at, bed)}"
        raise Refused(
            stop("bed.hold_over", f"The hold on {name_of(bed)} is already over: it {when}. Reload the board.")
        )
    return found, bed


def _check_until(card: Card, bed: Bed, at: datetime, until: datetime) -> None:
    """A later hour, at most 14 days on; on an occupied bed, counted from when it is expected to be left."""
    first = at
    if card.stay_id is not None:
        if card.expected_at is None:
            raise Refused(stop("bed.hold_no_expected", f"Say first when {card.initials} is expected to leave."))
        first = max(at, card.expected_at)
        if until <= first and first > at:
            leaves = f"{card.initials} is expected to leave {name_of(bed)} on {clock(first, bed)}"
            raise Refused(stop("bed.hold_until", f"{leaves}. Hold it until a later hour than that."))
    if not at < until <= first + LONGEST:
        whence = "now" if first == at else f"{clock(first, bed)}, when {card.initials} is expected to leave"
        raise Refused(stop("bed.hold_until", f"Hold it until a later hour, at most 14 days from {whence}."))


def _refuse_second(client: Client, bed: Bed, card: Card, at: datetime) -> None:
    """One hold a bed, and one a person: who has the other is named."""
    if card.hold_id is not None and card.held_until is not None:
        kept = f"{name_of(bed)} is held for {card.held_for_initials} until {clock(card.held_until, bed)}"
        ask = "Extend that hold instead" if client.holds.filter(pk=card.hold_id).exists() else "Choose another bed"
        raise Refused(stop("bed.held_for_other", f"{kept}. {ask}."))
    other = Hold.objects.current(at).filter(client=client).select_related("bed__room__unit__site").first()
    if other is not None:
        kept = f"{name_of(other.bed)} is held for {client.short_name} until {clock(other.until, other.bed)}"
        raise Refused(stop("bed.hold_elsewhere", f"{kept}. Let that one go first."))


def _standing(bed: Bed, client: Client, card: Card, at: datetime) -> list[Finding]:
    """What no reason would lift when the person came: a hold on such a bed keeps it from others for nothing."""
    asked = PlacementRequest.objects.filter(client=client, site=site_of(bed), settled_at=None).first()
    episode = Episode.objects.current(at).filter(client=client).first()
    level = asked.level_wanted if asked else level_of(episode.pk, at) if episode else ""
    gone = [card.client_id] if card.client_id is not None else []
    found = fit_of(bed, client, level or bed.room.unit.program.level, at, gone=gone)
    return [one for one in found if one.severity is Severity.STOP and one.code not in NO_LIFTED]


def waiting_after(stay: BedStay, at: datetime) -> Hold | None:
    """The hold that waits for this stay to end. One query."""
    return Hold.objects.current(at).filter(after=stay).select_related("client", "bed__room__unit__site").first()
