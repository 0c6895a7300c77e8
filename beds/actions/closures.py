"""Take a bed out of service, and bring it back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from beds.actions.common import announce, card_of, check_later, clock, lock, name_of, site_of, taken_in_words, taken_now
from beds.models import Closure
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST_WHY = 120


def _not_now(kwargs: Mapping[str, Any]) -> Finding:
    return taken_now(kwargs["bed_id"], kwargs["at"])


def _raced(kwargs: Mapping[str, Any]) -> Finding:
    return stop("time.not_later", "This bed was changed at this very moment. Wait a moment and try again.")


@action("beds.close", explain={"beds_one_closure_a_bed": _not_now, "beds_closure_against_stay": _not_now})
def close(
    *, by: Person, at: datetime, bed_id: int, why: str, back_on: date | None = None, key: UUID | None = None
) -> Closure:  # fmt: skip
    """Take an empty bed out of service, with a reason; ``back_on`` is the site's date, today or later.

    Refused where someone has the bed, where it is held (for whom), and where it is out of service already.
    """
    [bed] = lock(by, Capability.ASSIGN_BEDS, at, bed_id)
    if not 1 <= len(why.strip()) <= LONGEST_WHY:
        words = f"Say why the bed is out of service, in at most {LONGEST_WHY} characters."
        raise Refused(stop("bed.closure_reason", words))
    if back_on is not None and back_on < at.astimezone(site_of(bed).tz).date():
        raise Refused(stop("bed.back_on", f"{back_on:%-d %B %Y} has passed. Say a later day, or leave it open."))
    card = card_of(bed, at)
    if card.client_id is not None:
        raise Refused(taken_in_words(bed, at))
    if card.hold_id is not None and card.held_until is not None:
        kept = f"{name_of(bed)} is held for {card.held_for_initials} until {clock(card.held_until, bed)}"
        raise Refused(stop("bed.held_for_other", f"{kept}. Let it go first, then close it."))
    running = Closure.objects.current(at).filter(bed=bed).first()
    if running is not None:
        words = f"{name_of(bed)} is out of service already: {running.why}."
        raise Refused(stop("bed.out_of_service", f"{words} Bring it back first to say something else."))

    closure = Closure.objects.create(bed=bed, why=why.strip(), back_on=back_on, started_at=at)
    trail.record(
        "beds.close", by=by, at=at, subject=closure, site_id=site_of(bed).pk,
        summary=f"{name_of(bed)} out of service: {closure.why}",
    )  # fmt: skip

    announce(bed, at=at)
    return closure


@action("beds.reopen", explain={"beds_closure_ends_after_start": _raced})
def reopen(*, by: Person, at: datetime, bed_id: int, key: UUID | None = None) -> Closure:
    """Bring a bed back into service. Refused ``bed.open`` where it is not closed."""
    [bed] = lock(by, Capability.ASSIGN_BEDS, at, bed_id)
    closure = Closure.objects.filter(bed=bed, ended_at=None).first()
    if closure is None:
        raise Refused(stop("bed.open", f"{name_of(bed)} is in service already."))
    check_later(at, closure.started_at, site_of(bed))

    closure.ended_at = at
    closure.save(update_fields=["ended_at"])
    trail.record(
        "beds.reopen", by=by, at=at, subject=closure, site_id=site_of(bed).pk, summary=f"{name_of(bed)} back in service"
    )

    announce(bed, at=at)
    return closure
