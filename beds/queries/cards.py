"""Every bed of a site at one instant: its state, who and what the card says, and the facts a fit is judged by."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from beds.models import Bed, BedStay, CleaningJob, Hold
from beds.queries.rows import NOTHING, Minded, Rows, rows
from beds.rules.compatibility import BedFacts, ClientFacts, Housing, client_facts
from beds.rules.states import BedState, Cleaning, derive_state
from programs.models import Client, Site
from programs.rules.precautions import WATCHES, Precaution


@dataclass(frozen=True)
class Flag:
    """Something to mind, as icon and word; ``tone`` is one of the look's words or ''."""

    icon: str
    words: str
    tone: str = ""


ALLERGY = Flag("triangle-alert", "Allergy", "stop")
ROOM_RULE = Flag("users-round", "Room rule", "caution")
OVERRIDDEN = Flag("message-square-warning", "With a reason", "caution")


@dataclass(frozen=True)
class Card:
    """One bed as the board shows it. ``client_id`` is who has the stay; instants are UTC.

    ``until`` is when a leave is expected to end, or a hold runs out. ``free_on`` is the first date (the site's) on which
    the bed is expected to be free, None where nobody knows. ``true_until``: the clock alone changes the card then.
    ``apart`` are the clients who are kept apart from whoever has the bed: for the rule, never shown.
    """

    pk: int
    room_id: int
    unit_id: int
    program_id: int
    label: str
    name: str
    state: BedState
    facts: BedFacts
    client_id: int | None = None
    episode_id: int | None = None
    stay_id: int | None = None
    hold_id: int | None = None
    job_id: int | None = None
    leave_id: int | None = None
    who: str = ""
    initials: str = ""
    day: int | None = None
    level: str = ""
    review_on: date | None = None
    since: datetime | None = None
    until: datetime | None = None
    late: bool = False
    expected_at: datetime | None = None
    by: str = ""
    why: str = ""
    held_for: str = ""
    held_for_initials: str = ""
    held_until: datetime | None = None
    flags: tuple[Flag, ...] = ()
    overrides: tuple[tuple[str, str], ...] = ()
    person: ClientFacts | None = None
    apart: frozenset[int] = frozenset()
    free_on: date | None = None
    true_until: datetime | None = None
    leaves_today: bool = False


def cards(
    site: Site, at: datetime, beds: Collection[int] | None = None, reviewed: Collection[int] | None = None
) -> list[Card]:
    """The cards in walking order (all of the site, or only these beds), ``reviewed`` of them (None: all) with the next review. Seven
    queries, however many beds and however much history."""
    found = rows(site, at, beds, reviewed)
    today = at.astimezone(site.tz).date()
    return [_card(bed, found, at, today, site) for bed in found.beds]


def _card(bed: Bed, found: Rows, at: datetime, today: date, site: Site) -> Card:
    stay, hold = found.stays.get(bed.pk), found.holds.get(bed.pk)
    closure, job = found.closures.get(bed.pk), found.jobs.get(bed.pk)
    unit, client = bed.room.unit, stay.client if stay else None
    leave = found.leave(stay)
    begun = job is not None and job.accepted_at is not None and job.accepted_at <= at
    state = derive_state(
        stay=stay is not None,
        on_leave=leave is not None,
        hold=hold is not None,
        closure=closure is not None,
        cleaning=None if job is None else Cleaning.STARTED if begun else Cleaning.ASKED,
    )
    expected_at = found.expected(stay)
    free_on = _free_on(state, today, site, expected_at, hold, closure.back_on if closure else None)
    until = leave.expected_at if leave else hold.until if hold and stay is None else None
    minded = found.minded.get(client.pk, NOTHING) if client else NOTHING
    person = _person(client, found.level(stay), minded.kinds, today) if client else None
    return Card(
        pk=bed.pk,
        room_id=bed.room_id,
        unit_id=unit.pk,
        program_id=unit.program_id,
        label=bed.label,
        name=f"{unit.name} {bed.room.name}-{bed.label}",
        state=state,
        facts=_facts(bed, state, stay, hold, job, until or expected_at, site),
        client_id=client.pk if client else None,
        episode_id=stay.episode_id if stay else None,
        stay_id=stay.pk if stay else None,
        hold_id=hold.pk if hold else None,
        job_id=job.pk if job else None,
        leave_id=leave.pk if leave else None,
        who=client.short_name if client else "",
        initials=client.initials if client else "",
        day=(today - stay.episode.started_at.astimezone(site.tz).date()).days + 1 if stay else None,
        level=found.level(stay),
        review_on=found.reviews.get(stay.episode_id) if stay else None,
        since=job.accepted_at if begun and job else job.started_at if job else found.free_since(bed),
        until=until,
        late=until is not None and until <= at,
        expected_at=expected_at,
        by=job.accepted_by.signature if begun and job and job.accepted_by else leave.kind if leave else "",
        why=closure.why + (f" · back {closure.back_on:%a %-d %b}" if closure.back_on else "") if closure else "",
        held_for=hold.client.short_name if hold else "",
        held_for_initials=hold.client.initials if hold else "",
        held_until=hold.until if hold else None,
        flags=_flags(minded, stay) if stay else (),
        overrides=tuple((each["message"], each["reason"]) for each in stay.overrides) if stay else (),
        person=person,
        apart=minded.apart,
        free_on=free_on,
        leaves_today=expected_at is not None and expected_at.astimezone(site.tz).date() <= today,
        true_until=_true_until(at, today, site, [until, expected_at, hold.until if hold else None]),
    )


def _person(client: Client, level: str, minded: frozenset[Precaution], today: date) -> ClientFacts:
    return client_facts(client.pk, client.initials, level, client.housing_preference, client.age(today), minded)


def _facts(
    bed: Bed,
    state: BedState,
    stay: BedStay | None,
    hold: Hold | None,
    job: CleaningJob | None,
    until: datetime | None,
    site: Site,
) -> BedFacts:
    unit, waits = bed.room.unit, state is BedState.CLEANING
    return BedFacts(
        label=bed.label,
        unit_name=unit.name,
        levels=frozenset({unit.program.level} if unit.program.level else ()),
        gender_policy=Housing(unit.gender_policy),
        lower_bunk=bed.lower_bunk,
        near_nursing=bed.room.near_nursing,
        accessible=bed.room.accessible,
        state=state,
        who=stay.client.initials if stay else "",
        client=stay.client_id if stay else None,
        left_by=job.after.client_id if job and job.after and waits else None,
        held_for=hold.client_id if hold else None,
        held_for_who=hold.client.initials if hold else "",
        until=f"{until.astimezone(site.tz):%a %H:%M}" if until else "",
        age_from=unit.age_from,
        age_to=unit.age_to,
    )


def _flags(minded: Minded, stay: BedStay) -> tuple[Flag, ...]:
    """The watch level and isolation first, then the allergy, then what the body and the room need."""
    watch = [kind for kind in WATCHES if kind in minded.kinds][:1]
    isolation = [kind for kind in (Precaution.ISOLATION,) if kind in minded.kinds]
    others = [kind for kind in Precaution if kind in minded.kinds and kind not in (*WATCHES, Precaution.ISOLATION)]
    return (
        *map(_flag, (*watch, *isolation)),
        *([ALLERGY] if minded.allergy else []),
        *map(_flag, others),
        *([ROOM_RULE] if minded.apart else []),
        *([OVERRIDDEN] if stay.overrides else []),
    )


def _flag(kind: Precaution) -> Flag:
    return Flag(kind.icon, kind.short, kind.tone)


def _free_on(
    state: BedState, today: date, site: Site, expected_at: datetime | None, hold: Hold | None, back_on: date | None
) -> date | None:
    """A bed that is promised to somebody is not going to be free."""
    if hold is not None:
        return None
    if state in (BedState.AVAILABLE, BedState.CLEANING, BedState.BEING_CLEANED):
        return today
    if state is BedState.OUT_OF_SERVICE:
        return back_on
    return max(expected_at.astimezone(site.tz).date(), today) if expected_at else None


def _true_until(at: datetime, today: date, site: Site, instants: Iterable[datetime | None]) -> datetime:
    """The next of these, or the midnight that ends the site's day: days are counted anew then."""
    midnight = datetime.combine(today + timedelta(days=1), time(), tzinfo=site.tz)
    return min([midnight, *(each for each in instants if each is not None and each > at)])
