"""What every bed action shares: lock the bed, load its card, and say to the board what changed."""

from datetime import datetime

from audit.rules.findings import Finding, Refused, stop
from beds.models import Bed, BedStay
from beds.queries.cards import Card, cards
from beds.queries.fit import fits, licensed_places
from beds.topics import board_topic
from live.actions import publish
from programs.models import Client, Program, Site
from programs.topics import pass_topic
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


def lock(by: Person, capability: Capability, at: datetime, *bed_ids: int) -> list[Bed]:
    """The beds in order of their ids, locked, once the person's capability at their site is checked.

    Raises Refused ``bed.unknown`` where one does not exist, NotAllowed where the person may not.
    """
    found = {
        bed.pk: bed
        for bed in Bed.objects.select_for_update(of=("self",))
        .select_related("room__unit__site", "room__unit__program")
        .filter(pk__in=bed_ids)
        .order_by("pk")
    }
    if len(found) != len(set(bed_ids)):
        raise Refused(stop("bed.unknown", "There is no such bed. Reload the board."))
    beds = [found[pk] for pk in bed_ids]
    for site_id in {bed.room.unit.site_id for bed in beds}:
        require(by, capability, site_id, at)
    return beds


def card_of(bed: Bed, at: datetime) -> Card:
    """The bed's card at this instant, under the lock."""
    return cards(bed.room.unit.site, at, [bed.pk])[0]


def name_of(bed: Bed) -> str:
    """'Cedar 12-A'."""
    return f"{bed.room.unit.name} {bed.room.name}-{bed.label}"


def announce(*beds: Bed, at: datetime, waiting: bool = False, people: bool = False) -> None:
    """Tell the boards: these beds and their rooms' other beds, the heads of their units, the counts, the activity line.

    ``waiting``: the placement list changed too. ``people``: someone came or left; where that fills a program, or makes room in a
    full one, every one of its beds fits differently, and the whole board is drawn.
    """
    changes: dict[str, set[str]] = {}
    for bed in beds:
        unit, site = bed.room.unit, bed.room.unit.site
        keys = changes.setdefault(board_topic(site), {f"counts:{site.pk}", f"activity:{site.pk}"})
        keys.update(f"bed:{pk}" for pk in Bed.objects.filter(room_id=bed.room_id).values_list("pk", flat=True))
        keys.add(f"unit:{unit.pk}")
        if waiting:
            keys.add(f"placement:{site.pk}")
    full = {board_topic(bed.room.unit.site) for bed in beds if people and _at_license(bed.room.unit.program, at)}
    publish({topic: () if topic in full else keys for topic, keys in changes.items()})


def _at_license(program: Program, at: datetime) -> bool:
    """True where the program is full, or one short of it."""
    if program.licensed_capacity is None:
        return False
    return BedStay.objects.current(at).filter(bed__room__unit__program=program).count() >= program.licensed_capacity - 1


def announce_passes(*units: int) -> None:
    """Tell the medication passes of these units that who is there changed."""
    publish({pass_topic(unit): () for unit in units})


def fit_of(bed: Bed, client: Client, level: str, at: datetime) -> list[Finding]:
    """What stands against this person in this bed, worst first, as the board says it."""
    site = bed.room.unit.site
    beds = Bed.objects.filter(room__unit__program=bed.room.unit.program_id).values_list("pk", flat=True)
    return fits(client, level, site, at, cards(site, at, list(beds)), licensed_places(site))[bed.pk]


def taken_in_words(bed: Bed, at: datetime) -> Finding:
    """Why a bed cannot be had, told by what stands there now: who has it and since when."""
    card = card_of(bed, at)
    since = f"since {card.since.astimezone(bed.room.unit.site.tz):%H:%M}" if card.since else "just now"
    if card.client_id is not None:
        return stop("bed.occupied", f"{name_of(bed)} was taken by {card.initials} before you. Choose another bed.")
    if card.hold_id is not None:
        return stop(
            "bed.held_for_other", f"{name_of(bed)} is held for {card.held_for_initials} {since}. Choose another bed."
        )
    return stop("bed.taken", f"{name_of(bed)} was changed by someone else just now. Reload the board and choose again.")


def site_of(bed: Bed) -> Site:
    """The bed's site."""
    return bed.room.unit.site
