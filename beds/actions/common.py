"""What every bed action shares: lock people and beds, load the card, judge a fit, and say to the board what changed.

Locks are taken in one order everywhere: clients by id, programs by id, beds by id, then what stands on the beds, last the
live topics.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from audit.rules.findings import Finding, Refused, stop
from beds.models import Bed, BedStay, Staffing, Unit
from beds.queries.cards import Card, cards
from beds.queries.fit import capacity_of, fits, staffed_units
from beds.rules.compatibility import client_facts
from beds.rules.states import BedState
from beds.topics import board_topic
from live.actions import publish
from programs.models import Client, Program, Site
from programs.placed import current
from programs.queries import precautions_of
from programs.topics import pass_topic, rounds_topic
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

NOBODY: Collection[int] = frozenset()


def lock_clients(*client_ids: int) -> dict[int, Client]:
    """These clients by id, locked in the order of their ids: the first lock of every act that moves people."""
    rows = Client.objects.select_for_update(no_key=True).filter(pk__in=client_ids).order_by("pk")
    return {client.pk: client for client in rows}


def lock_programs(*bed_ids: int) -> None:
    """The programs that run these beds, locked, before a fit is judged.

    A licence, and who else is in a room, are facts about several beds: two people who come at once are judged one after the
    other.
    """
    running = Bed.objects.filter(pk__in=bed_ids).values("room__unit__program")
    list(Program.objects.select_for_update(no_key=True).filter(pk__in=running).order_by("pk").values_list("pk"))


def lock_beds(bed_ids: Iterable[int]) -> dict[int, Bed]:
    """These beds by id, locked in the order of their ids; whoever may do it was asked before."""
    rows = (
        Bed.objects.select_for_update(of=("self",))
        .select_related("room__unit__site", "room__unit__program")
        .filter(pk__in=set(bed_ids))
        .order_by("pk")
    )
    return {bed.pk: bed for bed in rows}


def lock(by: Person, capability: Capability, at: datetime, *bed_ids: int, also: Collection[int] = NOBODY) -> list[Bed]:
    """The beds as they were named, locked, once the person's capability at their sites is checked.

    ``also`` are beds that the act touches on the side (a hold of the person that it ends), wherever they stand.
    Raises Refused ``bed.unknown`` where one does not exist, NotAllowed where the person may not.
    """
    found = lock_beds([*bed_ids, *also])
    if not found.keys() >= set(bed_ids):
        raise Refused(stop("bed.unknown", "There is no such bed. Reload the board."))
    beds = [found[pk] for pk in bed_ids]
    for site_id in {bed.room.unit.site_id for bed in beds}:
        require(by, capability, site_id, at)
    return beds


def check_later(at: datetime, began: datetime, site: Site) -> None:
    """Refuse to end at ``at`` what began then or later: the clocks of two servers differ, or two acts share an instant."""
    if at <= began:
        raise Refused(not_later(began, site))


def not_later(began: datetime, site: Site) -> Finding:
    """What ``check_later`` refuses with."""
    message = f"This began at {began.astimezone(site.tz):%H:%M:%S}, just now by the clock. Wait a moment and try again."
    return stop("time.not_later", message)


def card_of(bed: Bed, at: datetime) -> Card:
    """The bed's card at this instant, under the lock."""
    return cards(bed.room.unit.site, at, [bed.pk])[0]


def name_of(bed: Bed) -> str:
    """'Cedar 12-A'."""
    return f"{bed.room.unit.name} {bed.room.name}-{bed.label}"


def site_of(bed: Bed) -> Site:
    """The bed's site."""
    return bed.room.unit.site


def clock(instant: datetime, bed: Bed) -> str:
    """An instant on the wall clock of the bed's site: 'Tue 18 Nov 14:00'."""
    return f"{instant.astimezone(site_of(bed).tz):%a %-d %b %H:%M}"


def announce(*beds: Bed, at: datetime, waiting: bool = False, people: bool = False) -> None:
    """Tell the boards: these beds and their rooms' other beds, the heads of their units, the counts, the activity line.

    ``waiting``: the placement list changed too. ``people``: someone came or left; where that fills a program or a unit, or
    makes room in a full one, every one of its beds fits differently, and the whole board is drawn.
    """
    changes: dict[str, set[str]] = {}
    for bed in beds:
        unit, site = bed.room.unit, bed.room.unit.site
        keys = changes.setdefault(board_topic(site), {f"counts:{site.pk}", f"activity:{site.pk}"})
        keys.update(f"bed:{pk}" for pk in Bed.objects.filter(room_id=bed.room_id).values_list("pk", flat=True))
        keys.add(f"unit:{unit.pk}")
        if waiting:
            keys.add(f"placement:{site.pk}")
    full = {board_topic(bed.room.unit.site) for bed in beds if people and _at_limit(bed.room.unit, at)}
    publish({topic: () if topic in full else keys for topic, keys in changes.items()})


def _at_limit(unit: Unit, at: datetime) -> bool:
    """True where the program is full by its licence or the unit by its staff, or one short of it."""
    taken = Counter(
        BedStay.objects.current(at)
        .filter(bed__room__unit__program=unit.program_id)
        .values_list("bed__room__unit_id", flat=True)
    )
    licensed = unit.program.licensed_capacity
    staffed = Staffing.objects.current(at).filter(unit=unit).values_list("places", flat=True).first()
    return (licensed is not None and taken.total() >= licensed - 1) or (
        staffed is not None and taken[unit.pk] >= staffed - 1
    )


def announce_passes(*units: int) -> None:
    """Tell the medication passes and the rounds of these units that who is there changed."""
    publish({topic: () for unit in units for topic in (pass_topic(unit), rounds_topic(unit))})


def level_of(episode_id: int, at: datetime) -> str:
    """The level of the episode's placement at this instant, '' where it has none."""
    placement = current(episode_id, at)
    return placement.level if placement else ""


def fit_of(
    bed: Bed, client: Client, level: str, at: datetime, *, gone: Collection[int] = NOBODY
) -> list[Finding]:  # fmt: skip
    """What stands against this person in this bed, worst first, as the board says it.

    ``gone`` are clients to be taken as having left their beds. Ten queries.
    """
    site = site_of(bed)
    person = client_facts(
        client.pk, client.initials, level, client.housing_preference,
        client.age(at.astimezone(site.tz).date()), precautions_of([client.pk], at).get(client.pk, frozenset()),
    )  # fmt: skip
    beds = Bed.objects.filter(room__unit__program=bed.room.unit.program_id).values_list("pk", flat=True)
    return fits(person, cards(site, at, list(beds)), capacity_of(staffed_units(site, at)), gone)[bed.pk]


def taken_in_words(bed: Bed, at: datetime) -> Finding:
    """Why a bed cannot be had, told by what stands there now: who has it, or for whom and until when it is held."""
    card, name = card_of(bed, at), name_of(bed)
    if card.client_id is not None:
        return stop("bed.occupied", f"{name} was taken by {card.initials} before you. Choose another bed.")
    if card.state is BedState.OUT_OF_SERVICE:
        return stop("bed.out_of_service", f"{name} is out of service: {card.why}. Choose another bed.")
    if card.hold_id is not None and card.held_until is not None:
        kept = f"{name} is held for {card.held_for_initials} until {clock(card.held_until, bed)}"
        return stop("bed.held_for_other", f"{kept}. Choose another bed.")
    return stop("bed.taken", f"{name} was changed by someone else just now. Reload the board and choose again.")


def taken_now(bed_id: int, at: datetime) -> Finding:
    """The same for a bed's id, once a broken constraint has undone the act."""
    return taken_in_words(Bed.objects.select_related("room__unit__site", "room__unit__program").get(pk=bed_id), at)
