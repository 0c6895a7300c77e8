"""Every bed of a site at one instant: its state, who and what the card says, and the facts a fit is judged by."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest

from beds.models import Bed, BedStay, CleaningJob, Closure, Hold
from beds.rules.compatibility import BedFacts, Housing, RoommateFacts
from beds.rules.states import BedState, Cleaning, derive_state
from chart.models import Allergy
from programs.models import Client, Leave, Placement, Site


@dataclass(frozen=True)
class Card:
    """One bed as the board shows it. ``client_id`` is who has the stay; instants are UTC; ``flags`` are (tone, words)."""

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
    who: str = ""
    initials: str = ""
    day: int | None = None
    level: str = ""
    since: datetime | None = None
    until: datetime | None = None
    by: str = ""
    why: str = ""
    held_for: str = ""
    held_for_initials: str = ""
    flags: tuple[tuple[str, str], ...] = ()
    roommate: RoommateFacts | None = field(default=None, compare=False)


def cards(site: Site, at: datetime, beds: Collection[int] | None = None) -> list[Card]:
    """The cards in walking order (all of the site, or only these beds). Seven queries, however many beds and however much
    history."""
    wanted = _beds(site, at)
    if beds is not None:
        wanted = wanted.filter(pk__in=beds)
    rows = list(wanted)
    ids = [bed.pk for bed in rows]
    stays = {
        stay.bed_id: stay
        for stay in BedStay.objects.current(at).filter(bed_id__in=ids).select_related("client", "episode")
    }
    holds = {hold.bed_id: hold for hold in Hold.objects.current(at).filter(bed_id__in=ids).select_related("client")}
    closures = {closure.bed_id: closure for closure in Closure.objects.current(at).filter(bed_id__in=ids)}
    cleaning = {
        job.bed_id: job for job in CleaningJob.objects.current(at).filter(bed_id__in=ids).select_related("accepted_by")
    }
    episodes = [stay.episode_id for stay in stays.values()]
    leaves = {leave.episode_id: leave for leave in Leave.objects.current(at).filter(episode_id__in=episodes)}
    levels = dict(
        Placement.objects.current(at)
        .filter(episode_id__in=episodes, kind="treatment")
        .values_list("episode_id", "level")
    )
    allergic: defaultdict[int, int] = defaultdict(int)
    for client_id in Allergy.objects.filter(
        client_id__in=[stay.client_id for stay in stays.values()], ended_at=None
    ).values_list("client_id", flat=True):
        allergic[client_id] += 1
    return [
        _card(
            bed, at, site, stays.get(bed.pk), holds.get(bed.pk), closures.get(bed.pk), cleaning.get(bed.pk), leaves, levels,
            allergic,
        )
        for bed in rows
    ]  # fmt: skip


def _beds(site: Site, at: datetime) -> QuerySet[Bed]:
    def last_end(model: type[BedStay] | type[CleaningJob] | type[Closure]) -> Subquery:
        ended = model.objects.filter(bed=OuterRef("pk"), ended_at__lte=at).order_by("-ended_at")
        return Subquery(ended.values("ended_at")[:1])

    return (
        Bed.objects.filter(room__unit__site=site)
        .select_related("room__unit__program")
        .annotate(free_since=Greatest(last_end(BedStay), last_end(CleaningJob), last_end(Closure)))
        .order_by("room__unit__position", "room__unit_id", "room__position", "room_id", "label")
    )


def _card(
    bed: Bed,
    at: datetime,
    site: Site,
    stay: BedStay | None,
    hold: Hold | None,
    closure: Closure | None,
    job: CleaningJob | None,
    leaves: dict[int, Leave],
    levels: dict[int, str],
    allergic: dict[int, int],
) -> Card:
    leave = leaves.get(stay.episode_id) if stay else None
    step = None if job is None else Cleaning.STARTED if job.accepted_at and job.accepted_at <= at else Cleaning.ASKED
    state = derive_state(
        stay=stay is not None,
        on_leave=leave is not None,
        hold=hold is not None,
        closure=closure is not None,
        cleaning=step,
    )
    unit = bed.room.unit
    client = stay.client if stay else None
    today = at.astimezone(site.tz).date()
    since = getattr(bed, "free_since", None)
    until = leave.expected_at if leave else hold.ended_at if hold else None
    if state in (BedState.CLEANING, BedState.BEING_CLEANED) and job is not None:
        since = job.accepted_at if state is BedState.BEING_CLEANED else job.started_at
    flags: list[tuple[str, str]] = []
    if leave is not None:
        flags.append(("other", "Bed kept"))
    if client is not None:
        flags += _flags(client, allergic.get(client.pk, 0))
    facts = BedFacts(
        label=bed.label,
        unit_name=unit.name,
        levels=frozenset({unit.program.level} if unit.program.level else ()),
        gender_policy=Housing(unit.gender_policy),
        lower_bunk=bed.lower_bunk,
        near_nursing=bed.room.near_nursing,
        accessible=bed.room.accessible,
        state=state,
        who=client.initials if client else "",
        client=client.pk if client else None,
        held_for=hold.client_id if hold else None,
        held_for_who=hold.client.initials if hold else "",
        until=f"{until.astimezone(site.tz):%a %H:%M}" if until else "",
    )
    roommate = (
        RoommateFacts(client.initials, housing_preference=Housing(client.housing_preference), age=client.age(today))
        if client
        else None
    )
    return Card(
        pk=bed.pk,
        room_id=bed.room_id,
        unit_id=unit.pk,
        program_id=unit.program_id,
        label=bed.label,
        name=f"{unit.name} {bed.room.name}-{bed.label}",
        state=state,
        facts=facts,
        client_id=client.pk if client else None,
        episode_id=stay.episode_id if stay else None,
        stay_id=stay.pk if stay else None,
        hold_id=hold.pk if hold else None,
        job_id=job.pk if job else None,
        who=client.short_name if client else "",
        initials=client.initials if client else "",
        day=(today - stay.episode.started_at.astimezone(site.tz).date()).days + 1 if stay else None,
        level=levels.get(stay.episode_id, "") if stay else "",
        since=since,
        until=until,
        by=job.accepted_by.signature if job and job.accepted_by else leave.get_kind_display() if leave else "",
        why=closure.why + (f" · back {closure.back_on:%a %-d %b}" if closure.back_on else "") if closure else "",
        held_for=hold.client.short_name if hold else "",
        held_for_initials=hold.client.initials if hold else "",
        flags=tuple(flags[:2]),
        roommate=roommate,
    )


def _flags(client: Client, allergies: int) -> list[tuple[str, str]]:
    flags = []
    if client.withdrawal_watch:
        flags.append(("late", "Withdrawal watch"))
    if allergies:
        flags.append(("stop", "Allergy"))
    if client.needs_accessible:
        flags.append(("", "Needs access"))
    return flags
